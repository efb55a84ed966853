package kiosk_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

func TestAnnouncementsTakeTurns(t *testing.T) {
	inHall(t, func(t *testing.T, h *hall) {
		for range 3 {
			h.issue(kiosktest.Certify, "")
		}
		h.issue(kiosktest.Civil, "")
		h.call(kiosktest.Counter1)
		h.call(kiosktest.Counter2)
		h.call(kiosktest.Counter3)
		h.shown(t, "A001", "A002", "B001")
		h.wait(5 * time.Second) // said, and still to be seen
		h.shown(t, "A001", "A002", "B001")
		h.wait(time.Second)
		h.shown(t, "A002", "B001")
		h.wait(6 * time.Second)
		h.shown(t, "B001")
		changed := h.Changed()
		h.wait(6 * time.Second)
		select {
		case <-changed:
		default:
			t.Error("nobody was told that the line is empty")
		}
		h.shown(t, "")
		h.heard(t, "A001 to 1", "A002 to 2", "B001 to 3")
	})
}

func TestWhatWasCalledBeforeTheStartIsSilentUntilRecalled(t *testing.T) {
	inHall(t, func(t *testing.T, h *hall) {
		h.issue(kiosktest.Certify, "")
		h.call(kiosktest.Counter1)
		h.stop()
		h.throat.said = nil
		h.restart()
		h.start()
		h.issue(kiosktest.Certify, "")
		h.wait(time.Minute)
		h.heard(t)
		h.move(kiosk.VerbRecall, "A001")
		h.shown(t, "A001")
		h.heard(t, "A001 to 1")
	})
}

func TestRecalledWhileItWaitsIsOneAnnouncement(t *testing.T) {
	inHall(t, func(t *testing.T, h *hall) {
		for range 2 {
			h.issue(kiosktest.Certify, "")
		}
		h.issue(kiosktest.Civil, "")
		h.call(kiosktest.Counter1)
		h.call(kiosktest.Counter2)
		h.call(kiosktest.Counter3)
		h.shown(t, "A001", "A002", "B001")
		h.move(kiosk.VerbRecall, "A002")
		h.shown(t, "A001", "A002", "B001")
		h.wait(time.Minute)
		h.heard(t, "A001 to 1", "A002 to 2", "B001 to 3")
		h.move(kiosk.VerbRecall, "A002") // and after its turn it is another one
		h.wait(time.Minute)
		h.heard(t, "A001 to 1", "A002 to 2", "B001 to 3", "A002 to 2")
	})
}

func TestRecalledWhileItIsSaidIsSaidAgain(t *testing.T) {
	inHall(t, func(t *testing.T, h *hall) {
		h.issue(kiosktest.Certify, "")
		h.call(kiosktest.Counter1)
		h.wait(time.Second)
		h.move(kiosk.VerbRecall, "A001")
		h.shown(t, "A001", "A001")
		h.wait(time.Minute)
		h.heard(t, "A001 to 1", "A001 to 1")
	})
}

func TestWhatIsOverBeforeItsTurnFallsOut(t *testing.T) {
	for name, over := range map[string]func(h *hall){
		"undone":     func(h *hall) { h.step(kiosk.Step{Counter: kiosktest.Counter2, Verb: kiosk.VerbUndo}) },
		"finished":   func(h *hall) { h.move(kiosk.VerbFinish, "A002") },
		"serving":    func(h *hall) { h.move(kiosk.VerbServe, "A002") },
		"given back": func(h *hall) { h.move(kiosk.VerbReturn, "A002") },
		"no-show":    func(h *hall) { h.move(kiosk.VerbNoShow, "A002") },
	} {
		t.Run(name, func(t *testing.T) {
			inHall(t, func(t *testing.T, h *hall) {
				h.issue(kiosktest.Certify, "")
				h.issue(kiosktest.Certify, "")
				h.call(kiosktest.Counter1)
				h.call(kiosktest.Counter2)
				h.shown(t, "A001", "A002")
				over(h)
				h.shown(t, "A001")
				h.wait(time.Minute)
				h.heard(t, "A001 to 1")
			})
		})
	}
}

