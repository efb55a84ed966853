package touch

import (
	"github.com/motcua/gateway/kiosk"
)

// Work is what a session asks of the office. It is done elsewhere; the [Answer] comes back.
type Work interface{ work() }

// The kinds of work.
type (
	// Issue takes a number.
	Issue struct{ Request kiosk.IssueRequest }
	// Reprint prints a ticket's paper again. Key is the session's.
	Reprint struct {
		Key    string
		Number kiosk.Number
	}
	// Waive says that the citizen has the number without paper.
	Waive struct{ Number kiosk.Number }
	// CallOfficer asks an officer to the screen. Key is the session's.
	CallOfficer struct{ Key string }
	// JudgePaper is an officer's answer about the test slip.
	JudgePaper struct{ Readable bool }
)

func (Issue) work()       {}
func (Reprint) work()     {}
func (Waive) work()       {}
func (CallOfficer) work() {}
func (JudgePaper) work()  {}

// Answer is what became of a work.
type Answer struct {
	Work   Work
	Ticket kiosk.Ticket // of Issue and Reprint
	Err    error
}
