package touch

import (
	"reflect"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/touch/screen"
	"github.com/motcua/gateway/ui/words"
)

// Scene is what the screen shows: plain data. Two scenes that are deeply equal look the same.
type Scene struct {
	Language kiosk.Language
	Large    bool
	Model    screen.Model
}

// sameScene reports whether two scenes look the same.
func sameScene(a, b Scene) bool { return reflect.DeepEqual(a, b) }

// Scene returns what to show of the session now. chinese says whether the display can show
// Chinese.
func (s *Session) Scene(snap *kiosk.Snapshot, chinese bool, now time.Time) Scene {
	b := scenery{Session: s, snap: snap, words: words.For(s.language), chinese: chinese, now: now}
	return Scene{Language: s.language, Large: s.large, Model: b.model()}
}

// scenery makes the models of the screens.
type scenery struct {
	*Session
	snap    *kiosk.Snapshot
	words   words.Words
	chinese bool
	now     time.Time
}

func (b scenery) model() screen.Model {
	head := screen.Head{Office: b.snap.Setup.Name.In(b.language), Site: b.snap.Setup.Site.Name.In(b.language)}
	if b.warned > 0 && b.page != pageTicket {
		return screen.Idle{Head: head, Seconds: b.left()}
	}
	switch {
	case b.page == pagePIN, b.page.staff():
		return b.staffMode(head)
	case b.page == pageRated, b.page.rating():
		return b.rated(head)
	}
	switch b.page {
	case pageLate:
		return b.late(head)
	case pagePriority:
		return screen.Priority{Head: head, Service: b.service()}
	case pageBusy:
		return screen.Busy{Head: head}
	case pageHold:
		return screen.Held{Head: head, Service: b.service()}
	case pageTicket:
		return b.numbered(head)
	case pageMissing:
		return screen.Missing{Head: head, Numbers: b.recent()}
	case pageHelp:
		return screen.Help{Head: head, Staff: b.Session.staffed}
	case pageCalled:
		return screen.Called{Head: head}
	case pageSorry:
		return screen.Sorry{Head: head, Text: b.sorryText(), Again: b.tryAgain}
	case pageRoll:
		return screen.Roll{Head: head}
	}
	return b.first(head)
}

// sorryText says what did not work. Only a number can be tried for again, so an error that is no
// refusal is about the number then, and else about paper or help.
func (b scenery) sorryText() string {
	if b.rating.level != "" && b.tryAgain {
		return b.words.Rating.Failed
	}
	if b.tryAgain && refused(b.refusal) == "" {
		return b.words.Sorry.Slow
	}
	return b.words.Refused(b.refusal)
}

// first is the first page, or the one that says why there is none.
func (b scenery) first(head screen.Head) screen.Model {
	for _, f := range b.snap.Faults {
		if text := b.words.AtScreen(f.Code); f.Severity == kiosk.SeverityStop && text != "" {
			return b.closed(head, text)
		}
	}
	if b.snap.Hall.Phase != kiosk.HallOpen {
		return b.closed(head, "")
	}
	m := screen.Home{
		Head: head, Others: b.others(), Large: b.large, Page: b.turned,
		HelpComes: !b.snap.HelpSince.IsZero(), PaperCheck: b.snap.PaperCheck,
		Rating:      canRate(b.snap),
		SlipsUnsure: b.snap.Printer.Ready() && !b.snap.Printer.Confirms,
	}
	for _, f := range b.snap.Faults {
		if m.Notice = b.words.AtScreen(f.Code); m.Notice != "" {
			break
		}
	}
	for _, v := range b.snap.Services {
		if v.Service.Guidance {
			m.Guide = v.Service.Code
			continue
		}
		m.Services = append(m.Services, screen.Service{
			Code: v.Service.Code, Icon: v.Service.Pictogram, Name: v.Service.Name.In(b.language),
			Fact: b.words.Home.Fact(v.Waiting, v.Expected),
		})
	}
	return m
}

func (b scenery) closed(head screen.Head, fault string) screen.Model {
	hall := b.snap.Hall
	return screen.Closed{
		Head: head, Reason: hall.Reason, Holiday: hall.Name.In(b.language), Fault: fault,
		Opens: hall.OpensAt, Today: !hall.OpensAt.IsZero() && kiosk.DayOf(hall.OpensAt) == b.snap.Day,
		Served: hall.Phase == kiosk.HallEnding, Phone: b.snap.Setup.Site.Phone,
		Others: b.others(), Large: b.large, Recent: len(b.recent()) > 0, Rating: canRate(b.snap), PaperCheck: b.snap.PaperCheck,
	}
}

// others are the languages that the display can change to.
func (b scenery) others() []kiosk.Language {
	var out []kiosk.Language
	for _, l := range kiosk.Languages() {
		if l != b.language && (l != kiosk.Chinese || b.chinese) {
			out = append(out, l)
		}
	}
	return out
}

// service is the name of the service that is being asked for.
func (b scenery) service() string { return b.named(b.request.Service) }

func (b scenery) named(code kiosk.ServiceCode) string {
	v, ok := b.snap.Setup.Service(code)
	if !ok {
		return ""
	}
	return v.Name.In(b.language)
}

func (b scenery) late(head screen.Head) screen.Model {
	m := screen.Late{Head: head, Service: b.service()}
	for _, v := range b.snap.Services {
		if v.Service.Code == b.request.Service {
			m.Waiting = v.Waiting
		}
	}
	if at := b.snap.Hall.ClosesAt; b.snap.Clock.ShowTime && !at.IsZero() {
		m.Closes = b.words.Clock(at)
	}
	return m
}

func (b scenery) numbered(head screen.Head) screen.Model {
	waits := b.ticket.Queue() // an officer may have sent it on
	m := screen.Ticket{
		Head: head, Number: b.ticket.Number, Service: b.named(waits),
		Priority: b.ticket.Priority != kiosk.NoPriority,
		HasAhead: b.place.known, Ahead: b.place.ahead, Wait: b.place.wait,
		Paper: b.paper, Again: b.again, Leaving: b.left(),
	}
	if v, ok := b.snap.Setup.Service(waits); ok {
		m.Where, m.Guide = v.Where.In(b.language), v.Guidance
	}
	if b.paper == screen.PaperNone {
		m.QR = words.QR(b.ticket, b.snap)
	}
	return m
}

// recent are the numbers that were taken here in the last minutes, newest first.
func (b scenery) recent() []screen.Recent {
	var out []screen.Recent
	for i := len(b.snap.Tickets) - 1; i >= 0 && len(out) < screen.MaxRecent; i-- {
		t := &b.snap.Tickets[i]
		if !b.isRecent(t, b.now) {
			continue
		}
		r := screen.Recent{Number: t.Number, Service: b.named(t.Queue())}
		if t.TimeSure && b.snap.Clock.ShowTime {
			r.Taken = b.words.Clock(t.IssuedAt)
		}
		out = append(out, r)
	}
	return out
}

// isRecent reports whether somebody who took the ticket at this screen may still stand there. A
// time that nobody can trust excludes nothing.
func (s *Session) isRecent(t *kiosk.Ticket, now time.Time) bool {
	return t.Terminal == s.terminal && !t.State.Final() && (!t.TimeSure || now.Sub(t.IssuedAt) < s.limits.Recent)
}
