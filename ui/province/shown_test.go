package province

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// looksAndExports are all deeds that show or do something to personal data or take data out.
func looksAndExports(r *rig) map[string]func() answer {
	id := "/province/dossiers/" + string(dossierA)
	return map[string]func() answer{
		"search by name": func() answer {
			return r.post(whole, "/province/search", "by", "name", "name", "H49.22-261126-0001", "purpose", why)
		},
		"search by visit": func() answer {
			return r.post(whole, "/province/search", "by", "visit", "site", string(siteA), "day", "2026-11-26", "number", "a012", "purpose", why)
		},
		"search by person": func() answer {
			return r.post(whole, "/province/search", "by", "person", "person", "022 301 000 012", "purpose", why)
		},
		"dossier": func() answer { return r.get(whole, id) },
		"page":    func() answer { return r.get(whole, id+"/pages/1") },
		"csv":     func() answer { return r.post(whole, "/province/numbers/csv", "purpose", why) },
		"export": func() answer {
			return r.post(admin, "/province/subject/export", "person", personNumber, "purpose", why)
		},
		"erase": func() answer {
			return r.post(admin, "/province/subject/erase", "person", personNumber, "order", "QĐ 12/2026")
		},
	}
}

// Nothing is shown that the log does not have: while it takes no entry, nothing is shown at all.
func TestNothingIsShownUnlogged(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open(whole, dossierA)
	for name, do := range looksAndExports(r) {
		before := r.log.len()
		a := do()
		if a.status != http.StatusOK || len(r.log.deeds(before)) != 1 {
			t.Errorf("%s: %d, logged %q: %s", name, a.status, r.log.deeds(before), text(a.body))
		}
	}
	key := eraseKey(t, looksAndExports(r)["erase"]().body)
	r.log.failing(errors.New("disk full"))
	for name, do := range looksAndExports(r) {
		a := do()
		shown := false
		for _, s := range []string{personName, personNumber, string(dossierA) + "</a>", "1.004873", "chung-thuc", string(pagePlain), "QĐ 12/2026"} {
			shown = shown || strings.Contains(a.body, s)
		}
		if a.status != http.StatusServiceUnavailable || shown {
			t.Errorf("%s while nothing can be logged: %d %s", name, a.status, text(a.body))
		}
	}
	if a := r.post(admin, "/province/subject/erase", "person", personNumber, "key", key); a.status != http.StatusServiceUnavailable || len(r.store.erased) != 0 {
		t.Errorf("erased while nothing can be logged: %d, %q", a.status, r.store.erased)
	}
}

func eraseKey(t *testing.T, page string) string {
	t.Helper()
	_, rest, ok := strings.Cut(page, `name="key" value="`)
	key, _, _ := strings.Cut(rest, `"`)
	if !ok || key == "" {
		t.Fatalf("no second step: %s", text(page))
	}
	return key
}

func TestAPurposeIsAskedFor(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	path := "/province/dossiers/" + string(dossierA)
	asks := func(a answer) bool {
		return a.status == http.StatusOK && strings.Contains(a.body, "Mục đích xem hồ sơ") && !strings.Contains(a.body, personName)
	}
	before := r.log.len()
	if a := r.get(whole, path); !asks(a) {
		t.Errorf("opened without a purpose: %d %s", a.status, text(a.body))
	}
	if a := r.get(whole, path+"/view/1"); !asks(a) {
		t.Errorf("a page viewed without a purpose: %d", a.status)
	}
	if a := r.get(whole, path+"/pages/1"); a.status != http.StatusForbidden {
		t.Errorf("a page sent without a purpose: %d", a.status)
	}
	for _, p := range []string{"", "  x  ", strings.Repeat("dài ", 100), "xem\x00hồ sơ", "xem\u202ehồ sơ", "hồ sơ của " + personNumber} {
		for _, form := range [][]string{{path}, {"/province/search", "by", "name", "name", string(dossierA)}, {"/province/numbers/csv"}} {
			if a := r.post(whole, form[0], append(form[1:], "purpose", p)...); a.status != http.StatusBadRequest {
				t.Errorf("%s with the purpose %q: %d", form[0], p, a.status)
			}
		}
		if a := r.post(admin, "/province/subject/export", "person", personNumber, "purpose", p); a.status != http.StatusBadRequest {
			t.Errorf("export with the purpose %q: %d", p, a.status)
		}
	}
	if got := r.log.deeds(before); len(got) != 0 {
		t.Errorf("logged %q", got)
	}
	// A purpose that was said is not yet a look that was written down: the page in its frame tells
	// of the dossier too.
	r.post(whole, path, "purpose", why)
	if a := r.get(whole, path+"/view/1"); a.status != http.StatusSeeOther || a.header.Get("Location") != path {
		t.Errorf("viewed before the dossier was opened: %d %s", a.status, text(a.body))
	}
	if got := r.log.deeds(before); len(got) != 0 {
		t.Errorf("logged %q", got)
	}
	if a := r.open(whole, dossierA); a.status != http.StatusOK || !strings.Contains(a.body, personName) || !strings.Contains(a.body, why) {
		t.Errorf("opened: %d %s", a.status, text(a.body))
	}
	if a := r.get(viewer, path); !asks(a) {
		t.Error("one's purpose is another's")
	}
	r.pass(purposeLasts - time.Second)
	if a := r.get(whole, path); asks(a) {
		t.Error("asked again within a quarter of an hour")
	}
	r.pass(time.Second)
	if a := r.get(whole, path); !asks(a) {
		t.Errorf("not asked again after a quarter of an hour: %d", a.status)
	}
}

