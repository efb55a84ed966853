package counter_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

func TestAVisitWithoutScripts(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.issue(kiosktest.Certify, kiosk.PriorityDeclared, kiosk.Chinese)
	h.issue(kiosktest.Certify, kiosk.NoPriority, kiosk.Vietnamese)
	p := h.signedIn("lan", kiosktest.Counter1)
	if p.code != http.StatusOK || !strings.Contains(p.page, "Trần Thị Lan") {
		t.Fatalf("signed in: %d\n%s", p.code, p.page)
	}
	if c := h.Snapshot().Counters[0]; c.State != kiosk.CounterOpen || c.Officer == "" {
		t.Fatalf("counter after sign-in: %+v", c)
	}
	p.press("call")
	for _, want := range []string{"Đã gọi số A001.", "ZH: cần phiên dịch?", "Đã khai ưu tiên: xin xem"} {
		if !strings.Contains(p.page, want) {
			t.Errorf("page after the call lacks %q", want)
		}
	}
	for _, step := range []struct {
		verb string
		want kiosk.TicketState
	}{{"recall", kiosk.Called}, {"serve", kiosk.Serving}, {"lower", kiosk.Serving}, {"hold", kiosk.Held}} {
		p.press(step.verb)
		if got := h.ticket("A001").State; got != step.want || p.code != http.StatusOK {
			t.Fatalf("%s: %s, status %d", step.verb, got, p.code)
		}
	}
	// A held number is called again from its row, sent on, and that is undone.
	p.get("/counter?open=number&n=A001")
	f := p.form(`id="choose"`)
	f.Set("number", " a001 ")
	f.Set("verb", "call")
	p.post("/counter/step", f)
	p.get("/counter?open=send")
	f = p.form(`id="send"`)
	f.Set("for", "2")
	f.Set("to", "")
	f.Set("place", "after")
	f.Set("after", "15")
	p.post("/counter/step", f)
	if got := h.ticket("A001"); got.State != kiosk.Waiting || got.SentFor != "2" || got.NotBefore.IsZero() {
		t.Fatalf("sent: %+v", got)
	}
	f = p.form(`id="undo-form"`)
	f.Set("verb", "undo")
	p.post("/counter/step", f)
	if got := h.ticket("A001"); got.State != kiosk.Called {
		t.Fatalf("undone: %+v", got)
	}
	p.press("finish-next")
	if a, b := h.ticket("A001").State, h.ticket("A002").State; a != kiosk.Served || b != kiosk.Called {
		t.Fatalf("finished and called: %s, %s", a, b)
	}
	p.press("noshow")
	if got := h.ticket("A002").State; got != kiosk.NoShow {
		t.Fatalf("no-show: %s", got)
	}
}

func TestTheCounterItself(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	p := h.signedIn("lan", kiosktest.Counter1)
	sit := func(do string, more ...string) {
		t.Helper()
		p.get("/counter")
		f := p.form(`id="sit"`)
		f.Set("do", do)
		for i := 0; i+1 < len(more); i += 2 {
			f.Set(more[i], more[i+1])
		}
		p.post("/counter/seat", f)
	}
	// Decomposed, as some input methods on Windows send it.
	sit("pause", "reason", "họp", "other", "vie\u0323\u0302c rie\u0302ng <b>", "until", "11:15")
	c := h.Snapshot().Counters[0]
	if c.State != kiosk.CounterPaused || c.Reason != "việc riêng <b>" || kiosk.MinuteOf(c.Until).String() != "11:15" {
		t.Fatalf("paused: %+v", c)
	}
	if strings.Contains(p.page, "riêng <b>") {
		t.Error("a reason was written as HTML")
	}
	sit("pause", "until", "07:00")
	if p.code != http.StatusBadRequest || !strings.Contains(p.page, "id=\"steps\"") {
		t.Errorf("a pause until before now: %d", p.code)
	}
	sit("resume")
	if c := h.Snapshot().Counters[0]; c.State != kiosk.CounterOpen || c.Officer == "" {
		t.Fatalf("resumed: %+v", c)
	}
	if err := h.AskHelp(t.Context(), "touch/main"); err != nil {
		t.Fatal(err)
	}
	p.get("/counter")
	if !strings.Contains(p.page, "Có người chờ tại máy lấy số") {
		t.Error("the call for help is not on the page")
	}
	sit("help")
	if !h.Snapshot().HelpSince.IsZero() {
		t.Error("help is still asked for")
	}
	h.issue(kiosktest.Certify, "", kiosk.Vietnamese)
	p.press("call")
	sit("close")
	if p.code != http.StatusConflict {
		t.Errorf("closed with a number in hand: %d", p.code)
	}
	p.post("/sign-out", url.Values{"csrf": {p.csrf()}})
	if p.code != http.StatusConflict || !strings.Contains(p.page, "Quầy còn số A001") {
		t.Errorf("signed out with a number in hand: %d", p.code)
	}
	p.press("finish")
	p.post("/sign-out", url.Values{"csrf": {p.csrf()}})
	if c := h.Snapshot().Counters[0]; c.State != kiosk.CounterClosed || !strings.Contains(p.page, "Đã đăng xuất.") {
		t.Errorf("signed out: %+v\n%s", c, p.page)
	}
}

