package screen_test

import (
	"fmt"
	"maps"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/touch/look"
	"github.com/motcua/gateway/ui/touch/screen"
	"github.com/motcua/gateway/ui/words"
)

// ratingScenes are the pages on which a visit is rated.
func ratingScenes(w words.Words, head screen.Head) map[string]screen.Model {
	r, l := w.Rating, w.Language
	back := []screen.Item{{Press: screen.Press{Do: screen.GoBack}, Icon: look.IconBack, Name: w.Ways.Back}}
	letters := func(n int) (out []screen.Item) {
		for i, s := range sample()[:n] {
			p := string(rune('A' + i))
			out = append(out, screen.Item{Press: screen.Press{Do: screen.Prefix, Text: p}, Name: p, Fact: s.name[l], Letter: true})
		}
		return out
	}
	item := func(do screen.Action, text string, icon look.Icon, name string) screen.Item {
		return screen.Item{Press: screen.Press{Do: do, Text: text}, Icon: icon, Name: name}
	}
	var why []screen.Item
	for _, c := range []kiosk.RatingReason{kiosk.RatingWait, kiosk.RatingAttitude, kiosk.RatingUnclear, kiosk.RatingAgain, kiosk.RatingOther, ""} {
		why = append(why, item(screen.RateWhy, string(c), "", r.Because(c)))
	}
	why[5].Kind = look.Quiet
	pad := screen.Pad{Head: head, Title: r.Number, Say: r.Why, Typed: "A01", Enter: r.Enter, Erase: r.Erase, Ways: back}
	wrong := pad
	wrong.Typed, wrong.Note = "A1234", screen.Note{Text: r.NotYet}
	return map[string]screen.Model{
		"13-rate-letter-2":     screen.List{Head: head, Title: r.Prefix, Say: r.Why, Items: letters(2), Ways: back},
		"13-rate-letter-12":    screen.List{Head: head, Title: r.Prefix, Say: r.Why, Items: letters(12), Ways: back},
		"14-rate-number":       pad,
		"14-rate-number-wrong": wrong,
		"15-rate-level": screen.List{Head: head, Title: r.Ask("A012"), Scale: true, Ways: back, Items: []screen.Item{
			item(screen.RateLevel, "very-good", look.IconGlad, r.VeryGood),
			item(screen.RateLevel, "good", look.IconContent, r.Good),
			item(screen.RateLevel, "bad", look.IconUnhappy, r.Bad),
		}},
		"16-rate-why": screen.List{Head: head, Title: r.Reason, Items: why, Ways: back},
		"17-rated": screen.Ask{Head: head, Icon: look.IconCheck, Title: r.Thanks, Say: []string{r.ThanksMore}, Ways: []screen.Item{
			{Press: screen.Press{Do: screen.GoHome}, Icon: look.IconBack, Name: w.Ways.Home},
		}},
	}
}

