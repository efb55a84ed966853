package screen

import (
	"fmt"
	"strconv"

	"github.com/motcua/gateway/kiosk"
)

// Action is what a press asks for.
type Action string

// The actions. Each page offers some of them; one that a page does not offer means nothing
// there.
const (
	Choose      Action = "choose"       // a service: Press.Service
	Speak       Action = "speak"        // a language: Press.Language
	Enlarge     Action = "enlarge"      // the large-text switch
	NextPage    Action = "next"         // more services: Press.Page
	PrevPage    Action = "previous"     // the services before: Press.Page
	HavePrio    Action = "priority-yes" // declared by the citizen
	NoPrio      Action = "priority-no"  //
	TakeAnyway  Action = "take-anyway"  // although it may not be served today
	Hold        Action = "hold"         // the press was held long enough
	NoSlip      Action = "no-slip"      // "I did not get paper"
	Pick        Action = "pick"         // the number whose paper is missing: Press.Number
	HaveIt      Action = "have-it"      // the number without paper
	Finish      Action = "finish"       // the visit is over
	AskHelp     Action = "help"         // the page about help
	CallOfficer Action = "call-officer" // to the screen
	CheckPaper  Action = "check-paper"  // the officer's page about a new roll
	PaperGood   Action = "paper-good"   // "I can read it"
	PaperBad    Action = "paper-bad"    // "I cannot read it"
	TryAgain    Action = "again"        // what did not work
	MoreTime    Action = "more-time"    // against the idle warning
	GoBack      Action = "back"         // one page, within the visit
	GoHome      Action = "home"         // the visit is over without a ticket

	Rate      Action = "rate"       // say how a visit was
	Prefix    Action = "prefix"     // the letters of a number: Press.Text
	Digit     Action = "digit"      // a key: Press.Text
	Erase     Action = "erase"      // the last digit
	Enter     Action = "enter"      // what was typed
	RateLevel Action = "level"      // Press.Text, a kiosk.RatingLevel
	RateWhy   Action = "why"        // Press.Text, a kiosk.RatingReason or none
	StaffIn   Action = "staff"      // the page that asks for a PIN
	StaffOut  Action = "staff-out"  // staff mode is over
	Serve     Action = "counter"    // the page of a counter: Press.Counter
	Step      Action = "step"       // Press.Verb, as Press.Counter, Number, Hand and Moves say
	Reopen    Action = "reopen"     // a counter after a pause: Press.Counter
	Parked    Action = "parked"     // the numbers that are held or were not there
	Slips     Action = "slips"      // the slips that were not printed
	OtherSlip Action = "other-slip" // the number whose paper is wanted is to be typed
	Hall      Action = "hall"       // the page on which the hall is opened and closed
	OpenHall  Action = "open-hall"  //
	ShutHall  Action = "shut-hall"  // the question whether it is to be closed
	CloseHall Action = "close-hall" // the answer
	HelpDone  Action = "help-done"  // the officer has come to who asked for one
)

// Press is one press. Presses compare equal where they ask for the same.
type Press struct {
	Do       Action
	Service  kiosk.ServiceCode
	Language kiosk.Language
	Number   kiosk.Number
	// Page is the page of services to go to, from 0. The tile says which, because a second tap on
	// "next" that arrives before the next page is painted must not turn two.
	Page int
	Text string

	// Of a step: what stood on the page when it was pressed. A ticket that goes on while a finger
	// rests on the tile makes another tile of it, and the press is off.
	Verb    kiosk.Verb
	Counter kiosk.CounterCode
	Hand    kiosk.Number // in hand at the counter
	Moves   int          // of the ticket
}

// String names the press; it is the key of its tile, so that a finger resting on a tile keeps
// its press while the page is painted anew.
func (p Press) String() string {
	s := fmt.Sprintf("%s %s%s%s%s", p.Do, p.Service, p.Language, p.Number, p.Text)
	if p.Do == NextPage || p.Do == PrevPage {
		s += strconv.Itoa(p.Page)
	}
	if p.Counter != "" {
		s += fmt.Sprintf("%s at %s with %s after %d", p.Verb, p.Counter, p.Hand, p.Moves)
	}
	return s
}
