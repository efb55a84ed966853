package touch

import (
	"log/slog"

	"github.com/motcua/gateway/kiosk"
)

// Work is what a session asks of the office. It is done elsewhere; the [Answer] comes back.
type Work interface{ work() }

// The kinds of work.
type (
	// Issue takes a number.
	Issue struct{ Request kiosk.IssueRequest }
	// Reprint prints a ticket's paper again. Key is the session's, or of an officer's press.
	Reprint struct {
		Key    string
		Number kiosk.Number
		By     string // an officer in staff mode; empty: a citizen
	}
	// Waive says that the citizen has the number without paper.
	Waive struct{ Number kiosk.Number }
	// CallOfficer asks an officer to the screen. Key is the session's.
	CallOfficer struct{ Key string }
	// JudgePaper is an officer's answer about the test slip. Key and By are those of staff mode,
	// empty outside of it.
	JudgePaper struct {
		Key      string
		Readable bool
		By       string
	}
	// Rate keeps a citizen's word on a visit. Key is the session's.
	Rate struct {
		Key    string
		Number kiosk.Number
		Level  kiosk.RatingLevel
		Reason kiosk.RatingReason
	}
)

// The kinds of work of staff mode. Each Key is one press's.
type (
	// CheckPIN asks whose PIN was typed.
	CheckPIN struct {
		Key string
		PIN PIN
	}
	// Move makes a step with a ticket.
	Move struct{ Step kiosk.Step }
	// Reopen ends a counter's pause.
	Reopen struct {
		Key     string
		Counter kiosk.CounterCode
		By      string
	}
	// MoveHall opens the hall or closes the day.
	MoveHall struct {
		Key  string
		Open bool
		By   string
	}
	// AnswerHelp says that the officer has come.
	AnswerHelp struct{ Key, By string }
)

// PIN is what an officer typed. It shows itself to nobody.
type PIN string

// String hides the digits.
func (PIN) String() string { return "PIN" }

// GoString hides the digits.
func (PIN) GoString() string { return "touch.PIN" }

// LogValue hides the digits.
func (PIN) LogValue() slog.Value { return slog.StringValue("PIN") }

func (Issue) work()       {}
func (Reprint) work()     {}
func (Waive) work()       {}
func (CallOfficer) work() {}
func (JudgePaper) work()  {}
func (Rate) work()        {}
func (CheckPIN) work()    {}
func (Move) work()        {}
func (Reopen) work()      {}
func (MoveHall) work()    {}
func (AnswerHelp) work()  {}

// Answer is what became of a work.
type Answer struct {
	Work   Work
	Ticket kiosk.Ticket // of Issue, Reprint, Move and Rate
	// Of CheckPIN:
	Officer kiosk.OfficerCode
	Role    kiosk.Role
	Err     error
}
