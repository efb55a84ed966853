package words

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// Lead are the words of the pages for the office's lead. They are Vietnamese only: who answers
// for the office reads Vietnamese.
type Lead struct {
	Nav    LeadNav
	Card   LeadCard
	Report LeadReport
	Staff  LeadStaff
	Boards LeadBoards
	Voice  LeadVoice
	Audit  LeadAudit
	Groups LeadGroups
}

// LeadNav are the words around every page.
type LeadNav struct {
	Skip, Counter, Card, Report, Staff, Boards, Voice, Audit, Groups, Menu string
	Sorry, Back                                                            string
	Forged, NotAllowed, NoSession, TooLarge, BadRequest, NoPage            string
	Done, SignOut                                                          string
}

// LeadCard are the words of the morning card.
type LeadCard struct {
	Title, HallTitle, OpenHall, CloseHall, CloseNow, Stay, Refresh string
	Open, OpenByHand                                               string
	Closes                                                         func(clock string) string
	Shut                                                           func(reason string) string
	CloseAsk                                                       func(n int) string
	NumbersTitle, NumbersWhy, NumbersNone, NumbersConfirm          string
	NumbersKnown                                                   func(number string) string
	Checks, Paper, Devices, Clock, Link, Faults, NoFault           string
	PaperOK, PaperLow, PaperOut, PaperUnknown                      string
	PrinterReady, PrinterAbsent, PrinterFaulty                     string
	Boards                                                         func(seen, all int) string
	ClockSure, ClockUnsure                                         string
	Counters, Counter, State, Officer, Hand, Nobody, Nothing       string
	CounterOpen, CounterClosed, CounterPaused, CounterAbsent       string
	Until                                                          func(clock string) string
	Today, TodayReport, YesterdayReport, NoYesterday               string
	Yesterday                                                      func(date string) string
	Tickets, Served, Median, P90                                   string
	Over                                                           func(minutes int) string
	Waiting                                                        string
	Good, Look                                                     string
}

// LeadReport are the words of the day's report.
type LeadReport struct {
	Title, Day, Show, Numbers, SheetTitle, Made, NotClosed, NoFacts string
	On                                                              func(date string) string
	MadeAt                                                          func(date, clock string) string
	Export, CSV, JSON, Sheet, SheetHint                             string
	Service, Counter, Hour, Officer, Total, UnknownHour, NoOfficer  string
	Issued, Legs, Served, Sent, NoShow, Cancelled, Lapsed, Open     string
	Recalls, Undone, Known, Median, P90, Max, Over                  string
	Waiting, Handling, Minutes, PeopleAxis, HourAxis, MinuteAxis    string
	ByService, ByCounter, ByHour, ByOfficer, OfficerNote            string
	WaitPlot, HourPlot, ServicePlot, Limit                          string
	WaitDesc                                                        func(hour int, median, p90 string) string
	CountDesc                                                       func(name string, parts []string) string
	Part                                                            func(name string, n int) string
	NoData                                                          string
	Priority, Declared, Card, Raised, Lowered                       string
	Excluded, From, To, Why, Outage, Break, ByHand, NoExcluded      string
	MoreExcluded                                                    func(n int) string
	MoreRows                                                        func(n int) string
	Unsure                                                          func(waits, handlings int) string
	Late                                                            func(steps int) string
	Notes, LateSteps, UnsureWaits, UnsureHandlings, MoreStretches   string // of the table
	Ratings, VeryGood, GoodLevel, Bad, Sum, Reasons                 string
	RatingsLater, RatingsFew, RatingsNone, NoReason, ReasonOther    string
	ReasonWait, ReasonAttitude, ReasonUnclear, ReasonAgain          string
	HiddenRatings                                                   func(n int) string
	Seal, NotSealed                                                 string
	Sealed                                                          func(at, hash string) string
	Limits                                                          func(wait, handling int) string
	Maker, Lead, Signed                                             string
	Group, Item, Seconds, NumberOf                                  string
}

// LeadStaff are the words of the page of accounts.
type LeadStaff struct {
	Title, New, Login, Name, Role, Counters, AnyCounter, Secret, SecretHint, Create string
	Officer, Lead, Technician, State, Active, Disabled                              string
	Locked                                                                          func(clock string) string
	Save, NewSecret, SetSecret, Unlock, Disable, LoginHint, NameHint, Change        string
}

