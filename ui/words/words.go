package words

import (
	"time"

	"github.com/motcua/gateway/kiosk"
)

// Words are the sentences of one language.
type Words struct {
	Language kiosk.Language
	// Own is the language's name in itself: "Tiếng Việt".
	Own string

	Home     Home
	Priority Priority
	Late     Late
	Busy     Busy
	Hold     Hold
	Ticket   Ticket
	NoSlip   NoSlip
	Help     Help
	Closed   Closed
	Idle     Idle
	Paper    Paper
	Sorry    Sorry
	Ways     Ways
	Slip     SlipWords
	Rating   Rating

	// Clock writes the time of day of t: "07 giờ 30".
	Clock func(t time.Time) string
	// Date writes a day with its weekday, as within a sentence: "thứ Hai, 23/11/2026".
	Date func(d kiosk.Day) string
	// Wait writes how long one waits, rounded to what can be promised: "khoảng 10–20 phút". The
	// zero Range is "được phục vụ ngay".
	Wait func(r kiosk.Range) string
}

// Home are the words of the first page.
type Home struct {
	Title string
	// Guide is the tile for who does not know what to choose, GuideFact what it does.
	Guide, GuideFact string
	NoSlip           string // "I did not get paper", as short as it can be said
	Help             string
	LargeText        string // turns large text on
	PlainText        string // and off again
	// Fact is the one line on a service's tile: who waits, and how long one would. r is nil
	// while nobody can tell.
	Fact func(waiting int, r *kiosk.Range) string
	// HelpComes stands on the page while an officer is called.
	HelpComes string
}

// Priority are the words of the question whether somebody has priority. Who lists the groups;
// nobody is asked which of them it is.
type Priority struct {
	Title, Who, NoReason string
	Yes, No              string
}

// Late are the words of the warning that a ticket may not be served today.
type Late struct {
	Title string
	// Waiting says how many wait, and when the office closes where closes is not empty.
	Waiting       func(n int, closes string) string
	Question, Yes string
}

// Busy is what stands on the screen while the office is asked.
type Busy struct{ Title, Wait string }

// Hold are the words of the page on which a press has to be held.
type Hold struct{ Title, Why, Tile, Holding string }

// Ticket are the words of the page with the number.
type Ticket struct {
	Yours string
	// Where takes the office's own words for the place where to wait.
	Where     func(place string) string
	WhereElse string // where the office has none
	// Ahead says how many are ahead and how long it may take; r is nil where nobody knows.
	Ahead    func(n int, r *kiosk.Range) string
	Priority string
	// What the paper does.
	Printing   string // it is on its way
	Take       string // it is out
	TakeOrAsk  string // it should be out: this printer cannot say
	NoPaper    string // it will not come: keep the number in mind
	Noted      string // the citizen has the number
	Reprinting string // it is on its way once more
	ScanQR     string
	AskPaper   string // tile: I did not get paper
	HaveIt     string // tile: I have the number
	Done       string // tile: the visit is over
	Guide      string // an officer comes to the screen
}

// NoSlip are the words of "I did not get paper".
type NoSlip struct {
	Title, Why string
	None       string
	TakenAt    func(clock string) string
}

// Help are the words of the call for an officer.
type Help struct {
	Title      string
	Steps      []string // how the machine is used, each step a line
	Call       string   // tile
	Called     string
	CalledWait string
}

// Closed are the words of the page on which no ticket can be had.
type Closed struct {
	Title  string
	Opens  func(date, clock string) string // when the hall opens on another day
	OpensA func(clock string) string       // when it opens again today
	// Holiday says that today is the day off of that name.
	Holiday func(name string) string
	// Unknown stands where nobody knows when it opens.
	Unknown string
	// Served reassures who has a number already.
	Served  string
	Phone   func(number string) string
	Stopped string // title while the machine itself cannot give tickets
}

// Idle are the words of the warning before the screen goes back to its first page.
type Idle struct {
	Title string
	Soon  func(seconds int) string
	More  string // tile
}

// Paper are the words with which an officer answers for a new roll.
type Paper struct {
	Banner  string // on the first page
	Title   string
	Ask     string
	Yes, No string
	Later   string
}

// Sorry are the words of a page that says what did not work.
type Sorry struct {
	Title string
	Slow  string // the office has not answered in time
}

// Ways are the tiles by which one goes from page to page.
type Ways struct {
	Back  string // one page
	Home  string // to the first page
	Again string // what did not work
	// Next and Previous turn the pages of a long list, Of says which one this is.
	Next, Previous string
	Of             func(page, pages int) string
}

// SlipWords are the words on paper: ASCII marks only.
type SlipWords struct {
	Priority string
	Reprint  string
	Keep     string
	Where    func(place string) string
	Ahead    func(n int, r *kiosk.Range) string
	Issued   func(clock, date string) string
	Test     string
	TestAsk  string
}

// For returns the words of a language; Vietnamese for one that is not known.
func For(l kiosk.Language) Words {
	switch l {
	case kiosk.English:
		return english()
	case kiosk.Chinese:
		return chinese()
	}
	return vietnamese()
}
