package words_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/words"
)

// staffSentences returns every sentence of staff mode, calling what is a function with all that
// it may be asked for.
func staffSentences(t *testing.T) map[string]string {
	t.Helper()
	w, out := words.InStaffMode(), map[string]string{}
	v := reflect.ValueOf(w)
	for i := range v.NumField() {
		if f := v.Field(i); f.Kind() == reflect.String {
			out[v.Type().Field(i).Name] = f.String()
		}
	}
	out["Head"], out["Counter"] = w.Head("o7"), w.Counter("3")
	out["Waiting 0"], out["Waiting 5"] = w.Waiting(0), w.Waiting(5)
	out["WaitsNext"] = w.WaitsNext("A001, B002")
	out["Lapse 0"], out["Lapse 7"] = w.Lapse(0), w.Lapse(7)
	for _, s := range []kiosk.CounterState{kiosk.CounterClosed, kiosk.CounterOpen, kiosk.CounterPaused, kiosk.CounterAbsent} {
		out["State "+string(s)] = w.State(s)
	}
	for _, s := range constants(t, "TicketState") {
		out["InHand "+s] = w.InHand("A001", kiosk.TicketState(s))
		out["ParkedFact "+s] = w.ParkedFact(kiosk.TicketState(s), "Hộ tịch")
	}
	for _, s := range constants(t, "Verb") {
		out["Done "+s], out["UndoFact "+s] = w.Done(kiosk.Verb(s), "A001"), w.UndoFact("A001", kiosk.Verb(s))
	}
	return out
}

func TestStaffModeIsWhole(t *testing.T) {
	t.Parallel()
	for name, s := range staffSentences(t) {
		switch {
		case s == "" || strings.TrimSpace(s) != s || strings.Contains(s, "  ") || strings.Contains(s, "%!") || strings.Contains(s, ".."):
			t.Errorf("%s: %q has a slip of the pen", name, s)
		case !norm.NFC.IsNormalString(s):
			t.Errorf("%s: %q is not NFC", name, s)
		case strings.ContainsAny(strings.TrimPrefix(s, "o7"), "fjwzFJWZ"):
			t.Errorf("%s: %q holds a word that is not Vietnamese", name, s)
		}
		for _, r := range s {
			if !printable(kiosk.Vietnamese, r) {
				t.Errorf("%s: %q holds %q, which the type lacks", name, s, r)
			}
		}
	}
}

func TestStepsAreToldApart(t *testing.T) {
	t.Parallel()
	w, seen := words.InStaffMode(), map[string]string{}
	for _, v := range []kiosk.Verb{
		kiosk.VerbCall, kiosk.VerbRecall, kiosk.VerbServe, kiosk.VerbFinish, kiosk.VerbNoShow, kiosk.VerbHold, kiosk.VerbUndo,
	} {
		s := w.Done(v, "A001")
		if other, ok := seen[s]; ok || !strings.HasPrefix(s, "A001: đã ") {
			t.Errorf("%s: %q (as %s)", v, s, other)
		}
		seen[s] = string(v)
	}
}

func TestHowLongALockLasts(t *testing.T) {
	t.Parallel()
	w := words.InStaffMode()
	for d, want := range map[time.Duration]string{
		time.Second: "Xin chờ 1 giây", 59500 * time.Millisecond: "Xin chờ 1 phút", 95 * time.Second: "Xin chờ 1 phút 35 giây", time.Hour: "Xin chờ 60 phút",
	} {
		if got := w.Locked(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

func TestRatingNamesLevelsAndReasons(t *testing.T) {
	t.Parallel()
	for _, l := range kiosk.Languages() {
		r, seen := words.For(l).Rating, map[string]string{}
		for _, s := range constants(t, "RatingReason") {
			seen[r.Because(kiosk.RatingReason(s))] += s
		}
		seen[r.Because("")] += "none"
		for _, s := range []kiosk.RatingLevel{kiosk.RatingVeryGood, kiosk.RatingGood, kiosk.RatingBad} {
			seen[r.Level(s)] += string(s)
		}
		if len(seen) != 9 {
			t.Errorf("%s: %q", l, seen)
		}
	}
}
