package lead

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/kiosk/report"
	"github.com/motcua/gateway/kiosk/staff"
	"github.com/motcua/gateway/ui/words"
)

func TestWhoMaySeeWhat(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for _, c := range []struct {
		method, path              string
		lead, officer, technician int
	}{
		{"GET", "/lead", 200, 403, 403},
		{"GET", "/lead/report", 200, 403, 403},
		{"GET", "/lead/staff", 200, 403, 403},
		{"GET", "/lead/voice", 200, 403, 403},
		{"GET", "/lead/voice/clip?prompt=vi/number", 404, 403, 403},
		{"GET", "/lead/boards", 200, 200, 200},
		{"GET", "/lead/audit", 200, 403, 200},
		{"GET", "/report/groups", 200, 200, 403},
		{"POST", "/lead/hall", 403, 403, 403}, // without a token nobody may
		{"POST", "/lead/numbers", 403, 403, 403},
		{"POST", "/lead/report/export", 403, 403, 403},
		{"POST", "/lead/boards", 403, 403, 403},
		{"POST", "/lead/staff", 403, 403, 403},
		{"POST", "/lead/voice/keep", 403, 403, 403},
	} {
		for who, want := range map[string]int{"hoa": c.lead, "nam": c.officer, "binh": c.technician, "nobody": 303} {
			if who == "nobody" && c.method == "POST" {
				want = 401
			}
			if got := d.ask(who, c.method, c.path, "", "").Code; got != want {
				t.Errorf("%s %s by %s: %d, want %d", c.method, c.path, who, got, want)
			}
		}
	}
}

func TestOpeningAndClosing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	if page := d.get("hoa", "/lead"); !strings.Contains(page.Body.String(), `value="open">Mở cửa phòng`) {
		t.Errorf("no button to open the hall: %s", text(page.Body.String()))
	}
	for range 2 { // the same form twice
		if w := d.post("hoa", "/lead/hall", "do", "open"); w.Code != http.StatusSeeOther {
			t.Fatalf("open: %d %s", w.Code, text(w.Body.String()))
		}
	}
	for range 2 {
		if _, err := d.IssueTicket(context.Background(), kiosk.IssueRequest{Service: kiosktest.Certify}); err != nil {
			t.Fatal(err)
		}
	}
	if page := text(d.get("hoa", "/lead?close").Body.String()); !strings.Contains(page, "Còn 2 số chưa phục vụ xong") {
		t.Errorf("closing does not say how many lapse: %s", page)
	}
	if w := d.post("hoa", "/lead/hall", "do", "close", "left", "1"); w.Code != http.StatusConflict {
		t.Errorf("closed with fewer seen than are there: %d", w.Code)
	}
	if w := d.post("hoa", "/lead/hall", "do", "close", "left", "2"); w.Code != http.StatusSeeOther {
		t.Errorf("close: %d", w.Code)
	}
	moved := 0
	records, err := d.DayRecords(context.Background(), kiosktest.Monday)
	d.must(err)
	for _, r := range records {
		if _, ok := r.Fact.(kiosk.HallMoved); ok {
			moved++
		}
	}
	if got := d.Snapshot().Tickets[0].State; got != kiosk.Lapsed || moved != 2 {
		t.Errorf("the ticket is %s after %d moves of the hall", got, moved)
	}
	// The form of the opening that is sent again hours later opens nothing.
	if d.post("hoa", "/lead/hall", "do", "open"); d.Snapshot().Hall.Phase != kiosk.HallClosed {
		t.Error("an old form has opened the hall again")
	}
}

