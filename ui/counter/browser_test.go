package counter_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/ui/browsertest"
)

func TestInABrowser(t *testing.T) {
	t.Parallel()
	chrome := browsertest.Chromium(t)
	for name, f := range map[string]func(*testing.T, context.Context){
		"by keyboard alone":              byKeyboard,
		"steps made offline":             offline,
		"the box has gone on":            overtaken,
		"an answer that never came":      lostAnswer,
		"an answer that comes late":      lateAnswer,
		"a call that never arrived":      staleCall,
		"two tabs of one counter":        twoTabs,
		"a session that ended":           sessionEnded,
		"a browser ten years off":        tenYearsOff,
		"names with every Unicode trick": hostile,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(t, chrome)
		})
	}
}

func byKeyboard(t *testing.T, chrome context.Context) {
	h := newHall(t)
	h.issue(kiosktest.Certify, "", kiosk.English)
	h.issue(kiosktest.Certify, "", kiosk.Vietnamese)
	b := h.tab(t, chrome, false)
	b.signIn("lan", "1")
	b.key("g")
	b.shows("number", "A001")
	b.shows("said", "Đã gọi số A001.")
	// An input method that composes, and a key that is held, are no presses.
	b.run("input method", chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		events := []input.DispatchKeyEventParams{
			{Type: "rawKeyDown", Key: "Process", Code: "KeyL", WindowsVirtualKeyCode: 229},
			{Type: "rawKeyDown", Key: "Process", Code: "KeyL", WindowsVirtualKeyCode: 229},
		}
		for i := range 5 {
			held := i > 0
			events = append(events, input.DispatchKeyEventParams{Type: "keyDown", Key: "l", Code: "KeyL", Text: "l", WindowsVirtualKeyCode: 'L', AutoRepeat: &held})
		}
		for _, e := range append(events, input.DispatchKeyEventParams{Type: "keyUp", Key: "l", Code: "KeyL"}) {
			if _, err := cdp.Call(ctx, target, input.DispatchKeyEvent, e); err != nil {
				return err
			}
		}
		return nil
	}))
	b.shows("facts", "đã gọi 2 lần")
	b.key("p")
	b.shows("facts", "Phục vụ được")
	b.key("c")
	b.until("the dialog is open", `document.getElementById("send").open`)
	b.key("x") // in a field: no step
	b.until("the letter that opened it chose nothing", `document.getElementById("send-to").value === ""`)
	b.key("\x1b")
	b.key("s") // at once: the field of the closed dialog may still have the focus
	b.until("the other dialog is open and empty", `document.getElementById("choose").open && document.getElementById("choose-number").value === ""`)
	b.key("\x1b")
	b.key("c")
	b.until("the dialog is open again", `document.getElementById("send").open`)
	b.run("send to civil status", chromedp.SetValue(css("#send-to"), string(kiosktest.Civil)), chromedp.Focus(css("#send .next")), chromedp.KeyEvent("\r"))
	b.shows("number", "–")
	b.until("undo counts down", `/^\d+ s · A001 chuyển$/.test(document.getElementById("undo-what").textContent)`)
	b.key("h")
	b.shows("number", "A001")
	b.until("it can be finished", `document.querySelector("[data-key=K]").getAttribute("aria-disabled") === null`)
	b.key("k")
	b.shows("number", "A002")
	b.key("v")
	b.shows("noshow-rows", "A002")
	b.run("from the list", chromedp.Focus(css("#noshow-rows a")), chromedp.KeyEvent("\r"), chromedp.KeyEvent("\r"))
	b.shows("number", "A002")
	b.key("?")
	b.until("help is open", `document.getElementById("keys").open`)
	if got := h.moved("A001", kiosk.VerbRecall); got != 1 {
		t.Errorf("recalled %d times", got)
	}
	if got := h.ticket("A001").State; got != kiosk.Served {
		t.Errorf("A001 is %s", got)
	}
}