// LeadBoards are the words of the page of boards.
type LeadBoards struct {
	Title, How, Digits, Confirm, Paired, None, Board, Seen, Never, Forget, Alive string
	Name, Counter, NoCounter, Place                                              string
	TabletsByLead                                                                string // for who lets in boards alone
	WithSound, Sound, Speaks, Silent, Speak, Silence                             string
	Ago                                                                          func(d time.Duration) string
}

// LeadVoice are the words of the page on which a voice is recorded.
type LeadVoice struct {
	Title, How, Language, Choose, Progress, Prompt, Read, Say string
	Of                                                        func(n, all int) string
	Record, Stop, Play, Keep, Again, Next, Listen             string
	NeedScript, NoMicrophone, Recording, Checking, Fine, Kept string
	Failed, Activate, Active, Whole, Recorded, Missing, Own   string
	// Of a language that is only heard: what its use means, and to end it.
	Repeated, Unused, Rest string
}

// LeadAudit are the words of the page of the audit log.
type LeadAudit struct {
	Title, How, Verify, Head, Facts, Last, Hash, Right, Broken string
	BrokenAt                                                   func(place string) string
	Events, NoEvents, When, What, Whose, ByWhom, Gateway       string
}

// LeadGroups are the words of the page of ratings that every officer may see.
type LeadGroups struct {
	Title, How, NotYet string
	On                 func(date string) string
}

// ForLead returns the words of the lead's pages.
func ForLead() Lead {
	return Lead{
		Nav: leadNav(), Card: leadCard(), Report: leadReport(), Staff: leadStaff(),
		Boards: leadBoards(), Voice: leadVoice(), Audit: leadAudit(), Groups: leadGroups(),
	}
}

func leadNav() LeadNav {
	return LeadNav{
		Skip: "Đến nội dung chính", Menu: "Các trang", Counter: "Trang quầy", Card: "Hôm nay", Report: "Báo cáo", Staff: "Cán bộ", Boards: "Bảng hiển thị",
		Voice: "Giọng đọc", Audit: "Nhật ký", Groups: "Đánh giá", SignOut: "Đăng xuất",
		Sorry: "Chưa thực hiện được", Back: "Quay lại", Done: "Đã thực hiện.",
		Forged:     "Trang này đã cũ nên chưa có gì thay đổi. Xin mở lại trang rồi làm lại.",
		NotAllowed: "Tài khoản này không có quyền xem trang này. Xin hỏi phụ trách bộ phận.",
		NoSession:  "Phiên làm việc đã hết. Xin đăng nhập lại.",
		TooLarge:   "Nội dung gửi lên quá lớn nên chưa được nhận.",
		BadRequest: "Nội dung gửi lên không đúng. Xin xem lại rồi gửi lại.",
		NoPage:     "Không có trang này.",
	}
}

