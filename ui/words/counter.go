package words

import (
	"strconv"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// CounterWords are the words of the officers' page and of the page on which officers sign in.
// They are Vietnamese whatever language the citizen has: officers of a commune work in it.
//
// Most of them are put together in the browser, so they are strings with places in braces
// instead of functions: {n} is a number, {t} a length of time, {q} a counter, {k} a key, {v} a
// step. What has none stands as it is. The page gets all of them as JSON.
type CounterWords struct {
	SignIn  SignInWords                   `json:"-"`
	Page    CounterPage                   `json:"page"`
	Verbs   map[kiosk.Verb]CounterVerb    `json:"verbs"`
	States  map[kiosk.TicketState]string  `json:"states"`
	Seats   map[kiosk.CounterState]string `json:"seats"`
	Speaks  map[kiosk.Language]string     `json:"speaks"`
	Pause   CounterPause                  `json:"pause"`
	Send    CounterSend                   `json:"send"`
	Choose  CounterChoose                 `json:"choose"`
	Offline CounterOffline                `json:"offline"`
	Help    CounterHelp                   `json:"help"`
}

// SignInWords are the words of the sign-in page.
type SignInWords struct {
	Title, Lead, Login, Secret, Counter string
	NoCounter, Free, Enter, TakeOver    string
	Sits                                string                            // somebody; who it is only an officer learns
	Taken                               func(name, counter string) string // somebody sits there
	Yourself                            func(counter string) string       // the officer's own session elsewhere
	Wait                                func(d time.Duration) string
	Machine                             string                      // the session came from another machine
	Out                                 string                      // signed out
	Busy                                func(n kiosk.Number) string // not yet: a number is in hand
	SeatLost                            string                      // signed in, but the counter could not be opened
}

// CounterPage are the words of the page's parts.
type CounterPage struct {
	Title    string `json:"title"`
	Counter  string `json:"counter"`
	Skip     string `json:"skip"`
	Now      string `json:"now"`
	Free     string `json:"free"`
	FreeHint string `json:"freeHint"`
	Closed   string `json:"closed"`
	Paused   string `json:"paused"`
	Until    string `json:"until"`
	Since    string `json:"since"`
	Serving  string `json:"serving"`
	Calls    string `json:"calls"`
	Waited   string `json:"waited"`
	Left     string `json:"left"`
	NoLeft   string `json:"noLeft"`
	Priority string `json:"priority"`
	Declared string `json:"declared"`
	Waiting  string `json:"waiting"`
	Nobody   string `json:"nobody"`
	More     string `json:"more"`
	Over     string `json:"over"`
	Sent     string `json:"sent"`
	Due      string `json:"due"`
	Held     string `json:"held"`
	NoShow   string `json:"noShow"`
	None     string `json:"none"`
	Served   string `json:"served"`
	ServedOf string `json:"servedOf"`
	Mean     string `json:"mean"`
	Steps    string `json:"steps"`
	Fine     string `json:"fine"`
	MoreNews string `json:"moreNews"`
	News     string `json:"news"`
	AtScreen string `json:"atScreen"`
	Come     string `json:"come"`
	Lead     string `json:"lead"`
	Boards   string `json:"boards"`
	SignOut  string `json:"signOut"`
	Keys     string `json:"keys"`
	Unsure   string `json:"unsure"`
	Close    string `json:"close"`
	Cancel   string `json:"cancel"`
	Minutes  string `json:"minutes"`
	Hours    string `json:"hours"`
	Under    string `json:"under"`
	Column   string `json:"column"`
	Service  string `json:"service"`
	How      string `json:"how"`
	Refresh  string `json:"refresh"`
	Others   string `json:"others"`
}

// CounterVerb are the words of one step.
type CounterVerb struct {
	Button string `json:"button"`
	Key    string `json:"key,omitempty"` // the letter that presses it
	// Name is the step within a sentence, Done what is said when it is done.
	Name string `json:"name"`
	Done string `json:"done"`
}

// CounterPause are the words of a pause.
type CounterPause struct {
	Title    string   `json:"title"`
	Reason   string   `json:"reason"`
	Reasons  []string `json:"reasons"`
	Other    string   `json:"other"`
	Until    string   `json:"until"`
	Hint     string   `json:"hint"`
	Do       string   `json:"do"`
	Button   string   `json:"button"`
	Resume   string   `json:"resume"`
	Leave    string   `json:"leave"`
	LeaveAsk string   `json:"leaveAsk"`
	Open     string   `json:"open"`
	Paused   string   `json:"paused"`
	Opened   string   `json:"opened"`
	Left     string   `json:"left"`
	Helped   string   `json:"helped"`
}

// CounterSend are the words of a transfer.
type CounterSend struct {
	Title   string `json:"title"`
	To      string `json:"to"`
	Same    string `json:"same"`
	For     string `json:"for"`
	Any     string `json:"any"`
	Place   string `json:"place"`
	First   string `json:"first"`
	Last    string `json:"last"`
	After   string `json:"after"`
	Minutes string `json:"minutes"`
	Do      string `json:"do"`
}

// CounterChoose are the words of the dialog on one number.
type CounterChoose struct {
	Title  string `json:"title"`
	Number string `json:"number"`
	Hint   string `json:"hint"`
	Call   string `json:"call"`
	Resume string `json:"resume"`
	Raise  string `json:"raise"`
	Lower  string `json:"lower"`
	Send   string `json:"send"`
	// Find looks a number up where no script does; Nothing says that there is none, Which asks for
	// one of those that may be meant.
	Find    string `json:"find"`
	Nothing string `json:"nothing"`
	Which   string `json:"which"`
}

// CounterOffline are the words while the box cannot be reached, and of what comes after it.
type CounterOffline struct {
	Lost     string `json:"lost"`
	LostNot  string `json:"lostNot"`
	NoCall   string `json:"noCall"`
	NoOther  string `json:"noOther"`
	Queued   string `json:"queued"`
	Kept     string `json:"kept"`
	Back     string `json:"back"`
	Full     string `json:"full"`
	GoneOn   string `json:"goneOn"`
	Mine     string `json:"mine"`
	Theirs   string `json:"theirs"`
	AtQ      string `json:"atQ"`
	Anyhow   string `json:"anyhow"`
	Drop     string `json:"drop"`
	Dropped  string `json:"dropped"`
	Stale    string `json:"stale"`
	Other    string `json:"other"`
	Unknown  string `json:"unknown"`
	Refused  string `json:"refused"`
	Again    string `json:"again"`
	SignIn   string `json:"signIn"`
	SignWhy  string `json:"signWhy"`
	TakeOver string `json:"takeOver"`
	NotNext  string `json:"notNext"`
	// Cannot stands where a step that was overtaken cannot be made any more, LostShort before
	// another sentence.
	Cannot    string `json:"cannot"`
	LostShort string `json:"lostShort"`
	Elsewhere string `json:"elsewhere"` // steps of another counter wait on this machine
}

// CounterHelp are the words of the panel that explains the keys.
type CounterHelp struct {
	Title string   `json:"title"`
	Lines []string `json:"lines"`
}

// Counter returns the words of the officers' pages, in Vietnamese.
func Counter() CounterWords {
	return CounterWords{
		SignIn:  counterSignIn(),
		Page:    counterPage(),
		Verbs:   counterVerbs(),
		Pause:   counterPause(),
		Offline: counterOffline(),
		States: map[kiosk.TicketState]string{
			kiosk.Waiting: "đang chờ", kiosk.Called: "đang gọi", kiosk.Serving: "đang phục vụ",
			kiosk.Held: "tạm gác", kiosk.NoShow: "vắng mặt", kiosk.Served: "đã xong",
			kiosk.Cancelled: "đã hủy", kiosk.Lapsed: "hết ngày chưa được phục vụ",
		},
		Seats: map[kiosk.CounterState]string{
			kiosk.CounterOpen: "đang mở", kiosk.CounterPaused: "tạm nghỉ",
			kiosk.CounterClosed: "đóng", kiosk.CounterAbsent: "vắng cán bộ",
		},
		Speaks: map[kiosk.Language]string{
			kiosk.English: "EN: tiếng Anh", kiosk.Chinese: "ZH: cần phiên dịch?",
		},
		Send: CounterSend{
			Title: "Chuyển số {n}", To: "Đến dịch vụ", Same: "Giữ nguyên dịch vụ", For: "Đến quầy", Any: "Quầy nào cũng được",
			Place: "Thứ tự", First: "Đầu hàng chờ", Last: "Cuối hàng chờ", After: "Sau một lúc, rồi lên đầu hàng",
			Minutes: "Số phút", Do: "Chuyển",
		},
		Choose: CounterChoose{
			Title: "Chọn số", Number: "Số thứ tự", Hint: "Gõ A012 hoặc chỉ 12, hoặc bấm một dòng trong danh sách.",
			Call: "Gọi số này", Resume: "Trả về hàng chờ", Raise: "Cho ưu tiên", Lower: "Bỏ ưu tiên", Send: "Chuyển số này",
			Find: "Tìm số này", Nothing: "Không thấy số này. Xin gõ cả chữ và số, ví dụ A012.", Which: "Xin chọn đúng số:",
		},
		Help: CounterHelp{
			Title: "Phím tắt",
			Lines: []string{
				"Bấm một phím chữ là làm một bước. Giữ phím không làm thêm bước nào.",
				"Phím tắt dùng được cả khi bộ gõ tiếng Việt đang bật, và không có tác dụng khi đang gõ trong ô chữ.",
				"Đang đứng ở một dòng trong danh sách: phím M cho hoặc bỏ ưu tiên số của dòng đó, Enter mở các bước khác.",
				"Phím Tab chuyển giữa các nút, Enter bấm nút, Esc đóng hộp thoại.",
				"Mất mạng: vẫn ghi nhận các bước với số đang ở quầy; có mạng lại, trang tự gửi theo đúng thứ tự.",
			},
		},
	}
}

func counterSignIn() SignInWords {
	return SignInWords{
		Title: "Đăng nhập", Lead: "Trang làm việc tại quầy", Login: "Tên đăng nhập", Secret: "Mã PIN hoặc mật khẩu",
		Counter: "Ngồi tại quầy", NoCounter: "Không ngồi quầy", Free: "còn trống", Enter: "Đăng nhập", TakeOver: "Vào thay tại quầy này",
		Sits: "đã có người",
		Taken: func(name, counter string) string {
			return name + " đang đăng nhập tại quầy " + counter + ". Nếu chắc chắn muốn vào thay, xin nhập lại mã PIN rồi bấm “Vào thay tại quầy này”."
		},
		Yourself: func(counter string) string {
			return "Tài khoản này đang đăng nhập tại quầy " + counter + ". Nếu muốn chuyển sang máy này, xin nhập lại mã PIN rồi bấm “Vào thay tại quầy này”."
		},
		Wait: func(d time.Duration) string {
			return "Đã nhập sai nhiều lần. Xin chờ " + viStretch(d) + " rồi thử lại."
		},
		Machine: "Phiên làm việc đã kết thúc vì được mở từ một máy khác. Xin đăng nhập lại.",
		Out:     "Đã đăng xuất.",
		Busy: func(n kiosk.Number) string {
			return "Quầy còn số " + string(n) + ". Xin kết thúc, tạm gác hoặc chuyển số này rồi đăng xuất."
		},
		SeatLost: "Đã đăng nhập nhưng chưa mở được quầy. Xin bấm “Mở quầy”.",
	}
}

// viStretch writes a length of time in seconds or, from two minutes, in minutes.
func viStretch(d time.Duration) string {
	if d <= 2*time.Minute {
		return strconv.Itoa(int((d+time.Second-1)/time.Second)) + " giây"
	}
	return strconv.Itoa(int((d+time.Minute-1)/time.Minute)) + " phút"
}

func counterPage() CounterPage {
	return CounterPage{
		Title: "Quầy {q}", Counter: "Quầy", Skip: "Đến các nút gọi số", Now: "Số tại quầy", Free: "Quầy trống", FreeHint: "Bấm “Gọi tiếp” để mời người kế tiếp.",
		Closed: "Quầy đang đóng", Paused: "Tạm nghỉ: {v}", Until: "đến {t}", Since: "Gọi cách đây {t}", Serving: "Phục vụ được {t}",
		Calls: "đã gọi {n} lần", Waited: "đã chờ {t}", Left: "còn gọi lại {n} lần", NoLeft: "hết lượt gọi lại",
		Priority: "Ưu tiên", Declared: "Đã khai ưu tiên: xin xem", Waiting: "Đang chờ", Nobody: "Không có ai chờ.", More: "và {n} người nữa",
		Over: "{n} người chờ quá {t}", Sent: "chuyển đến", Due: "hẹn sau {t}",
		Held: "Tạm gác", NoShow: "Vắng mặt", None: "Không có", Served: "Đã phục vụ hôm nay", ServedOf: "{n} lượt", Mean: "trung bình {t}",
		Steps: "Các bước", Fine: "Các thiết bị hoạt động bình thường.", MoreNews: "và {n} thông báo nữa", News: "Thông báo",
		AtScreen: "Có người chờ tại máy lấy số ({t}).", Come: "Tôi đến ngay", Lead: "Trang phụ trách", Boards: "Bảng hiển thị", SignOut: "Đăng xuất", Keys: "Phím tắt",
		Unsure: "chưa chắc ngày giờ", Close: "Đóng", Cancel: "Thôi", Minutes: "{n} phút", Hours: "{h} giờ {n} phút", Under: "dưới 1 phút",
		Column: "Số", Service: "Dịch vụ", How: "Chờ", Refresh: "Cập nhật", Others: "Các quầy",
	}
}

func counterVerbs() map[kiosk.Verb]CounterVerb {
	return map[kiosk.Verb]CounterVerb{
		kiosk.VerbCall:   {"Gọi tiếp", "G", "gọi tiếp", "Đã gọi số {n}."},
		kiosk.VerbRecall: {"Gọi lại", "L", "gọi lại", "Đã gọi lại số {n}."},
		kiosk.VerbServe:  {"Bắt đầu phục vụ", "P", "bắt đầu phục vụ", "Bắt đầu phục vụ số {n}."},
		kiosk.VerbFinish: {"Kết thúc", "X", "kết thúc", "Đã kết thúc số {n}."},
		// No verb of the office: the page finishes and then calls.
		"finish-next":    {"Kết thúc, gọi tiếp", "K", "kết thúc và gọi tiếp", "Đã kết thúc số {n}."},
		kiosk.VerbNoShow: {"Vắng mặt", "V", "ghi vắng mặt", "Đã ghi số {n} vắng mặt."},
		kiosk.VerbHold:   {"Tạm gác", "T", "tạm gác", "Đã tạm gác số {n}."},
		kiosk.VerbSend:   {"Chuyển", "C", "chuyển", "Đã chuyển số {n}."},
		kiosk.VerbUndo:   {"Hoàn tác", "H", "hoàn tác", "Đã hoàn tác bước trước với số {n}."},
		kiosk.VerbRaise:  {"Cho ưu tiên", "M", "cho ưu tiên", "Số {n} được ưu tiên."},
		kiosk.VerbLower:  {"Bỏ ưu tiên", "M", "bỏ ưu tiên", "Đã bỏ ưu tiên của số {n}."},
		kiosk.VerbResume: {"Trả về hàng chờ", "", "trả về hàng chờ", "Số {n} đã trở lại hàng chờ."},
		kiosk.VerbReturn: {"Trả về hàng chờ", "", "trả về hàng chờ", "Số {n} đã trở lại hàng chờ."},
		kiosk.VerbCancel: {"Hủy số", "", "hủy", "Đã hủy số {n}."},
	}
}

func counterPause() CounterPause {
	return CounterPause{
		Title: "Tạm nghỉ quầy", Reason: "Lý do (đồng nghiệp sẽ thấy)", Reasons: []string{"họp", "ăn trưa", "việc riêng"}, Other: "Lý do khác",
		Until: "Đến lúc", Hint: "Để trống nếu chưa biết giờ trở lại.", Do: "Tạm nghỉ", Button: "Tạm nghỉ", Resume: "Làm việc tiếp", Leave: "Đóng quầy",
		LeaveAsk: "Đóng quầy và không gọi số nữa?", Open: "Mở quầy", Paused: "Quầy tạm nghỉ.", Opened: "Quầy đang mở.", Left: "Quầy đã đóng.", Helped: "Đã báo là có cán bộ đến máy lấy số.",
	}
}

func counterOffline() CounterOffline {
	return CounterOffline{
		Lost:    "Mất liên lạc với máy chủ. Trang đang tự kết nối lại và vẫn ghi nhận bước với số đang ở quầy.",
		LostNot: "Mất liên lạc với máy chủ. Trang đang tự kết nối lại.",
		NoCall:  "Chưa gọi được vì không biết ai là người kế tiếp.",
		NoOther: "Chưa làm được bước này. Xin làm lại khi có kết nối.",
		Queued:  "Chờ gửi", Kept: "Đã ghi nhận: {v} số {n}. Bước này sẽ được gửi khi có kết nối.",
		Back: "Đã kết nối lại. Các bước chờ đã được gửi.", Full: "Máy tính này không còn chỗ để ghi nhận bước. Xin báo kỹ thuật viên.",
		GoneOn: "Số {n} đã thay đổi trên máy chủ", Mine: "Ông/bà đã bấm", Theirs: "Hiện nay trên máy chủ", AtQ: "quầy {q}",
		Anyhow: "Vẫn làm bước này", Drop: "Bỏ bước này", Dropped: "Đã bỏ bước {v} số {n}.",
		Stale: "Bước “gọi tiếp” bấm trước lúc mất liên lạc chưa được trả lời. Có gọi bây giờ không?",
		Other: "Bước này do cán bộ khác bấm tại máy này.", Unknown: "không còn trong ngày",
		Refused: "Chưa thực hiện được bước {v} {n}: ", Again: "Bước này đã được ghi nhận trước đó.",
		SignIn: "Xin đăng nhập lại", SignWhy: "Phiên làm việc đã hết. Các bước chờ gửi vẫn được giữ trên máy này.",
		TakeOver:  "Quầy này đang có người đăng nhập. Xin nhập lại mã PIN và bấm lần nữa để vào thay.",
		Cannot:    "Bước này không còn làm được với số này.",
		LostShort: "Mất liên lạc với máy chủ.",
		Elsewhere: "Máy này còn bước chờ gửi của quầy {q}. Xin đăng nhập lại tại quầy đó để gửi.",
		NotNext:   "Chưa gọi kế tiếp vì bước trước vừa gửi muộn. Xin bấm “Gọi tiếp”.",
	}
}