func offline(t *testing.T, chrome context.Context) {
	h := newHall(t)
	h.issue(kiosktest.Certify, "", kiosk.Vietnamese)
	h.issue(kiosktest.Certify, "", kiosk.Vietnamese)
	b := h.tab(t, chrome, false)
	b.signIn("lan", "1")
	b.key("g")
	b.shows("number", "A001")
	h.restart(func() {
		b.shows("news", "Mất liên lạc với máy chủ")
		b.key("p")
		b.shows("pending", "bắt đầu phục vụ A001")
		b.key("x")
		b.shows("number", "–")
		b.shows("pending", "kết thúc A001")
		b.key("g")
		b.shows("news", "Chưa gọi được")
		h.pass(12 * time.Minute) // for the box and for the browser's steady clock
		b.run("time passes", chromedp.Evaluate[chromedp.Void](`{ const was = performance.now.bind(performance); performance.now = () => was() + 12 * 60e3; }`))
		// The page itself is closed and opened again, too: what waits is in the browser's storage.
	})
	h.eventually(t, "A001 served", func() bool { return h.ticket("A001").State == kiosk.Served })
	b.until("nothing waits", `Object.keys(localStorage).length === 0`)
	for _, v := range []kiosk.Verb{kiosk.VerbServe, kiosk.VerbFinish} {
		if got := h.moved("A001", v); got != 1 {
			t.Errorf("%s: done %d times", v, got)
		}
	}
	if got := h.ticket("A002").State; got != kiosk.Waiting {
		t.Errorf("A002 is %s: called without a link", got)
	}
	records, err := h.DayRecords(t.Context(), kiosktest.Monday)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		f, ok := r.Fact.(kiosk.TicketMoved)
		if late := r.Late / time.Minute; ok && (f.Verb == kiosk.VerbCall && late != 0 || f.Verb != kiosk.VerbCall && (late < 11 || late > 13)) {
			t.Errorf("%s came %v late", f.Verb, r.Late)
		}
	}
}

func overtaken(t *testing.T, chrome context.Context) {
	h := newHall(t)
	h.issue(kiosktest.Certify, "", kiosk.Vietnamese)
	h.issue(kiosktest.Certify, "", kiosk.Vietnamese)
	b := h.tab(t, chrome, false)
	b.signIn("lan", "1")
	lead := func(v kiosk.Verb, n kiosk.Number) {
		t.Helper()
		if _, err := h.Move(context.Background(), v, n, "staff/o3"); err != nil {
			t.Fatal(err)
		}
	}
	b.key("g")
	b.shows("number", "A001")
	h.restart(func() {
		b.shows("news", "Mất liên lạc")
		b.key("v")
		b.shows("pending", "A001")
		lead(kiosk.VerbFinish, "A001")
	})
	b.shows("conflict-theirs", "đã xong")
	b.until("it can only be dropped", `document.getElementById("conflict-do").hidden`)
	b.run("drop", chromedp.Click(css("#conflict-drop")))
	b.until("nothing waits", `Object.keys(localStorage).length === 0`)
	b.until("free", `document.getElementById("number").textContent === "–"`)
	b.key("g")
	b.shows("number", "A002")
	h.restart(func() {
		b.shows("news", "Mất liên lạc")
		b.key("v")
		b.shows("pending", "A002")
		lead(kiosk.VerbRecall, "A002")
	})
	b.shows("conflict-theirs", "đang gọi")
	b.run("do it all the same", chromedp.Click(css("#conflict-do")))
	h.eventually(t, "A002 no-show", func() bool { return h.ticket("A002").State == kiosk.NoShow })
	if a, n := h.ticket("A001").State, h.moved("A002", kiosk.VerbNoShow); a != kiosk.Served || n != 1 {
		t.Errorf("A001 is %s, A002 was no-show %d times", a, n)
	}
}