func leadCard() LeadCard {
	return LeadCard{
		Title: "Hôm nay", HallTitle: "Phòng tiếp nhận", OpenHall: "Mở cửa phòng", CloseHall: "Đóng cửa phòng…",
		CloseNow: "Đóng cửa phòng ngay", Stay: "Không đóng", Refresh: "Cập nhật",
		Open: "Phòng đang mở.", OpenByHand: "Phòng đang mở cho đến khi đóng bằng tay hoặc hết ngày.",
		Closes: func(clock string) string { return "Phòng đang mở đến " + clock + "." },
		Shut:   func(reason string) string { return "Hiện không phát số. " + reason },
		CloseAsk: func(n int) string {
			if n == 0 {
				return "Không còn ai chờ hoặc đang được phục vụ. Đóng cửa phòng bây giờ?"
			}
			return fmt.Sprintf("Còn %d số chưa phục vụ xong. Nếu đóng bây giờ, các số này hết hiệu lực.", n)
		},
		NumbersTitle: "Xác nhận số cuối cùng đã phát hôm nay",
		NumbersWhy: "Máy vừa được thay hoặc khôi phục nên không biết chắc hôm nay đã phát đến số nào, và chưa phát số tiếp theo. " +
			"Xin xem phiếu mới nhất của từng dịch vụ rồi nhập số trên phiếu. Không tìm được phiếu thì giữ nguyên số đã điền sẵn: " +
			"máy sẽ phát tiếp từ sau số đó, để không ai nhận trùng số.",
		NumbersNone: "(chưa biết số nào)", NumbersConfirm: "Xác nhận",
		NumbersKnown: func(number string) string { return "(đã phát ít nhất đến " + number + ")" },
		Checks:       "Trước khi mở cửa", Paper: "Giấy in", Devices: "Thiết bị", Clock: "Đồng hồ", Link: "Đường truyền", Faults: "Sự cố", NoFault: "Không có sự cố.",
		PaperOK: "Còn giấy.", PaperLow: "Giấy sắp hết. Xin để sẵn cuộn mới.", PaperOut: "Hết giấy. Xin thay cuộn mới.", PaperUnknown: "Máy in không báo được lượng giấy.",
		PrinterReady: "Máy in sẵn sàng.", PrinterAbsent: "Không thấy máy in.", PrinterFaulty: "Máy in có sự cố.",
		Boards: func(seen, all int) string {
			if all == 0 {
				return "Chưa ghép bảng hiển thị nào."
			}
			return fmt.Sprintf("%d trên %d bảng hiển thị đang chạy.", seen, all)
		},
		ClockSure: "Ngày giờ đúng.", ClockUnsure: "Máy chưa chắc ngày giờ. Xin xác nhận ngày trên màn hình lấy số.",
		Counters: "Các quầy", Counter: "Quầy", State: "Trạng thái", Officer: "Cán bộ", Hand: "Số đang gọi", Nobody: "Chưa có ai", Nothing: "Không",
		CounterOpen: "Đang mở", CounterClosed: "Đóng", CounterPaused: "Tạm nghỉ", CounterAbsent: "Vắng cán bộ",
		Until:       func(clock string) string { return "đến " + clock },
		Today:       "Trong ngày hôm nay",
		TodayReport: "Báo cáo hôm nay", YesterdayReport: "Báo cáo ngày này", NoYesterday: "Chưa có ngày làm việc nào trước hôm nay.",
		Yesterday: func(date string) string { return "Ngày làm việc trước: " + date },
		Tickets:   "Số đã phát", Served: "Đã phục vụ", Median: "Chờ trung vị", P90: "90% chờ không quá",
		Over:    func(minutes int) string { return fmt.Sprintf("Chờ quá %d phút", minutes) },
		Waiting: "Đang chờ", Good: "Tốt", Look: "Cần xem",
	}
}

