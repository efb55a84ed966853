package rating_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/browsertest"
	"github.com/motcua/gateway/ui/lan"
	"github.com/motcua/gateway/ui/words"
)

// browser is Chromium without a head, before the pages as they are served.
type browser struct {
	t    *testing.T
	ctx  context.Context
	site string
}

func browse(t *testing.T, h *hall) *browser {
	t.Helper()
	shield := lan.Shield{Hosts: lan.NewHosts(), Words: words.For(kiosk.Vietnamese), Log: slog.New(slog.DiscardHandler)}
	server := httptest.NewServer(shield.Secured(h.mux))
	t.Cleanup(func() { server.CloseClientConnections(); server.Close() })
	return &browser{t: t, ctx: browsertest.Chromium(t, chromedp.Flag("hide-scrollbars", true)), site: server.URL}
}

// do runs a step within a bounded time.
func do[T any](b *browser, a chromedp.Action[T]) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 45*time.Second)
	defer cancel()
	out, err := chromedp.Run(ctx, a)
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

func eval[T any](b *browser, script string) T {
	b.t.Helper()
	return do(b, chromedp.Evaluate[T](script))
}

// scripts lets pages run scripts, or not.
func (b *browser) scripts(run bool) {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !run}); err != nil {
		b.t.Fatal(err)
	}
}

// opens shows a page on a screen of that size.
func (b *browser) opens(path string, w, h int64) {
	b.t.Helper()
	do(b, chromedp.EmulateViewport(w, h))
	do(b, chromedp.Navigate(b.site+path))
}

// presses clicks the element of a selector.
func (b *browser) presses(selector string) {
	b.t.Helper()
	eval[bool](b, fmt.Sprintf(`(function(){document.querySelector(%q).click(); return true})()`, selector))
}