// lostAnswer is a kill between the step and its answer.
func lostAnswer(t *testing.T, chrome context.Context) {
	h := newHall(t)
	h.issue(kiosktest.Certify, "", kiosk.Vietnamese)
	h.issue(kiosktest.Certify, "", kiosk.Vietnamese)
	var mu sync.Mutex
	lost, keys := 0, map[string]int{}
	h.before = func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.URL.Path != "/counter/step" {
			next.ServeHTTP(w, r)
			return
		}
		mu.Lock()
		lost++
		drop := lost <= 2
		mu.Unlock()
		if !drop {
			next.ServeHTTP(w, r)
			return
		}
		got := httptest.NewRecorder()
		next.ServeHTTP(got, r)
		mu.Lock()
		keys[got.Body.String()[:20]]++
		mu.Unlock()
		panic(http.ErrAbortHandler)
	}
	b := h.tab(t, chrome, false)
	b.signIn("lan", "1")
	b.key("g")
	b.until("the step is answered", `document.getElementById("number").textContent === "A001" && Object.keys(localStorage).length === 0`)
	mu.Lock()
	defer mu.Unlock()
	if lost < 3 {
		t.Errorf("sent %d times", lost)
	}
	if n := len(h.Snapshot().LastCalls(9)); n != 1 {
		t.Errorf("%d numbers were called by one press", n)
	}
}

// lateAnswer is a gateway whose stream is ahead of its answers: a press that follows is a press of
// its own, and one that only repeats another is seen to be none.
func lateAnswer(t *testing.T, chrome context.Context) {
	h := newHall(t)
	for range 4 {
		h.issue(kiosktest.Certify, "", kiosk.Vietnamese)
	}
	made, arrive := make(chan struct{}), make(chan struct{})
	steps := atomic.Int32{}
	h.before = func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		n := int32(0)
		if r.URL.Path == "/counter/step" {
			n = steps.Add(1)
		}
		switch n {
		case 1: // the call is made, and its answer waits
			got := httptest.NewRecorder()
			next.ServeHTTP(got, r)
			<-made
			w.WriteHeader(got.Code)
			_, _ = got.Body.WriteTo(w)
			return
		case 5: // the call is still on its way
			<-arrive
		}
		next.ServeHTTP(w, r)
	}
	const free = `document.getElementById("number").textContent === "–" && !document.querySelector("[data-key=G]").hasAttribute("aria-disabled")`
	b := h.tab(t, chrome, false)
	b.signIn("lan", "1")
	b.key("g")
	b.shows("number", "A001")
	b.key("x")
	b.until("the next one can be called", free)
	b.key("g")
	close(made)
	b.shows("number", "A002")
	b.until("nothing waits", `Object.keys(localStorage).length === 0`)
	b.key("x")
	b.until("the next one can be called", free)
	b.until("nothing waits", `Object.keys(localStorage).length === 0`)
	b.key("g")
	b.until("the button says that it is pressed", `document.querySelector("[data-key=G]").hasAttribute("aria-disabled")`)
	b.key("g")
	close(arrive)
	b.shows("number", "A003")
	b.until("nothing waits", `Object.keys(localStorage).length === 0`)
	if n := len(h.Snapshot().LastCalls(9)); n != 3 {
		t.Errorf("%d numbers were called by three presses and one that was repeated", n)
	}
	if got := h.ticket("A001").State; got != kiosk.Served {
		t.Errorf("A001 is %s", got)
	}
}

// staleCall is a call that the network swallowed: half a minute later it is not made unasked.
func staleCall(t *testing.T, chrome context.Context) {
	h := newHall(t)
	h.issue(kiosktest.Certify, "", kiosk.Vietnamese)
	var reachable atomic.Bool
	h.before = func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.URL.Path == "/counter/step" && !reachable.Load() {
			panic(http.ErrAbortHandler)
		}
		next.ServeHTTP(w, r)
	}
	b := h.tab(t, chrome, false)
	b.signIn("lan", "1")
	b.key("g")
	b.until("it is kept", `Object.keys(localStorage).length === 1`)
	h.pass(30 * time.Second)
	h.issue(kiosktest.Certify, "", kiosk.Vietnamese) // the page hears of both
	b.shows("conflict-why", "Có gọi bây giờ không?")
	reachable.Store(true)
	if n := len(h.Snapshot().LastCalls(9)); n != 0 {
		t.Fatal("called without a question")
	}
	b.run("call now", chromedp.Click(css("#conflict-do")))
	b.shows("number", "A001")
	b.until("nothing waits", `Object.keys(localStorage).length === 0`)
	if n := len(h.Snapshot().LastCalls(9)); n != 1 {
		t.Errorf("%d numbers were called by one press", n)
	}
}

