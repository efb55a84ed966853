package report

import (
	"time"

	"github.com/motcua/gateway/kiosk"
)

// Report is a day in numbers. It is a copy: who has it may keep it. Its JSON names are stable.
// Its size is bounded by the office's setup and 24 hours, Excluded by MaxExcluded.
type Report struct {
	Site kiosk.SiteCode `json:"site"`
	Day  string         `json:"day"` // 2026-11-24
	At   time.Time      `json:"at"`  // when it was made
	// Facts counts the day's records, Last is the newest of them.
	Facts int    `json:"facts"`
	Last  string `json:"last"` // epoch-seq
	// Closed is true once the hall has closed and not opened again: nothing moves any more.
	Closed bool `json:"closed"`
	// Limits of the office, in seconds.
	WaitLimit     int64 `json:"wait_limit_s"`
	HandlingLimit int64 `json:"handling_limit_s"`

	Total    Row           `json:"total"`
	Services []ServiceRow  `json:"services"` // in the order of the setup
	Counters []CounterRow  `json:"counters"` // likewise
	Hours    []HourRow     `json:"hours"`    // in order; only those in which somebody joined
	Officers []OfficerRow  `json:"officers"` // for the lead only
	Priority PriorityCount `json:"priority"`
	Ratings  Ratings       `json:"ratings"` // for the lead only
	Excluded []Stretch     `json:"excluded"`
	// MoreExcluded counts the stretches beyond MaxExcluded.
	MoreExcluded int    `json:"more_excluded"`
	Unsure       Unsure `json:"unsure"`
	// Late counts the steps that a page kept while the gateway could not be reached: they carry
	// the time of their arrival, and what they begin or end looks longer or shorter than it was.
	Late int `json:"late"`
	// Seal is the head of the audit log as it was written down when the day was over.
	Seal *Seal `json:"seal,omitempty"`

	day    kiosk.Day
	groups Groups
}

// WithoutOfficers is the report without the rows of single officers, which are for the lead only.
// The ratings in them count as hidden.
func (r Report) WithoutOfficers() Report {
	r.Officers = []OfficerRow{}
	r.Ratings.HiddenOfficers += sum(r.Ratings.Officers)
	r.Ratings.Officers = []RatingOf{}
	return r
}

// MaxExcluded is how many stretches of excluded time a report lists.
const MaxExcluded = 100

// UnknownHour is the row of what joined while the clock was unsure.
const UnknownHour = -1

// Row counts visits and legs. Legs = Served + Sent + NoShow + Cancelled + Lapsed + Open.
type Row struct {
	Issued    int    `json:"issued"` // visits
	Legs      int    `json:"legs"`
	Served    int    `json:"served"`
	Sent      int    `json:"sent"` // to another queue or counter
	NoShow    int    `json:"no_show"`
	Cancelled int    `json:"cancelled"`
	Lapsed    int    `json:"lapsed"`
	Open      int    `json:"open"` // not over yet
	Recalls   int    `json:"recalls"`
	Undone    int    `json:"undone"`
	Waiting   Spread `json:"waiting"`
	Handling  Spread `json:"handling"`
}

// ServiceRow is a queue's.
type ServiceRow struct {
	Service kiosk.ServiceCode `json:"service"`
	Row
}

// CounterRow is a counter's: the legs that it called last. Issued is 0.
type CounterRow struct {
	Counter kiosk.CounterCode `json:"counter"`
	Row
}

// HourRow is what joined a queue from Hour:00 to Hour:59.
type HourRow struct {
	Hour int `json:"hour"`
	Row
}

// OfficerRow is for the lead only.
type OfficerRow struct {
	Officer  kiosk.OfficerCode `json:"officer"` // empty: nobody was signed in
	Served   int               `json:"served"`
	Sent     int               `json:"sent"`
	Handling Spread            `json:"handling"`
}

// PriorityCount counts priorities by whose word they were. Raised has those that an officer gave
// at the issue, too.
type PriorityCount struct {
	Declared int `json:"declared"`
	Card     int `json:"card"`
	Raised   int `json:"raised"`
	Lowered  int `json:"lowered"`
}

// Why is why a stretch is nobody's waiting time. The values are stable.
type Why string

// The reasons.
const (
	WhyOutage Why = "outage" // no power, or the program did not run
	WhyBreak  Why = "break"  // between two sessions
	WhyClosed Why = "closed" // by hand, and opened again
)

// Stretch is time that is left out.
type Stretch struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	Why  Why       `json:"why"`
}

// Unsure counts durations that nobody can tell because the clock was not sure.
type Unsure struct {
	Waits     int `json:"waits"`
	Handlings int `json:"handlings"`
}

// Seal is a LogSealed.
type Seal struct {
	At   string `json:"at"` // the last fact that the hash covers, epoch-seq
	Hash string `json:"hash"`
}

// Date returns the report's day.
func (r *Report) Date() kiosk.Day { return r.day }