// An undo of the step that ended a call brings the call back.
func TestACallTakenUpAgainBeforeItsTurnIsSaid(t *testing.T) {
	inHall(t, func(t *testing.T, h *hall) {
		h.issue(kiosktest.Certify, "")
		h.issue(kiosktest.Certify, "")
		h.call(kiosktest.Counter1)
		h.call(kiosktest.Counter2)
		h.move(kiosk.VerbNoShow, "A002")
		h.shown(t, "A001")
		h.step(kiosk.Step{Counter: kiosktest.Counter2, Verb: kiosk.VerbUndo})
		h.shown(t, "A001", "A002")
		h.wait(time.Minute)
		h.step(kiosk.Step{Counter: kiosktest.Counter1, Verb: kiosk.VerbServe, Number: "A001"})
		h.step(kiosk.Step{Counter: kiosktest.Counter1, Verb: kiosk.VerbUndo}) // but not what had its turn
		h.wait(time.Minute)
		h.heard(t, "A001 to 1", "A002 to 2")
	})
}

func TestACallTakenBackIsCutOff(t *testing.T) {
	inHall(t, func(t *testing.T, h *hall) {
		h.issue(kiosktest.Certify, "")
		h.call(kiosktest.Counter1)
		h.wait(time.Second)
		h.step(kiosk.Step{Counter: kiosktest.Counter1, Verb: kiosk.VerbUndo})
		h.shown(t, "")
		h.throat.mu.Lock()
		cut := h.throat.cut
		h.throat.mu.Unlock()
		if cut != 1 {
			t.Error("the voice goes on sending somebody to a counter that took the call back")
		}
		h.call(kiosktest.Counter2)
		h.wait(time.Minute)
		h.heard(t, "A001 to 1", "A001 to 2")
		if f := h.Snapshot().Faults; len(f) != 0 {
			t.Errorf("faults %v after a voice that was cut off", f)
		}
	})
}

func TestRepeatEndsWhenTheCitizenIsThere(t *testing.T) {
	inHall(t, func(t *testing.T, h *hall) {
		h.issue(kiosktest.Certify, "")
		h.issue(kiosktest.Certify, "")
		h.call(kiosktest.Counter1)
		h.wait(time.Minute)
		h.heard(t, "A001 to 1", "A001 to 1")
		h.call(kiosktest.Counter2)
		h.wait(2 * time.Second)
		h.move(kiosk.VerbServe, "A002")
		h.wait(time.Minute)
		h.heard(t, "A001 to 1", "A001 to 1", "A002 to 2")
	}, func(c *kiosk.AnnouncingConfig) { c.Repeat = 1 })
}

func TestNumbersAreShownWithoutAVoice(t *testing.T) {
	inHall(t, func(t *testing.T, h *hall) {
		h.issue(kiosktest.Certify, "")
		h.issue(kiosktest.Certify, "")
		h.call(kiosktest.Counter1)
		h.call(kiosktest.Counter2)
		h.wait(8 * time.Second)
		h.shown(t, "A001", "A002")
		h.wait(time.Second)
		h.shown(t, "A002")
	}, func(c *kiosk.AnnouncingConfig) {
		c.Voice = nil
		c.Lasts = func(kiosk.Announcement) time.Duration { return 9 * time.Second }
	})
}

func TestAVoiceInTroubleNeverStopsTheQueue(t *testing.T) {
	for name, c := range map[string]struct {
		answer func(context.Context) error
		want   kiosk.FaultCode
	}{
		"fails":    {func(context.Context) error { return errors.New("device busy") }, kiosk.FaultVoiceFaulty},
		"absent":   {func(context.Context) error { return fmt.Errorf("no card: %w", kiosk.ErrVoiceAbsent) }, kiosk.FaultVoiceAbsent},
		"too long": {func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }, kiosk.FaultVoiceFaulty},
		"hangs": {func(context.Context) error { // deaf to its context
			<-time.After(10 * time.Minute)
			return nil
		}, kiosk.FaultVoiceFaulty},
	} {
		t.Run(name, func(t *testing.T) {
			inHall(t, func(t *testing.T, h *hall) {
				h.throat.answers(c.answer)
				for range 3 {
					h.issue(kiosktest.Certify, "")
				}
				h.call(kiosktest.Counter1)
				h.call(kiosktest.Counter2)
				h.wait(30 * time.Second)
				h.shown(t, "")
				var codes []kiosk.FaultCode
				for _, f := range h.Snapshot().Faults {
					codes = append(codes, f.Code)
				}
				if !slices.Equal(codes, []kiosk.FaultCode{c.want}) {
					t.Errorf("faults %v, want %s", codes, c.want)
				}
				h.throat.answers(nil)
				h.wait(10 * time.Minute)
				h.move(kiosk.VerbFinish, "A001")
				h.call(kiosktest.Counter1)
				h.wait(time.Minute)
				if f := h.Snapshot().Faults; len(f) != 0 {
					t.Errorf("faults %v after the voice has come back", f)
				}
			}, func(c *kiosk.AnnouncingConfig) { c.Longest = 10 * time.Second })
		})
	}
}