// TestConfirmingNumbers: after a restore the lead says which number is on the last paper.
func TestConfirmingNumbers(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	if page := text(d.get("hoa", "/lead").Body.String()); strings.Contains(page, "Xác nhận số cuối cùng") {
		t.Errorf("asked for nothing: %s", page)
	}
	d.pass(3 * time.Hour)
	d.must(d.HearNumbers(t.Context(), kiosk.NumbersHeard{Day: kiosktest.Monday, Highest: map[kiosk.ServiceCode]uint32{kiosktest.Certify: 12}, Heir: true}, "hub"))
	page := d.get("hoa", "/lead").Body.String()
	for _, want := range []string{"Xác nhận số cuối cùng đã phát hôm nay", "(đã phát ít nhất đến A012)", `value="200"`, "(chưa biết số nào)"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in %s", want, text(page))
		}
	}
	if w := d.post("hoa", "/lead/numbers", "service", string(kiosktest.Certify), "last", "mười hai"); w.Code != http.StatusBadRequest {
		t.Errorf("no number: %d %s", w.Code, text(w.Body.String()))
	}
	for range 2 { // the same form twice
		if w := d.post("hoa", "/lead/numbers", "service", string(kiosktest.Certify), "last", " a015"); w.Code != http.StatusSeeOther {
			t.Fatalf("confirm: %d %s", w.Code, text(w.Body.String()))
		}
	}
	if got, err := d.IssueTicket(t.Context(), kiosk.IssueRequest{Service: kiosktest.Certify}); err != nil || got.Number != "A016" {
		t.Errorf("gave %s, %v", got.Number, err)
	}
	if page := d.get("hoa", "/lead").Body.String(); strings.Contains(page, "A012") || !strings.Contains(page, "(chưa biết số nào)") {
		t.Errorf("the others are still asked for: %s", text(page))
	}
}

// TestAReportSaysWhatCameLate: a handling that looks long is explained where it is read.
func TestAReportSaysWhatCameLate(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.post("hoa", "/lead/hall", "do", "open")
	for i, late := range []time.Duration{0, time.Hour} {
		k, err := d.IssueTicket(t.Context(), kiosk.IssueRequest{Service: kiosktest.Certify})
		d.must(err)
		if _, err := d.Step(t.Context(), kiosk.Step{Counter: kiosktest.Counter1, Verb: kiosk.VerbCall, Number: k.Number}); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Step(t.Context(), kiosk.Step{Counter: kiosktest.Counter1, Verb: kiosk.VerbFinish, Number: k.Number, Late: late}); err != nil {
			t.Fatal(err)
		}
		page := text(d.get("hoa", "/lead/report").Body.String())
		if got := strings.Contains(page, "1 bước gửi sau khi mất mạng"); got != (i == 1) || strings.Contains(page, "0 bước") {
			t.Errorf("after a step that came %v late: %s", late, page)
		}
	}
}

func TestForgedForms(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	good := d.gate.CSRF(staff.Session{ID: "id-hoa"})
	for name, v := range map[string]url.Values{
		"no token":      {"do": {"open"}, "key": {newKey()}},
		"another's":     {"do": {"open"}, "key": {newKey()}, "csrf": {d.gate.CSRF(staff.Session{ID: "id-nam"})}},
		"no key":        {"do": {"open"}, "csrf": {good}},
		"no such thing": {"do": {"explode"}, "key": {newKey()}, "csrf": {good}},
		"too large":     {"do": {"open"}, "key": {newKey()}, "csrf": {good}, "x": {strings.Repeat("x", 1<<20)}},
		"a bad number":  {"do": {"close"}, "left": {"many"}, "key": {newKey()}, "csrf": {good}},
	} {
		if w := d.form("hoa", "/lead/hall", v); w.Code < 400 || w.Code >= 500 || d.Snapshot().Hall.Phase == kiosk.HallOpen {
			t.Errorf("%s: %d, the hall is %s", name, w.Code, d.Snapshot().Hall.Phase)
		}
	}
}

func TestStaffForms(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.post("hoa", "/lead/staff", "do", "create", "login", "minh", "name", "Đỗ Minh", "role", "officer", "counter", "1", "counter", "3", "secret", "493817")
	d.post("hoa", "/lead/staff", "do", "create", "login", "minh", "name", "Đỗ Minh", "role", "officer", "counter", "1", "counter", "3", "secret", "493817")
	d.post("hoa", "/lead/staff", "do", "change", "code", "o2", "login", "nam", "name", "Trần Nam", "role", "officer")
	d.post("hoa", "/lead/staff", "do", "secret", "code", "o2", "secret", "777123")
	d.post("hoa", "/lead/staff", "do", "unlock", "code", "o2")
	d.post("hoa", "/lead/staff", "do", "disable", "code", "o2")
	want := []string{"create minh officer [1 3] by staff/o1", "change o2 Trần Nam by staff/o1", "secret o2 by staff/o1", "unlock o2 by staff/o1", "disable o2 by staff/o1"}
	if !slices.Equal(d.people.deeds, want) {
		t.Errorf("deeds %q, want %q", d.people.deeds, want)
	}
	for _, c := range [][]string{{"do", "disable", "code", "o1"}, {"do", "create", "login", "x", "secret", "1"}, {"do", "change", "code", "o9"}} {
		if w := d.post("hoa", "/lead/staff", c...); w.Code < 400 || w.Code >= 500 || !strings.Contains(w.Body.String(), `role="alert"`) {
			t.Errorf("%v: %d", c, w.Code)
		}
	}
}