func leadReport() LeadReport {
	return LeadReport{
		Title: "Báo cáo ngày làm việc", Day: "Ngày", Show: "Xem", Numbers: "Con số chính", SheetTitle: "BÁO CÁO NGÀY LÀM VIỆC",
		Made: "Lập lúc", NotClosed: "Ngày làm việc chưa kết thúc: các con số còn thay đổi.", NoFacts: "Không có ghi chép nào của ngày này.",
		On:     func(date string) string { return "Báo cáo " + date },
		MadeAt: func(date, clock string) string { return "Lập lúc " + clock + ", " + date },
		Export: "Tải về và lưu hồ sơ", CSV: "Tải bảng tính (CSV)", JSON: "Tải dữ liệu (JSON)", Sheet: "Mở trang A4 để in",
		SheetHint: "Bấm tổ hợp phím in của trình duyệt để in một trang A4.",
		Service:   "Dịch vụ", Counter: "Quầy", Hour: "Giờ", Officer: "Cán bộ", Total: "Cả phòng", UnknownHour: "Không rõ giờ", NoOfficer: "Không đăng nhập",
		Issued: "Số phát", Legs: "Lượt", Served: "Đã phục vụ", Sent: "Chuyển tiếp", NoShow: "Vắng mặt", Cancelled: "Đã hủy", Lapsed: "Hết giờ", Open: "Chưa xong",
		Recalls: "Gọi lại", Undone: "Hoàn tác", Known: "Đo được", Median: "Trung vị", P90: "90%", Max: "Lâu nhất", Over: "Quá mức",
		Waiting: "Thời gian chờ", Handling: "Thời gian phục vụ", Minutes: "phút:giây", PeopleAxis: "Số lượt", HourAxis: "Giờ lấy số hoặc chuyển đến", MinuteAxis: "Phút",
		ByService: "Theo dịch vụ", ByCounter: "Theo quầy", ByHour: "Theo giờ đến", ByOfficer: "Theo cán bộ", OfficerNote: "Bảng này chỉ phụ trách bộ phận được xem.",
		WaitPlot: "Thời gian chờ theo giờ đến", HourPlot: "Số lượt theo giờ đến và kết quả", ServicePlot: "Số lượt theo dịch vụ và kết quả", Limit: "Mức của phòng",
		WaitDesc: func(hour int, median, p90 string) string {
			return fmt.Sprintf("%d giờ: trung vị %s, 90%% %s.", hour, median, p90)
		},
		CountDesc: func(name string, parts []string) string { return name + ": " + strings.Join(parts, ", ") + "." },
		Part:      func(name string, n int) string { return name + " " + strconv.Itoa(n) },
		NoData:    "Chưa có số liệu",
		Priority:  "Ưu tiên, theo người xác nhận", Declared: "Công dân tự khai", Card: "Theo thẻ căn cước", Raised: "Cán bộ thêm", Lowered: "Cán bộ bỏ",
		Excluded: "Thời gian không tính vào chờ", From: "Từ", To: "Đến", Why: "Lý do", Outage: "Mất điện hoặc máy không chạy", Break: "Nghỉ giữa hai buổi", ByHand: "Phòng đóng bằng tay",
		NoExcluded:   "Không có khoảng nào.",
		MoreExcluded: func(n int) string { return fmt.Sprintf("và %d khoảng khác.", n) },
		MoreRows:     func(n int) string { return fmt.Sprintf("và %d dòng khác trong bảng tính.", n) },
		Unsure: func(waits, handlings int) string {
			return fmt.Sprintf("Không tính %d lần chờ và %d lần phục vụ vì lúc đó máy chưa chắc ngày giờ.", waits, handlings)
		},
		Late: func(steps int) string {
			return fmt.Sprintf("%d bước gửi sau khi mất mạng, ghi theo giờ đến máy: thời gian phục vụ của các lượt ấy có thể khác thực tế.", steps)
		},
		Notes: "Lưu ý về số liệu", LateSteps: "Bước gửi sau khi mất mạng", MoreStretches: "Số khoảng khác",
		UnsureWaits: "Lần chờ không tính vì máy chưa chắc ngày giờ", UnsureHandlings: "Lần phục vụ không tính vì máy chưa chắc ngày giờ",
		Ratings: "Đánh giá của công dân", VeryGood: "Rất hài lòng", GoodLevel: "Hài lòng", Bad: "Không hài lòng", Sum: "Tổng số", Reasons: "Lý do không hài lòng",
		RatingsLater: "Đánh giá được hiện sau khi phòng đóng cửa.", RatingsFew: "Có đánh giá nhưng quá ít, không hiện để giữ kín cho người đánh giá.", RatingsNone: "Không có đánh giá nào.",
		NoReason: "Không nêu lý do", ReasonOther: "Lý do khác", ReasonWait: "Chờ lâu", ReasonAttitude: "Thái độ", ReasonUnclear: "Hướng dẫn chưa rõ", ReasonAgain: "Phải đến lại",
		HiddenRatings: func(n int) string {
			return fmt.Sprintf("%d đánh giá thuộc nhóm quá nhỏ nên không tách riêng.", n)
		},
		Seal: "Dấu nhật ký", NotSealed: "Nhật ký của ngày này chưa được chốt.",
		Sealed: func(at, hash string) string { return "Chốt tại ghi chép " + at + ", SHA-256 " + hash },
		Limits: func(wait, handling int) string {
			return fmt.Sprintf("Mức của phòng: chờ %d phút, phục vụ %d phút. Trung vị và 90%% tính theo thứ hạng gần nhất.", wait, handling)
		},
		Maker: "Người lập", Lead: "Phụ trách bộ phận", Signed: "(ký, ghi rõ họ tên)",
		Group: "Nhóm", Item: "Mục", Seconds: "giây", NumberOf: "Số lượng",
	}
}

func leadStaff() LeadStaff {
	return LeadStaff{
		Title: "Cán bộ", New: "Thêm cán bộ", Login: "Tên đăng nhập", Name: "Họ và tên", Role: "Vai trò", Counters: "Quầy được ngồi", AnyCounter: "Không chọn quầy nào nghĩa là ngồi được mọi quầy.",
		Secret: "Mã PIN hoặc cụm mật khẩu", SecretHint: "Từ 6 chữ số, không dễ đoán.", Create: "Thêm",
		Officer: "Cán bộ tiếp nhận", Lead: "Phụ trách bộ phận", Technician: "Kỹ thuật viên", State: "Trạng thái", Active: "Đang dùng", Disabled: "Đã khóa hẳn",
		Locked: func(clock string) string { return "Tạm khóa đến " + clock + " vì nhập sai" },
		Save:   "Lưu", NewSecret: "Mã PIN mới", SetSecret: "Đổi mã PIN", Unlock: "Mở khóa", Disable: "Khóa hẳn tài khoản",
		LoginHint: "Chữ thường không dấu, chữ số, dấu chấm, gạch ngang.", NameHint: "Như trên bảng tên.", Change: "Sửa",
	}
}