// sees waits until the page shows a sentence.
func (b *browser) sees(sentence string) {
	b.t.Helper()
	end := time.After(45 * time.Second)
	for {
		text, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.body ? document.body.innerText : ""`))
		if err == nil && strings.Contains(text, sentence) {
			return
		}
		select {
		case <-end:
			b.t.Fatalf("waited for %q; the page says %q, %v", sentence, text, err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// overflow is by how many pixels a page's content runs over its screen or into the languages below it.
const overflow = `(function () {
	const all = s => Array.from(document.querySelectorAll(s)).map(e => e.getBoundingClientRect()).filter(r => r.height > 0);
	const content = all("header *, main:not([hidden]) *"), below = all("nav > *");
	const end = Math.min(innerHeight, ...below.map(r => r.top));
	return Math.max(...content.map(r => r.bottom - end), ...below.map(r => r.bottom - innerHeight), ...content.map(r => Math.max(-r.top, -r.left, r.right - innerWidth)));
})()`

// fits fails where a page is wider or higher than its screen, or a button too small for a thumb.
func (b *browser) fits(name string, high bool) {
	b.t.Helper()
	if over := eval[float64](b, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
		b.t.Errorf("%s: %v px too wide", name, over)
	}
	if over := eval[float64](b, overflow); high && over > 0 {
		b.t.Errorf("%s: %v px too much", name, over)
	}
	least := eval[float64](b, `Math.min(999, ...Array.from(document.querySelectorAll("button, .level, nav > *")).map(e => e.getBoundingClientRect()).filter(r => r.height > 0).map(r => Math.min(r.height, r.width)))`)
	if least < 44 {
		b.t.Errorf("%s: a button of %v px", name, least)
	}
	if dir := os.Getenv("RATING_PICTURES"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name+".png"), do(b, chromedp.CaptureScreenshot()), 0o600); err != nil {
			b.t.Fatal(err)
		}
	}
}

// TestInABrowser: a telephone without scripts, then a tablet, before the strict policy.
func TestInABrowser(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := browse(t, h)
	b.scripts(false)
	phone(b, h)
	b.scripts(true)
	counter(b, h)
}

func phone(b *browser, h *hall) {
	b.t.Helper()
	vi, zh := words.For(kiosk.Vietnamese), words.For(kiosk.Chinese)
	first := h.issue(kiosk.Vietnamese)
	b.opens(h.path(first), 360, 640)
	b.sees(vi.Rating.NotYet)
	b.fits("phone-not-yet", true)
	h.step("1", kiosk.VerbCall, first.Number)
	h.step("1", kiosk.VerbFinish, first.Number)
	b.opens(h.path(first), 390, 844)
	b.fits("phone-ask-390", true)
	b.opens(h.path(first), 360, 640)
	b.sees(vi.Rating.Ask("A001"))
	b.fits("phone-ask", true)
	b.presses(`a[hreflang=zh]`)
	b.sees(zh.Rating.VeryGood)
	b.fits("phone-ask-zh", true)
	b.presses(`a[hreflang=vi]`)
	b.sees(vi.Rating.Bad)
	b.presses(`a.level`)
	b.sees(vi.Rating.Wait)
	b.fits("phone-why", false)
	b.opens(h.path(first)+"?level=bad", 390, 844)
	b.fits("phone-why-390", true)
	b.presses(`button[value=wait]`)
	b.sees(vi.Rating.ThanksMore)
	b.fits("phone-thanks", true)
	b.opens(h.path(first), 360, 640)
	b.sees(vi.RatingPages().Already)
	b.fits("phone-already", true)
	b.opens("/r/0000", 360, 640)
	b.sees(vi.RatingPages().Unknown)
	b.fits("phone-unknown", true)
	if n, fact, _ := h.ratings(); n != 1 || fact.Reason != kiosk.RatingWait {
		b.t.Errorf("%d ratings, %+v", n, fact)
	}
}

func counter(b *browser, h *hall) {
	b.t.Helper()
	vi, en := words.For(kiosk.Vietnamese), words.For(kiosk.English)
	b.opens("/r/counter", 1280, 800)
	b.sees("4711")
	b.fits("tablet-pairing", true)
	if _, err := chromedp.Call(b.ctx, network.SetCookie, network.SetCookieParams{Name: "tablet", Value: "1", URL: b.site}); err != nil {
		b.t.Fatal(err)
	}
	b.opens("/r/counter", 1280, 800)
	b.sees(vi.RatingPages().Idle)
	b.fits("tablet-idle", true)
	second := h.served(kiosk.Vietnamese)
	b.sees(vi.Rating.Ask(string(second.Number)))
	b.fits("tablet-ask", true)
	b.presses(`[data-language=en]`)
	b.sees(en.Rating.Ask(string(second.Number)))
	b.fits("tablet-ask-en", true)
	b.presses(`[data-level=bad]`)
	b.sees(en.Rating.Attitude)
	b.fits("tablet-why-en", true)
	do(b, chromedp.EmulateViewport(800, 480))
	b.fits("tablet-why-en-800x480", true)
	b.presses(`[data-reason=attitude]`)
	b.sees(en.Rating.ThanksMore)
	b.fits("tablet-thanks-en", true)
	if n, fact, by := h.ratings(); n != 2 || fact.Reason != kiosk.RatingAttitude || by != "rating/counter-1" {
		b.t.Errorf("%d ratings, %+v by %s", n, fact, by)
	}

	third := h.served(kiosk.Vietnamese)
	b.sees(vi.Rating.Ask(string(third.Number)))
	next := h.issue(kiosk.Vietnamese)
	h.step("1", kiosk.VerbCall, next.Number)
	b.presses(`[data-level=bad]`)
	b.sees(vi.Rating.Wait) // the one who leaves is asked while the next one comes
	h.step("1", kiosk.VerbServe, next.Number)
	b.sees(vi.RatingPages().Idle)
	if shown := eval[string](b, `document.documentElement.textContent`); strings.Contains(shown, string(third.Number)) {
		b.t.Error("the number stays on the page after the next service has begun")
	}
	h.step("1", kiosk.VerbFinish, next.Number)
	b.sees(vi.Rating.Ask(string(next.Number)))
	after := h.issue(kiosk.Vietnamese)
	h.step("1", kiosk.VerbCall, after.Number)
	b.presses(`[data-level=good]`)
	b.sees(vi.Rating.ThanksMore)
	if n, fact, _ := h.ratings(); n != 3 || fact.Number != next.Number {
		b.t.Errorf("%d ratings, the last of %s", n, fact.Number)
	}
	h.step("1", kiosk.VerbFinish, after.Number)
	next = h.now(after.Number)
	b.sees(vi.Rating.Ask(string(next.Number)))
	for _, size := range [][2]int64{{800, 480}, {600, 960}, {1024, 600}} {
		do(b, chromedp.EmulateViewport(size[0], size[1]))
		b.fits(fmt.Sprintf("tablet-ask-%dx%d", size[0], size[1]), true)
	}
	h.place.away.Store(true)
	h.step("1", kiosk.VerbUndo, next.Number)
	b.sees("4711")
}
