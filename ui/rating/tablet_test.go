package rating_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/ui/words"
)

// tablet sends a request as the tablet of a counter.
func (h *hall) tablet(method, path, counter, body string) *httptest.ResponseRecorder {
	h.t.Helper()
	return h.do(fromTablet(method, path, counter, body))
}

func fromTablet(method, path, counter, body string) *http.Request {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	if counter != "" {
		r.AddCookie(&http.Cookie{Name: "tablet", Value: counter})
	}
	return r
}

func (h *hall) say(counter string, n kiosk.Number, level, reason string) int {
	h.t.Helper()
	body, err := json.Marshal(map[string]string{"number": string(n), "level": level, "reason": reason})
	if err != nil {
		h.t.Fatal(err)
	}
	return h.tablet("POST", "/r/counter", counter, string(body)).Code
}

// wire is the answer that a stream writes.
type wire struct {
	mu     sync.Mutex
	header http.Header
	got    bytes.Buffer
}

func (w *wire) Header() http.Header { return w.header }
func (w *wire) WriteHeader(int)     {}
func (w *wire) Flush()              {}
func (w *wire) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.got.Write(b)
}

// shown is a state as it was sent.
type shown struct {
	Phase    string
	Number   kiosk.Number
	Language kiosk.Language
	Ask      map[kiosk.Language]string
	Left     int
}

// news returns the states that were sent since the last look.
func (w *wire) news(t *testing.T) []shown {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []shown
	for line := range strings.SplitSeq(w.got.String(), "\n") {
		if data, ok := strings.CutPrefix(line, "data: {"); ok {
			var s shown
			if err := json.Unmarshal([]byte("{"+data), &s); err != nil {
				t.Fatal(err)
			}
			out = append(out, s)
		}
	}
	w.got.Reset()
	return out
}

// watching is a tablet that listens, in a bubble of time.
func watching(t *testing.T, counter string, f func(h *hall, next func() []shown)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h := open(t)
		ctx, cancel := context.WithCancel(context.Background())
		w := &wire{header: http.Header{}}
		var done sync.WaitGroup
		done.Go(func() { h.mux.ServeHTTP(w, fromTablet("GET", "/r/counter/stream", counter, "").WithContext(ctx)) })
		f(h, func() []shown {
			t.Helper()
			<-time.After(100 * time.Millisecond) // of the bubble: changes closer than 50 ms are one
			synctest.Wait()
			return w.news(t)
		})
		cancel()
		done.Wait()
	})
}

// afterBusy leaves out that the counter is busy: whether a visit of a moment is seen going on, no
// test can know.
func afterBusy(got []shown) []shown {
	return slices.DeleteFunc(got, func(s shown) bool { return s.Phase == "busy" })
}

func TestATabletAsksAfterAVisit(t *testing.T) {
	t.Parallel()
	watching(t, "1", func(h *hall, next func() []shown) {
		t := h.t.(*testing.T)
		expect := func(when, phase string, number kiosk.Number) shown {
			t.Helper()
			got := next()
			if phase == "ask" {
				got = afterBusy(got)
			}
			if len(got) != 1 || got[0].Phase != phase || got[0].Number != number {
				t.Fatalf("%s: %+v, want %s %s", when, got, phase, number)
			}
			return got[0]
		}
		expect("at first", "idle", "")
		a := h.issue(kiosk.Chinese)
		h.step("1", kiosk.VerbCall, a.Number)
		expect("called", "busy", "")
		h.step("1", kiosk.VerbServe, a.Number)
		if got := next(); len(got) != 0 {
			t.Errorf("served: %+v", got)
		}
		h.step("1", kiosk.VerbFinish, a.Number)
		q := expect("finished", "ask", "A001")
		if q.Language != "zh" || q.Ask["zh"] != words.For("zh").Rating.Ask("A001") || q.Ask["vi"] != vi().Rating.Ask("A001") || q.Left < 59 || q.Left > 60 {
			t.Errorf("asks %+v", q)
		}
		if code := h.say("1", "A001", "bad", "wait"); code != 200 {
			t.Errorf("rating: %d", code)
		}
		expect("rated", "idle", "")
		if code := h.say("1", "A001", "good", ""); code != http.StatusConflict {
			t.Errorf("a second rating: %d", code)
		}

		h.served(kiosk.Vietnamese)
		expect("the second visit", "ask", "A002")
		if n, _, by := h.ratings(); n != 1 || by != "rating/counter-1" {
			t.Errorf("%d ratings, by %s", n, by)
		}
	})
}