// staffScenes are the pages of staff mode, which is Vietnamese only.
func staffScenes(head screen.Head) map[string]screen.Model {
	vi, w := words.For(kiosk.Vietnamese), words.InStaffMode()
	back := screen.Item{Press: screen.Press{Do: screen.GoBack}, Icon: look.IconBack, Name: vi.Ways.Back}
	out := screen.Item{Press: screen.Press{Do: screen.StaffOut}, Kind: look.Done, Icon: look.IconCheck, Name: w.SignOut}
	way := func(do screen.Action, icon look.Icon, name string) screen.Item {
		return screen.Item{Press: screen.Press{Do: do}, Icon: icon, Name: name}
	}
	pin := screen.Pad{Head: head, Title: w.PIN, Say: w.PINAsk, PIN: true, Dots: 4, Enter: w.In, Erase: w.Erase, Ways: []screen.Item{back}}
	wrong := pin
	wrong.Dots, wrong.Note.Text = 0, w.WrongPIN
	locked := screen.Ask{Head: head, Icon: look.IconClock, Title: w.Locked(95 * time.Second), Say: []string{w.LockedWhy}, Ways: []screen.Item{back}}
	head.Site = w.Head("o7")
	counters := func(n int) (items []screen.Item) {
		facts := []string{
			w.InHand("A012", kiosk.Serving), w.InHand("B1003", kiosk.Called), w.Waiting(12),
			w.State(kiosk.CounterPaused) + " · " + w.Waiting(3), w.State(kiosk.CounterAbsent) + " · " + w.Waiting(0), w.Waiting(0),
		}
		for i := range n {
			items = append(items, screen.Item{
				Press: screen.Press{Do: screen.Serve, Counter: kiosk.CounterCode(fmt.Sprint(i + 1))}, Name: w.Counter(fmt.Sprint(i + 1)), Fact: facts[i%len(facts)],
			})
		}
		return items
	}
	all := []screen.Item{
		way(screen.CheckPaper, look.IconPrinter, w.Paper), way(screen.HelpDone, look.IconHelp, w.HelpDone),
		way(screen.Slips, look.IconNoPaper, w.Slips+" (3)"), way(screen.Hall, look.IconClock, w.Hall), out,
	}
	step := func(v kiosk.Verb, kind look.Kind, icon look.Icon, name string) screen.Item {
		return screen.Item{Press: screen.Press{Do: screen.Step, Verb: v, Counter: "1", Number: "A012", Hand: "A012"}, Kind: kind, Icon: icon, Name: name}
	}
	undo := step(kiosk.VerbUndo, "", look.IconUndo, w.Undo)
	undo.Fact = w.UndoFact("A012", kiosk.VerbServe)
	again := screen.Item{Press: screen.Press{Do: screen.TryAgain}, Kind: look.Primary, Icon: look.IconUndo, Name: w.Repeat}
	called := screen.Counter{
		Head: head, Name: w.Counter("1"), Number: "A012", State: w.Called, Note: screen.Note{Text: w.Done(kiosk.VerbCall, "A012"), Good: true},
		About: []string{"Chứng thực bản sao, chữ ký", vi.Ticket.Priority, w.Speaks(kiosk.Chinese)},
		Waits: w.Waiting(12) + " · " + w.WaitsNext("A013, B1004, A014"),
		Steps: []screen.Item{
			step(kiosk.VerbServe, look.Primary, look.IconPeople, w.Serve), step(kiosk.VerbRecall, "", look.IconVoice, w.Recall),
			step(kiosk.VerbFinish, "", look.IconCheck, w.Finish), step(kiosk.VerbHold, "", look.IconClock, w.Hold),
			step(kiosk.VerbNoShow, "", look.IconAbsent, w.Absent),
		},
		Ways: []screen.Item{back, undo, out},
	}
	serving, free, lost := called, called, called
	serving.State, serving.Steps = w.Serving, []screen.Item{step(kiosk.VerbFinish, look.Primary, look.IconCheck, w.Finish), step(kiosk.VerbHold, "", look.IconClock, w.Hold)}
	free.Number, free.State, free.About, free.Note = "", w.State(kiosk.CounterOpen), []string{w.Free}, screen.Note{Text: vi.Refusal(kiosk.CodeGoneOn)}
	free.Steps = []screen.Item{step(kiosk.VerbCall, look.Primary, look.IconVoice, w.CallNext), way(screen.Parked, look.IconClock, w.Parked)}
	lost.Note, lost.Ways = screen.Note{Text: w.Failed}, []screen.Item{back, again, out}
	slips := screen.List{Head: head, Title: w.SlipsTitle, Say: w.SlipsWhy, Ways: []screen.Item{back, way(screen.OtherSlip, look.IconPrinter, w.OtherNumber), out}}
	none := slips
	none.Say = w.SlipNone
	for i, s := range sample() {
		n := kiosk.FormatNumber(string(rune('A'+i)), uint32(i*90+3))
		slips.Items = append(slips.Items, screen.Item{Press: screen.Press{Do: screen.Pick, Number: n}, Icon: look.IconSlip, Name: string(n), Fact: s.name[kiosk.Vietnamese]})
	}
	fault := screen.List{Head: head, Title: w.Counters, Note: screen.Note{Text: vi.Fault(kiosk.FaultLAN)}, Items: counters(6), Ways: all[2:]}
	sealed := pin
	sealed.Dots, sealed.Say, sealed.Note.Text = 0, "", vi.Refused(&kiosk.Refusal{Code: kiosk.CodeKeyLocked, Subject: "https://mot-cua-co-to.local:8443/unlock"})
	// The line to the province, when it is well and at its worst.
	now := kiosk.Day(2026_11_23).At(10 * 60)
	line := func(s words.LineState) screen.Note {
		s.Wanted = true
		says, well := s.Says(now)
		return screen.Note{Text: says, Short: s.Short(now), Good: well}
	}
	up := line(words.LineState{Up: true, Since: now, Pages: 38, PagesFrom: now.Add(9 * time.Hour)})
	down := line(words.LineState{Since: now.AddDate(0, 0, -3), Facts: 12480, Pages: 400, Oldest: now.AddDate(0, 0, -4), PagesFrom: now.AddDate(0, 0, 1)})
	return map[string]screen.Model{
		"20-pin":             pin,
		"20-pin-sealed":      sealed,
		"21-line-up":         screen.List{Head: head, Title: w.Counters, Stands: up, Items: counters(3), Ways: all[2:]},
		"21-line-up-16":      screen.List{Head: head, Title: w.Counters, Stands: up, Items: counters(16), Ways: all},
		"21-line-down":       screen.List{Head: head, Title: w.Counters, Note: down, Items: counters(6), Ways: all[2:]},
		"21-line-down-16":    screen.List{Head: head, Title: w.Counters, Note: down, Items: counters(16), Ways: all},
		"21-line-and-fault":  screen.List{Head: head, Title: w.Counters, Note: screen.Note{Text: vi.Fault(kiosk.FaultLAN)}, Stands: down, Items: counters(16), Ways: all},
		"21-line-technician": screen.List{Head: head, Title: w.Technician, Note: screen.Note{Text: vi.Fault(kiosk.FaultPaperOut)}, Stands: down, Ways: all[4:]},
		"20-pin-wrong":       wrong,
		"20-pin-locked":      locked,
		"21-counters-1":      screen.List{Head: head, Title: w.Counters, Items: counters(1), Ways: all[2:]},
		"21-counters-3":      screen.List{Head: head, Title: w.Counters, Items: counters(3), Ways: all[2:]},
		"21-counters-fault":  fault,
		"21-counters-16":     screen.List{Head: head, Title: w.Counters, Items: counters(16), Ways: all},
		"21-technician":      screen.List{Head: head, Title: w.Technician, Note: screen.Note{Text: vi.Fault(kiosk.FaultPaperOut)}, Ways: all[4:]},
		"22-counter-called":  called,
		"22-counter-serving": serving,
		"22-counter-free":    free,
		"22-counter-lost":    lost,
		"23-slips":           slips,
		"23-slips-none":      none,
		"23-slips-number":    screen.Pad{Head: head, Title: w.Number, Typed: "A12", Note: screen.Note{Text: w.NotToday}, Enter: w.Next, Erase: w.Erase, Ways: []screen.Item{back, out}},
		"24-hall-open":       screen.Ask{Head: head, Icon: look.IconClock, Title: w.HallOpen, Choices: []screen.Item{way(screen.ShutHall, look.IconClock, w.Close)}, Ways: []screen.Item{back, out}},
		"24-hall-shut":       screen.Ask{Head: head, Icon: look.IconClock, Title: w.HallShut, Say: []string{vi.Shut(kiosk.ClosedBreak)}, Note: screen.Note{Text: w.Failed}, Choices: []screen.Item{way(screen.OpenHall, look.IconCheck, w.Open), way(screen.ShutHall, look.IconClock, w.Close)}, Ways: []screen.Item{back, again, out}},
		"24-hall-sure":       screen.Ask{Head: head, Icon: look.IconWarning, Title: w.CloseSure, Say: []string{w.Lapse(12)}, Choices: []screen.Item{way(screen.CloseHall, look.IconWarning, w.CloseYes)}, Ways: []screen.Item{back, out}},
	}
}

// more are the scenes of rating, and of staff mode where its language is spoken.
func more(w words.Words, head screen.Head, scenes map[string]screen.Model) map[string]screen.Model {
	maps.Copy(scenes, ratingScenes(w, head))
	if w.Language == kiosk.Vietnamese {
		maps.Copy(scenes, staffScenes(head))
	}
	return scenes
}
