package lead

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/ui/words"
)

// spills names what is wider than the window or than the box that it stands in.
const spills = `(() => {
	const w = document.documentElement.clientWidth;
	if (document.documentElement.scrollWidth > w) return "the page is " + document.documentElement.scrollWidth + " wide";
	for (const e of document.querySelectorAll("header *, main *")) {
		const r = e.getBoundingClientRect();
		if (r.width > 1.5 && !e.closest(".unseen, .skip, .wide, svg") && (r.right > w + 1 || e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0 && getComputedStyle(e).display !== "inline"))
			return e.tagName + "." + e.className + " " + e.textContent.slice(0, 40);
	}
	return "";
})()`

// Every page of the lead fits the office's PCs. LEAD_PICTURES is a folder for pictures.
func TestPagesFit(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.busyDay(40)
	d.nextMorning()
	now := d.Time()
	d.voice.active = "tyz"
	ctx, url := d.browser(t)
	lost := words.LineState{Wanted: true, Since: now.AddDate(0, 0, -3), Facts: 1240, Pages: 400, Oldest: now.AddDate(0, 0, -3).Add(time.Minute)}
	for _, c := range []struct {
		name, path string
		line       words.LineState
		fault      kiosk.FaultCode
	}{
		{"card", "/lead", words.LineState{}, ""},
		{"card-lost", "/lead", lost, kiosk.FaultLineDown},
		{"card-window", "/lead", words.LineState{Wanted: true, Up: true, Since: now, Facts: 1, Pages: 38, Oldest: now, PagesFrom: kiosk.DayOf(now).At(19 * 60)}, ""},
		{"staff", "/lead/staff", words.LineState{}, ""}, {"boards", "/lead/boards", words.LineState{}, ""},
		{"voice", "/lead/voice", words.LineState{}, ""}, {"voice-heard", "/lead/voice?language=tyz", words.LineState{}, ""}, {"audit", "/lead/audit", words.LineState{}, ""},
		{"report", "/lead/report?day=" + kiosktest.Monday.String(), words.LineState{}, ""},
	} {
		d.mu.Lock()
		d.line = c.line
		d.mu.Unlock()
		if c.fault != "" {
			d.RaiseFault(c.fault, "")
		}
		for _, size := range [][2]int64{{1366, 768}, {1920, 1080}} {
			if err := chromedp.Do(ctx, chromedp.EmulateViewport(size[0], size[1]), chromedp.Navigate(url+c.path)); err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			bad, err := chromedp.Run(ctx, chromedp.Evaluate[string](spills))
			d.must(err)
			if bad != "" {
				t.Errorf("%s at %d: %s", c.name, size[0], bad)
			}
			if dir := os.Getenv("LEAD_PICTURES"); dir != "" {
				png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
				d.must(err)
				d.must(os.WriteFile(filepath.Join(dir, c.name+"-"+strconv.FormatInt(size[0], 10)+".png"), png, 0o600))
			}
		}
		if c.fault != "" {
			d.ClearFault(c.fault)
		}
	}
}
