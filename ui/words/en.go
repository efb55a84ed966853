package words

import (
	"fmt"
	"strings"
	"time"

	"github.com/motcua/gateway/kiosk"
)

func english() Words {
	return Words{
		Language: kiosk.English,
		Own:      "English",
		Home: Home{
			Title:     "What would you like to do?",
			Guide:     "I don't know which to choose",
			GuideFact: "An officer will help you",
			NoSlip:    "No slip yet",
			Help:      "Call for help",
			LargeText: "Larger text",
			PlainText: "Smaller text",
			Fact:      enFact,
			HelpComes: "An officer has been called. Please wait here a moment.",
		},
		Priority: Priority{
			Title:    "Do you have priority?",
			Who:      "Elderly people, people with disabilities, pregnant women, people with small children, people of merit to the nation.",
			NoReason: "You need not say why.",
			Yes:      "Yes, I have priority",
			No:       "No, an ordinary number",
		},
		Late: Late{
			Title:    "You may not be served today",
			Waiting:  enLate,
			Question: "Would you still like a number?",
			Yes:      "Take a number",
		},
		Busy: Busy{
			Title: "Getting your number",
			Wait:  "One moment, please…",
		},
		Hold: Hold{
			Title:   "Please press and hold",
			Why:     "Many numbers were just taken in a row. Put a finger on the red tile and keep it there for two seconds.",
			Tile:    "Press and hold here",
			Holding: "Keep holding…",
		},
		Ticket: Ticket{
			Yours:      "Your number",
			Where:      func(place string) string { return "Please wait at: " + place },
			WhereElse:  "Please take a seat and listen for your number.",
			Ahead:      enAhead,
			Priority:   "Priority",
			Printing:   "Your slip is being printed…",
			Take:       "Please take your slip from the slot below.",
			TakeOrAsk:  "Please take your slip from the slot below. If there is none, press “I did not get a slip”.",
			NoPaper:    "The slip cannot be printed. Please remember this number or take a photo.",
			Noted:      "No slip needed. Please listen for this number.",
			Reprinting: "Your slip is being printed again. Your number stays the same.",
			ScanQR:     "Scan to keep the number on your phone",
			AskPaper:   "I did not get a slip",
			HaveIt:     "I have the number",
			Done:       "Done",
			Guide:      "An officer will come here to help you.",
		},
		NoSlip: NoSlip{
			Title:   "Which number is yours?",
			Why:     "Please choose your own number. The slip is printed again with the same number.",
			None:    "Nobody has taken a number here in the last few minutes.",
			TakenAt: func(clock string) string { return "taken at " + clock },
		},
		Help: Help{
			Title: "Do you need help?",
			Steps: []string{
				"1. Choose what you came for.",
				"2. Take your slip from the slot below.",
				"3. Take a seat and go to the counter when your number is called.",
			},
			Call:       "Call an officer to this screen",
			Called:     "An officer has been called",
			CalledWait: "Please wait here a moment, somebody will come and help you.",
		},
		Closed: Closed{
			Title:   "No numbers at the moment",
			Opens:   func(date, clock string) string { return "Open again at " + clock + " on " + date + "." },
			OpensA:  func(clock string) string { return "Numbers again from " + clock + " today." },
			Holiday: func(name string) string { return "Closed today: " + name + "." },
			Unknown: "Please ask an officer when numbers are given.",
			Served:  "If you have a number you will still be served. Please take a seat.",
			Phone:   func(number string) string { return "Phone: " + number },
			Stopped: "No numbers from this machine",
		},
		Idle: Idle{
			Title: "Are you still there?",
			Soon: func(seconds int) string {
				return fmt.Sprintf("In %d seconds this screen goes back to its first page.", seconds)
			},
			More: "I need more time",
		},
		Paper: Paper{
			Banner: "For officers: the printer was opened, press here to check its paper",
			Title:  "Can you read the test slip?",
			Ask:    "A test slip was printed with the words “PHIẾU THỬ” and the alphabet. If it is blank, the roll is in upside down.",
			Yes:    "I can read it",
			No:     "I cannot read it",
			Later:  "Later",
		},
		Sorry: Sorry{
			Title: "We are sorry",
			Slow:  "Your number could not be taken yet. Please try again or see an officer.",
		},
		Ways: Ways{
			Back:     "Back",
			Home:     "First page",
			Again:    "Try again",
			Next:     "Next page",
			Previous: "Previous page",
			Of:       func(page, pages int) string { return fmt.Sprintf("Page %d/%d", page, pages) },
		},
		Slip: SlipWords{
			Priority: "PRIORITY",
			Reprint:  "REPRINT",
			Keep:     "Please keep this slip and listen for your number.",
			Where:    func(place string) string { return "Please wait at: " + place },
			Ahead: func(n int, r *kiosk.Range) string {
				return ascii(enAhead(n, r))
			},
			Issued:  func(clock, date string) string { return "Taken at " + clock + ", " + date },
			Test:    "TEST SLIP",
			TestAsk: "Can you read this? Please answer on the screen.",
		},
		Rating: enRating(),
		Clock:  clock24,
		Date: func(d kiosk.Day) string {
			y, m, day := parts(d)
			return fmt.Sprintf("%s, %d %s %d", d.Weekday(), day, time.Month(m), y)
		},
		Wait: enWait,
	}
}

func enWait(r kiosk.Range) string {
	s := promise(r, ".")
	unit := " minutes"
	if s.hours {
		unit = " hours"
	}
	if s.high == "1" {
		unit = unit[:len(unit)-1]
	}
	switch {
	case s.now:
		return "no waiting"
	case s.under:
		return "under " + s.high + unit
	}
	return "about " + s.span("–") + unit
}

// enShort is enWait where there is room for a few letters only.
func enShort(r kiosk.Range) string {
	return strings.NewReplacer("about ", "", " minutes", " min", " minute", " min", " hours", " h").Replace(enWait(r))
}

func enFact(waiting int, r *kiosk.Range) string {
	people := fmt.Sprintf("%d waiting", waiting)
	switch {
	case r == nil && waiting == 0:
		return "Nobody waiting"
	case r == nil:
		return people
	case waiting == 0 && r.High <= 0:
		return "No waiting"
	}
	return people + " · " + enShort(*r)
}

func enAhead(n int, r *kiosk.Range) string {
	s := fmt.Sprintf("%d people are ahead of you", n)
	switch n {
	case 0:
		s = "You are next"
	case 1:
		s = "One person is ahead of you"
	}
	switch {
	case r == nil:
		return s + "."
	case r.High <= 0:
		return s + ", you will be called shortly."
	}
	return s + ", " + enWait(*r) + "."
}

func enLate(n int, closes string) string {
	s := fmt.Sprintf("%d people are waiting before you.", n)
	if n == 1 {
		s = "One person is waiting before you."
	}
	if closes != "" {
		s += " The office closes at " + closes + " today."
	}
	return s
}
