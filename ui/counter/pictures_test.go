package counter_test

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/ui/browsertest"
)

// spills names what is wider than the window or than the box that it stands in.
const spills = `(() => {
	const w = document.documentElement.clientWidth;
	if (document.documentElement.scrollWidth > w) return "the page is " + document.documentElement.scrollWidth + " wide";
	for (const e of document.querySelectorAll("header *, main *, dialog[open] *")) {
		const r = e.getBoundingClientRect();
		if (r.width > 1.5 && !e.closest(".skip") && (r.right > w + 1 || e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0 && !e.matches("input, select, option") && getComputedStyle(e).display !== "inline"))
			return e.tagName + "#" + e.id + " " + e.textContent.slice(0, 40);
	}
	return "";
})()`

// fits looks at a page at the sizes of the office's PCs. COUNTER_PICTURES is a folder for pictures.
func fits(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	for _, size := range [][2]int64{{1366, 768}, {1920, 1080}} {
		if err := chromedp.Do(ctx, chromedp.EmulateViewport(size[0], size[1])); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		bad, err := chromedp.Run(ctx, chromedp.Evaluate[string](spills))
		if err != nil || bad != "" {
			t.Errorf("%s at %d: %s %v", name, size[0], bad, err)
		}
		dir := os.Getenv("COUNTER_PICTURES")
		if dir == "" {
			continue
		}
		png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name+"-"+strconv.FormatInt(size[0], 10)+".png"), png, 0o600)
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Every page before and at a counter fits the office's PCs.
func TestPagesFit(t *testing.T) {
	t.Parallel()
	chrome := browsertest.Chromium(t)
	h := newHall(t, func(s *kiosk.Setup) {
		s.Name = kiosk.Text{kiosk.Vietnamese: "Trung tâm Phục vụ hành chính công đặc khu Cô Tô"}
	})
	for i := range 12 {
		h.issue(kiosktest.Certify, []kiosk.Priority{"", kiosk.PriorityDeclared}[i%2], kiosk.Languages()[i%3])
	}
	h.pass(25 * time.Minute)
	b := h.tab(t, chrome, false)
	b.run("open", chromedp.Navigate(h.url("/sign-in")), chromedp.WaitReady(css("#login")))
	fits(t, b.ctx, "sign-in")
	b.run("a wrong PIN", chromedp.SendKeys(css("#login"), "lan"), chromedp.SendKeys(css("#secret"), "x"),
		chromedp.Click(css(`input[name=counter][value="1"]`)), chromedp.SendKeys(css("#secret"), "\r"), chromedp.WaitReady(css("[role=alert]")))
	fits(t, b.ctx, "sign-in-wrong")
	b.signIn("lan", "1")
	fits(t, b.ctx, "counter-free")
	b.key("g")
	b.shows("number", "A0")
	fits(t, b.ctx, "counter-called")
	b.key("c")
	fits(t, b.ctx, "counter-send")
	b.key("\x1b")
	b.key("?")
	b.until("the keys are shown", `document.getElementById("keys").open`)
	fits(t, b.ctx, "counter-keys")
	b.key("\x1b")
	b.run("a row", chromedp.Focus(css("#waiting-rows a")), chromedp.KeyEvent("\r"))
	b.until("its dialog is open", `document.getElementById("choose").open`)
	fits(t, b.ctx, "counter-row")
	b.key("\x1b")

	box := newLockedBox(t)
	b.run("open the locked box", chromedp.Navigate("http://"+box.addr+"/counter"), chromedp.WaitReady(css("#passphrase")))
	fits(t, b.ctx, "unlock")
	b.run("a wrong passphrase", chromedp.SendKeys(css("#passphrase"), "hoa ban\r"), chromedp.WaitReady(css("[role=alert]")))
	fits(t, b.ctx, "unlock-wrong")
	box.fresh.Store(true)
	b.run("a box without a passphrase", chromedp.Navigate("http://"+box.addr+"/unlock"), chromedp.WaitReady(css("[role=status]")))
	fits(t, b.ctx, "unlock-fresh")
}
