package wire

import (
	"time"

	"github.com/motcua/gateway/kiosk"
)

// The data of what happens to the office, its staff and its box.

// hallMoved is an opening or a closing of the hall.
type hallMoved struct {
	Open   bool `json:"open"`
	ByHand bool `json:"by_hand,omitempty"` // a lead did it, not the hours
}

func (d *hallMoved) check(*checks)    {}
func (d *hallMoved) fact() kiosk.Fact { return kiosk.HallMoved(*d) }
func (d *hallMoved) about() string    { return "" }

// counterMoved is a change of a counter's own state.
type counterMoved struct {
	Counter kiosk.CounterCode  `json:"counter"`
	State   kiosk.CounterState `json:"state"`
	Until   time.Time          `json:"until,omitzero"`    // of a pause; absent if it is open-ended
	Reason  string             `json:"reason,omitempty"`  // of a pause, as typed by the officer
	Officer kiosk.OfficerCode  `json:"officer,omitempty"` // who sits there from now on: a code, no name
}

func (d *counterMoved) check(c *checks) {
	needed(c, "counter", d.Counter)
	needed(c, "state", d.State)
	moment(c, "until", &d.Until)
	text(c, "reason", d.Reason, maxText)
	code(c, "officer", d.Officer)
}
func (d *counterMoved) fact() kiosk.Fact { return kiosk.CounterMoved(*d) }
func (d *counterMoved) about() string    { return "" }

// clockConfirmed is an officer's word for the date.
type clockConfirmed struct {
	Day day `json:"day,omitzero"`
	Was day `json:"was,omitzero"` // what the box's clock showed
}

func (d *clockConfirmed) check(*checks) {}
func (d *clockConfirmed) fact() kiosk.Fact {
	return kiosk.ClockConfirmed{Day: kiosk.Day(d.Day), Was: kiosk.Day(d.Was)}
}
func (d *clockConfirmed) about() string { return "" }

// faultMoved is the raising or clearing of a fault.
type faultMoved struct {
	Code   kiosk.FaultCode `json:"code"`
	Raised bool            `json:"raised"`
	Hint   string          `json:"hint,omitempty"` // for the technician
}

func (d *faultMoved) check(c *checks) {
	needed(c, "code", d.Code)
	text(c, "hint", d.Hint, maxHint)
}
func (d *faultMoved) fact() kiosk.Fact { return kiosk.FaultMoved(*d) }
func (d *faultMoved) about() string    { return "" }

// paperChecked is a person's answer to "can you read this?" on a test slip.
type paperChecked struct {
	Asked    bool `json:"asked,omitempty"` // the question stands
	Readable bool `json:"readable,omitempty"`
}

func (d *paperChecked) check(*checks)    {}
func (d *paperChecked) fact() kiosk.Fact { return kiosk.PaperChecked(*d) }
func (d *paperChecked) about() string    { return "" }

// numbersConfirmed is a person's word for the last number on paper.
type numbersConfirmed struct {
	Service kiosk.ServiceCode `json:"service"`
	Last    uint32            `json:"last"`
}

func (d *numbersConfirmed) check(c *checks)  { needed(c, "service", d.Service) }
func (d *numbersConfirmed) fact() kiosk.Fact { return kiosk.NumbersConfirmed(*d) }
func (d *numbersConfirmed) about() string    { return "" }

// helpMoved is somebody at the screen asking for an officer, or the officer's coming.
type helpMoved struct {
	Waiting bool `json:"waiting"`
}

func (d *helpMoved) check(*checks)    {}
func (d *helpMoved) fact() kiosk.Fact { return kiosk.HelpMoved(*d) }
func (d *helpMoved) about() string    { return "" }

// outageSeen says that the box had no power while the hall should have been served.
type outageSeen struct {
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`
}

func (d *outageSeen) check(c *checks) {
	moment(c, "from", &d.From)
	moment(c, "to", &d.To)
}
func (d *outageSeen) fact() kiosk.Fact { return kiosk.OutageSeen(*d) }
func (d *outageSeen) about() string    { return "" }

// staffMoved is what happened to an officer's account or session.
type staffMoved struct {
	Officer kiosk.OfficerCode `json:"officer,omitempty"` // a code, no name
	What    kiosk.StaffEvent  `json:"what"`
	Counter kiosk.CounterCode `json:"counter,omitempty"`
	Detail  string            `json:"detail,omitempty"` // what was exported, which board; never a name
}

func (d *staffMoved) check(c *checks) {
	code(c, "officer", d.Officer)
	needed(c, "what", d.What)
	code(c, "counter", d.Counter)
	text(c, "detail", d.Detail, maxText)
}
func (d *staffMoved) fact() kiosk.Fact { return kiosk.StaffMoved(*d) }
func (d *staffMoved) about() string    { return "" }

// logSealed is the head of the audit log, once a day.
type logSealed struct {
	Day  day      `json:"day,omitzero"`     // that was closed
	At   position `json:"at,omitzero"`      // of the last fact that the hash covers
	Hash string   `json:"sha256,omitempty"` // 64 hexadecimal digits
}

func (d *logSealed) check(c *checks) {
	_, err := kiosk.ParseHash(d.Hash)
	c.that(err == nil, "sha256", "64 hexadecimal digits")
}

func (d *logSealed) fact() kiosk.Fact {
	return kiosk.LogSealed{Day: kiosk.Day(d.Day), At: kiosk.Position(d.At), Hash: d.Hash}
}
func (d *logSealed) about() string { return "" }

// epochBegun is the first fact of an epoch that had to be begun by hand.
type epochBegun struct {
	After position          `json:"after,omitzero"` // the last fact that the store had
	Mark  position          `json:"mark,omitzero"`  // the last fact that the province had of it
	Why   kiosk.EpochReason `json:"why"`
}

func (d *epochBegun) check(c *checks) { needed(c, "why", d.Why) }
func (d *epochBegun) fact() kiosk.Fact {
	return kiosk.EpochBegun{After: kiosk.Position(d.After), Mark: kiosk.Position(d.Mark), Why: d.Why}
}
func (d *epochBegun) about() string { return "" }

// lineMoved is a change in who the box is to the province, or what came down from it.
type lineMoved struct {
	What   kiosk.LineEvent `json:"what"`
	Detail string          `json:"detail,omitempty"` // the gateway's name, the pack's name and version
}

func (d *lineMoved) check(c *checks) {
	needed(c, "what", d.What)
	text(c, "detail", d.Detail, maxText)
}
func (d *lineMoved) fact() kiosk.Fact { return kiosk.LineMoved(*d) }
func (d *lineMoved) about() string    { return "" }

// unsendable says why a fact could not be encoded.
type unsendable struct {
	Kind string `json:"kind"` // the Go type's name
	Why  string `json:"why"`
}
