package kiosk_test

import (
	"slices"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

// heard is the province's word for the numbers of a day.
func heard(day kiosk.Day, highest map[kiosk.ServiceCode]uint32) kiosk.NumbersHeard {
	return kiosk.NumbersHeard{Day: day, Highest: highest}
}

// restored is an office whose store may be an older copy.
func restored(t *testing.T, at time.Time) *world {
	t.Helper()
	w := newWorld(t)
	w.set(at)
	w.store.Store.(*kiosktest.Memory).Lose(true)
	w.restart()
	return w
}

// asked lists whose numbers are asked for.
func (w *world) asked() []kiosk.ServiceCode {
	var out []kiosk.ServiceCode
	for _, v := range w.Snapshot().NumbersAsked {
		out = append(out, v.Service)
	}
	return out
}

// TestTheProvinceKnowsLess: once the hall has been open, the box that served before may have given
// more than the province has heard of. Only paper tells.
func TestTheProvinceKnowsLess(t *testing.T) {
	t.Parallel()
	w := restored(t, kiosktest.Monday.At(10*60))
	must(t, w.HearNumbers(ctx, heard(kiosktest.Monday, map[kiosk.ServiceCode]uint32{kiosktest.Certify: 12, kiosktest.Civil: 3}), "hub"))
	_, err := w.IssueTicket(ctx, kiosk.IssueRequest{Service: kiosktest.Certify})
	refused(t, err, kiosk.CodeNumbersUnknown)
	if !w.has(kiosk.FaultNumbersUnknown) {
		t.Error("nobody is told")
	}
	w.restart() // what the province said is kept, and so is the question
	snap := w.Snapshot()
	i := slices.IndexFunc(snap.NumbersAsked, func(v kiosk.NumberAsked) bool { return v.Service == kiosktest.Certify })
	if i < 0 || len(snap.NumbersAsked) != len(snap.Setup.Services) || snap.NumbersAsked[i].Known != 12 {
		t.Fatalf("asked for %+v", snap.NumbersAsked)
	}
	// Two and a half hours of one a minute, and the next full hundred.
	if jump := snap.Jump(snap.NumbersAsked[i], w.Time()); jump != 200 {
		t.Errorf("the jump goes to %d", jump)
	}
	must(t, w.ConfirmNumber(ctx, kiosktest.Certify, 15, "lead/hoa"))
	if f := w.lastFacts(1)[0]; f.Fact != (kiosk.NumbersConfirmed{Service: kiosktest.Certify, Last: 15}) || f.By != "lead/hoa" {
		t.Errorf("fact: %+v", f)
	}
	must(t, w.ConfirmNumber(ctx, kiosktest.Civil, 0, "lead/hoa")) // who has seen no paper
	if a, b := w.issue(kiosktest.Certify, ""), w.issue(kiosktest.Civil, ""); a.Number != "A016" || b.Number != "B004" {
		t.Errorf("gave %s and %s", a.Number, b.Number)
	}
	// The next working day asks nobody, also for what was never confirmed.
	w.goOn((kiosktest.Monday + 2).At(9 * 60)) // after a holiday
	w.restart()
	if got := w.issue(kiosktest.Guidance, ""); got.Seq != 1 || len(w.asked()) != 0 || w.has(kiosk.FaultNumbersUnknown) {
		t.Errorf("the next day: %s, asked for %v", got.Number, w.asked())
	}
}

// TestTheProvinceBeforeTheHallOpens: nobody can have been given a number, so its word is enough.
func TestTheProvinceBeforeTheHallOpens(t *testing.T) {
	t.Parallel()
	w := restored(t, kiosktest.Monday.At(7*60))
	if len(w.asked()) == 0 {
		t.Fatal("the box is sure by itself")
	}
	must(t, w.HearNumbers(ctx, heard(kiosktest.Monday, nil), "hub"))
	if got := w.asked(); len(got) != 0 || w.has(kiosk.FaultNumbersUnknown) {
		t.Errorf("asked for %v", got)
	}
	w.goOn(kiosktest.Monday.At(8 * 60))
	if got := w.issue(kiosktest.Certify, ""); got.Number != "A001" {
		t.Errorf("gave %s", got.Number)
	}
	w.goOn(kiosktest.Monday.At(10 * 60))
	w.restart()
	if got := w.issue(kiosktest.Certify, ""); got.Number != "A002" || len(w.asked()) != 0 {
		t.Errorf("after a restart: %s, asked for %v", got.Number, w.asked())
	}

	// Somebody had opened by hand, as the province knows.
	w = restored(t, kiosktest.Monday.At(7*60))
	must(t, w.HearNumbers(ctx, heard(kiosktest.Monday, map[kiosk.ServiceCode]uint32{kiosktest.Civil: 2}), "hub"))
	if got := w.asked(); len(got) != len(w.setup.Services) {
		t.Errorf("asked for %v", got)
	}
	// On a day of rest it may have happened, and the province not know.
	sunday := kiosktest.Monday.Add(-1)
	w = restored(t, sunday.At(7*60))
	must(t, w.HearNumbers(ctx, heard(sunday, nil), "hub"))
	if got := w.asked(); len(got) != len(w.setup.Services) {
		t.Errorf("on a Sunday asked for %v", got)
	}
}

// TestWhatIsNoWordOfTheProvinces: another day, and more than any office gives.
func TestWhatIsNoWordOfTheProvinces(t *testing.T) {
	t.Parallel()
	w := restored(t, kiosktest.Monday.At(7*60))
	last := w.Last()
	must(t, w.HearNumbers(ctx, heard(kiosktest.Monday+1, nil), "hub"))
	refused(t, w.HearNumbers(ctx, heard(kiosktest.Monday, map[kiosk.ServiceCode]uint32{kiosktest.Civil: 10_000}), "hub"), kiosk.CodeBadNumber)
	if len(w.asked()) == 0 || w.Last() != last {
		t.Errorf("asked for %v, at %v", w.asked(), w.Last())
	}
}

// TestAnHeirWithoutABackup: a box with nothing on its card takes another one's place.
func TestAnHeirWithoutABackup(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.goOn(kiosktest.Monday.At(10 * 60))
	w.issue(kiosktest.Certify, "") // before it had a line: too late for that one
	word := kiosk.NumbersHeard{Day: kiosktest.Monday, Highest: map[kiosk.ServiceCode]uint32{kiosktest.Certify: 12}, Heir: true}
	must(t, w.HearNumbers(ctx, word, "hub"))
	if got := w.asked(); len(got) != len(w.setup.Services) {
		t.Fatalf("asked for %v", got)
	}
	for _, code := range w.setup.ServiceCodes() {
		must(t, w.ConfirmNumber(ctx, code, 14, "lead/hoa"))
	}
	must(t, w.HearNumbers(ctx, word, "hub")) // the line broke, and it had heard nothing of us
	if got := w.issue(kiosktest.Certify, ""); got.Number != "A015" {
		t.Errorf("gave %s", got.Number)
	}

	// The first box of a site is no heir, and a box that knows its numbers knows them better.
	w = newWorld(t)
	w.issue(kiosktest.Certify, "")
	must(t, w.HearNumbers(ctx, heard(kiosktest.Monday, map[kiosk.ServiceCode]uint32{kiosktest.Certify: 40, kiosktest.Civil: 5}), "hub"))
	if a, b := w.issue(kiosktest.Certify, ""), w.issue(kiosktest.Civil, ""); a.Number != "A002" || b.Number != "B006" || len(w.asked()) != 0 {
		t.Errorf("gave %s and %s, asked for %v", a.Number, b.Number, w.asked())
	}
}

// TestASpareBoxMadeReadyBefore: it was restored on one day and comes into the hall on another, in
// the middle of it, while the old one has served until then.
func TestASpareBoxMadeReadyBefore(t *testing.T) {
	t.Parallel()
	w := restored(t, kiosktest.Monday.At(15*60))
	wednesday := kiosktest.Monday + 2
	w.goOn(wednesday.At(7 * 60))
	w.restart()
	if got := w.asked(); len(got) != 0 {
		t.Errorf("before the hall opens: %v", got)
	}
	w.goOn(wednesday.At(10 * 60))
	w.restart()
	_, err := w.IssueTicket(ctx, kiosk.IssueRequest{Service: kiosktest.Certify})
	refused(t, err, kiosk.CodeNumbersUnknown)
	must(t, w.ConfirmNumber(ctx, kiosktest.Certify, 30, "lead/hoa"))
	if got := w.issue(kiosktest.Certify, ""); got.Number != "A031" {
		t.Errorf("gave %s", got.Number)
	}

	// It was there when the hall opened, and has served: the question is over.
	w = restored(t, kiosktest.Monday.At(15*60))
	w.goOn(wednesday.At(8 * 60))
	w.issue(kiosktest.Certify, "")
	w.goOn(wednesday.At(10 * 60))
	w.restart()
	if got := w.issue(kiosktest.Certify, ""); got.Number != "A002" || len(w.asked()) != 0 {
		t.Errorf("gave %s, asked for %v", got.Number, w.asked())
	}
}

// TestJump goes behind whatever the hall can have been given, as far as a slip can show it.
func TestJump(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	snap := w.Snapshot()
	for _, c := range []struct {
		known uint32
		at    kiosk.Minute
		want  uint32
	}{{0, 7 * 60, 100}, {0, 8 * 60, 100}, {1, 8 * 60, 200}, {100, 8 * 60, 200}, {12, 16*60 + 30, 600}, {9990, 8 * 60, 9999}} {
		got := snap.Jump(kiosk.NumberAsked{Service: kiosktest.Civil, Known: c.known}, kiosktest.Monday.At(c.at).Add(time.Second))
		if got != c.want {
			t.Errorf("known to be %d at %s: to %d, want %d", c.known, c.at, got, c.want)
		}
	}
}