// What is found by a search is opened for the search's purpose, and the log has no person's number.
func TestTheLogNamesNobody(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, do := range looksAndExports(r) {
		do()
	}
	key := eraseKey(t, looksAndExports(r)["erase"]().body)
	r.post(admin, "/province/subject/erase", "person", personNumber, "key", key)
	if a := r.post(whole, "/province/search", "by", "name", "name", personNumber, "purpose", why); a.status != http.StatusBadRequest || !strings.Contains(a.body, "Theo số định danh") {
		t.Errorf("a number in the wrong field: %d %s", a.status, text(a.body))
	}
	r.post(whole, "/province/search", "by", "person", "person", personNumber, "purpose", why)
	if a := r.get(whole, "/province/dossiers/"+string(dossierB)); !strings.Contains(a.body, personName) {
		t.Errorf("what was found is asked for again: %s", text(a.body))
	}
	all := strings.Join(r.log.deeds(0), "\n")
	if strings.Contains(all, personNumber) || strings.Contains(all, personName) || !strings.Contains(all, "erase|person|QĐ 12/2026") || !strings.Contains(all, "search|xa-a 2026-11-26 A012|"+why) {
		t.Errorf("the log:\n%s", all)
	}
	if s := fmt.Sprintf("%v %+v %#v %s", r.store.dossiers[0].Applicant, r.store.dossiers[0], *r.store.dossiers[0].Applicant, Applicant{personName, personNumber}); strings.Contains(s, personName) || strings.Contains(s, personNumber) {
		t.Errorf("an applicant prints itself: %s", s)
	}
}

