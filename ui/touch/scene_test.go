package touch

import (
	"slices"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/touch/screen"
	"github.com/motcua/gateway/ui/words"
)

func TestFirstPage(t *testing.T) {
	t.Parallel()
	v := newVisitor(t)
	v.snap.Services[0].Waiting = 3
	v.snap.Services[0].Expected = &kiosk.Range{Low: 12 * time.Minute, High: 18 * time.Minute}
	m := v.model().(screen.Home)
	if m.Head != (screen.Head{Office: "Trung tâm thử", Site: "Sảnh chính"}) {
		t.Errorf("head %+v", m.Head)
	}
	want := screen.Service{Code: "chung-thuc", Icon: "stamp", Name: "Chứng thực", Fact: "3 người chờ · 10–20 phút"}
	if m.Services[0] != want {
		t.Errorf("service %+v, want %+v", m.Services[0], want)
	}
	if !slices.Equal(m.Others, []kiosk.Language{kiosk.English, kiosk.Chinese}) {
		t.Errorf("languages %v", m.Others)
	}
	if m := v.s.Scene(v.snap, false, v.now).Model.(screen.Home); !slices.Equal(m.Others, []kiosk.Language{kiosk.English}) {
		t.Errorf("without a Chinese font: %v", m.Others)
	}
	if m.SlipsUnsure {
		t.Error("a printer that confirms is unsure")
	}
	v.snap.Printer.Confirms = false
	if m := v.model().(screen.Home); !m.SlipsUnsure {
		t.Error("a printer that cannot confirm is sure")
	}
}

func TestFaultsAtTheScreen(t *testing.T) {
	t.Parallel()
	v := newVisitor(t)
	vi := words.For(kiosk.Vietnamese)
	v.snap.Faults = []kiosk.Fault{
		{Code: kiosk.FaultClockUnsure, Severity: kiosk.SeverityWarn},
		{Code: kiosk.FaultPaperOut, Severity: kiosk.SeverityWarn, Hint: "DLE EOT 4: 0x72"},
	}
	if m := v.model().(screen.Home); m.Notice != vi.AtScreen(kiosk.FaultPaperOut) {
		t.Errorf("notice %q", m.Notice)
	}
	v.snap.Faults = slices.Insert(v.snap.Faults, 0, kiosk.Fault{Code: kiosk.FaultStore, Severity: kiosk.SeverityStop})
	if m := v.model().(screen.Closed); m.Fault != vi.AtScreen(kiosk.FaultStore) {
		t.Errorf("stopped: %+v", m)
	}
}

func TestClosed(t *testing.T) {
	t.Parallel()
	v := newVisitor(t)
	v.snap.Hall = kiosk.HallStatus{
		Phase: kiosk.HallClosed, Reason: kiosk.ClosedHoliday, OpensAt: kiosk.Day(2026_11_25).At(450),
		Name: kiosk.Text{kiosk.Vietnamese: "Ngày Văn hóa Việt Nam"},
	}
	m := v.model().(screen.Closed)
	if m.Holiday != "Ngày Văn hóa Việt Nam" || m.Today || m.Served || m.Recent || m.Phone != "0203 000 000" {
		t.Errorf("holiday: %+v", m)
	}
	v.keep(ticketFor(kiosk.IssueRequest{Service: "chung-thuc", Terminal: "main"}, 1, v.now))
	v.snap.Hall = kiosk.HallStatus{Phase: kiosk.HallEnding, Reason: kiosk.ClosedLast}
	if m := v.model().(screen.Closed); !m.Served || !m.Recent || m.Today {
		t.Errorf("past the last ticket: %+v", m)
	}
	v.snap.Hall = kiosk.HallStatus{Phase: kiosk.HallBreak, Reason: kiosk.ClosedBreak, OpensAt: v.snap.Day.At(13*60 + 30)}
	if m := v.model().(screen.Closed); !m.Today {
		t.Errorf("at noon: %+v", m)
	}
	if work := v.press(screen.NoSlip); work != nil || v.s.page != pageMissing {
		t.Error("a slip cannot be asked for while the hall is closed")
	}
}

// The same office gives the same scene, so that nothing is painted while nothing changes.
func TestScenesCompare(t *testing.T) {
	t.Parallel()
	v := newVisitor(t)
	v.snap.Services[0].Expected = &kiosk.Range{High: time.Minute}
	other := *v.snap
	other.Version, other.At = 99, other.At.Add(time.Minute)
	other.Services = slices.Clone(other.Services)
	other.Services[0].Expected = &kiosk.Range{High: time.Minute}
	if !sameScene(v.s.Scene(v.snap, true, v.now), v.s.Scene(&other, true, v.now)) {
		t.Error("a minute in which nothing happened changes the scene")
	}
	other.Services[0].Waiting++
	if sameScene(v.s.Scene(v.snap, true, v.now), v.s.Scene(&other, true, v.now)) {
		t.Error("one more person waiting does not change the scene")
	}
}