func TestBoardForms(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	if w := d.post("binh", "/lead/boards", "do", "confirm", "digits", "1111", "name", "Ti vi"); w.Code != http.StatusBadRequest {
		t.Errorf("wrong digits: %d", w.Code)
	}
	d.post("binh", "/lead/boards", "do", "confirm", "digits", "47 11", "name", "Ti vi", "counter", "2")
	d.post("hoa", "/lead/boards", "do", "confirm", "digits", "4711", "name", "Loa", "sound", "1")
	d.post("hoa", "/lead/boards", "do", "sound", "board", "s1")
	d.post("hoa", "/lead/boards", "do", "silent", "board", "s1")
	d.post("hoa", "/lead/boards", "do", "forget", "board", "s2")
	if want := []string{
		"confirm 4711 Ti vi at 2 by staff/o4", "confirm 4711 Loa at  by staff/o1", "sound of s3 true by staff/o1",
		"sound of s1 true by staff/o1", "sound of s1 false by staff/o1", "forget s2 by staff/o1",
	}; !slices.Equal(d.boards.deeds, want) {
		t.Errorf("deeds %q", d.boards.deeds)
	}
}

// Who stands before a television lets it in. What else is done with screens is the lead's and the
// technician's, and so is a tablet, which rates those who serve.
func TestAnOfficerLetsBoardsIn(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	page := d.get("nam", "/lead/boards").Body.String()
	for _, want := range []string{`value="confirm"`, "Ti vi cửa chính", `href="/counter"`, words.ForLead().Boards.TabletsByLead} {
		if !strings.Contains(page, want) {
			t.Errorf("the officer's page lacks %q", want)
		}
	}
	for _, not := range []string{`value="forget"`, `value="sound"`, `value="silent"`, `name="sound"`, `name="counter"`} {
		if strings.Contains(page, not) {
			t.Errorf("the officer's page has %s", not)
		}
	}
	if w := d.post("nam", "/lead/boards", "do", "confirm", "digits", "4711", "name", "Ti vi", "counter", "2", "sound", "1"); w.Code != http.StatusSeeOther {
		t.Errorf("confirm: %d %s", w.Code, text(w.Body.String()))
	}
	for _, form := range [][]string{
		{"do", "forget", "board", "s1"}, {"do", "silent", "board", "s1"}, {"do", "sound", "board", "s1"}, {"do", "x"},
		{"do", "confirm", "digits", "4712", "name", "Máy đánh giá", "counter", "1"}, // of a tablet
	} {
		if w := d.post("nam", "/lead/boards", form...); w.Code != http.StatusForbidden {
			t.Errorf("%v: %d %s", form, w.Code, text(w.Body.String()))
		}
	}
	if want := []string{"confirm 4711 Ti vi at  by staff/o2"}; !slices.Equal(d.boards.deeds, want) {
		t.Errorf("deeds %q, want %q", d.boards.deeds, want)
	}
}

