package words

// ForProvince returns the words of the hub's page.
func ForProvince() Province {
	return Province{
		Nav:      ProvinceNav{Gateways: "Máy tại xã", Numbers: "Số liệu ngày", Search: "Tìm hồ sơ", Log: "Nhật ký truy cập", Accounts: "Tài khoản", Subject: "Dữ liệu cá nhân"},
		SignIn:   provinceSignIn(),
		Gateways: provinceGateways(),
		Search:   provinceSearch(),
		Dossier:  provinceDossier(),
		Ask: ProvinceAsk{
			Title: "Mục đích xem hồ sơ", Go: "Xem hồ sơ",
			How: "Mỗi lần xem hồ sơ đều được ghi vào nhật ký cùng mục đích. Mục đích có hiệu lực 15 phút cho hồ sơ này.",
		},
		Numbers:  provinceNumbers(),
		Log:      provinceLog(),
		Accounts: provinceAccounts(),
		Subject:  provinceSubject(),

		Name: "Một cửa điện tử cấp tỉnh",
		Skip: "Đến nội dung chính", Menu: "Các trang", SignOut: "Đăng xuất", Back: "Quay lại", Done: "Đã thực hiện.", Sorry: "Chưa thực hiện được",
		Purpose: "Mục đích", PurposeHint: "Ví dụ: trả lời đơn số 123 của công dân. Không ghi tên hay số định danh của ai.",
		NoRight:      "Tài khoản này chưa được giao quyền. Xin hỏi người quản trị.",
		NotFound:     "Không tìm thấy, hoặc tài khoản này không được xem.",
		Unreadable:   "Nội dung gửi lên không đúng. Xin xem lại rồi gửi lại.",
		WantPurpose:  "Xin ghi rõ mục đích, từ 5 đến 300 ký tự.",
		NoNumber:     "Mục đích hoặc căn cứ dường như có số định danh của một người. Nhật ký giữ mãi điều được ghi: xin viết lại mà không có số đó.",
		NotLogged:    "Nhật ký truy cập chưa ghi được, nên không có gì được hiện ra. Xin báo người vận hành máy chủ.",
		PurposeFirst: "Xin mở hồ sơ và ghi mục đích trước khi xem trang.",
	}
}

func provinceSignIn() ProvinceSignIn {
	return ProvinceSignIn{
		Title: "Đăng nhập", Login: "Tên đăng nhập", Secret: "Mật khẩu", Enter: "Đăng nhập",
		Machine: "Phiên làm việc đã được dùng từ một máy khác nên đã chấm dứt. Xin đăng nhập lại.", Out: "Đã đăng xuất.",
		Why: "Mọi lần tìm, xem và lấy dữ liệu ra đều được ghi vào nhật ký.",
	}
}

func provinceGateways() ProvinceGateways {
	return ProvinceGateways{
		Title: "Máy tại xã", Site: "Điểm tiếp nhận", Seen: "Liên lạc cuối", Backlog: "Đang chờ gửi", Know: "Điều cần biết", Version: "Phiên bản",
		Clock: "Đồng hồ", Key: "Khóa", Until: "Chứng thư",
		All: "Máy", Act: "Cần xử lý", Look: "Cần xem", Good: "Tốt", FactsWait: "Sự kiện chờ gửi", PagesWait: "Trang chờ gửi",
		MarkAct: "Cần xử lý", MarkLook: "Cần xem", MarkGood: "Tốt", MarkOff: "Đã thu hồi",
		Never:    "Chưa liên lạc lần nào.",
		Silent:   "Mất liên lạc.",
		Mute:     "Máy gửi sự kiện nhưng không báo tình trạng.",
		Expired:  "Chứng thư đã hết hạn.",
		Expires:  "Chứng thư sắp hết hạn mà máy chưa gia hạn được.",
		OddClock: "Đồng hồ của máy sai hoặc chưa chắc đúng.",
		Forged:   "Nhật ký tại máy không khớp với các sự kiện đã nhận: có thể đã bị sửa. Xin kiểm tra máy.",
		None:     "không có", Nothing: "Chưa có máy nào.",
		AsideTitle: "Sự kiện cất riêng", AsideHow: "Nội dung không được hiện ra vì có thể nêu tên người. Không sự kiện nào bị mất.",
		AsideNone: "Không có sự kiện nào phải cất riêng.", AsideMore: "Chỉ hiện 200 sự kiện đầu tiên.", Place: "Vị trí", Reason: "Lý do", Kept: "Cất lúc",
		ID: "Mã máy", Last: "Sự kiện cuối", Told: "Tình trạng báo lúc", KeyLong: "Khóa của máy lấy từ", UntilLong: "Chứng thư có hạn đến", Uptodate: "Số liệu lúc", Again: "tự cập nhật sau 30 giây", Oldest: "cũ nhất",
	}
}

