package words

import (
	"fmt"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// StaffMode are the words of staff mode at the touchscreen, where an office goes on when its PCs
// or its network do not. They are Vietnamese only: its officers read Vietnamese.
type StaffMode struct {
	Enter string // tile that leads to it
	Head  func(officer string) string

	PIN, PINAsk, Checking   string
	WrongPIN                string
	Locked                  func(left time.Duration) string
	LockedWhy               string
	In, Next, Erase, Repeat string // keys

	Counters                           string // title
	Counter                            func(code string) string
	State                              func(kiosk.CounterState) string
	InHand                             func(number string, s kiosk.TicketState) string
	Waiting                            func(n int) string
	WaitsNext                          func(numbers string) string
	Free                               string
	Called, Serving                    string
	Speaks                             func(kiosk.Language) string
	CallNext, Recall, Serve, Finish    string
	Absent, Hold, Undo, Reopen, Parked string
	UndoFact                           func(number string, v kiosk.Verb) string
	Working                            string

	ParkedTitle, ParkedWhy, ParkedNone string
	ParkedFact                         func(s kiosk.TicketState, service string) string

	Slips                          string
	SlipsTitle, SlipsWhy, SlipNone string
	OtherNumber, Prefix, Number    string
	NotToday, Over                 string

	Hall, HallOpen, HallShut            string
	Open, Close, CloseSure, CloseYes    string
	Lapse                               func(n int) string
	HelpWaits, HelpDone, Paper, SignOut string
	Technician                          string

	Done   func(v kiosk.Verb, number string) string
	Failed string // the office did not answer: whether it was done is not known

	Reprinted, Opened, Closed, Answered, Judged, Reopened string
}

// InStaffMode returns the words of staff mode.
func InStaffMode() StaffMode {
	return StaffMode{
		Enter: "Dành cho cán bộ",
		Head:  func(officer string) string { return "Phần dành cho cán bộ · " + officer },

		PIN:      "Xin nhập mã PIN của cán bộ",
		PINAsk:   "Mã có từ 6 đến 12 chữ số. Xin che tay khi bấm.",
		Checking: "Đang kiểm tra mã PIN…",
		WrongPIN: "Mã PIN không đúng. Xin nhập lại.",
		Locked: func(left time.Duration) string {
			return "Xin chờ " + viLeft(left)
		},
		LockedWhy: "Mã PIN đã bị nhập sai nhiều lần. Hết thời gian này xin nhập lại.",
		In:        "Vào", Next: "Tiếp", Erase: "Xóa", Repeat: "Làm lại bước này",

		Counters: "Chọn quầy",
		Counter:  func(code string) string { return "Quầy " + code },
		State:    viCounterState,
		InHand:   func(number string, s kiosk.TicketState) string { return number + " · " + viHand(s) },
		Waiting: func(n int) string {
			if n == 0 {
				return "Không ai chờ"
			}
			return fmt.Sprintf("%d người chờ", n)
		},
		WaitsNext: func(numbers string) string { return "Sắp đến lượt: " + numbers },
		Free:      "Quầy đang trống",
		Called:    "Đang gọi",
		Serving:   "Đang phục vụ",
		Speaks: func(l kiosk.Language) string {
			switch l {
			case kiosk.English:
				return "Công dân chọn tiếng Anh"
			case kiosk.Chinese:
				return "Công dân chọn tiếng Trung"
			}
			return ""
		},
		CallNext: "Gọi số tiếp theo", Recall: "Gọi lại", Serve: "Bắt đầu phục vụ", Finish: "Kết thúc",
		Absent: "Vắng mặt", Hold: "Tạm gác", Undo: "Hoàn tác", Reopen: "Mở lại quầy", Parked: "Số tạm gác, số vắng",
		UndoFact: func(number string, v kiosk.Verb) string { return number + " · " + viVerb(v) },
		Working:  "Đang thực hiện…",

		ParkedTitle: "Gọi lại số nào đến quầy này?",
		ParkedWhy:   "Các số đang tạm gác hoặc đã ghi vắng mặt trong hôm nay.",
		ParkedNone:  "Không có số nào đang tạm gác hoặc vắng mặt.",
		ParkedFact: func(s kiosk.TicketState, service string) string {
			if s == kiosk.NoShow {
				return "Vắng mặt · " + service
			}
			return "Tạm gác · " + service
		},

		Slips:       "Phiếu chưa in",
		SlipsTitle:  "Phiếu chưa in được",
		SlipsWhy:    "Bấm vào số để in lại phiếu. Số thứ tự vẫn giữ nguyên.",
		SlipNone:    "Không có phiếu nào chưa in.",
		OtherNumber: "In lại số khác",
		Prefix:      "Số cần in lại bắt đầu bằng chữ nào?",
		Number:      "Bấm tiếp các chữ số của số cần in lại",
		NotToday:    "Hôm nay không có số này.",
		Over:        "Số này đã kết thúc nên không in lại.",

		Hall:      "Đóng, mở cửa",
		HallOpen:  "Đang mở cửa lấy số",
		HallShut:  "Hiện không lấy số",
		Open:      "Mở cửa lấy số",
		Close:     "Đóng cửa hôm nay",
		CloseSure: "Đóng cửa cho cả ngày hôm nay?",
		CloseYes:  "Đóng cửa",
		Lapse: func(n int) string {
			if n == 0 {
				return "Không còn ai chờ."
			}
			return fmt.Sprintf("%d số chưa xong sẽ hết hiệu lực.", n)
		},
		HelpWaits: "Đang có người cần giúp tại màn hình này.",
		HelpDone:  "Đã đến giúp", Paper: "Xem phiếu thử", SignOut: "Xong",
		Technician: "Tài khoản kỹ thuật không gọi số. Tại đây chỉ kiểm tra được phiếu thử.",

		Done:   func(v kiosk.Verb, number string) string { return number + ": " + viDone(v) + "." },
		Failed: "Máy chưa trả lời. Xin bấm “Làm lại bước này”, bước đã xong sẽ không bị lặp.",

		Reprinted: "Đang in lại phiếu.", Opened: "Đã mở cửa lấy số.", Closed: "Đã đóng cửa hôm nay.",
		Answered: "Đã ghi nhận cán bộ đến giúp.", Judged: "Đã ghi nhận phiếu thử.", Reopened: "Quầy đã mở lại.",
	}
}

// viLeft writes how long a lock lasts, to the second.
func viLeft(d time.Duration) string {
	s := int((d + time.Second - 1) / time.Second)
	switch {
	case s < 60:
		return fmt.Sprintf("%d giây", s)
	case s%60 == 0:
		return fmt.Sprintf("%d phút", s/60)
	}
	return fmt.Sprintf("%d phút %d giây", s/60, s%60)
}

func viCounterState(s kiosk.CounterState) string {
	switch s {
	case kiosk.CounterOpen:
		return "Đang mở"
	case kiosk.CounterPaused:
		return "Tạm nghỉ"
	case kiosk.CounterAbsent:
		return "Vắng cán bộ"
	}
	return "Chưa mở"
}

func viHand(s kiosk.TicketState) string {
	if s == kiosk.Serving {
		return "đang phục vụ"
	}
	return "đang gọi"
}

// viVerb is a step as one reads it on the tile that takes it back.
func viVerb(v kiosk.Verb) string {
	switch v {
	case kiosk.VerbCall:
		return "gọi số"
	case kiosk.VerbRecall:
		return "gọi lại"
	case kiosk.VerbServe:
		return "bắt đầu phục vụ"
	case kiosk.VerbFinish:
		return "kết thúc"
	case kiosk.VerbNoShow:
		return "ghi vắng mặt"
	case kiosk.VerbHold:
		return "tạm gác"
	case kiosk.VerbResume, kiosk.VerbReturn:
		return "đưa về hàng chờ"
	case kiosk.VerbCancel:
		return "hủy số"
	case kiosk.VerbSend:
		return "chuyển số"
	case kiosk.VerbRaise, kiosk.VerbLower:
		return "đổi diện ưu tiên"
	}
	return "bước vừa rồi"
}

func viDone(v kiosk.Verb) string {
	if v == kiosk.VerbUndo {
		return "đã hoàn tác"
	}
	return "đã " + viVerb(v)
}