func TestVoiceIsCheckedAndKept(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	good, q := "RIFF"+strings.Repeat("\x00", 200), "?language=tyz&prompt=tyz/number"
	short := d.ask("hoa", "POST", "/lead/voice/check"+q, "audio/wav", "RIFF")
	if !strings.Contains(short.Body.String(), "quá ngắn") || !strings.Contains(short.Body.String(), `"ok":false`) {
		t.Errorf("short: %d %s", short.Code, short.Body)
	}
	if w := d.ask("hoa", "POST", "/lead/voice/check"+q, "audio/wav", good); w.Code != 200 || len(d.voice.kept) != 0 {
		t.Errorf("check: %d, %d kept", w.Code, len(d.voice.kept))
	}
	if w := d.ask("hoa", "POST", "/lead/voice/keep"+q, "audio/wav", good); w.Code != 200 || d.voice.Source("tyz/number") != "person" {
		t.Errorf("keep: %d %s", w.Code, w.Body)
	}
	if w := d.get("hoa", "/lead/voice/clip"+q); w.Code != 200 || w.Body.String() != good {
		t.Errorf("clip: %d", w.Code)
	}
	for name, path := range map[string]string{"no such clip": "?language=tyz&prompt=../x", "another language's": "?language=vi&prompt=tyz/number", "no language": "?language=xx&prompt=xx/number"} {
		if w := d.ask("hoa", "POST", "/lead/voice/keep"+path, "audio/wav", good); w.Code < 400 || w.Code >= 500 {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	if w := d.ask("hoa", "POST", "/lead/voice/keep"+q, "audio/wav", strings.Repeat("x", maxTake+1)); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("too large: %d", w.Code)
	}
	page := text(d.get("hoa", "/lead/voice?language=tyz").Body.String())
	if !strings.Contains(page, "1/12") || !strings.Contains(page, "Xin nói bằng tiếng đã chọn") {
		t.Errorf("page: %s", page)
	}
	d.post("hoa", "/lead/voice", "language", "tyz")
	facts := d.staffFacts(d.Snapshot().Day)
	if d.voice.active != "tyz" || len(facts) != 2 || facts[0].Detail != "tyz/number" || facts[1].Detail != "tyz" {
		t.Errorf("active %q, facts %+v", d.voice.active, facts)
	}
}

// A call that everybody hears once more in another language is the lead's to end, and to take up again.
func TestAVoiceIsSwitchedOffAndOn(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.voice.active = "tyz"
	if page := d.get("hoa", "/lead/voice?language=tyz").Body.String(); !strings.Contains(page, `value="rest"`) {
		t.Error("no button to switch it off")
	}
	if page := d.get("hoa", "/lead/voice?language=vi").Body.String(); strings.Contains(page, `value="rest"`) {
		t.Error("Vietnamese can be switched off")
	}
	if w := d.post("hoa", "/lead/voice", "language", "vi", "do", "rest"); w.Code != http.StatusBadRequest {
		t.Errorf("Vietnamese off: %d", w.Code)
	}
	for range 2 { // the second time changes nothing
		if w := d.post("hoa", "/lead/voice", "language", "tyz", "do", "rest"); w.Code != http.StatusSeeOther || d.voice.active != "" {
			t.Errorf("off: %d, active %q", w.Code, d.voice.active)
		}
	}
	if facts := d.staffFacts(d.Snapshot().Day); len(facts) != 1 || facts[0].Detail != "tyz off" {
		t.Errorf("switched off, facts %+v", facts)
	}
	d.post("hoa", "/lead/voice", "language", "tyz")
	if d.voice.active != "tyz" {
		t.Error("it cannot be switched on again")
	}
}

func TestHostileNamesAreText(t *testing.T) {
	t.Parallel()
	const evil = `<script>alert(1)</script>"><img src=x onerror=alert(2)>`
	d := newDesk(t, func(s *kiosk.Setup) { s.Services[0].Name = kiosk.Text{kiosk.Vietnamese: evil} })
	d.people.list[1].Name = evil
	d.must(d.OpenHall(context.Background(), "staff/o1"))
	d.must(d.SeatOfficer(context.Background(), "1", "o2", "counter/1"))
	d.must(d.PauseCounter(context.Background(), "1", d.Time().AddDate(0, 0, 0).Add(60e9), evil, "counter/1"))
	_, err := d.IssueTicket(context.Background(), kiosk.IssueRequest{Service: kiosktest.Certify})
	d.must(err)
	for _, path := range []string{"/lead", "/lead/report", "/lead/staff", "/lead/audit"} {
		page := d.get("hoa", path).Body.String()
		if strings.Contains(page, "<script>") || strings.Contains(page, "<img") {
			t.Errorf("%s writes markup", path)
		}
		if path != "/lead/audit" && !strings.Contains(page, "&lt;script&gt;") {
			t.Errorf("%s does not write the name: nothing was tried", path)
		}
	}
}

func TestPlotsAreWellFormed(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.busyDay(60)
	live := report.NewLive(d, d.Setup())
	full, err := live.Of(context.Background(), kiosktest.Monday, d.Time())
	d.must(err)
	w := words.ForLead()
	for name, r := range map[string]report.Report{"full": full, "empty": report.New(d.Setup(), kiosktest.Monday).Report(d.Time())} {
		for _, svg := range []string{string(waitPlot(&r, w)), string(hourPlot(&r, w)), string(servicePlot(&r, func(s report.ServiceRow) string { return "<&" + string(s.Service) }, w))} {
			dec, seen := xml.NewDecoder(strings.NewReader(svg)), map[string]int{}
			for {
				tok, err := dec.Token()
				if errors.Is(err, io.EOF) {
					break
				}
				d.must(err)
				if e, ok := tok.(xml.StartElement); ok {
					seen[e.Name.Local]++
				}
			}
			if seen["title"] != 1 || seen["desc"] != 1 || seen["text"] < 3 || strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
				t.Errorf("%s: %v", name, seen)
			}
			if name == "full" && seen["rect"] < 5 {
				t.Errorf("%s: only %d boxes", name, seen["rect"])
			}
		}
	}
}

