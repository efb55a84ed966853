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
}

// String names the press; it is the key of its tile, so that a finger resting on a tile keeps
// its press while the page is painted anew.
func (p Press) String() string {
	s := fmt.Sprintf("%s %s%s%s", p.Do, p.Service, p.Language, p.Number)
	if p.Do == NextPage || p.Do == PrevPage {
		s += strconv.Itoa(p.Page)
	}
	return s
}
