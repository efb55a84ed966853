package kiosk

import (
	"slices"
	"time"
)

// The codes by which the office's parts are known to programs. A code is 1 to 32 characters
// of a–z, 0–9 and '-'; a site's or counter's may hold capitals too.
type (
	SiteCode    string
	SectorCode  string
	ServiceCode string
	CounterCode string
)

// Setup is the office as data: what it is called, what it serves, when it is open and by
// which rules its queues run. It is read once at start, checked by [Setup.Check] and never
// changed afterwards. Nothing legal is a constant: it stands here with its source.
type Setup struct {
	Name     Text // of the centre, as it stands on its sign
	Site     Site // the hall whose numbers this gateway issues
	Sectors  []Sector
	Services []Service // in the order of the screen
	Counters []Counter
	Hours    Hours
	Queue    QueueRules
	Slips    SlipRules
	Report   ReportRules
	// AlwaysOpen keeps the hall open at any hour of any day: demonstrations and tests.
	AlwaysOpen bool
}

// Site (điểm tiếp nhận) is one hall of a centre. Its code stands in every Day key.
type Site struct {
	Code    SiteCode
	Name    Text
	Address string
	Phone   string
}

// Sector (lĩnh vực) is the catalogue's classification of procedures.
type Sector struct {
	Code SectorCode
	Name Text
}

// Service (nút dịch vụ) is what the citizen presses. It owns a prefix and a queue and groups
// sectors.
type Service struct {
	Code      ServiceCode
	Prefix    string // 1 to 3 capital letters A–Z, its own in this site
	Name      Text
	Sectors   []SectorCode
	Pictogram string // the name of a drawing in ui/touch/look
	// Guidance marks the one service behind "I don't know which": its ticket also calls an
	// officer to the screen.
	Guidance bool
	// Handling is the office's own estimate of one visit, used until the day has measured
	// enough of them.
	Handling time.Duration
	// Where tells the citizen where to wait.
	Where Text
}

// Counter (quầy) is a numbered place with an officer.
type Counter struct {
	Code   CounterCode
	Serves []ServiceCode
}

// Hours says when the hall is open.
type Hours struct {
	Weekly [7][]Session // by time.Weekday; an empty day is a day of rest
	// LastTicket is how long before the end of the day's last session the last ticket is given.
	LastTicket time.Duration
	// Grace is how long after the last session what still waits is kept before the day is
	// closed by itself and the rest lapses.
	Grace    time.Duration
	Calendar []CalendarEntry
}

// Session is one stretch of opening hours, From included, To excluded.
type Session struct{ From, To Minute }

// CalendarKind says what a calendar entry does to its day.
type CalendarKind string

// The kinds of calendar entries (Labour Code 2019, articles 111 and 112, and the swaps that
// are announced each year).
const (
	Holiday      CalendarKind = "holiday"       // nghỉ lễ
	Compensation CalendarKind = "compensation"  // nghỉ bù
	SwapOff      CalendarKind = "swap_off"      // hoán đổi: nghỉ
	SwapWork     CalendarKind = "swap_work"     // hoán đổi: làm việc
	LocalClosure CalendarKind = "local_closure" // đóng cửa, thí dụ vì bão
	ExtraSession CalendarKind = "extra_session" // thêm buổi, thí dụ sáng thứ Bảy
)

// Works reports whether the hall is open on a day of this kind.
func (k CalendarKind) Works() bool { return k == SwapWork || k == ExtraSession }

// CalendarEntry changes one day. A day that works takes Sessions instead of those of its
// weekday.
type CalendarEntry struct {
	Day       Day
	Kind      CalendarKind
	Name      Text // shown to citizens: "Ngày Văn hóa Việt Nam"
	Sessions  []Session
	Source    string // law or notice
	Confirmed bool   // false: taken from a projection, to be replaced
}

// PriorityRule says how priority tickets and the others take turns.
type PriorityRule string

