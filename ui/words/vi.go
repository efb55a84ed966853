package words

import (
	"fmt"
	"strings"
	"time"

	"github.com/motcua/gateway/kiosk"
)

func vietnamese() Words {
	return Words{
		Language: kiosk.Vietnamese,
		Own:      "Tiếng Việt",
		Home: Home{
			Title:     "Mời ông/bà chọn việc cần làm",
			Guide:     "Tôi không biết chọn gì",
			GuideFact: "Cán bộ sẽ hướng dẫn",
			NoSlip:    "Chưa có phiếu",
			Help:      "Trợ giúp",
			LargeText: "Chữ to hơn",
			PlainText: "Chữ nhỏ lại",
			Fact:      viFact,
			HelpComes: "Đã báo cán bộ. Xin ông/bà chờ tại đây một lát.",
		},
		Priority: Priority{
			Title:    "Ông/bà có thuộc diện ưu tiên không?",
			Who:      "Người cao tuổi, người khuyết tật, phụ nữ mang thai, người có con nhỏ đi cùng, người có công với cách mạng.",
			NoReason: "Không cần cho biết lý do.",
			Yes:      "Có, tôi được ưu tiên",
			No:       "Không, lấy số thường",
		},
		Late: Late{
			Title:    "Hôm nay có thể không kịp đến lượt",
			Waiting:  viLate,
			Question: "Ông/bà có muốn lấy số không?",
			Yes:      "Vẫn lấy số",
		},
		Busy: Busy{
			Title: "Đang lấy số",
			Wait:  "Xin chờ một chút…",
		},
		Hold: Hold{
			Title:   "Xin nhấn giữ để lấy số",
			Why:     "Vừa có nhiều số được lấy liên tiếp. Xin đặt ngón tay lên nút đỏ và giữ yên hai giây.",
			Tile:    "Nhấn giữ tại đây",
			Holding: "Giữ thêm chút nữa…",
		},
		Ticket: Ticket{
			Yours:      "Số thứ tự của ông/bà",
			Where:      func(place string) string { return "Nơi chờ: " + place },
			WhereElse:  "Xin ngồi chờ và nghe gọi số.",
			Ahead:      viAhead,
			Priority:   "Ưu tiên",
			Printing:   "Đang in phiếu. Xin chờ một chút…",
			Take:       "Mời ông/bà lấy phiếu ở khe bên dưới.",
			TakeOrAsk:  "Mời ông/bà lấy phiếu ở khe bên dưới. Nếu không có phiếu, xin bấm “Tôi chưa nhận được phiếu”.",
			NoPaper:    "Máy chưa in được phiếu. Xin ghi nhớ số này hoặc chụp ảnh màn hình.",
			Noted:      "Không cần phiếu. Xin nghe gọi số này.",
			Reprinting: "Đang in lại phiếu. Số thứ tự vẫn giữ nguyên.",
			ScanQR:     "Quét mã để lưu số vào điện thoại",
			AskPaper:   "Tôi chưa nhận được phiếu",
			HaveIt:     "Tôi đã nhớ số",
			Done:       "Xong",
			Guide:      "Cán bộ sẽ đến đây hướng dẫn ông/bà.",
		},
		NoSlip: NoSlip{
			Title:   "Số thứ tự của ông/bà là số nào?",
			Why:     "Xin chọn đúng số của mình. Phiếu được in lại với số cũ.",
			None:    "Mấy phút vừa qua chưa có ai lấy số tại máy này.",
			TakenAt: func(clock string) string { return "lấy lúc " + clock },
		},
		Help: Help{
			Title: "Ông/bà cần giúp đỡ?",
			Steps: []string{
				"1. Chọn việc cần làm trên màn hình.",
				"2. Lấy phiếu ở khe bên dưới.",
				"3. Ngồi chờ, khi nghe gọi số thì đến quầy.",
			},
			Call:       "Gọi cán bộ đến đây",
			Called:     "Đã báo cán bộ",
			CalledWait: "Xin ông/bà chờ tại đây một lát, cán bộ sẽ đến giúp.",
		},
		Closed: Closed{
			Title:   "Hiện không lấy số",
			Opens:   func(date, clock string) string { return "Mở cửa lại lúc " + clock + ", " + date + "." },
			OpensA:  func(clock string) string { return "Lấy số lại từ " + clock + " hôm nay." },
			Holiday: func(name string) string { return "Hôm nay nghỉ: " + name + "." },
			Unknown: "Xin hỏi cán bộ để biết giờ lấy số.",
			Served:  "Ông/bà đã có số vẫn được phục vụ, xin ngồi chờ gọi số.",
			Phone:   func(number string) string { return "Điện thoại: " + number },
			Stopped: "Máy tạm dừng cấp số",
		},
		Idle: Idle{
			Title: "Ông/bà có cần thêm thời gian không?",
			Soon: func(seconds int) string {
				return fmt.Sprintf("Sau %d giây nữa màn hình sẽ trở về trang đầu.", seconds)
			},
			More: "Tôi cần thêm thời gian",
		},
		Paper: Paper{
			Banner: "Dành cho cán bộ: máy in vừa mở, xin bấm vào đây để kiểm tra giấy",
			Title:  "Ông/bà có đọc được phiếu thử không?",
			Ask:    "Máy vừa in một phiếu thử, trên phiếu có dòng chữ “PHIẾU THỬ” và bảng chữ cái. Nếu phiếu trắng, cuộn giấy đang bị lắp ngược.",
			Yes:    "Đọc được",
			No:     "Không đọc được",
			Later:  "Để sau",
		},
		Sorry: Sorry{
			Title: "Xin lỗi ông/bà",
			Slow:  "Máy chưa lấy được số. Xin thử lại hoặc gặp cán bộ tại quầy.",
		},
		Ways: Ways{
			Back:     "Quay lại",
			Home:     "Về trang đầu",
			Again:    "Thử lại",
			Next:     "Trang sau",
			Previous: "Trang trước",
			Of:       func(page, pages int) string { return fmt.Sprintf("Trang %d/%d", page, pages) },
		},
		Slip: SlipWords{
			Priority: "ƯU TIÊN",
			Reprint:  "BẢN IN LẠI",
			Keep:     "Xin giữ phiếu và nghe gọi số.",
			Where:    func(place string) string { return "Nơi chờ: " + place },
			Ahead: func(n int, r *kiosk.Range) string {
				return ascii(viAhead(n, r))
			},
			Issued:  func(clock, date string) string { return "Lấy số lúc " + clock + ", " + date },
			Test:    "PHIẾU THỬ",
			TestAsk: "Đọc được phiếu này không? Xin trả lời trên màn hình.",
		},
		Rating: viRating(),
		Clock: func(t time.Time) string {
			m := kiosk.MinuteOf(t)
			return fmt.Sprintf("%02d giờ %02d", m/60, m%60)
		},
		Date: func(d kiosk.Day) string { return viWeekday(d.Weekday()) + ", " + dmy(d) },
		Wait: viWait,
	}
}