func TestADossier(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	page := text(r.open(whole, dossierA).body)
	for _, want := range []string{personName, personNumber, "H49.22-261126-0001", "Đã nhận đủ các trang", "Chữ ký đúng", "Tiếp nhận tại quầy", "1-9", "to-khai", "Bộ phận một cửa xã An"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q on the page: %s", want, page)
		}
	}
	if page := text(r.open(whole, dossierB).body); !strings.Contains(page, "Đã nhận 1/3 trang.") {
		t.Errorf("incomplete: %s", page)
	}
	a := r.open(whole, gone1)
	if page := text(a.body); !strings.Contains(page, "căn cứ: QĐ 12/2026") || strings.Contains(a.body, "/pages/1") || strings.Contains(a.body, "/view/1") {
		t.Errorf("erased: %s", page)
	}
	for _, path := range []string{"/pages/1", "/view/1"} {
		if a := r.get(whole, "/province/dossiers/"+string(gone1)+path); a.status != http.StatusGone {
			t.Errorf("a page of an erased dossier: %d", a.status)
		}
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open(whole, dossierA)
	path := "/province/dossiers/" + string(dossierA) + "/pages/"
	for n, want := range map[string][2]string{
		"1": {"image/png", "inline"}, "2": {"application/pdf", "attachment"}, "3": {"application/octet-stream", "attachment"},
	} {
		before := r.log.len()
		a := r.get(whole, path+n)
		if a.status != http.StatusOK || a.body != string(pagePlain) || a.header.Get("Content-Type") != want[0] || !strings.HasPrefix(a.header.Get("Content-Disposition"), want[1]) {
			t.Errorf("page %s: %d %v", n, a.status, a.header)
		}
		if a.header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(a.header.Get("Content-Security-Policy"), "sandbox") || a.header.Get("Cache-Control") != "no-store" {
			t.Errorf("page %s: %v", n, a.header)
		}
		if got := r.log.deeds(before); len(got) != 1 || got[0] != "page|"+string(dossierA)+" "+n+"|"+why {
			t.Errorf("page %s is logged as %q", n, got)
		}
	}
	for _, n := range []string{"0", "4", "-1", "x", "9999999999999999999"} {
		if a := r.get(whole, path+n); a.status != http.StatusNotFound {
			t.Errorf("page %s: %d", n, a.status)
		}
	}
	if a := r.get(whole, "/province/dossiers/"+string(dossierA)+"/view/1"); !strings.Contains(a.body, `src="`+path+`1"`) || !strings.Contains(a.body, "Trang 1/3") {
		t.Errorf("the view: %s", text(a.body))
	}
	// Bytes that turn out to be damaged never arrive as a page.
	r.store.cut = errors.New("damaged")
	if a := r.get(whole, path+"1"); a.err == nil {
		t.Error("half a page arrived as a whole one")
	}
}

func TestErasingTakesTwoSteps(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ask := func() answer {
		return r.post(admin, "/province/subject/erase", "person", personNumber, "order", "QĐ 12/2026")
	}
	step := ask()
	if strings.Contains(step.body, personNumber) || !strings.Contains(text(step.body), "Người này có 2 hồ sơ.") {
		t.Errorf("the first step: %s", text(step.body))
	}
	if a := r.post(admin, "/province/subject/erase", "person", "022301000013", "key", eraseKey(t, step.body)); a.status != http.StatusBadRequest {
		t.Errorf("another number: %d", a.status)
	}
	if a := r.post(admin, "/province/subject/erase", "person", personNumber, "key", eraseKey(t, step.body)); a.status != http.StatusBadRequest {
		t.Errorf("a key that was spent: %d", a.status)
	}
	late := eraseKey(t, ask().body)
	r.pass(orderLasts)
	if a := r.post(admin, "/province/subject/erase", "person", personNumber, "key", late); a.status != http.StatusBadRequest || len(r.store.erased) > 0 {
		t.Errorf("too late: %d %q", a.status, r.store.erased)
	}
	if a := r.post(admin, "/province/subject/erase", "person", "022.301.000.012", "key", eraseKey(t, ask().body)); a.status != http.StatusSeeOther || len(r.store.erased) != 1 || r.store.erased[0] != personNumber+" QĐ 12/2026" {
		t.Errorf("confirmed: %d %q", a.status, r.store.erased)
	}
	if a := r.post(admin, "/province/subject/erase", "person", "099999999999", "order", "QĐ 12/2026"); a.status != http.StatusNotFound {
		t.Errorf("of nobody: %d", a.status)
	}
}

// Somebody of whom nothing is held but a fact that nobody understood is erased too.
func TestErasingWhatWasPutAside(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	step := r.post(admin, "/province/subject/erase", "person", asideNumber, "order", "QĐ 12/2026")
	if s := text(step.body); !strings.Contains(s, "không có hồ sơ nào, chỉ có 1 sự kiện cất riêng") || !strings.Contains(s, boxB+" 1-44") || strings.Contains(s, asideNumber) {
		t.Errorf("the first step: %d %s", step.status, s)
	}
	a := r.post(admin, "/province/subject/erase", "person", asideNumber, "key", eraseKey(t, step.body))
	if a.status != http.StatusSeeOther || len(r.store.erased) != 1 {
		t.Errorf("confirmed: %d %q", a.status, r.store.erased)
	}
}

