package words_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/words"
)

func TestBoardSentencesAreWhole(t *testing.T) {
	t.Parallel()
	all := map[string]string{}
	gather(t, all, "", reflect.ValueOf(words.ForBoard()))
	for name, s := range all {
		if strings.TrimSpace(s) != s || s == "" || !norm.NFC.IsNormalString(s) {
			t.Errorf("%s: %q is empty, has blank edges or is not NFC", name, s)
		}
		for _, r := range strings.ReplaceAll(s, "\n", " ") {
			if !printable(kiosk.Vietnamese, r) {
				t.Errorf("%s: %q holds %q", name, s, r)
			}
		}
	}
}

func TestBoardCall(t *testing.T) {
	t.Parallel()
	for l, want := range map[kiosk.Language]string{
		kiosk.Vietnamese: "đến quầy 3", kiosk.English: "Please go to counter 3", kiosk.Chinese: "请到 3 号窗口", "tyz": "",
	} {
		if got := words.BoardCall("3", l); got != want {
			t.Errorf("%s: %q, want %q", l, got, want)
		}
	}
}

func TestBoardNotice(t *testing.T) {
	t.Parallel()
	const monday = kiosk.Day(2026_11_23)
	at := func(hour, minute int) time.Time { return monday.At(kiosk.Minute(60*hour + minute)) }
	next := kiosk.Day(2026_11_24).At(7*60 + 30)
	open := kiosk.HallStatus{Phase: kiosk.HallOpen, LastTicketAt: at(16, 45), ClosesAt: at(17, 0)}
	for name, c := range map[string]struct {
		hall          kiosk.HallStatus
		now           time.Time
		hidden        bool
		heading, line string
	}{
		"open":          {open, at(15, 44), false, "", ""},
		"soon":          {open, at(15, 45), false, "Sắp hết giờ lấy số", "Phát số đến 16 giờ 45"},
		"clock unsure":  {open, at(16, 0), true, "", ""},
		"open by hand":  {kiosk.HallStatus{Phase: kiosk.HallOpen}, at(20, 0), false, "", ""},
		"lunch":         {kiosk.HallStatus{Phase: kiosk.HallBreak, Reason: kiosk.ClosedBreak, OpensAt: at(13, 30)}, at(12, 0), false, "Nghỉ trưa", "Lấy số lại từ 13 giờ 30."},
		"lunch, unsure": {kiosk.HallStatus{Phase: kiosk.HallBreak, Reason: kiosk.ClosedBreak, OpensAt: at(13, 30)}, at(12, 0), true, "Nghỉ trưa", ""},
		"before":        {kiosk.HallStatus{Phase: kiosk.HallClosed, Reason: kiosk.ClosedBefore, OpensAt: at(7, 30)}, at(7, 0), false, "Chưa đến giờ làm việc", "Lấy số từ 07 giờ 30."},
		"last": {
			kiosk.HallStatus{Phase: kiosk.HallEnding, Reason: kiosk.ClosedLast, OpensAt: next}, at(16, 50), false,
			"Đã hết giờ lấy số", "Ông/bà đã có số vẫn được phục vụ. Lấy số lại từ 07 giờ 30 thứ Ba, 24/11/2026.",
		},
		"after":   {kiosk.HallStatus{Phase: kiosk.HallClosed, Reason: kiosk.ClosedAfter, OpensAt: next}, at(18, 0), false, "Đã hết giờ làm việc", "Lấy số lại từ 07 giờ 30 thứ Ba, 24/11/2026."},
		"holiday": {kiosk.HallStatus{Phase: kiosk.HallClosed, Reason: kiosk.ClosedHoliday, Name: kiosk.Text{kiosk.Vietnamese: "Quốc khánh"}}, at(9, 0), false, "Hôm nay nghỉ:\nQuốc khánh", ""},
		"by hand": {kiosk.HallStatus{Phase: kiosk.HallClosed, Reason: kiosk.ClosedByHand}, at(9, 0), false, "Tạm ngừng cấp số", ""},
	} {
		heading, line := words.BoardNotice(c.hall, c.now, !c.hidden)
		if heading != c.heading || line != c.line {
			t.Errorf("%s: %q, %q; want %q, %q", name, heading, line, c.heading, c.line)
		}
	}
}

func TestBoardDate(t *testing.T) {
	t.Parallel()
	for day, want := range map[kiosk.Day]string{2026_11_23: "Thứ Hai, 23/11/2026", 2026_11_29: "Chủ nhật, 29/11/2026"} {
		if got := words.BoardDate(day); got != want {
			t.Errorf("%d: %q, want %q", day, got, want)
		}
	}
}