// The rules for priority.
const (
	// Interleaved lets a priority ticket go next when the counter's last calls had none.
	Interleaved PriorityRule = "interleaved"
	// Strict lets every waiting priority ticket go before the others.
	Strict PriorityRule = "strict"
)

// QueueRules say who is next.
type QueueRules struct {
	Priority PriorityRule
	// PriorityEvery is the number of calls of one counter after which, with no priority ticket
	// among them, a waiting priority ticket goes next (Interleaved only). Practice: 3.
	PriorityEvery int
	// LongestWait is the guard: a ticket that has waited longer goes before all others.
	LongestWait time.Duration
	// HoldAfter is how many tickets in a minute one terminal may give by plain presses;
	// beyond it a press has to be held.
	HoldAfter int
	// Recalls is how often a ticket may be called again after each of its calls.
	Recalls int
}

// SlipRules say what prints by itself.
type SlipRules struct {
	// ReprintWithin is the age up to which the slip of a waiting ticket of today prints by
	// itself after an interruption.
	ReprintWithin time.Duration
	// ReprintRun is how many such slips print in a row; the rest wait under "slips not printed".
	ReprintRun int
	// Attempts is how often one slip is sent to the printer without a person asking.
	Attempts int
	// Copies is how often a citizen may ask for paper again at the screen.
	Copies int
}

// ReportRules say how the office's day is judged.
type ReportRules struct {
	// Wait and Handling are the office's own limits: the report shows the share above them.
	Wait, Handling time.Duration
	// RatingGroup is the fewest ratings that are shown together, so that no officer learns what one
	// citizen said.
	RatingGroup int
}

// DefaultReportRules returns the rules of an office that has set none. 30 and 15 minutes are
// what centres have announced for themselves; no law says so.
func DefaultReportRules() ReportRules {
	return ReportRules{Wait: 30 * time.Minute, Handling: 15 * time.Minute, RatingGroup: 5}
}

// DefaultQueueRules returns the rules of an office that has set none.
func DefaultQueueRules() QueueRules {
	return QueueRules{Priority: Interleaved, PriorityEvery: 3, LongestWait: 45 * time.Minute, HoldAfter: 4, Recalls: 3}
}

// DefaultSlipRules returns the rules of an office that has set none.
func DefaultSlipRules() SlipRules {
	return SlipRules{ReprintWithin: 10 * time.Minute, ReprintRun: 3, Attempts: 3, Copies: 2}
}

// Service returns the service with that code.
func (s *Setup) Service(code ServiceCode) (*Service, bool) {
	for i := range s.Services {
		if s.Services[i].Code == code {
			return &s.Services[i], true
		}
	}
	return nil, false
}

// Counter returns the counter with that code.
func (s *Setup) Counter(code CounterCode) (*Counter, bool) {
	for i := range s.Counters {
		if s.Counters[i].Code == code {
			return &s.Counters[i], true
		}
	}
	return nil, false
}

// ServiceCodes returns the codes of all services, in the order of the setup.
func (s *Setup) ServiceCodes() []ServiceCode {
	out := make([]ServiceCode, len(s.Services))
	for i := range s.Services {
		out[i] = s.Services[i].Code
	}
	return out
}

// CounterCodes returns the codes of all counters, in the order of the setup.
func (s *Setup) CounterCodes() []CounterCode {
	out := make([]CounterCode, len(s.Counters))
	for i := range s.Counters {
		out[i] = s.Counters[i].Code
	}
	return out
}

// Guidance returns the service behind "I don't know which", if the office has one.
func (s *Setup) Guidance() (*Service, bool) {
	for i := range s.Services {
		if s.Services[i].Guidance {
			return &s.Services[i], true
		}
	}
	return nil, false
}

// Takes reports whether c serves the service.
func (c *Counter) Takes(code ServiceCode) bool { return slices.Contains(c.Serves, code) }
