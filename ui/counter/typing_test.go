package counter_test

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/ui/browsertest"
)

// busy is a hall of a long morning: A001 to A112, B001 to B012.
func busy(t *testing.T) *hall {
	t.Helper()
	h := newHall(t)
	for range 112 {
		h.issue(kiosktest.Certify, "", kiosk.Vietnamese)
	}
	for range 12 {
		h.issue(kiosktest.Civil, "", kiosk.Vietnamese)
	}
	return h
}

// replaces is what Unikey and EVKey send in the place of a key: one Backspace, and letters that
// come from no key (VK_PACKET).
func replaces(letters string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		events := []input.DispatchKeyEventParams{
			{Type: "rawKeyDown", Key: "Backspace", Code: "Backspace", WindowsVirtualKeyCode: 8},
			{Type: "keyUp", Key: "Backspace", Code: "Backspace", WindowsVirtualKeyCode: 8},
		}
		for _, r := range letters {
			events = append(events,
				input.DispatchKeyEventParams{Type: "keyDown", Key: string(r), Text: string(r), WindowsVirtualKeyCode: 231},
				input.DispatchKeyEventParams{Type: "keyUp", Key: string(r), WindowsVirtualKeyCode: 231})
		}
		for _, e := range events {
			if _, err := cdp.Call(ctx, target, input.DispatchKeyEvent, e); err != nil {
				return err
			}
		}
		return nil
	})
}

// composes is an input method of the system itself: a key of no name, and then the text.
func composes(letters string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		key := input.DispatchKeyEventParams{Type: "rawKeyDown", Key: "Process", WindowsVirtualKeyCode: 229}
		if _, err := cdp.Call(ctx, target, input.DispatchKeyEvent, key); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, target, input.InsertText, input.InsertTextParams{Text: letters})
		return err
	})
}

// Vietnamese input methods are on all day long.
func TestANumberIsTypedWithAnInputMethod(t *testing.T) {
	t.Parallel()
	chrome := browsertest.Chromium(t)
	h := busy(t)
	b := h.tab(t, chrome, false)
	b.signIn("lan", "1")
	dialog := func() {
		t.Helper()
		b.key("s")
		b.until("the dialog is open", `document.getElementById("choose").open`)
	}
	holds := func(text string) {
		t.Helper()
		b.until("the field holds "+text, `document.getElementById("choose-number").value === "`+text+`"`)
	}
	finish := func() {
		t.Helper()
		b.key("x")
		b.shows("number", "–")
		b.until("nothing waits", `Object.keys(localStorage).length === 0`)
	}

	dialog() // the digits alone, of one service
	b.run("14", chromedp.KeyEvent("14\r"))
	b.shows("number", "A014")
	finish()

	dialog() // of two
	b.run("12", chromedp.KeyEvent("12\r"))
	b.shows("choose-found", "Xin chọn đúng số:")
	fits(t, b.ctx, "counter-which")
	b.until("the first is where the focus is", `document.activeElement === document.querySelector("#choose-rows button") && document.activeElement.textContent.startsWith("A012")`)
	b.run("the second", chromedp.KeyEvent("\t\r"))
	b.until("it can be called", `document.activeElement.value === "call"`)
	b.run("call", chromedp.KeyEvent("\r"))
	b.shows("number", "B012")
	finish()

	dialog() // A112 in VNI: the second 1 takes the mark away and ends the word
	b.run("A", chromedp.KeyEvent("A"))
	b.run("1", replaces("Á"))
	holds("Á")
	b.run("1", replaces("A1"))
	b.run("2", chromedp.KeyEvent("2"))
	holds("A12")
	b.shows("choose-rows", "A112")
	b.run("Enter", chromedp.KeyEvent("\r"))
	b.until("the first is where the focus is", `document.activeElement === document.querySelector("#choose-rows button")`)
	b.run("the second", chromedp.KeyEvent("\t\r"))
	b.until("it can be called", `document.activeElement.value === "call"`)
	b.run("call", chromedp.KeyEvent("\r"))
	b.shows("number", "A112")
	finish()

	dialog() // what no number of today becomes
	b.run("Ấ", composes("Ấ"))
	b.shows("choose-found", "Không thấy số này.")
	b.key("\x1b")
	dialog() // one that only an input method explains is asked about
	b.run("Á11", composes("Á11"))
	b.shows("choose-rows", "A111")
	b.run("Enter, Enter, Enter", chromedp.KeyEvent("\r"))
	if n := len(h.Snapshot().LastCalls(9)); n != 3 {
		t.Errorf("%d numbers were called", n)
	}
	b.until("it is asked about", `document.activeElement === document.querySelector("#choose-rows button")`)
	b.run("yes", chromedp.KeyEvent("\r\r"))
	b.shows("number", "A111")
}

func TestANumberIsTypedWithoutScripts(t *testing.T) {
	t.Parallel()
	h := busy(t)
	p := h.signedIn("lan", kiosktest.Counter1)
	call := func(typed string) {
		t.Helper()
		p.get("/counter?open=number")
		f := p.form(`id="choose"`)
		f.Set("verb", "call")
		f.Set("number", typed)
		p.post("/counter/step", f)
	}
	for typed, links := range map[string][]string{"12": {"A012", "B012"}, "A12": {"A012", "A112"}, "Á12": {"A112"}, "a\u0301" + "12": {"A112"}} {
		call(typed)
		_, dialog, _ := strings.Cut(p.page, `id="choose"`)
		for _, n := range links {
			if !strings.Contains(dialog, `href="?n=`+n+`&amp;open=number"`) {
				t.Errorf("%q: %s is no choice (%d)", typed, n, p.code)
			}
		}
	}
	for _, typed := range []string{"999", "Z001", "<b>", "A;12", "số mười hai"} {
		if call(typed); !strings.Contains(p.page, "Không thấy số này.") {
			t.Errorf("%q: %d", typed, p.code)
		}
	}
	if n := len(h.Snapshot().LastCalls(9)); n != 0 {
		t.Fatalf("%d numbers were called by guesses", n)
	}
	if call("14"); h.ticket("A014").State != kiosk.Called {
		t.Errorf("14 called nobody: %d", p.code)
	}
}
