package kiosk_test

import (
	"testing"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

// TestACallAnewHasAllItsRecalls: who did not come and stands there after all is called like
// anybody, also by the next counter, after a power cut and where the call was undone between.
func TestACallAnewHasAllItsRecalls(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.issue(kiosktest.Certify, "")
	spend := func(c kiosk.CounterCode) {
		t.Helper()
		for left := w.setup.Queue.Recalls; left > 0; left-- {
			if got := w.Snapshot().Counters[1].Recalls; c == kiosktest.Counter2 && got != left {
				t.Errorf("the page says that %d recalls are left, not %d", got, left)
			}
			w.step(kiosk.Step{Counter: c, Verb: kiosk.VerbRecall, Number: "A001"})
		}
		w.refuses(kiosk.Step{Counter: c, Verb: kiosk.VerbRecall, Number: "A001"}, kiosk.CodeRecallLimit)
	}
	w.call(kiosktest.Counter2)
	spend(kiosktest.Counter2)
	w.restart()
	w.refuses(kiosk.Step{Counter: kiosktest.Counter2, Verb: kiosk.VerbRecall, Number: "A001"}, kiosk.CodeRecallLimit)

	w.move(kiosk.VerbNoShow, "A001")
	w.refuses(kiosk.Step{Counter: kiosktest.Counter2, Verb: kiosk.VerbRecall, Number: "A001"}, kiosk.CodeRecallLimit)
	w.step(kiosk.Step{Counter: kiosktest.Counter2, Verb: kiosk.VerbCall, Number: "A001"})
	w.step(kiosk.Step{Counter: kiosktest.Counter2, Verb: kiosk.VerbUndo})
	w.refuses(kiosk.Step{Counter: kiosktest.Counter2, Verb: kiosk.VerbRecall, Number: "A001"}, kiosk.CodeRecallLimit)
	w.step(kiosk.Step{Counter: kiosktest.Counter2, Verb: kiosk.VerbCall, Number: "A001"})
	spend(kiosktest.Counter2)
	w.step(kiosk.Step{Counter: kiosktest.Counter2, Verb: kiosk.VerbUndo}) // one of the recalls
	w.step(kiosk.Step{Counter: kiosktest.Counter2, Verb: kiosk.VerbRecall, Number: "A001"})

	w.step(kiosk.Step{Counter: kiosktest.Counter2, Verb: kiosk.VerbSend, Number: "A001", For: kiosktest.Counter1, Place: kiosk.PlaceLast})
	w.call(kiosktest.Counter1)
	w.restart()
	spend(kiosktest.Counter1)
}
