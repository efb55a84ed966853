package counter

import (
	"slices"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/words"
)

// How much of the day a page shows. The whole is at most 8 kB as JSON, however full the hall.
const (
	showWaiting = 12
	showAside   = 8 // held, and no-shows
	showServed  = 5
	showFaults  = 4
)

// State is what one counter's page shows: full each time, so that a page that missed some is
// right with the next one. Times are in seconds since 1970 by the box's clock; 0 stands for a
// time that is not known.
type State struct {
	Boot    string            `json:"boot"` // another one: the gateway was restarted
	Version uint64            `json:"v"`
	Now     int64             `json:"now"`
	Day     int               `json:"day"` // 20261123
	Date    string            `json:"date"`
	Sure    bool              `json:"sure"` // times may be shown
	Counter kiosk.CounterCode `json:"counter"`
	Seat    Seat              `json:"seat"`
	Hall    string            `json:"hall,omitempty"` // why no tickets are given
	Hand    *Row              `json:"hand"`
	Waiting Queue             `json:"waiting"`
	Held    Queue             `json:"held"`
	NoShow  Queue             `json:"noShow"`
	Served  Served            `json:"served"`
	Undo    *Undo             `json:"undo"`
	Help    int64             `json:"help,omitempty"` // since when somebody at the screen waits
	Faults  []Fault           `json:"faults"`
	Unsaid  int               `json:"unsaid,omitempty"` // faults beyond those
	Limit   int64             `json:"limit"`            // of waiting, in seconds
	Others  []OtherCounter    `json:"others"`
}

// Seat is the counter itself.
type Seat struct {
	State  kiosk.CounterState `json:"state"`
	Until  int64              `json:"until,omitempty"`
	Reason string             `json:"reason,omitempty"`
}

// OtherCounter is another counter, for a transfer.
type OtherCounter struct {
	Code  kiosk.CounterCode  `json:"c"`
	State kiosk.CounterState `json:"s"`
}

// Row is one ticket.
type Row struct {
	Number   kiosk.Number      `json:"n"`
	Service  int               `json:"s"` // its place in the setup; -1: of an earlier setup
	State    kiosk.TicketState `json:"st,omitempty"`
	Language kiosk.Language    `json:"l,omitempty"` // other than Vietnamese
	Priority kiosk.Priority    `json:"p,omitempty"`
	Moves    int               `json:"m"`
	// At is since when it waits, or was called, or served; Waited how long it had waited when
	// it was called, in seconds.
	At     int64             `json:"at,omitempty"`
	Waited int64             `json:"w,omitempty"`
	Due    int64             `json:"due,omitempty"` // not before
	Sent   bool              `json:"sent,omitempty"`
	Calls  int               `json:"calls,omitempty"`
	Left   int               `json:"left,omitempty"` // recalls that are left
	Of     kiosk.CounterCode `json:"q,omitempty"`
}

// Queue is a list of tickets, its first rows and how many there are.
type Queue struct {
	Count int   `json:"count"`
	Over  int   `json:"over,omitempty"` // of a waiting queue: beyond the office's limit
	Rows  []Row `json:"rows"`
}

// Served is what this counter has done today.
type Served struct {
	Count int   `json:"count"`
	Mean  int64 `json:"mean,omitempty"` // seconds of a visit
	Rows  []Row `json:"rows"`
}

// Undo is the step that can be taken back.
type Undo struct {
	Number kiosk.Number `json:"n"`
	Verb   kiosk.Verb   `json:"verb"`
	Until  int64        `json:"until"`
}

// Fault is a fault in plain words.
type Fault struct {
	Code     kiosk.FaultCode `json:"code"`
	Severity kiosk.Severity  `json:"sev"`
	Text     string          `json:"text"`
}

// Look composes the state of a counter's page; false where there is no such counter.
func Look(s *kiosk.Snapshot, code kiosk.CounterCode, now time.Time, w words.Words) (State, bool) {
	i := slices.IndexFunc(s.Counters, func(c kiosk.CounterStatus) bool { return c.Counter.Code == code })
	if i < 0 {
		return State{}, false
	}
	c := &s.Counters[i]
	st := State{
		Version: s.Version, Now: now.Unix(), Day: int(s.Day), Date: w.Date(s.Day), Sure: s.Clock.ShowTime, Counter: code,
		Seat:  Seat{State: c.State, Until: unix(c.Until), Reason: c.Reason},
		Limit: int64(s.Setup.Report.Wait / time.Second), Help: unix(s.HelpSince), Others: others(s, code),
	}
	if s.Hall.Phase != kiosk.HallOpen && s.Hall.Reason != "" {
		st.Hall = w.Shut(s.Hall.Reason)
	}
	if u := c.Undo; u.Number != "" && now.Before(u.Until) {
		st.Undo = &Undo{u.Number, u.Verb, u.Until.Unix()}
	}
	l := lister{s: s, counter: c.Counter, now: now}
	st.Hand, st.Waiting, st.Served = l.hand(c.Ticket, c.Recalls), l.waiting(), l.served()
	st.Held, st.NoShow = l.aside(kiosk.Held), l.aside(kiosk.NoShow)
	st.Faults, st.Unsaid = faults(s, w)
	return st, true
}

func unix(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

func others(s *kiosk.Snapshot, code kiosk.CounterCode) []OtherCounter {
	out := []OtherCounter{}
	for _, c := range s.Counters {
		if c.Counter.Code != code {
			out = append(out, OtherCounter{c.Counter.Code, c.State})
		}
	}
	return out
}

// faults are those that an officer can do something about, or should know of.
func faults(s *kiosk.Snapshot, w words.Words) ([]Fault, int) {
	out := []Fault{}
	for _, f := range s.Faults {
		if f.Severity != kiosk.SeverityHint || f.Code == kiosk.FaultVoiceAbsent {
			out = append(out, Fault{f.Code, f.Severity, w.Fault(f.Code)})
		}
	}
	if n := len(out) - showFaults; n > 0 {
		return out[:showFaults], n
	}
	return out, 0
}