func TestAForgedOrReplayedForm(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	for range 3 {
		h.issue(kiosktest.Certify, "", kiosk.Vietnamese)
	}
	p := h.signedIn("lan", kiosktest.Counter1)
	other := h.signedIn("hung", kiosktest.Counter2)
	f := p.form(`id="step"`)
	f.Set("verb", "call")
	forge := func(what string, want int, change func(url.Values)) {
		t.Helper()
		g := url.Values{}
		for k, v := range f {
			g[k] = append([]string{}, v...)
		}
		change(g)
		p.post("/counter/step", g)
		if p.code != want {
			t.Errorf("%s: status %d, want %d", what, p.code, want)
		}
	}
	forge("no token", 403, func(v url.Values) { v.Del("csrf") })
	forge("another session's token", 403, func(v url.Values) { v.Set("csrf", other.csrf()) })
	forge("another officer's counter", 403, func(v url.Values) { v.Set("counter", "2") })
	forge("no such counter", 403, func(v url.Values) { v.Set("counter", "99") })
	forge("an unknown field", 400, func(v url.Values) { v.Set("by", "staff/o3") })
	forge("a field twice", 400, func(v url.Values) { v.Add("verb", "call") })
	forge("no key", 400, func(v url.Values) { v.Del("key") })
	forge("a long key", 400, func(v url.Values) { v.Set("key", strings.Repeat("k", 65)) })
	forge("a verb of another door", 400, func(v url.Values) { v.Set("verb", "cancel"); v.Set("number", "A001") })
	forge("no verb", 400, func(v url.Values) { v.Del("verb") })
	forge("bytes that are no text", 400, func(v url.Values) { v.Set("number", "A\xff01") })
	forge("text that runs backwards", 400, func(v url.Values) { v.Set("number", "A\u202e01") })
	forge("no number, which is asked for again", 200, func(v url.Values) { v.Set("number", "<script>") })
	forge("too large", 413, func(v url.Values) { v.Set("number", strings.Repeat("A", 70<<10)) })
	forge("yesterday's page", 409, func(v url.Values) { v.Set("day", "20261122") })
	if last := h.Snapshot().LastCalls(1); len(last) != 0 {
		t.Fatalf("a forged form called %s", last[0].Number)
	}
	for range 3 { // the same form, sent again and again
		p.post("/counter/step", f)
		if p.code != http.StatusOK {
			t.Fatalf("replayed: %d", p.code)
		}
	}
	if n := len(h.Snapshot().LastCalls(9)); n != 1 {
		t.Errorf("one form called %d numbers", n)
	}
	// What another counter has in hand is not this one's to finish.
	other.get("/counter")
	g := other.form(`id="step"`)
	g.Set("verb", "finish")
	g.Set("number", "A001")
	g.Set("moves", fmt.Sprint(h.ticket("A001").Moves))
	other.post("/counter/step", g)
	if other.code != 409 && other.code != 403 || h.ticket("A001").State != kiosk.Called {
		t.Errorf("another counter finished it: %d, %s", other.code, h.ticket("A001").State)
	}
}

func TestWhoMayWhat(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.issue(kiosktest.Certify, "", kiosk.Vietnamese)
	stranger := h.person()
	stranger.get("/counter")
	if !strings.Contains(stranger.page, `name="secret"`) {
		t.Errorf("without a session: %d\n%s", stranger.code, stranger.page)
	}
	stranger.json("/counter/step", "x", `{}`)
	if stranger.code != http.StatusUnauthorized {
		t.Errorf("a step without a session: %d", stranger.code)
	}
	tech := h.signedIn("tho", "")
	tech.get("/counter")
	if tech.code != http.StatusForbidden {
		t.Errorf("technician: %d", tech.code)
	}
	// A lead without a seat steps for any counter.
	lead := h.signedIn("chi", "")
	lead.get("/counter?at=2")
	if lead.code != http.StatusOK || !strings.Contains(lead.page, `href="/lead"`) {
		t.Fatalf("lead at counter 2: %d", lead.code)
	}
	f := lead.form(`id="step"`)
	f.Set("verb", "call")
	lead.post("/counter/step", f)
	if got := h.ticket("A001"); got.Counter != "2" || got.State != kiosk.Called {
		t.Errorf("lead called: %+v", got)
	}
	officer := h.signedIn("lan", kiosktest.Counter1)
	officer.get("/counter")
	if !strings.Contains(officer.page, `href="/lead/boards"`) || strings.Contains(officer.page, `href="/lead"`) {
		t.Error("an officer's page does not lead to the page of boards, or to the lead's")
	}
	officer.get("/counter?at=2")
	if officer.code == http.StatusOK {
		t.Error("an officer saw another counter's page")
	}
	officer.get("/counter/stream?at=2")
	if officer.code == http.StatusOK {
		t.Error("an officer saw another counter's stream")
	}
}

