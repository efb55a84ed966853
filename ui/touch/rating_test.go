package touch

import (
	"errors"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/ui/touch/screen"
	"github.com/motcua/gateway/ui/words"
)

// served puts numbers of that kind into the day.
func (v *visitor) served(numbers ...kiosk.Number) {
	for i, n := range numbers {
		t := ticketFor(kiosk.IssueRequest{Service: kiosktest.Certify}, uint32(i+1), v.now)
		t.Number, t.State = n, kiosk.Served
		v.keep(t)
	}
}

// typed types digits and enters them.
func (v *visitor) typed(digits string) {
	for _, d := range digits {
		v.press(screen.Digit, screen.Press{Text: string(d)})
	}
	v.press(screen.Enter)
}

func TestRatingIsOfferedWhereThereIsSomethingToRate(t *testing.T) {
	t.Parallel()
	v := newVisitor(t)
	if m := v.model().(screen.Home); m.Rating {
		t.Error("offered before anybody was served")
	}
	v.press(screen.Rate)
	v.at(pageHome)
	v.served("A001")
	if m := v.model().(screen.Home); !m.Rating {
		t.Error("not offered")
	}
	v.snap.Hall = kiosk.HallStatus{Phase: kiosk.HallEnding, Reason: kiosk.ClosedLast}
	if m := v.model().(screen.Closed); !m.Rating {
		t.Error("not offered to who is served last")
	}
	x := v.snap.Tickets[0]
	x.Rating = kiosk.RatingGood
	v.keep(x)
	if m := v.model().(screen.Closed); m.Rating {
		t.Error("offered where all is rated")
	}
}

func TestRatingTheWholeWay(t *testing.T) {
	t.Parallel()
	v := newVisitor(t)
	v.served("A001", "B012")
	v.press(screen.Rate)
	m := v.model().(screen.List)
	if len(m.Items) != 2 || m.Items[1].Name != "B" || m.Items[1].Fact != "Hộ tịch" {
		t.Errorf("letters %+v", m.Items)
	}
	v.press(screen.Prefix, screen.Press{Text: "B"})
	v.press(screen.Enter) // nothing typed: nothing happens
	v.typed("12")
	v.at(pageRateLevel)
	v.press(screen.RateLevel, screen.Press{Text: "bad"})
	v.at(pageRateWhy)
	if work := v.press(screen.RateWhy, screen.Press{Text: "wait"}); work != nil {
		t.Error("the second tap of a double tap gave a reason")
	}
	v.wait(time.Second)
	work := v.press(screen.RateWhy, screen.Press{Text: "wait"})
	want := Rate{Key: v.s.key, Number: "B012", Level: kiosk.RatingBad, Reason: kiosk.RatingWait}
	if len(work) != 1 || work[0] != want {
		t.Fatalf("work %+v, want %+v", work, want)
	}
	v.at(pageRateBusy)
	v.answer(Answer{})
	v.at(pageRated)
	v.wait(4 * time.Second)
	v.at(pageRated)
	v.wait(time.Second)
	v.at(pageHome)
	if v.s.rating != (rating{}) {
		t.Errorf("left behind: %+v", v.s.rating)
	}
}

// A lone letter is not asked for, and what cannot be rated is said before anybody thinks about
// an answer.
func TestRatingTellsWhatCannotBe(t *testing.T) {
	t.Parallel()
	v := newVisitor(t)
	v.served("A001", "A002")
	waiting := ticketFor(kiosk.IssueRequest{Service: kiosktest.Certify}, 3, v.now)
	v.keep(waiting)
	x := v.snap.Tickets[1]
	x.Rating = kiosk.RatingGood
	v.keep(x)
	vi := words.For(kiosk.Vietnamese)
	for digits, want := range map[string]string{
		"2": vi.Refusal(kiosk.CodeRatedAlready), "003": vi.Rating.NotYet, "99999": vi.Refusal(kiosk.CodeUnknownTicket), "0": vi.Refusal(kiosk.CodeUnknownTicket),
	} {
		v.press(screen.Rate)
		v.at(pageRateNumber)
		v.typed(digits)
		if m := v.model().(screen.Pad); m.Note.Text != want || m.Typed != "A"+digits {
			t.Errorf("%s: %+v, want %q", digits, m, want)
		}
		v.press(screen.Erase)
		if m := v.model().(screen.Pad); m.Note.Text != "" {
			t.Errorf("%s: the note stays: %+v", digits, m)
		}
		v.press(screen.GoBack)
	}
}

// An answer that was lost is asked for again, and "rated already" is then one's own word; to
// everybody else it is a refusal in plain words.
func TestRatingLostAndRefused(t *testing.T) {
	t.Parallel()
	vi := words.For(kiosk.Vietnamese)
	reach := func() *visitor {
		v := newVisitor(t)
		v.served("A001")
		v.press(screen.Rate)
		v.typed("1")
		v.press(screen.RateLevel, screen.Press{Text: "very-good"})
		return v
	}
	for name, lose := range map[string]func(*visitor){
		"silence":  func(v *visitor) { v.wait(13 * time.Second) },
		"deadline": func(v *visitor) { v.answer(Answer{Err: errors.New("deadline")}) },
		"store":    func(v *visitor) { v.answer(Answer{Err: &kiosk.Refusal{Code: kiosk.CodeStoreFailed}}) },
	} {
		v := reach()
		first := v.work[len(v.work)-1]
		lose(v)
		if m := v.model().(screen.Sorry); m.Text != vi.Rating.Failed && m.Text != vi.Refusal(kiosk.CodeStoreFailed) || !m.Again {
			t.Errorf("%s: %+v", name, m)
		}
		if work := v.press(screen.TryAgain); len(work) != 1 || work[0] != first {
			t.Errorf("%s: again %+v, want %+v", name, work, first)
		}
		v.answer(Answer{Err: &kiosk.Refusal{Code: kiosk.CodeRatedAlready}})
		v.at(pageRated)
	}
	v := reach()
	v.answer(Answer{Err: &kiosk.Refusal{Code: kiosk.CodeRatedAlready}})
	if m := v.model().(screen.Sorry); m.Text != vi.Refusal(kiosk.CodeRatedAlready) || m.Again {
		t.Errorf("refused: %+v", m)
	}
	// Another way out of the sorry page leaves nothing of the rating behind that could be tried.
	v.press(screen.AskHelp)
	v.press(screen.GoBack)
	v.choose(kiosktest.Certify)
	v.press(screen.NoPrio)
	v.s.Answer(Answer{Work: v.work[len(v.work)-1], Err: errors.New("deadline")}, v.snap, v.now)
	if work := v.press(screen.TryAgain); len(work) != 1 {
		t.Errorf("work %+v", work)
	} else if _, ok := work[0].(Issue); !ok {
		t.Errorf("trying for a number again does %T", work[0])
	}
}