func TestScale(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ top, step, end int }{{0, 1, 1}, {1, 1, 1}, {5, 1, 5}, {6, 2, 6}, {30, 10, 30}, {47, 10, 50}, {1200, 500, 1500}} {
		if step, end := scale(c.top); step != c.step || end != c.end {
			t.Errorf("%d: %d to %d, want %d to %d", c.top, step, end, c.step, c.end)
		}
	}
}

func TestAuditPage(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.must(d.RecordStaff(context.Background(), kiosk.StaffMoved{Officer: "o2", What: kiosk.StaffRefused}, "gateway"))
	page := text(d.get("binh", "/lead/audit").Body.String())
	if !strings.Contains(page, "Nhập sai mã PIN nam Máy") {
		t.Errorf("page: %s", page)
	}
	if page := text(d.post("hoa", "/lead/audit").Body.String()); !strings.Contains(page, "Nhật ký nguyên vẹn") {
		t.Errorf("verified: %s", page)
	}
}

func TestOfficersSeeGroupsTheNextDay(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.busyDay(120)
	if page := text(d.get("nam", "/report/groups").Body.String()); strings.Contains(page, "Tổng số") {
		t.Errorf("the same day: %s", page)
	}
	d.nextMorning()
	page := text(d.get("nam", "/report/groups").Body.String())
	if !strings.Contains(page, "Tổng số") || strings.Contains(page, "Phạm Thị Lan") {
		t.Errorf("the next day: %s", page)
	}
}

func TestLeadsWords(t *testing.T) {
	t.Parallel()
	w := words.ForLead()
	n := 0
	var walk func(name string, v reflect.Value)
	walk = func(name string, v reflect.Value) {
		switch v.Kind() {
		case reflect.Struct:
			for i := range v.NumField() {
				walk(name+"."+v.Type().Field(i).Name, v.Field(i))
			}
		case reflect.String:
			n++
			s := v.String()
			if s == "" || s != strings.TrimSpace(s) || !norm.NFC.IsNormalString(s) || strings.IndexFunc(s, unicode.IsControl) >= 0 {
				t.Errorf("%s: %q", name, s)
			}
		case reflect.Func:
			if v.IsNil() {
				t.Errorf("%s: no sentence", name)
			}
		}
	}
	walk("", reflect.ValueOf(w))
	if n < 150 {
		t.Errorf("%d sentences looked at", n)
	}
	for s, want := range map[int64]string{0: "0 giây", 59: "59 giây", 60: "1 phút", 3600: "1 giờ", 3720: "1 giờ 2 phút", 3599: "1 giờ"} {
		if got := w.Span(s); got != want {
			t.Errorf("%d s: %q, want %q", s, got, want)
		}
	}
	if w.Percent(0) != "0%" || w.Percent(0.001) != "dưới 1%" || w.Percent(0.555) != "56%" || w.Seconds(3725) != "1:02:05" {
		t.Errorf("%s %s %s %s", w.Percent(0), w.Percent(0.001), w.Percent(0.555), w.Seconds(3725))
	}
}