func leadBoards() LeadBoards {
	return LeadBoards{
		Title: "Bảng hiển thị", How: "Mở trang bảng hiển thị trên ti vi. Bốn chữ số hiện ra ở đó được nhập vào đây để ghép.",
		Digits: "Bốn chữ số trên ti vi", Confirm: "Ghép bảng này", Paired: "Các bảng đã ghép", None: "Chưa ghép bảng nào.", Board: "Bảng", Seen: "Thấy lần cuối", Never: "Chưa thấy",
		Forget: "Bỏ ghép", Alive: "Đang chạy",
		Name: "Tên gọi", Counter: "Quầy", NoCounter: "Không ở quầy nào", Place: "Nơi đặt",
		TabletsByLead: "Máy đánh giá đặt tại quầy do phụ trách hoặc cán bộ kỹ thuật ghép.",
		WithSound:     "Đọc số ra loa của ti vi", Sound: "Âm thanh", Speaks: "Có đọc số", Silent: "Không đọc số", Speak: "Bật tiếng", Silence: "Tắt tiếng",
		Ago: func(d time.Duration) string {
			switch {
			case d < time.Minute:
				return fmt.Sprintf("%d giây trước", int(d/time.Second))
			case d < time.Hour:
				return fmt.Sprintf("%d phút trước", int(d/time.Minute))
			case d < 24*time.Hour:
				return fmt.Sprintf("%d giờ trước", int(d/time.Hour))
			}
			return fmt.Sprintf("%d ngày trước", int(d/(24*time.Hour)))
		},
	}
}

func leadVoice() LeadVoice {
	return LeadVoice{
		Title: "Ghi giọng đọc", How: "Chọn phòng yên tĩnh, ngồi cách micro một gang tay, đọc từng câu rõ ràng. Mỗi câu được kiểm tra ngay.",
		Language: "Tiếng", Choose: "Chọn", Progress: "Đã ghi", Prompt: "Câu cần đọc", Read: "Xin đọc to câu này:", Say: "Xin nói bằng tiếng đã chọn câu có nghĩa là:",
		Of:     func(n, all int) string { return fmt.Sprintf("%d/%d", n, all) },
		Record: "Ghi âm", Stop: "Dừng", Play: "Nghe lại", Keep: "Giữ bản này", Again: "Ghi lại", Next: "Câu tiếp theo", Listen: "Nghe",
		NeedScript: "Trang này cần trình duyệt chạy mã lệnh để ghi âm.", NoMicrophone: "Không dùng được micro. Xin cho phép trình duyệt dùng micro rồi thử lại.",
		Recording: "Đang ghi, xin đọc…", Checking: "Đang kiểm tra…", Fine: "Bản ghi tốt. Xin nghe lại rồi giữ hoặc ghi lại.", Kept: "Đã giữ.",
		Failed: "Chưa gửi được bản ghi. Xin thử lại.", Activate: "Dùng giọng này", Active: "Giọng này đang được dùng.", Whole: "Đã ghi đủ các câu.",
		Recorded: "Đã ghi", Missing: "Chưa ghi", Own: "Tiếng khác (mã)",
		Repeated: "Mỗi lần gọi số, câu gọi được đọc thêm bằng tiếng này.", Unused: "Chưa dùng: câu gọi không được đọc bằng tiếng này.", Rest: "Tắt giọng này",
	}
}

func leadAudit() LeadAudit {
	return LeadAudit{
		Title: "Nhật ký", How: "Mỗi ghi chép được nối với ghi chép trước bằng một mã băm. Ai sửa một ghi chép cũ thì phép kiểm tra sẽ chỉ ra chỗ đó.",
		Verify: "Kiểm tra toàn bộ nhật ký", Head: "Cuối nhật ký", Facts: "Số ghi chép", Last: "Ghi chép cuối", Hash: "Mã băm",
		Right: "Nhật ký nguyên vẹn.", Broken: "Nhật ký đã bị thay đổi. Xin báo ngay cho kỹ thuật viên và không xóa gì trên máy.",
		BrokenAt: func(place string) string { return "Chỗ đầu tiên không khớp: ghi chép " + place + "." },
		Events:   "Việc của cán bộ gần đây", NoEvents: "Hôm nay chưa có việc nào được ghi.", When: "Lúc", What: "Việc", Whose: "Tài khoản", ByWhom: "Người làm", Gateway: "Máy",
	}
}

