package control

import (
	"strconv"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// Status is the office in one answer.
type Status struct {
	Office  string `json:"office"`
	Site    string `json:"site"`
	Version string `json:"version"` // of the program
	Web     string `json:"web"`     // http://127.0.0.1:8080
	// LAN is what the office's network sees, Fingerprint that of the certificate there.
	LAN         string    `json:"lan,omitempty"`
	Fingerprint string    `json:"fingerprint,omitempty"`
	Day         string    `json:"day"` // 2026-11-23
	Now         time.Time `json:"now"`
	Clock       ClockNow  `json:"clock"`
	Hall        Hall      `json:"hall"`
	// Waiting counts the tickets that wait, Tickets all of the day.
	Waiting   int       `json:"waiting"`
	Tickets   int       `json:"tickets"`
	Services  []Service `json:"services"`
	Counters  []Counter `json:"counters"`
	Devices   []Device  `json:"devices"`
	Faults    []Fault   `json:"faults"`
	Unprinted []string  `json:"unprinted"` // numbers under "slips not printed"
	// PaperCheck is true while a new roll's test slip waits for "can you read this?".
	PaperCheck bool `json:"paper_check"`
	// HelpSince is when somebody at the screen asked for an officer.
	HelpSince time.Time `json:"help_since,omitzero"`
	// NumbersAsked are the services that give no number before somebody has seen the last paper.
	NumbersAsked []NumberAsked `json:"numbers_asked"`
}

// NumberAsked is one of them.
type NumberAsked struct {
	Service string `json:"service"`
	Known   uint32 `json:"known"` // the highest that is known to be out; the paper may say more
	Jump    uint32 `json:"jump"`  // what to confirm where no paper is to be found
}

// ClockNow says whether the date can be trusted.
type ClockNow struct {
	Sure   bool   `json:"sure"`
	Reason string `json:"reason,omitempty"` // behind, ahead, jumped
}

// Hall is the hall now.
type Hall struct {
	Phase      string    `json:"phase"`            // closed, open, break, ending
	Reason     string    `json:"reason,omitempty"` // why no tickets are given
	Name       string    `json:"name,omitempty"`   // of the holiday
	OpensAt    time.Time `json:"opens_at,omitzero"`
	LastTicket time.Time `json:"last_ticket_at,omitzero"`
	ClosesAt   time.Time `json:"closes_at,omitzero"`
}

// Service is a service and its queue.
type Service struct {
	Code     string                    `json:"code"`
	Name     string                    `json:"name"` // in Vietnamese
	Names    map[kiosk.Language]string `json:"names"`
	Prefix   string                    `json:"prefix"`
	Guidance bool                      `json:"guidance,omitempty"`
	Waiting  int                       `json:"waiting"`
	Counters []string                  `json:"counters"` // that serve it now
	// Expected is null while nobody serves it.
	Expected       *Expected `json:"expected"`
	MayNotBeServed bool      `json:"may_not_be_served"`
}

// Expected is how long a ticket taken now would wait.
type Expected struct {
	LowMinutes  int  `json:"low_minutes"`
	HighMinutes int  `json:"high_minutes"`
	Measured    bool `json:"measured"`
}

// Ticket is a ticket.
type Ticket struct {
	Number   string    `json:"number"`
	Service  string    `json:"service"`
	State    string    `json:"state"`
	IssuedAt time.Time `json:"issued_at"`
	// TimeSure is false where the clock could not be trusted: the times are worth nothing.
	TimeSure bool      `json:"time_sure"`
	Day      string    `json:"day"`
	Language string    `json:"language"`
	Priority string    `json:"priority"` // "", declared, card, officer
	Terminal string    `json:"terminal,omitempty"`
	Counter  string    `json:"counter,omitempty"`
	Calls    int       `json:"calls"`
	CalledAt time.Time `json:"called_at,omitzero"`
	ServedAt time.Time `json:"served_at,omitzero"`
	EndedAt  time.Time `json:"ended_at,omitzero"`
	Slip     string    `json:"slip"`  // recorded, sent, printed, unprinted, waived
	Sends    int       `json:"sends"` // how often the slip went to a printer
	// Queue is the service that it waits for now, another one than Service after a transfer; For
	// the only counter that may call it, Legs how often it was sent on.
	Queue     string    `json:"queue"`
	For       string    `json:"for,omitempty"`
	NotBefore time.Time `json:"not_before,omitzero"`
	Legs      int       `json:"legs"`
	Rating    string    `json:"rating,omitempty"` // very-good, good, bad
}

// Counter is a counter now.
type Counter struct {
	Code   string    `json:"code"`
	State  string    `json:"state"` // closed, open, paused, absent
	Serves []string  `json:"serves"`
	Ticket string    `json:"ticket,omitempty"` // in hand
	Until  time.Time `json:"until,omitzero"`   // of a pause
	Reason string    `json:"reason,omitempty"`
	// Officer is the code of who is signed in there.
	Officer string `json:"officer,omitempty"`
}

// Call is who is next and why.
type Call struct {
	Ticket        Ticket      `json:"ticket"`
	Why           string      `json:"why"` // sent, longest-wait, priority, order, chosen
	Rule          string      `json:"rule"`
	SincePriority int         `json:"since_priority"` // this counter's calls since its last priority ticket
	Explain       []Candidate `json:"explain"`
}

// Candidate is a ticket that waited when the call was made.
type Candidate struct {
	Number        string `json:"number"`
	Service       string `json:"service"`
	Priority      bool   `json:"priority"`
	WaitedSeconds int    `json:"waited_seconds"`
	Overdue       bool   `json:"overdue"`
	Sent          bool   `json:"sent"` // to the head of the queue, by an officer
	Chosen        bool   `json:"chosen"`
}

// Device is an attached device.
type Device struct {
	Name  string `json:"name"` // "printer"
	Kind  string `json:"kind"` // "escpos"
	Port  string `json:"port"`
	State string `json:"state"` // absent, ready, faulty
	Code  string `json:"code,omitempty"`
	Hint  string `json:"hint,omitempty"`
	Paper string `json:"paper,omitempty"` // unknown, ok, low, out
	// Confirms is false for a printer that can never say that a slip is out.
	Confirms bool `json:"confirms,omitempty"`
	// Kinds lists what the device may be set to in the configuration: printer profiles.
	Kinds []string `json:"kinds,omitempty"`
}

// Fault is a bad condition that stands now.
type Fault struct {
	Code     string    `json:"code"`
	Severity string    `json:"severity"` // stop, warn, hint
	Since    time.Time `json:"since"`
	Message  string    `json:"message"` // for a person
	Hint     string    `json:"hint,omitempty"`
}

// Slip is the paper of a ticket as finished lines.
type Slip struct {
	Number string `json:"number"`
	Lines  []Line `json:"lines"`
}

// Line is one line of a slip.
type Line struct {
	Role string `json:"role"`
	Text string `json:"text"`
}

// Fact is a fact that waits to be sent.
type Fact struct {
	Epoch   uint32    `json:"epoch"`
	Seq     uint64    `json:"seq"`
	Day     string    `json:"day"`
	At      time.Time `json:"at"`
	AtSure  bool      `json:"at_sure"`
	By      string    `json:"by"`
	Kind    string    `json:"kind"`    // "ticket-moved"
	Subject string    `json:"subject"` // "A012"
	What    string    `json:"what"`    // "call: called"
}

// Issue asks for a ticket.
type Issue struct {
	Service  string `json:"service"`
	Priority string `json:"priority,omitempty"`
	Language string `json:"language,omitempty"`
	Key      string `json:"key,omitempty"`
}

// Choose calls one number; empty: whoever is next.
type Choose struct {
	Number string `json:"number,omitempty"`
}

// Send is a transfer. Place is first, last or after so many minutes.
type Send struct {
	To      string `json:"to,omitempty"`  // a service; empty: the one that it waits for
	For     string `json:"for,omitempty"` // a counter; empty: any that serves To
	Place   string `json:"place"`
	Minutes int    `json:"minutes,omitempty"`
}

// Pause pauses a counter. Until is a time of today, "14:00"; empty until it is resumed.
type Pause struct {
	Until  string `json:"until,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// Paper answers "can you read this?".
type Paper struct {
	Readable bool `json:"readable"`
}

// Numbers is a person's word for the last number on paper, or that none is to be found.
type Numbers struct {
	Service string `json:"service"`
	Last    uint32 `json:"last"`
	Jump    bool   `json:"jump,omitempty"` // in place of Last: behind whatever the hall can have seen
}

// Clock is an officer's word for the date, "2026-11-23".
type Clock struct {
	Date string `json:"date"`
}

// Problem is why something was not done.
type Problem struct {
	Status  int    `json:"-"`
	Code    string `json:"code"`              // for a program; stable
	Reason  string `json:"message"`           // for a person
	Subject string `json:"subject,omitempty"` // what it is about
	Hint    string `json:"hint,omitempty"`    // for the technician
}

// Error returns the code with what a technician needs, for a log.
func (p *Problem) Error() string {
	s := p.Code
	if p.Subject != "" {
		s += " " + strconv.Quote(p.Subject)
	}
	if p.Hint != "" {
		s += ": " + p.Hint
	}
	return s
}
