package counter_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/ui/browsertest"
	"github.com/motcua/gateway/ui/counter"
)

// crowd is a hall with more people than a page shows: A001 to A015.
func crowd(t *testing.T) *hall {
	t.Helper()
	h := newHall(t)
	for range 15 {
		h.issue(kiosktest.Certify, "", kiosk.Vietnamese)
	}
	return h
}

// found asks what a typed number is.
func (p *person) found(typed string) (rows []counter.Row, sure bool) {
	p.h.t.Helper()
	r := p.request("GET", "/counter/find?"+url.Values{"number": {typed}}.Encode(), "", "")
	r.Header.Set("Accept", "application/json")
	p.do(r)
	var got struct {
		Rows []counter.Row
		Sure bool
	}
	if err := json.Unmarshal([]byte(p.page), &got); err != nil || p.code != http.StatusOK || got.Rows == nil {
		p.h.t.Fatalf("%q: %d %v: %s", typed, p.code, err, p.page)
	}
	return got.Rows, got.Sure
}

func TestANumberBeyondThePageIsFound(t *testing.T) {
	t.Parallel()
	h := crowd(t)
	p := h.signedIn("lan", kiosktest.Counter1)
	waits := h.ticket("A014")
	rows, sure := p.found(" a014 ")
	if !sure || len(rows) != 1 || rows[0].Number != "A014" || rows[0].State != kiosk.Waiting || rows[0].At != waits.QueuedAt().Unix() {
		t.Errorf("%v %+v", sure, rows)
	}
	if rows, sure := p.found("A099"); sure || len(rows) != 0 {
		t.Errorf("a number that nobody has: %v %+v", sure, rows)
	}
	r := p.request("GET", "/counter/find?number=%00", "", "")
	r.Header.Set("Accept", "application/json")
	if p.do(r); p.code != http.StatusBadRequest {
		t.Errorf("a control character: %d", p.code)
	}
	stranger := h.person()
	r = stranger.request("GET", "/counter/find?number=A014", "", "")
	r.Header.Set("Accept", "application/json")
	if stranger.do(r); stranger.code != http.StatusUnauthorized {
		t.Errorf("who is not signed in gets %d", stranger.code)
	}
}

func TestANumberBeyondThePageWithoutScripts(t *testing.T) {
	t.Parallel()
	h := crowd(t)
	p := h.signedIn("lan", kiosktest.Counter1)
	p.get("/counter?open=number")
	f := p.form(`id="choose"`)
	f.Set("verb", "find")
	f.Set("number", "a014")
	p.post("/counter/step", f)
	_, dialog, _ := strings.Cut(p.page, `id="choose"`)
	if !strings.Contains(dialog, `value="A014"`) || !strings.Contains(dialog, `class="known">`) {
		t.Fatalf("the dialog is not on A014: %s", dialog[:min(len(dialog), 1500)])
	}
	f = p.form(`id="choose"`)
	f.Set("verb", "raise")
	f.Set("number", "A014")
	if p.post("/counter/step", f); h.ticket("A014").Priority != kiosk.PriorityOfficer {
		t.Errorf("not raised: %d", p.code)
	}
	f.Set("verb", "find")
	f.Set("number", "A099")
	if p.post("/counter/step", f); !strings.Contains(p.page, "Không thấy số này.") {
		t.Error("nothing is said of a number that nobody has")
	}
}

// Whoever waits is raised by one key, and lowered by it again: in the list, and beyond it by number.
func TestPriorityByKeyboard(t *testing.T) {
	t.Parallel()
	chrome := browsertest.Chromium(t)
	h := crowd(t)
	b := h.tab(t, chrome, false)
	b.signIn("lan", "1")
	b.key("g")
	b.shows("number", "A001")
	const row = `#waiting-rows tr[data-n=A005] a`
	b.run("go to A005", chromedp.Focus(css(row)))
	b.key("m")
	b.until("A005 has a badge", `document.querySelector("#waiting-rows tr[data-n=A005] .badge")?.textContent === "Ưu tiên"`)
	b.shows("said", "Số A005 được ưu tiên.")
	b.until("the focus is on A005", `document.activeElement === document.querySelector("`+row+`")`)
	b.until("the first is answered", `Object.keys(localStorage).length === 0`)
	if got := h.ticket("A005").Priority; got != kiosk.PriorityOfficer {
		t.Errorf("A005: %q", got)
	}
	b.key("m")
	h.eventually(t, "A005 is lowered", func() bool { return h.ticket("A005").Priority == kiosk.NoPriority })

	b.run("one Enter on a row", chromedp.Focus(css(row)), chromedp.KeyEvent("\r"))
	b.until("opens its dialog and no more", `document.getElementById("choose").open && document.activeElement.value === "call" && Object.keys(localStorage).every(k => !localStorage[k].includes("call"))`)
	if n := h.ticket("A001").Calls + h.ticket("A005").Calls; n != 1 {
		t.Errorf("one Enter called: %d", n)
	}
	b.key("\x1b")

	typed := func(number, button string) {
		t.Helper()
		b.key("s")
		b.until("the dialog is open", `document.getElementById("choose").open`)
		b.run("type", chromedp.SendKeys(css("#choose-number"), number))
		b.shows("choose-found", number)
		b.run(button, chromedp.Focus(css(button)), chromedp.KeyEvent("\r"))
	}
	typed("A015", `#choose [value=raise]`)
	h.eventually(t, "A015 is raised", func() bool { return h.ticket("A015").Priority == kiosk.PriorityOfficer })
	b.until("answered", `Object.keys(localStorage).length === 0`)
	typed("A015", `#choose [value=lower]`)
	h.eventually(t, "A015 is lowered", func() bool { return h.ticket("A015").Priority == kiosk.NoPriority })
	b.until("answered", `Object.keys(localStorage).length === 0`)
	typed("A014", `#choose-send`)
	b.until("where to is asked", `document.getElementById("send").open`)
	b.run("send it to civil status", chromedp.SetValue(css("#send-to"), string(kiosktest.Civil)), chromedp.Focus(css("#send .next")), chromedp.KeyEvent("\r"))
	h.eventually(t, "A014 is sent", func() bool { t14 := h.ticket("A014"); return t14.Queue() == kiosktest.Civil })
	if got := h.ticket("A001"); got.Priority != kiosk.NoPriority || got.State != kiosk.Called {
		t.Errorf("the number in hand: %q, %s", got.Priority, got.State)
	}
	b.key("s")
	b.run("a number that nobody has", chromedp.SendKeys(css("#choose-number"), "A099\r"))
	b.shows("choose-found", "Không thấy số này.")
	b.run("look", chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error { fits(t, ctx, "counter-choose"); return nil }))
}