// With people waiting an officer finishes and calls in one press. The citizen who leaves is asked
// while the next one is on the way, about their own visit.
func TestATabletAsksWhileTheNextOneComes(t *testing.T) {
	t.Parallel()
	watching(t, "1", func(h *hall, next func() []shown) {
		t := h.t.(*testing.T)
		expect := func(when, phase string, number kiosk.Number) {
			t.Helper()
			if got := next(); len(got) != 1 || got[0].Phase != phase || got[0].Number != number || got[0].Left > 60 {
				t.Fatalf("%s: %+v, want %s %s", when, got, phase, number)
			}
		}
		// follow calls the next one right behind the end of a visit.
		follow := func(n kiosk.Number) kiosk.Number {
			t.Helper()
			b := h.issue(kiosk.English)
			h.step("1", kiosk.VerbFinish, n)
			h.step("1", kiosk.VerbCall, b.Number)
			got := next()
			if last := len(got) - 1; last < 0 || got[last].Phase != "ask" || got[last].Number != n || got[last].Left < 29 || got[last].Left > 30 {
				t.Fatalf("%s is called after %s: %+v", b.Number, n, got)
			}
			return b.Number
		}
		refused := func(when string, n kiosk.Number) {
			t.Helper()
			if code := h.say("1", n, "good", ""); code != http.StatusConflict {
				t.Errorf("%s, a rating of %s: %d", when, n, code)
			}
		}
		next()
		a := h.issue(kiosk.Vietnamese)
		h.step("1", kiosk.VerbCall, a.Number)
		expect("called", "busy", "")

		b := follow(a.Number)
		refused("it was only called", b)
		if code := h.say("1", a.Number, "good", ""); code != 200 {
			t.Errorf("rating: %d", code)
		}
		expect("rated", "busy", "")
		if n, fact, _ := h.ratings(); n != 1 || fact.Number != a.Number {
			t.Errorf("%d ratings, the last of %s", n, fact.Number)
		}

		c := follow(b)
		h.step("1", kiosk.VerbServe, c)
		expect("the next service begins", "busy", "")
		refused("after that", b)

		d := follow(c)
		<-time.After(25 * time.Second)
		if got := next(); len(got) != 0 {
			t.Errorf("before its end: %+v", got)
		}
		<-time.After(10 * time.Second)
		expect("after half a minute", "busy", "")
		refused("after half a minute", c)

		e := follow(d)
		h.step("1", kiosk.VerbNoShow, e)
		expect("the next one does not come", "idle", "")
		refused("after that", d)

		h.step("1", kiosk.VerbCall, e)
		next()
		h.step("1", kiosk.VerbFinish, e)
		expect("finished", "ask", e)
		f := h.issue(kiosk.Vietnamese)
		<-time.After(20 * time.Second)
		h.step("1", kiosk.VerbCall, f.Number)
		if got := next(); len(got) != 1 || got[0].Number != e || got[0].Left < 9 || got[0].Left > 10 {
			t.Errorf("the same question ends earlier: %+v", got)
		}
	})
}

func TestAQuestionEndsAfterAMinute(t *testing.T) {
	t.Parallel()
	watching(t, "1", func(h *hall, next func() []shown) {
		next()
		h.served(kiosk.Vietnamese)
		if got := afterBusy(next()); len(got) != 1 || got[0].Phase != "ask" {
			t.Fatalf("%+v", got)
		}
		<-time.After(55 * time.Second)
		if got := next(); len(got) != 0 {
			t.Errorf("before its end: %+v", got)
		}
		<-time.After(10 * time.Second)
		if got := next(); len(got) != 1 || got[0].Phase != "idle" {
			t.Errorf("after it: %+v", got)
		}
		if code := h.say("1", "A001", "good", ""); code != http.StatusConflict {
			t.Errorf("rated too late: %d", code)
		}
		if n := h.place.seen.Load(); n < 13 {
			t.Errorf("seen %d times in a minute: it would be missed", n)
		}
	})
}

func TestAnUndoneFinishIsNotAskedAbout(t *testing.T) {
	t.Parallel()
	watching(t, "1", func(h *hall, next func() []shown) {
		next()
		h.served(kiosk.Vietnamese)
		next()
		h.step("1", kiosk.VerbUndo, "A001")
		if got := next(); len(got) != 1 || got[0].Phase != "busy" {
			t.Errorf("%+v", got)
		}
	})
}

func TestAnotherCountersTicketIsNotAskedAbout(t *testing.T) {
	t.Parallel()
	watching(t, "2", func(h *hall, next func() []shown) {
		next()
		h.served(kiosk.Vietnamese)
		if got := next(); len(got) != 0 {
			t.Errorf("%+v", got)
		}
		if code := h.say("2", "A001", "good", ""); code != http.StatusConflict {
			t.Errorf("rated from another counter: %d", code)
		}
		if code := h.say("1", "A001", "good", ""); code != 200 {
			t.Errorf("rated from its own: %d", code)
		}
	})
}

func TestATabletThatWasSentAwayHearsNoMore(t *testing.T) {
	t.Parallel()
	watching(t, "1", func(h *hall, next func() []shown) {
		next()
		h.place.away.Store(true)
		h.served(kiosk.Vietnamese)
		if got := next(); len(got) != 0 {
			t.Errorf("%+v", got)
		}
		if code := h.say("1", "A001", "good", ""); code != http.StatusUnauthorized {
			t.Errorf("rated: %d", code)
		}
	})
}

func TestWhoIsNoTablet(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.served(kiosk.Vietnamese)
	page := h.get("/r/counter")
	says(t, "page", page.Code, 200, page.Body.String(), "4711", vi().RatingPages().Pair)
	if w := h.get("/r/counter/stream"); w.Code != http.StatusUnauthorized {
		t.Errorf("stream: %d", w.Code)
	}
	if code := h.say("", "A001", "good", ""); code != http.StatusUnauthorized {
		t.Errorf("rating: %d", code)
	}
	for body, want := range map[string]int{
		`{"number":"A001","level":"best","reason":""}`: 400, `{"number":"A001","level":"good","reason":"wait"}`: 400, `{`: 400,
		`{"number":"A002","level":"good"}`: 409, `{"number":"A001","level":"good","officer":"o1"}`: 400, `null`: 409,
	} {
		if w := h.tablet("POST", "/r/counter", string(kiosktest.Counter1), body); w.Code != want {
			t.Errorf("%s: %d, want %d", body, w.Code, want)
		}
	}
	if n, _, _ := h.ratings(); n != 0 {
		t.Errorf("%d ratings", n)
	}
}