func leadGroups() LeadGroups {
	return LeadGroups{
		Title: "Đánh giá của công dân", How: "Chỉ hiện các nhóm đủ lớn để không ai biết một người đã đánh giá thế nào.",
		NotYet: "Đánh giá của một ngày được hiện từ ngày hôm sau.",
		On:     func(date string) string { return "Ngày " + date },
	}
}

// StaffEvent returns what happened to an account in words.
func (Lead) StaffEvent(e kiosk.StaffEvent) string {
	switch e {
	case kiosk.StaffCreated:
		return "Thêm tài khoản"
	case kiosk.StaffChanged:
		return "Sửa tài khoản"
	case kiosk.StaffSecret:
		return "Đổi mã PIN"
	case kiosk.StaffDisabled:
		return "Khóa hẳn tài khoản"
	case kiosk.StaffSignedIn:
		return "Đăng nhập"
	case kiosk.StaffSignedOut:
		return "Đăng xuất"
	case kiosk.StaffIdle:
		return "Tự đăng xuất vì không thao tác"
	case kiosk.StaffReplaced:
		return "Đăng xuất vì người khác nhận quầy"
	case kiosk.StaffRefused:
		return "Nhập sai mã PIN"
	case kiosk.StaffLocked:
		return "Tạm khóa vì nhập sai nhiều lần"
	case kiosk.StaffMovedAway:
		return "Chấm dứt phiên vì dùng ở máy khác"
	case kiosk.StaffExported:
		return "Lấy báo cáo hoặc nhật ký ra"
	case kiosk.StaffBoard:
		return "Ghép, bỏ hoặc đổi âm thanh bảng hiển thị"
	case kiosk.StaffVoice:
		return "Ghi, bật hoặc tắt giọng đọc"
	case kiosk.StaffUnlocked:
		return "Mở khóa máy bằng mật khẩu"
	case kiosk.StaffUnlockRefused:
		return "Nhập sai mật khẩu của máy"
	case kiosk.StaffUnlockHeld:
		return "Tạm dừng mở khóa vì nhập sai nhiều lần"
	}
	return string(e)
}

// Reason returns why somebody was not content.
func (l Lead) Reason(r kiosk.RatingReason) string {
	switch r {
	case kiosk.RatingWait:
		return l.Report.ReasonWait
	case kiosk.RatingAttitude:
		return l.Report.ReasonAttitude
	case kiosk.RatingUnclear:
		return l.Report.ReasonUnclear
	case kiosk.RatingAgain:
		return l.Report.ReasonAgain
	case kiosk.RatingOther:
		return l.Report.ReasonOther
	}
	return l.Report.NoReason
}

// Role returns what an officer is.
func (l Lead) Role(r kiosk.Role) string {
	switch r {
	case kiosk.RoleLead:
		return l.Staff.Lead
	case kiosk.RoleTechnician:
		return l.Staff.Technician
	}
	return l.Staff.Officer
}

// Counter returns what a counter does.
func (l Lead) Counter(s kiosk.CounterState) string {
	switch s {
	case kiosk.CounterOpen:
		return l.Card.CounterOpen
	case kiosk.CounterPaused:
		return l.Card.CounterPaused
	case kiosk.CounterAbsent:
		return l.Card.CounterAbsent
	}
	return l.Card.CounterClosed
}

// Seconds writes a duration in a table: "12:30", "1:02:30".
func (Lead) Seconds(s int64) string {
	if s < 3600 {
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}

// Span writes a duration alone, to the minute: "12 phút", "1 giờ 2 phút"; below a minute in
// seconds.
func (Lead) Span(s int64) string {
	m := (s + 30) / 60
	switch {
	case s < 60:
		return fmt.Sprintf("%d giây", s)
	case m < 60:
		return fmt.Sprintf("%d phút", m)
	case m%60 == 0:
		return fmt.Sprintf("%d giờ", m/60)
	}
	return fmt.Sprintf("%d giờ %d phút", m/60, m%60)
}

// Percent writes a share, 0 to 1, in whole percent; what is not 0 is never written as 0.
func (Lead) Percent(share float64) string {
	p := int(share*100 + 0.5)
	if p == 0 && share > 0 {
		return "dưới 1%"
	}
	return strconv.Itoa(p) + "%"
}
