package words_test

import (
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/words"
)

func TestLineStateSays(t *testing.T) {
	t.Parallel()
	day := kiosk.Day(2026_11_23)
	now := day.At(10*60 + 30)
	lost := words.LineState{Wanted: true, Since: day.Add(-3).At(8*60 + 15), Facts: 1240, Pages: 400, Oldest: day.Add(-3).At(8*60 + 16)}
	older := words.LineState{Wanted: true, Since: day.At(8*60 + 15), Facts: 40, Oldest: day.Add(-1).At(14 * 60)}
	window := words.LineState{Wanted: true, Up: true, Since: now, Facts: 2, Pages: 38, Oldest: now, PagesFrom: day.At(19 * 60)}
	for _, c := range []struct {
		name string
		s    words.LineState
		want string
		well bool
	}{
		{"none", words.LineState{}, "Chưa cài đặt đường truyền lên tỉnh. Phòng vẫn làm việc bình thường.", true},
		{"up", words.LineState{Wanted: true, Up: true, Since: now}, "Đã nối với tỉnh, lần cuối lúc 10:30.", true},
		{"a fact on its way", words.LineState{Wanted: true, Up: true, Since: now, Facts: 1, Oldest: now.Add(-time.Second)}, "Đã nối với tỉnh, lần cuối lúc 10:30.", true},
		{"catching up", words.LineState{Wanted: true, Up: true, Since: now, Facts: 900, Pages: 40, Oldest: day.Add(-1).At(14 * 60), Expected: 3 * time.Hour},
			"Đã nối với tỉnh, lần cuối lúc 10:30. Còn 900 sự kiện và 40 trang chờ gửi, cũ nhất từ 14:00 ngày 22/11; gửi hết sau khoảng 3 giờ.", true},
		{"nearly", words.LineState{Wanted: true, Up: true, Since: now, Pages: 1, Expected: time.Second}, "Đã nối với tỉnh, lần cuối lúc 10:30. Còn 1 trang chờ gửi; gửi hết sau chưa đến 1 phút.", true},
		{"windowed", window, "Đã nối với tỉnh, lần cuối lúc 10:30. Còn 2 sự kiện và 38 trang chờ gửi. Trang quét gửi tiếp từ 19:00.", true},
		{"down today", words.LineState{Wanted: true, Since: day.At(8*60 + 15)}, "Mất đường truyền từ 08:15. Phòng vẫn làm việc bình thường.", false},
		{"down for days", lost, "Mất đường truyền 3 ngày nay, từ 08:15 ngày 20/11. Phòng vẫn làm việc bình thường. Còn 1.240 sự kiện và 400 trang chờ gửi.", false},
		{"down with older ones", older, "Mất đường truyền từ 08:15. Phòng vẫn làm việc bình thường. Còn 40 sự kiện chờ gửi, cũ nhất từ 14:00 ngày 22/11.", false},
		{"since last year", words.LineState{Wanted: true, Since: time.Date(2025, 12, 31, 23, 0, 0, 0, kiosk.ICT())}, "Mất đường truyền 326 ngày nay, từ 23:00 ngày 31/12/2025. Phòng vẫn làm việc bình thường.", false},
		{"never", words.LineState{Wanted: true, Facts: 3, Oldest: now}, "Chưa liên lạc được với tỉnh từ khi bật máy. Phòng vẫn làm việc bình thường. Còn 3 sự kiện chờ gửi.", false},
		{"refused", words.LineState{Wanted: true, Refused: true, Since: now}, "Tỉnh không nhận dữ liệu của máy này. Xin báo kỹ thuật viên. Phòng vẫn làm việc bình thường.", false},
	} {
		if says, well := c.s.Says(now); says != c.want || well != c.well {
			t.Errorf("%s: %q, %v\nwant %q", c.name, says, well, c.want)
		}
	}
	if got := lost.Short(now); got != "Mất đường truyền 3 ngày nay, từ 08:15 ngày 20/11. Còn 1.240 sự kiện, 400 trang chờ gửi." {
		t.Errorf("in short: %q", got)
	}
	if got := (words.LineState{}).Short(now); got != "Chưa cài đặt đường truyền lên tỉnh." {
		t.Errorf("none in short: %q", got)
	}
}