func twoTabs(t *testing.T, chrome context.Context) {
	h := newHall(t)
	h.issue(kiosktest.Certify, "", kiosk.Vietnamese)
	h.issue(kiosktest.Certify, "", kiosk.Vietnamese)
	one := h.tab(t, chrome, false)
	one.signIn("lan", "1")
	two := h.tab(t, one.ctx, true)
	two.run("open", chromedp.Navigate(h.url("/counter")))
	two.ready()
	one.key("g")
	one.shows("number", "A001")
	two.shows("number", "A001")
	h.restart(func() {
		one.shows("news", "Mất liên lạc")
		two.shows("news", "Mất liên lạc")
		one.key("p")
		two.shows("pending", "A001") // what one made, the other knows
		two.key("x")
		one.shows("pending", "kết thúc A001")
	})
	h.eventually(t, "A001 served", func() bool { return h.ticket("A001").State == kiosk.Served })
	one.until("nothing waits", `Object.keys(localStorage).length === 0`)
	two.shows("number", "–")
	for _, v := range []kiosk.Verb{kiosk.VerbServe, kiosk.VerbFinish} {
		if got := h.moved("A001", v); got != 1 {
			t.Errorf("%s: done %d times", v, got)
		}
	}
}

func sessionEnded(t *testing.T, chrome context.Context) {
	h := newHall(t)
	h.issue(kiosktest.Certify, "", kiosk.Vietnamese)
	b := h.tab(t, chrome, false)
	b.signIn("lan", "1")
	b.key("g")
	b.shows("number", "A001")
	h.restart(func() {
		b.shows("news", "Mất liên lạc")
		b.key("x")
		b.shows("pending", "A001")
		h.pass(16 * time.Minute) // the session is idle meanwhile
	})
	b.until("signing in again is asked for", `document.getElementById("again").open`)
	if got := h.ticket("A001").State; got != kiosk.Called {
		t.Fatalf("A001 is %s before anybody signed in", got)
	}
	b.run("sign in again", chromedp.SendKeys(css("#again-login"), "lan"), chromedp.SendKeys(css("#again-secret"), "pin-of-lan\r"))
	h.eventually(t, "A001 served", func() bool { return h.ticket("A001").State == kiosk.Served })
	if got := h.moved("A001", kiosk.VerbFinish); got != 1 {
		t.Errorf("finished %d times", got)
	}
}

func tenYearsOff(t *testing.T, chrome context.Context) {
	h := newHall(t)
	h.issue(kiosktest.Certify, "", kiosk.Vietnamese)
	h.pass(41 * time.Minute)
	b := h.tab(t, chrome, false)
	b.run("set the clock", chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: `const real = Date, off = 10 * 365 * 86400e3;
			Date = class extends real { constructor(...a) { a.length ? super(...a) : super(real.now() + off); } static now() { return real.now() + off; } };`})
		return err
	}))
	b.signIn("lan", "1")
	b.shows("clock", kiosk.MinuteOf(h.now()).String())
	b.shows("waiting-rows", "41 phút")
	b.shows("waiting-over", "1 người chờ quá 30 phút")
	b.key("g")
	b.shows("facts", "đã chờ 41 phút")
}

func hostile(t *testing.T, chrome context.Context) {
	const trick = `<img src=x onerror=document.title='owned'>"'}{n} Chứng thực \u202e`
	h := newHall(t, func(s *kiosk.Setup) { s.Services[0].Name[kiosk.Vietnamese] = trick })
	h.issue(kiosktest.Certify, "", kiosk.Vietnamese)
	if err := h.PauseCounter(context.Background(), "2", time.Time{}, "</script><script>document.title='owned'</script>", "test"); err != nil {
		t.Fatal(err)
	}
	b := h.tab(t, chrome, false)
	b.signIn("lan", "1")
	b.key("g")
	b.shows("number", "A001")
	title, err := chromedp.Run(b.ctx, chromedp.Title())
	name, err2 := chromedp.Run(b.ctx, chromedp.Text(css("#service")))
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	if title != "Quầy 1" || !strings.Contains(name, "<img src=x") {
		t.Errorf("title %q, service %q", title, name)
	}
}
