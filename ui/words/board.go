package words

import (
	"fmt"
	"strings"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// Board are the words of the television in the hall. They are Vietnamese; only what concerns
// one citizen, the call itself, stands there in another language too.
type Board struct {
	Title string
	// Of the page on which a new screen waits.
	PairTitle string
	PairHow   []string // what an officer does, each step a line
	NoCookies string   // the browser keeps nothing, so that it cannot be paired

	Invite  string // above the number
	Counter string // "Quầy"
	Calls   string // heading of the last calls
	NoCalls string
	Waiting string // heading of who waits, by service
	People  string // after a count
	Wait    string // while nobody is called

	Serving, Free, Paused, Shut string // what a counter does

	// Of a page without a stream.
	Listen     string
	Connecting string

	Mute    string // until the browser lets the page speak
	NoSound string // the browser cannot speak at all
}

// ForBoard returns the words of the board.
func ForBoard() Board {
	return Board{
		Title:     "Bảng gọi số",
		PairTitle: "Mã của màn hình này",
		PairHow: []string{
			"Cán bộ mở trang quầy, chọn “Bảng hiển thị” và nhập bốn chữ số này.",
			"Mã được đổi sau mười phút.",
		},
		NoCookies:  "Trình duyệt của màn hình này không lưu được dữ liệu. Xin bật lưu cookie trong phần cài đặt.",
		Invite:     "Mời số",
		Counter:    "Quầy",
		Calls:      "Số vừa gọi",
		NoCalls:    "Chưa gọi số nào",
		Waiting:    "Đang chờ:",
		People:     "người",
		Wait:       "Xin ngồi chờ\nvà nghe gọi số",
		Serving:    "Đang tiếp",
		Free:       "Sẵn sàng",
		Paused:     "Tạm nghỉ",
		Shut:       "Đóng",
		Listen:     "Xin nghe loa gọi số",
		Connecting: "Màn hình đang kết nối lại với máy",
		Mute:       "Chưa có tiếng: bấm OK",
		NoSound:    "Màn hình này không phát được tiếng",
	}
}

// BoardCall returns what stands under the number in one language: to which counter it is
// called. It is empty for a language that is not written.
func BoardCall(counter kiosk.CounterCode, l kiosk.Language) string {
	switch l {
	case kiosk.Vietnamese:
		return "đến quầy " + string(counter)
	case kiosk.English:
		return "Please go to counter " + string(counter)
	case kiosk.Chinese:
		return "请到 " + string(counter) + " 号窗口"
	}
	return ""
}

// BoardDate writes a day as it stands alone: "Thứ Hai, 23/11/2026".
func BoardDate(d kiosk.Day) string {
	s := viWeekday(d.Weekday()) + ", " + dmy(d)
	return strings.ToUpper(s[:1]) + s[1:]
}

// soonClosing is how long before the last ticket the hall is told of it.
const soonClosing = time.Hour

// BoardNotice returns what the hall is to know of its hours at now: a heading, empty while
// tickets are given as on any other hour, and a line below it. Times of an unsure clock are
// left out.
func BoardNotice(h kiosk.HallStatus, now time.Time, showTime bool) (heading, line string) {
	w := For(kiosk.Vietnamese)
	if h.Phase == kiosk.HallOpen {
		left := h.LastTicketAt.Sub(now)
		if !showTime || h.LastTicketAt.IsZero() || left > soonClosing || left < 0 {
			return "", ""
		}
		return "Sắp hết giờ lấy số", "Phát số đến " + w.Clock(h.LastTicketAt)
	}
	heading, line = boardShut(h)
	if showTime {
		if again := opens(h, now, w); again != "" {
			line = strings.TrimSpace(line + " " + again)
		}
	}
	return heading, line
}

// boardShut says why no tickets are given.
func boardShut(h kiosk.HallStatus) (heading, line string) {
	const served = "Ông/bà đã có số vẫn được phục vụ."
	switch h.Reason {
	case kiosk.ClosedBreak:
		return "Nghỉ trưa", ""
	case kiosk.ClosedLast, kiosk.ClosedAfter:
		if h.Phase == kiosk.HallEnding {
			return "Đã hết giờ lấy số", served
		}
		return "Đã hết giờ làm việc", ""
	case kiosk.ClosedBefore:
		return "Chưa đến giờ làm việc", ""
	case kiosk.ClosedHoliday:
		if name := h.Name.In(kiosk.Vietnamese); name != "" {
			return "Hôm nay nghỉ:\n" + name, ""
		}
		return "Hôm nay nghỉ", ""
	case kiosk.ClosedRest:
		return "Hôm nay nghỉ", ""
	}
	return "Tạm ngừng cấp số", ""
}

// opens says when tickets are given again.
func opens(h kiosk.HallStatus, now time.Time, w Words) string {
	if h.OpensAt.IsZero() {
		return ""
	}
	from := "Lấy số lại từ"
	if h.Reason == kiosk.ClosedBefore {
		from = "Lấy số từ"
	}
	if day := kiosk.DayOf(h.OpensAt); day != kiosk.DayOf(now) {
		return fmt.Sprintf("%s %s %s.", from, w.Clock(h.OpensAt), w.Date(day))
	}
	return fmt.Sprintf("%s %s.", from, w.Clock(h.OpensAt))
}