// viWeekday is the day as it stands within a sentence; decree 30/2020/NĐ-CP, annex II, writes
// "thứ Hai" there.
func viWeekday(d time.Weekday) string {
	return [...]string{"Chủ nhật", "thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy"}[d]
}

func viWait(r kiosk.Range) string {
	s := promise(r, ",")
	unit := " phút"
	if s.hours {
		unit = " giờ"
	}
	switch {
	case s.now:
		return "được phục vụ ngay"
	case s.under:
		return "dưới " + s.high + unit
	}
	return "khoảng " + s.span("–") + unit
}

// viShort is viWait where there is room for a few letters only.
func viShort(r kiosk.Range) string { return strings.TrimPrefix(viWait(r), "khoảng ") }

func viFact(waiting int, r *kiosk.Range) string {
	people := fmt.Sprintf("%d người chờ", waiting)
	switch {
	case r == nil && waiting == 0:
		return "Chưa có ai chờ"
	case r == nil:
		return people
	case waiting == 0 && r.High <= 0:
		return "Được phục vụ ngay"
	}
	return people + " · " + viShort(*r)
}

func viAhead(n int, r *kiosk.Range) string {
	s := fmt.Sprintf("Còn %d người phía trước", n)
	if n == 0 {
		s = "Ông/bà là người tiếp theo"
	}
	switch {
	case r == nil:
		return s + "."
	case r.High <= 0:
		return s + ", sắp được gọi."
	}
	return s + ", chờ " + viWait(*r) + "."
}

func viLate(n int, closes string) string {
	s := fmt.Sprintf("Đang có %d người chờ trước.", n)
	if closes != "" {
		s += " Hôm nay làm việc đến " + closes + "."
	}
	return s
}
