package board_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/ui/board"
	"github.com/motcua/gateway/ui/browsertest"
)

// tv is a television: Chromium without a head.
type tv struct {
	t   *testing.T
	ctx context.Context
}

func newTV(t *testing.T, w, h int, more ...chromedp.ExecAllocatorOption) *tv {
	t.Helper()
	v := &tv{t: t, ctx: browsertest.Chromium(t, append(more, chromedp.WindowSize(w, h),
		chromedp.Flag("hide-scrollbars", true), chromedp.Flag("force-device-scale-factor", "1"))...)}
	do(v, chromedp.EmulateViewport(int64(w), int64(h)))
	return v
}

// do runs a step within a bounded time.
func do[T any](v *tv, a chromedp.Action[T]) T {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, 20*time.Second)
	defer cancel()
	out, err := chromedp.Run(ctx, a)
	if err != nil {
		v.t.Fatal(err)
	}
	return out
}

// tab is another television in the same browser: starting one takes most of a test's time.
func (v *tv) tab(t *testing.T, w, h int) *tv {
	t.Helper()
	ctx, cancel := chromedp.NewContext(v.ctx)
	t.Cleanup(cancel)
	tab := &tv{t: t, ctx: ctx}
	if err := chromedp.Do(ctx); err != nil { // a first use with a deadline would end the tab with it
		t.Fatal(err)
	}
	do(tab, chromedp.EmulateViewport(int64(w), int64(h)))
	return tab
}

// await waits until a script's expression is true, also over a page that is loaded anew. It only
// looks: chromedp's own Poll counts as a touch, after which a browser lets the page speak.
func (v *tv) await(expression string) {
	v.t.Helper()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for end := time.Now().Add(15 * time.Second); ; <-look.C {
		ctx, cancel := context.WithTimeout(v.ctx, 5*time.Second)
		holds, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+expression+")"))
		cancel()
		if err == nil && holds {
			return
		}
		if time.Now().After(end) {
			v.t.Fatalf("waited for %s: %v; the page is %q", expression, err, eval[string](v, `document.body.className + ": " + document.body.innerText`))
		}
	}
}

func eval[T any](v *tv, script string) T {
	v.t.Helper()
	return do(v, chromedp.Evaluate[T](script))
}

func (v *tv) text(id string) string {
	v.t.Helper()
	return eval[string](v, fmt.Sprintf(`document.getElementById(%q).innerText`, id))
}

func (v *tv) number(n string) {
	v.t.Helper()
	v.await(fmt.Sprintf(`document.getElementById("number").textContent === %q`, n))
}

// picture takes one, and keeps it where BOARD_PICTURES names a folder.
func (v *tv) picture(name string) image.Image {
	v.t.Helper()
	data := do(v, chromedp.CaptureScreenshot())
	if dir := os.Getenv("BOARD_PICTURES"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name+".png"), data, 0o644); err != nil {
			v.t.Fatal(err)
		}
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		v.t.Fatal(err)
	}
	return img
}

// inkHeight is how many rows of an element's rectangle hold what is not the ground.
func (v *tv) inkHeight(img image.Image, id string) int {
	v.t.Helper()
	r := eval[[]float64](v, fmt.Sprintf(`(function(){var r=document.getElementById(%q).getBoundingClientRect();return [r.left,r.top,r.right,r.bottom]}())`, id))
	first, last := -1, -1
	for y := int(r[1]); y < int(r[3]); y++ {
		for x := int(r[0]); x < int(r[2]); x++ {
			if red, green, blue, _ := img.At(x, y).RGBA(); red+green+blue < 3*0x8000 {
				if first < 0 {
					first = y
				}
				last = y
				break
			}
		}
	}
	return last - first + 1
}

func TestBoardIsPairedByFourDigits(t *testing.T) {
	t.Parallel()
	g := newRig(t, nil)
	v := newTV(t, 1920, 1080)
	do(v, chromedp.Navigate(g.url("/board")))
	v.await(`document.body.className.indexOf("pair") === 0 && document.getElementById("digits").textContent.length === 4`)
	v.picture("pairing")
	digits := v.text("digits")
	if _, err := g.Pairing.Confirm(t.Context(), digits, "Ti vi sảnh", "", "staff/o1"); err != nil {
		t.Fatal(err)
	}
	v.await(`document.body.className.indexOf("board") === 0`)
	do(v, chromedp.Reload()) // the power was off
	v.await(`document.body.className.indexOf("board") === 0`)
	v.await(`performance.getEntriesByName(location.origin + "/board/seen").length > 0`)
	if s := g.Pairing.List(); len(s) != 1 || s[0].Seen.IsZero() {
		t.Errorf("screens %+v, want one that was seen", s)
	}
	if err := g.Pairing.Forget(t.Context(), "s1", "staff/o1"); err != nil {
		t.Fatal(err)
	}
	v.await(`document.body.className.indexOf("pair") === 0`)
}