func TestTakingACounterOverNeedsASecondPress(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	first := h.signedIn("lan", kiosktest.Counter1)
	second := h.signedIn("hung", kiosktest.Counter1)
	if second.code != http.StatusConflict || !strings.Contains(second.page, "Trần Thị Lan đang đăng nhập tại quầy 1") {
		t.Fatalf("counter taken: %d\n%s", second.code, second.page)
	}
	if strings.Contains(second.page, "pin-of-hung") {
		t.Error("a PIN came back on the page")
	}
	second.post("/sign-in", url.Values{"login": {"hung"}, "secret": {"pin-of-hung"}, "counter": {"1"}, "takeover": {"1"}})
	if second.code != http.StatusOK || !strings.Contains(second.page, "Nguyễn Văn Hùng") {
		t.Fatalf("taken over: %d", second.code)
	}
	first.get("/counter")
	if !strings.Contains(first.page, `name="secret"`) {
		t.Error("the first officer is still there")
	}
}

func TestWrongPINsGetOneAnswerAndThenAWait(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	p := h.person()
	locked := false
	for range 6 {
		p.post("/sign-in", url.Values{"login": {"lan"}, "secret": {"wrong"}, "counter": {"1"}})
		if p.code == http.StatusTooManyRequests {
			locked = true
			if !strings.Contains(p.page, "giây rồi thử lại") {
				t.Errorf("no word on how long:\n%s", p.page)
			}
		} else if p.code != http.StatusUnauthorized {
			t.Errorf("wrong PIN: %d", p.code)
		}
	}
	if !locked {
		t.Error("never locked")
	}
}

func TestScriptsGetWhatTheBoxHasNow(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	n := h.issue(kiosktest.Certify, "", kiosk.Vietnamese).Number
	p := h.signedIn("lan", kiosktest.Counter1)
	csrf := p.csrf()
	step := func(key, verb string, moves int) map[string]any {
		t.Helper()
		p.json("/counter/step", csrf, fmt.Sprintf(`{"key":%q,"counter":"1","verb":%q,"number":%q,"day":20261123,"hand":"","moves":%d}`, key, verb, n, moves))
		var got map[string]any
		if err := json.Unmarshal([]byte(p.page), &got); err != nil {
			t.Fatalf("%s: %v\n%s", verb, err, p.page)
		}
		return got
	}
	if got := step("k1", "call", 0); got["state"] != "called" || got["again"] != false {
		t.Errorf("called: %v", got)
	}
	if got := step("k1", "call", 0); got["again"] != true {
		t.Errorf("the same key: %v", got)
	}
	// The lead finishes it while the officer's cable is out.
	if _, err := h.Move(t.Context(), kiosk.VerbFinish, n, "staff/o3"); err != nil {
		t.Fatal(err)
	}
	got := step("k2", "hold", 1)
	now, _ := got["now"].(map[string]any)
	if p.code != http.StatusConflict || got["code"] != "gone-on" || now["st"] != "served" || now["m"] != float64(2) {
		t.Errorf("gone on: %d %v", p.code, got)
	}
	for _, body := range []string{``, `[]`, `{"key":"k"}`, `{"key":"k3","verb":"call","day":20261123,"extra":1}`, `{"key":"k3","verb":"call","day":20261123}{}`, `{"key":"k3","verb":"serve","day":20261123}`} {
		p.json("/counter/step", csrf, body)
		if p.code != http.StatusBadRequest {
			t.Errorf("%s: %d", body, p.code)
		}
	}
	p.json("/counter/step", "forged", `{}`)
	if p.code != http.StatusForbidden {
		t.Errorf("forged header: %d", p.code)
	}
}

func TestASessionThatEndsEndsItsStream(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	p := h.signedIn("lan", kiosktest.Counter1)
	r := p.request("GET", "/counter/stream", "", "")
	r.Header.Set("Accept", "text/event-stream")
	ended := make(chan struct{})
	got, err := p.c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(ended)
		buf := make([]byte, 4096)
		for {
			if _, err := got.Body.Read(buf); err != nil {
				return
			}
		}
	}()
	second := h.person()
	second.post("/sign-in", url.Values{"login": {"hung"}, "secret": {"pin-of-hung"}, "counter": {"1"}, "takeover": {"1"}})
	h.issue(kiosktest.Certify, "", kiosk.Vietnamese)
	select {
	case <-ended:
	case <-time.After(5 * time.Second):
		t.Error("the stream goes on")
	}
	_ = got.Body.Close()
}