// Every call that stays called is announced exactly once and in order, whatever else happens at
// twelve counters.
func TestPropertyEveryCallIsAnnouncedOnce(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := rand.New(rand.NewPCG(seed, 3))
				var counters []kiosk.CounterCode
				h := &hall{throat: &throat{takes: 3 * time.Second}, world: newWorld(t, func(s *kiosk.Setup) {
					s.Counters = nil
					for i := range 12 {
						c := kiosk.CounterCode(strconv.Itoa(i + 1))
						counters = append(counters, c)
						s.Counters = append(s.Counters, kiosk.Counter{Code: c, Serves: []kiosk.ServiceCode{kiosktest.Certify, kiosktest.Civil, kiosktest.Guidance}})
					}
				})}
				h.start()
				defer func() { h.stop() }()
				disturb(h, r, counters)
				burst(h, counters)
				h.wait(10 * time.Minute)
				judgeAnnouncements(t, h)
			})
		})
	}
}

// disturb lets officers press whatever comes to their minds; what the rules refuse is refused.
func disturb(h *hall, r *rand.Rand, counters []kiosk.CounterCode) {
	ctx := context.Background()
	verbs := []kiosk.Verb{kiosk.VerbServe, kiosk.VerbFinish, kiosk.VerbNoShow, kiosk.VerbRecall, kiosk.VerbReturn, kiosk.VerbHold}
	for range 60 {
		h.issue(kiosktest.Certify, "")
	}
	for range 150 {
		switch r.IntN(10) {
		case 0: // a burst: everybody at once
			for _, c := range counters {
				_, _ = h.CallNext(ctx, c, "test")
			}
		case 1, 2, 3:
			_, _ = h.CallNext(ctx, counters[r.IntN(len(counters))], "test")
		case 4:
			_, _ = h.Step(ctx, kiosk.Step{Counter: counters[r.IntN(len(counters))], Verb: kiosk.VerbUndo, By: "test"})
		case 5, 6, 7:
			tickets := h.Snapshot().Tickets
			_, _ = h.Move(ctx, verbs[r.IntN(len(verbs))], tickets[r.IntN(len(tickets))].Number, "test")
		default:
			h.wait(time.Duration(r.IntN(12)) * time.Second)
		}
	}
}

// burst lets twelve counters call at once whom nobody touches again.
func burst(h *hall, counters []kiosk.CounterCode) {
	for _, c := range counters {
		h.issue(kiosktest.Civil, "")
		for _, v := range h.Snapshot().Counters {
			if v.Counter.Code == c && v.Ticket != "" {
				h.move(kiosk.VerbFinish, v.Ticket)
			}
		}
		h.call(c)
	}
}

func judgeAnnouncements(t *testing.T, h *hall) {
	t.Helper()
	h.throat.mu.Lock()
	defer h.throat.mu.Unlock()
	for _, w := range h.throat.wrong {
		t.Error(w)
	}
	times := map[uint64]int{}
	for _, a := range h.throat.said {
		if times[a.Order]++; times[a.Order] > 1 {
			t.Errorf("%s is said %d times for one call", a.Number, times[a.Order])
		}
	}
	stayed := 0
	var once []uint64 // of those that were called and never touched again
	first := map[uint64]bool{}
	for _, c := range h.Snapshot().Tickets {
		if c.State != kiosk.Called {
			continue
		}
		stayed++
		if times[c.CallOrder] != 1 {
			t.Errorf("%s stays called and was said %d times", c.Number, times[c.CallOrder])
		}
		first[c.CallOrder] = c.Moves == 1
	}
	for _, a := range h.throat.said {
		if first[a.Order] {
			once = append(once, a.Order)
		}
	}
	if !slices.IsSorted(once) {
		t.Errorf("said out of order: %v", once)
	}
	if stayed == 0 || len(once) < 6 {
		t.Fatalf("%d stayed called, %d of them untouched: the day was too quiet to show anything", stayed, len(once))
	}
}