func provinceSearch() ProvinceSearch {
	return ProvinceSearch{
		Title: "Tìm hồ sơ", ByName: "Theo mã hồ sơ", Name: "Mã hồ sơ hoặc mã nội bộ", NameHint: "Mã nội bộ có 26 ký tự.",
		ByVisit: "Theo số thứ tự", Site: "Điểm tiếp nhận", Day: "Ngày", Number: "Số thứ tự", Choose: "Chọn điểm",
		ByPerson: "Theo số định danh", Person: "Số định danh cá nhân hoặc số giấy tờ", PersonHint: "Số này không được ghi vào nhật ký.", Find: "Tìm",
		Nothing: "Không tìm thấy hồ sơ nào mà tài khoản này được xem.", Found: "Kết quả", More: "Còn nữa: chỉ hiện 200 hồ sơ mới nhất.",
		ID: "Mã nội bộ", Code: "Mã hồ sơ", Procedure: "Thủ tục", At: "Tiếp nhận", Pages: "Trang", State: "Tình trạng",
		WantName:    "Xin nhập mã hồ sơ: chữ cái không dấu, chữ số, dấu chấm, gạch nối.",
		WantVisit:   "Xin chọn điểm tiếp nhận, ngày và số thứ tự.",
		WantPerson:  "Xin nhập số định danh cá nhân (12 chữ số) hoặc số giấy tờ khác, từ 6 đến 20 ký tự.",
		PersonThere: "Đây giống số định danh hơn là mã hồ sơ. Xin dùng ô “Theo số định danh”, để số không bị ghi vào nhật ký.",
	}
}

func provinceDossier() ProvinceDossier {
	return ProvinceDossier{
		Title: "Hồ sơ", ID: "Mã nội bộ", Code: "Mã hồ sơ", NoCode: "chưa có", Procedure: "Thủ tục", Site: "Điểm tiếp nhận", Gateway: "Máy",
		At: "Tiếp nhận lúc", Ticket: "Số thứ tự", Counter: "Quầy", Officer: "Cán bộ", Applicant: "Người nộp", Number: "Số định danh",
		Pages: "Các trang", Page: "Trang", Component: "Thành phần", Kind: "Loại", Size: "Cỡ", Open: "Xem", Fetch: "Tải về",
		History: "Diễn biến", When: "Lúc", What: "Việc", Place: "Vị trí",
		Complete: "Đã nhận đủ các trang từ", Waiting: "Chưa đủ trang.", AllHere: "Đã nhận đủ.", Statement: "Xác nhận đã ký", Signed: "Chữ ký đúng với khóa của tỉnh.", NotSigned: "Chữ ký không kiểm tra được.",
		NoPages: "Hồ sơ này không có trang quét.", NoHistory: "Không có diễn biến nào.", Erased: "Đã xóa",
		Gone: "Hồ sơ này đã xóa theo yêu cầu, các trang không còn đọc được.", Why: "Mục đích xem",
		Before: "Trang trước", After: "Trang sau", ToDossier: "Về hồ sơ", Picture: "Ảnh trang quét",
		NotShown: "Trang này không hiện được ở đây. Xin tải về để xem.", Unknown: "không có",
	}
}

func provinceNumbers() ProvinceNumbers {
	return ProvinceNumbers{
		Title: "Số liệu ngày", Day: "Ngày", Show: "Xem", Today: "Hôm nay", Site: "Điểm tiếp nhận", Commune: "Xã", Service: "Dịch vụ", NoService: "(không theo dịch vụ)",
		Total: "Tổng cộng", Issued: "Phát số", Called: "Lượt gọi", Served: "Phục vụ xong", NoShow: "Vắng mặt", Cancelled: "Hủy", Lapsed: "Hết hiệu lực", Dossiers: "Hồ sơ",
		Bars: "Khung: số đã phát", BySite: "Theo điểm tiếp nhận", ByService: "Theo dịch vụ", AllSites: "Tất cả các điểm", Trend: "14 ngày đến ngày này",
		NoData: "Không có số liệu.", CSV: "Tải bảng (CSV)", CSVHow: "Lấy bảng này ra", WantDay: "Xin nhập ngày, ví dụ 2026-11-26.",
		Earlier: "Ngày trước", Later: "Ngày sau", NoNumbers: "Chưa có số liệu của ngày này.",
	}
}