func TestExport(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	a := r.post(admin, "/province/subject/export", "person", personNumber, "purpose", why)
	var v map[string]string
	if err := json.Unmarshal([]byte(a.body), &v); err != nil || v["name"] != personName || !strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment") {
		t.Errorf("%v %v %s", err, a.header, a.body)
	}
	if a := r.post(admin, "/province/subject/export", "person", "099999999999", "purpose", why); a.status != http.StatusNotFound {
		t.Errorf("of nobody: %d", a.status)
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(s *store, o *Options) {
		o.Sites[0].Name = "=SUM(A1)"
		o.Sites = append(o.Sites, Site{"xa-c", "Xã Cẩm", "Xã Cẩm"})
	})
	page := r.get(whole, "/province/numbers")
	if s := text(page.body); !strings.Contains(s, "Phát số 117") || !strings.Contains(s, "Phục vụ xong 104") || !strings.Contains(s, "1 điểm chưa có số liệu") || !strings.Contains(s, "Ngày 25/11: phát 12 số") {
		t.Errorf("the day: %s", s)
	}
	// An office that counts and that the configuration does not name is not taken for the one that is silent.
	r.store.counts = append(r.store.counts, Count{kiosk.DayOf(start), "xa-moi", "x", Issued, 1})
	if s := text(r.get(whole, "/province/numbers").body); !strings.Contains(s, "1 điểm chưa có số liệu") {
		t.Errorf("with an office that has no name: %s", s)
	}
	r.store.counts = r.store.counts[:len(r.store.counts)-1]
	if s := text(r.get(whole, "/province/numbers?site=xa-a&day=2026-11-26").body); !strings.Contains(s, "chung-thuc 40 33 4 0 0 0") || strings.Contains(s, "ho-tich") {
		t.Errorf("a site: %s", s)
	}
	if a := r.get(whole, "/province/numbers?day=26/11"); a.status != http.StatusBadRequest {
		t.Errorf("no day: %d", a.status)
	}
	a := r.post(whole, "/province/numbers/csv", "purpose", why)
	body, marked := strings.CutPrefix(a.body, "\ufeff")
	rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	if err != nil || !marked || len(rows) != 4 || !slices.Equal(rows[2], []string{"2026-11-26", "Xã An", "'=SUM(A1)", "40", "0", "33", "4", "0", "0", "9"}) {
		t.Errorf("%v %q", err, rows)
	}
}

func TestBars(t *testing.T) {
	t.Parallel()
	b := newBar(sum{Issued: 50, Served: 30, NoShow: 10, Lapsed: 10}, 100)
	if b.Frame != 120 || len(b.Parts) != 3 || b.Parts[1].X != 72 || b.Parts[2].X+b.Parts[2].W != 120 {
		t.Errorf("%+v", b)
	}
	for _, top := range []int{1, 5, 6, 99, 1234, 98765} {
		if step, end := scale(top); end < top || end/step > 5 || end%step != 0 {
			t.Errorf("scale(%d) = %d, %d", top, step, end)
		}
	}
}

func TestTheLog(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open(whole, dossierA)
	page := text(r.get(auditor, "/province/log").body)
	if !strings.Contains(page, "nam Xem hồ sơ "+string(dossierA)+" "+why) || !strings.Contains(page, "Chưa kiểm tra") || !strings.Contains(page, "Giao quyền") {
		t.Errorf("the log: %s", page)
	}
	if a := r.post(auditor, "/province/log"); a.status != http.StatusSeeOther || !strings.Contains(r.get(auditor, a.header.Get("Location")).body, "nguyên vẹn") {
		t.Error("the chain was not checked")
	}
	r.log.broken = fmt.Errorf("%w: entry 3", ErrBroken)
	r.post(auditor, "/province/log")
	if page := text(r.get(auditor, "/province/log").body); !strings.Contains(page, "không còn nguyên vẹn") || !strings.Contains(page, "entry 3") {
		t.Errorf("a broken chain: %s", page)
	}
	for range 250 {
		r.must(r.log.Audit(t.Context(), Entry{Who: "hub/root", What: "claim"}))
	}
	seen, path := map[string]bool{}, "/province/log"
	for range 10 {
		page := r.get(auditor, path).body
		for _, m := range strings.Split(page, `<td class="number">`)[1:] {
			n, _, _ := strings.Cut(m, "<")
			if seen[n] {
				t.Fatalf("entry %s stands on two pages", n)
			}
			seen[n] = true
		}
		_, rest, more := strings.Cut(page, `href="/province/log?before=`)
		if !more {
			break
		}
		n, _, _ := strings.Cut(rest, `"`)
		path = "/province/log?before=" + n
	}
	if len(seen) != r.log.len() {
		t.Errorf("%d of %d entries", len(seen), r.log.len())
	}
}

