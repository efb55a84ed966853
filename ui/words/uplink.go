package words

// Line are the words about the line to the province, for the technician and the lead: they are
// Vietnamese only.
type Line struct {
	// Enrolment says why a box was not made known to its province, by the refusal's code.
	Enrolment func(code string) string
	// Ferry says what is wrong with a stick, by the refusal's code.
	Ferry func(code string) string
	// Backup says why no backup was written, by the refusal's code.
	Backup func(code string) string
	// Passphrase says why one was not taken.
	Passphrase func(code string) string
	OnlyDemo   string
}

// ForLine returns them.
func ForLine() Line {
	return Line{
		Enrolment: by("Chưa đăng ký được với tỉnh.", map[string]string{
			"claim-unknown":     "Mã đăng ký không đúng. Xin xem lại từng ký tự, hoặc xin tỉnh mã mới.",
			"mistyped":          "Mã đăng ký bị gõ sai một ký tự. Xin gõ lại.",
			"claim-used":        "Mã đăng ký này đã dùng cho một máy khác. Xin tỉnh mã mới.",
			"claim-expired":     "Mã đăng ký đã hết hạn hoặc đã có mã mới hơn. Xin tỉnh mã mới.",
			"site-taken":        "Bộ phận này đang có một máy khác nối với tỉnh. Tỉnh phải cho thay máy đó trước.",
			"other-site":        "Mã đăng ký là của bộ phận khác, không phải của máy này.",
			"foreign-authority": "Máy chủ trả lời không phải của tỉnh đã cấp mã. Xin xem lại địa chỉ; có thể mạng đang bị chặn bởi trang đăng nhập.",
			"bad-url":           "Địa chỉ máy chủ của tỉnh không đúng. Ví dụ: https://hub.quangninh.example:8443",
			"enrolled":          "Máy này đã đăng ký với tỉnh. Muốn đăng ký lại: kioskctl line leave.",
			"not-enrolled":      "Máy này chưa đăng ký với tỉnh.",
			"damaged":           "Giấy chứng nhận của máy bị hỏng. Muốn làm lại: kioskctl line leave, rồi đăng ký với mã mới.",
			"clock":             "Đồng hồ của máy sai nên không kiểm tra được máy chủ. Xin xác nhận ngày: kioskctl clock confirm NGÀY.",
			"unreachable":       "Không nối được tới máy chủ của tỉnh. Xin xem lại mạng và địa chỉ.",
			"bad-answer":        "Máy chủ trả lời không đúng cách. Có thể địa chỉ là của một máy khác.",
			"revoked":           "Tỉnh đã thu hồi máy này. Xin hỏi tỉnh.",
			"busy":              "Máy chủ của tỉnh đang bận. Xin thử lại sau ít phút.",
		}),
		Ferry: by("Chưa ghi hoặc đọc được USB.", map[string]string{
			"ferry-damaged": "Tệp trên USB bị hỏng hoặc bị sửa. Không có gì được nhận. Xin ghi lại.",
			"ferry-foreign": "Tệp trên USB không phải dành cho máy này.",
			"ferry-no-word": "Trên USB chưa có xác nhận của tỉnh cho máy này.",
			"ferry-no-hub":  "Máy chưa biết khóa của tỉnh: máy phải được nối mạng với tỉnh ít nhất một lần trước khi dùng USB.",
			"ferry-failed":  "Chưa ghi hoặc đọc được USB. Xin xem USB còn cắm, còn chỗ trống và không bị khóa ghi.",
		}),
		Backup: by("Chưa ghi được bản sao lưu.", map[string]string{
			"backup-no-hub": "Máy chưa biết khóa của tỉnh: máy phải được nối mạng với tỉnh ít nhất một lần trước khi sao lưu.",
			"backup-exists": "Đã có tệp mang tên đó. Xin chọn tên khác.",
		}),
		Passphrase: by("Mật khẩu chưa được nhận.", map[string]string{
			"wrong-passphrase": "Mật khẩu không đúng.",
			"no-passphrase":    "Máy này chưa đặt mật khẩu nên chưa mở được. Xin đặt mật khẩu trước.",
			"passphrase-set":   "Máy đã có mật khẩu. Muốn đổi, cần mật khẩu cũ.",
		}),
		OnlyDemo: "Hồ sơ thử chỉ có trong bản trình diễn.",
	}
}

// by returns a sentence by a code, and otherwise where there is none for it.
func by(otherwise string, known map[string]string) func(string) string {
	return func(code string) string {
		if s, ok := known[code]; ok {
			return s
		}
		return otherwise
	}
}