func provinceLog() ProvinceLog {
	return ProvinceLog{
		Title: "Nhật ký truy cập", How: "Mỗi mục mang dấu của tất cả các mục trước: không ai sửa hay bỏ một mục mà không bị phát hiện.",
		Verify: "Kiểm tra cả nhật ký", Broken: "Nhật ký không còn nguyên vẹn. Xin giữ nguyên máy chủ và báo ngay cho người phụ trách an toàn thông tin.",
		NotChecked: "Chưa kiểm tra từ khi máy chủ khởi động.", Seq: "Mục", When: "Lúc", Who: "Ai", What: "Việc", About: "Về", Purpose: "Mục đích",
		Person: "một người (số không được ghi)", Older: "Các mục cũ hơn", Newest: "Về mục mới nhất", None: "Chưa có mục nào.", Head: "Dấu của mục mới nhất",
	}
}

func provinceAccounts() ProvinceAccounts {
	return ProvinceAccounts{
		Title: "Tài khoản", New: "Thêm tài khoản", Name: "Họ và tên", Login: "Tên đăng nhập", LoginHint: "a–z, 0–9, dấu chấm, gạch nối",
		Role: "Quyền", RoleHint: "Mỗi tài khoản có một quyền. Quản trị không xem được hồ sơ; người kiểm tra chỉ xem được nhật ký.",
		SitesOf: "Các điểm được xem", SitesHint: "Chỉ dùng cho quyền “Xem theo điểm”.",
		Secret: "Mật khẩu", SecretHint: "Ít nhất 10 ký tự, không chỉ gồm chữ số", Create: "Thêm", Save: "Lưu", Disable: "Khóa tài khoản", Enable: "Mở lại tài khoản",
		Unlock: "Bỏ tạm khóa", NewSecret: "Mật khẩu mới", SetSecret: "Đổi mật khẩu", Active: "Đang dùng", Disabled: "Đã khóa", All: "Tất cả các điểm", None: "–",
		WantSites: "Xin chọn quyền; quyền “Xem theo điểm” cần ít nhất một điểm.", NoRole: "Chưa có quyền", NoSites: "Chưa có điểm nào.",
	}
}

func provinceSubject() ProvinceSubject {
	return ProvinceSubject{
		Title: "Dữ liệu cá nhân", How: "Theo yêu cầu của người có dữ liệu hoặc quyết định của cơ quan có thẩm quyền. Số định danh không được ghi vào nhật ký.",
		Export: "Cung cấp dữ liệu", ExportHow: "Một tệp JSON gồm mọi thứ máy chủ giữ về người này, kể cả các sự kiện cất riêng.", Person: "Số định danh cá nhân hoặc số giấy tờ", Fetch: "Tải tệp về",
		Erase: "Xóa dữ liệu", EraseHow: "Hủy khóa của các hồ sơ, tại tỉnh và tại các máy ở xã. Không thể khôi phục.", Order: "Căn cứ", OrderHint: "Số và ngày của quyết định hoặc yêu cầu", Next: "Tiếp tục",
		ConfirmTitle: "Xác nhận xóa", ConfirmHow: "Để xác nhận, xin gõ lại số định danh của người này.", Again: "Gõ lại số định danh", EraseNow: "Xóa vĩnh viễn", Cancel: "Không xóa",
		Erased: "Đã xóa. Các máy ở xã được báo ngay khi liên lạc.", WantOrder: "Xin ghi căn cứ, từ 3 đến 150 ký tự.",
		NotSame: "Số gõ lại không khớp, hoặc đã quá 10 phút. Chưa có gì bị xóa. Xin làm lại từ đầu.", Reference: "Căn cứ", Dossiers: "Các hồ sơ sẽ bị xóa",
		Aside: "Các sự kiện cất riêng sẽ bị xóa", AsideHow: "Máy chủ không hiểu các sự kiện này, nhưng có số định danh của người này trong đó. Nội dung bị xóa, chỗ của sự kiện được giữ lại.",
	}
}