func TestTrouble(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	told := func(change func(*Gateway)) Gateway {
		g := Gateway{ID: boxA, Site: siteA, Seen: start, Told: start, ClockSure: true, Until: start.AddDate(1, 0, 0)}
		change(&g)
		return g
	}
	for name, c := range map[string]struct {
		g    Gateway
		want level
		says string
	}{
		"well":            {told(func(*Gateway) {}), levelGood, ""},
		"never heard of":  {Gateway{ID: boxA}, levelLook, "Chưa liên lạc"},
		"silent":          {told(func(g *Gateway) { g.Seen = start.Add(-16 * time.Minute) }), levelAct, "Mất liên lạc"},
		"heard, not told": {told(func(g *Gateway) { g.Told = time.Time{} }), levelLook, "không báo tình trạng"},
		"told long ago":   {told(func(g *Gateway) { g.Told = start.Add(-16 * time.Minute) }), levelLook, "không báo tình trạng"},
		"restored":        {told(func(g *Gateway) { g.Aside, g.Forked = 3, 3 }), levelFoul, "phục hồi từ bản cũ"},
		"copied":          {told(func(g *Gateway) { g.Cloned = start.Add(-time.Hour) }), levelFoul, "Có hai máy cùng dùng danh tính này, lần gần nhất lúc 08:00"},
		"forged":          {told(func(g *Gateway) { g.Aside, g.Forged = 1, 1 }), levelFoul, "có thể đã bị sửa"},
		"not understood":  {told(func(g *Gateway) { g.Aside = 2 }), levelLook, "2 sự kiện máy chủ không hiểu"},
		"parked":          {told(func(g *Gateway) { g.Parked = 4 }), levelLook, "4 trang không gửi được"},
		"old facts":       {told(func(g *Gateway) { g.Oldest = 50 * time.Hour }), levelLook, "2 ngày"},
		"clock slow":      {told(func(g *Gateway) { g.ClockOff = -6 * time.Minute }), levelLook, "Đồng hồ"},
		"clock unsure":    {told(func(g *Gateway) { g.ClockSure = false }), levelLook, "Đồng hồ"},
		"expiring":        {told(func(g *Gateway) { g.Until = start.AddDate(0, 0, 20) }), levelLook, "sắp hết hạn"},
		"expired":         {told(func(g *Gateway) { g.Until = start.Add(-time.Hour) }), levelAct, "đã hết hạn"},
		"revoked":         {told(func(g *Gateway) { g.Revoked, g.Forked = start, 1 }), levelGone, "Đã thu hồi ngày 26/11/2026."},
		"a fault":         {told(func(g *Gateway) { g.Faults = []Fault{{Code: kiosk.FaultStore, Severity: kiosk.SeverityStop}} }), levelAct, "không lưu được số"},
		"a lasting hint":  {told(func(g *Gateway) { g.Faults = []Fault{{Code: kiosk.FaultWeakKey, Severity: kiosk.SeverityHint}} }), levelGood, ""},
		"a warning":       {told(func(g *Gateway) { g.Faults = []Fault{{Code: kiosk.FaultPaperLow, Severity: kiosk.SeverityWarn}} }), levelLook, "iấy"},
		"an unknown code": {told(func(g *Gateway) { g.Faults = []Fault{{Code: "<b>", Severity: "worse"}} }), levelGood, "sự cố"},
	} {
		got, says := r.pages.judge(c.g, start)
		if got != c.want || !strings.Contains(strings.Join(says, " "), c.says) || c.says == "" && len(says) > 0 {
			t.Errorf("%s: %d %q", name, got, says)
		}
	}
	page := r.get(whole, "/province/gateways").body
	if strings.Index(page, boxB) > strings.Index(page, boxA) || !strings.Contains(page, `content="30;url=/province/gateways/live"`) {
		t.Error("the gateway in trouble does not stand first")
	}
	if page := text(r.get(whole, "/province/gateways/"+boxB).body); !strings.Contains(page, "1-44 Trùng chỗ với một sự kiện khác đã nhận") {
		t.Errorf("what was put aside: %s", page)
	}
}
