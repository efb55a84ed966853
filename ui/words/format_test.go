package words_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/words"
)

func TestTimesAndNumbersFollowTheLanguage(t *testing.T) {
	t.Parallel()
	vi, en, zh := words.For(kiosk.Vietnamese), words.For(kiosk.English), words.For(kiosk.Chinese)
	monday := kiosk.Day(2026_11_23)
	halfPast := monday.At(7*60 + 30)
	r := func(low, high int) kiosk.Range {
		return kiosk.Range{Low: time.Duration(low) * time.Minute, High: time.Duration(high) * time.Minute}
	}
	p := func(v kiosk.Range) *kiosk.Range { return &v }
	for _, c := range []struct{ got, want string }{
		{vi.Clock(halfPast), "07 giờ 30"},
		{vi.Clock(halfPast.UTC()), "07 giờ 30"}, // always the office's time
		{en.Clock(halfPast), "07:30"},
		{vi.Date(monday), "thứ Hai, 23/11/2026"},
		{vi.Date(monday.Add(-1)), "Chủ nhật, 22/11/2026"},
		{en.Date(monday), "Monday, 23 November 2026"},
		{zh.Date(monday), "11月23日 星期一"},

		{vi.Wait(r(0, 0)), "được phục vụ ngay"},
		{vi.Wait(r(0, 6)), "dưới 6 phút"},
		{vi.Wait(r(4, 8)), "khoảng 4–8 phút"},
		{vi.Wait(r(7, 7)), "khoảng 7 phút"},
		{vi.Wait(r(11, 18)), "khoảng 10–20 phút"},
		{vi.Wait(r(4, 11)), "dưới 15 phút"},
		{vi.Wait(r(95, 190)), "khoảng 1,5–3,5 giờ"},
		{vi.Wait(r(120, 121)), "khoảng 2–2,5 giờ"},
		{en.Wait(r(95, 190)), "about 1.5–3.5 hours"},
		{en.Wait(r(0, 1)), "under 1 minute"},
		{en.Wait(r(1, 1)), "about 1 minute"},
		{zh.Wait(r(11, 18)), "约10–20分钟"},
		{zh.Wait(r(0, 6)), "6分钟以内"},

		{vi.Home.Fact(3, p(r(11, 18))), "3 người chờ · 10–20 phút"},
		{vi.Home.Fact(0, p(r(0, 0))), "Được phục vụ ngay"},
		{vi.Home.Fact(0, p(r(2, 5))), "0 người chờ · 2–5 phút"},
		{vi.Home.Fact(3, nil), "3 người chờ"},
		{vi.Home.Fact(0, nil), "Chưa có ai chờ"},
		{en.Home.Fact(1, p(r(4, 8))), "1 waiting · 4–8 min"},
		{zh.Home.Fact(2, p(r(4, 8))), "2人等候 · 4–8分钟"},

		{vi.Ticket.Ahead(0, p(r(0, 0))), "Ông/bà là người tiếp theo, sắp được gọi."},
		{vi.Ticket.Ahead(3, p(r(11, 18))), "Còn 3 người phía trước, chờ khoảng 10–20 phút."},
		{vi.Ticket.Ahead(3, nil), "Còn 3 người phía trước."},
		{en.Ticket.Ahead(1, nil), "One person is ahead of you."},
		{zh.Ticket.Ahead(2, p(r(4, 8))), "您前面还有2人，预计等候约4–8分钟。"},
		{vi.Late.Waiting(32, "17 giờ 00"), "Đang có 32 người chờ trước. Hôm nay làm việc đến 17 giờ 00."},
		{vi.Late.Waiting(32, ""), "Đang có 32 người chờ trước."},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

// A wait is never promised shorter than it is forecast, whatever the rounding.
func TestWaitRoundsOutwards(t *testing.T) {
	t.Parallel()
	for high := 1; high <= 120; high++ {
		got := words.For(kiosk.Vietnamese).Wait(kiosk.Range{High: time.Duration(high) * time.Minute})
		var shown int
		if _, err := fmt.Sscanf(got, "dưới %d phút", &shown); err != nil || shown < high || shown > high+4 {
			t.Errorf("0 to %d minutes: %q", high, got)
		}
	}
}