func TestCalledNumberIsAFifthOfThePicture(t *testing.T) {
	t.Parallel()
	browser := newTV(t, 1920, 1080)
	for _, c := range []struct {
		w, h   int
		prefix string
	}{{1920, 1080, "A"}, {1280, 720, "A"}, {3840, 2160, "A"}, {1920, 1080, "WWW"}} {
		t.Run(fmt.Sprintf("%s at %dx%d", c.prefix, c.w, c.h), func(t *testing.T) {
			t.Parallel()
			g := newRig(t, freeRide, func(s *kiosk.Setup) { s.Services[0].Prefix = c.prefix })
			v := browser.tab(t, c.w, c.h)
			g.issue(kiosktest.Certify, kiosk.Chinese)
			do(v, chromedp.Navigate(g.url("/board")))
			v.await(`document.body.className === "board quiet"`)
			n := g.call(kiosktest.Counter2).Number
			v.number(string(n))
			img := v.picture(fmt.Sprintf("number-%s-%d", c.prefix, c.h))
			if got := v.inkHeight(img, "number"); got < c.h/5 {
				t.Errorf("the number is %d of %d pixels high, want at least a fifth", got, c.h)
			}
			out := eval[bool](v, `(function(){var n=document.getElementById("number").getBoundingClientRect(),c=document.getElementById("call").getBoundingClientRect(),a=document.getElementById("also").getBoundingClientRect();return n.left<c.left||n.right>c.right||n.top<c.top||a.bottom>c.bottom}())`)
			if out {
				t.Error("the call does not fit into its frame")
			}
			if got := v.text("where"); got != "đến quầy 2" {
				t.Errorf("below it stands %q", got)
			}
			if got := v.text("also"); got != "请到 2 号窗口" {
				t.Errorf("and in the citizen's language %q", got)
			}
		})
	}
}

func TestWithoutAStreamNoNumberStands(t *testing.T) {
	t.Parallel()
	g := newRig(t, freeRide)
	v := newTV(t, 1920, 1080)
	g.issue(kiosktest.Certify, "")
	do(v, chromedp.Navigate(g.url("/board")))
	g.call(kiosktest.Counter1)
	v.number("A001")
	g.stop()
	v.await(`document.body.className.indexOf("lost") === 0`)
	if all := v.text("lost"); !strings.Contains(all, "Xin nghe loa gọi số") {
		t.Errorf("the page says %q", all)
	}
	rest := eval[string](v, `document.body.textContent`)
	if strings.Contains(rest, "A001") {
		t.Error("a number stands in a page that has lost the gateway")
	}
	v.picture("lost")
	g.start() // and once more a call that was made before the start is shown as it stands
	v.number("A001")
	g.move(kiosk.VerbFinish, "A001")
	v.await(`document.body.className.indexOf("board quiet") === 0`)
}

func TestASilentStreamIsNoStream(t *testing.T) {
	t.Parallel()
	g := newRig(t, func(c *board.Config) { freeRide(c); c.Beat = time.Hour })
	v := newTV(t, 1920, 1080)
	g.issue(kiosktest.Certify, "")
	g.call(kiosktest.Counter1)
	do(v, chromedp.Navigate(g.url("/board")))
	v.number("A001")
	v.await(`document.body.className.indexOf("lost") === 0`)
	v.number("A001") // and comes back by itself
}

func TestCallsTakeTurnsOnTheBoard(t *testing.T) {
	t.Parallel()
	g := newRig(t, freeRide)
	v := newTV(t, 1920, 1080)
	g.issue(kiosktest.Certify, "")
	g.issue(kiosktest.Certify, "")
	do(v, chromedp.Navigate(g.url("/board")))
	v.await(`document.body.className === "board quiet"`)
	eval[chromedp.Void](v, `window.seen = []; new MutationObserver(function () {
		var n = document.getElementById("number").textContent;
		if (n && window.seen[window.seen.length - 1] !== n) { window.seen.push(n); }
	}).observe(document.getElementById("number"), {childList: true, characterData: true, subtree: true})`)
	g.call(kiosktest.Counter1)
	g.call(kiosktest.Counter2)
	v.await(`window.seen.join() === "A001,A002"`)
	v.await(`document.getElementById("call").className.indexOf("new") < 0`)
	if got := strings.Fields(v.text("calls")); strings.Join(got, " ") != "A001 Quầy 1" {
		t.Errorf("last calls %q", got)
	}
}
