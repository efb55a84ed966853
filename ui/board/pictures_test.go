package board_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

// wide makes a hall of twelve counters with a long name.
func wide(s *kiosk.Setup) {
	s.Name = kiosk.Text{kiosk.Vietnamese: "Trung tâm Phục vụ hành chính công xã Hoành Mô"}
	all := []kiosk.ServiceCode{kiosktest.Certify, kiosktest.Civil, kiosktest.Guidance}
	s.Counters = nil
	for i := range 12 {
		s.Counters = append(s.Counters, kiosk.Counter{Code: kiosk.CounterCode(strconv.Itoa(i + 1)), Serves: all})
	}
}

// Nothing is cut off or lies over something else, whatever there is to show.
func TestTheBoardHoldsWhatItShows(t *testing.T) {
	t.Parallel()
	browser := newTV(t, 1920, 1080)
	const overflows = `(function(){
		var bad=[], all=document.querySelectorAll("#office,#number,#where,#also,#quiet-heading,#quiet-line,#calls li,#counters li,#counters span,#counters b,#notice,#when");
		for(var i=0;i<all.length;i++){var e=all[i],r=e.getBoundingClientRect();
			if(r.width===0){continue}
			var p=e.parentNode.getBoundingClientRect();
			if(r.right>innerWidth+1||r.bottom>innerHeight+1||r.right>p.right+1||r.bottom>p.bottom+1||e.scrollWidth>e.clientWidth+1&&e.clientWidth>0){bad.push((e.id||e.className||e.tagName)+": "+e.textContent)}}
		return bad.join("; ")}())`
	for name, c := range map[string]struct {
		do   func(g *rig)
		wait string
		want string // in the page
	}{
		"quiet":   {func(g *rig) { g.issue(kiosktest.Civil, "") }, `document.body.className === "board quiet"`, "Xin ngồi chờ"},
		"lunch":   {func(g *rig) { g.later(kiosktest.Monday.At(12 * 60)) }, `document.body.textContent.indexOf("Nghỉ trưa") >= 0`, "Lấy số lại từ 13 giờ 30."},
		"rest":    {func(g *rig) { g.later(kiosktest.Sunday.At(9 * 60)) }, `document.body.textContent.indexOf("Hôm nay nghỉ") >= 0`, "07 giờ 30 thứ Hai, 30/11/2026"},
		"holiday": {func(g *rig) { g.later(kiosktest.Culture.At(9 * 60)) }, `document.body.textContent.indexOf("Hôm nay nghỉ") >= 0`, "Ngày Văn hóa Việt Nam"},
		"closing": {func(g *rig) {
			g.busy()
			g.later(kiosktest.Monday.At(16*60 + 5))
		}, `document.body.textContent.indexOf("Sắp hết giờ") >= 0`, "Phát số đến 16 giờ 45"},
		"last": {func(g *rig) {
			g.busy()
			g.later(kiosktest.Monday.At(16*60 + 50))
		}, `document.body.textContent.indexOf("Đã hết giờ lấy số") >= 0`, "vẫn được phục vụ"},
		"busy": {func(g *rig) { g.busy() }, `document.getElementById("calls").children.length === 6`, "Tạm nghỉ"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newRig(t, freeRide, wide)
			v := browser.tab(t, 1920, 1080)
			c.do(g)
			do(v, chromedp.Navigate(g.url("/board")))
			v.await(c.wait)
			if all := eval[string](v, `document.body.innerText`); !strings.Contains(all, c.want) {
				t.Errorf("%q does not stand in %q", c.want, all)
			}
			if bad := eval[string](v, overflows); bad != "" {
				t.Errorf("does not fit: %s", bad)
			}
			if all := eval[string](v, `document.documentElement.outerHTML`); strings.Contains(all, "họp") {
				t.Error("the reason of a pause stands in the page")
			}
			v.picture(name)
		})
	}
}

// busy lets the hall work: eight counters call, one pauses.
func (g *rig) busy() {
	g.t.Helper()
	for i := range 14 {
		g.issue([]kiosk.ServiceCode{kiosktest.Certify, kiosktest.Civil}[i%2], kiosk.Languages()[i%3])
	}
	for i := range 8 {
		g.call(kiosk.CounterCode(strconv.Itoa(i + 1)))
	}
	if err := g.PauseCounter(g.t.Context(), "9", time.Time{}, "Đi họp", "test"); err != nil {
		g.t.Fatal(err)
	}
	if err := g.OpenCounter(g.t.Context(), "10", "test"); err != nil {
		g.t.Fatal(err)
	}
}

// later goes on at another time, with a power cut between.
func (g *rig) later(at time.Time) {
	g.t.Helper()
	g.stop()
	g.set(at)
	g.start()
}
