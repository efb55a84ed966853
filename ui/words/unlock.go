package words

import "time"

// UnlockWords are the words of the page on which a lead opens the box with its passphrase. They
// are Vietnamese only, as the officers' pages are.
type UnlockWords struct {
	Title, Lead, Why  string
	Passphrase, Whose string // the field, and which passphrase it is not
	Enter, Fresh      string
	Wait              func(d time.Duration) string
}

// Unlock returns them.
func Unlock() UnlockWords {
	return UnlockWords{
		Title:      "Mở khóa máy",
		Lead:       "Mở khóa máy một cửa",
		Why:        "Máy vừa khởi động và đang chờ mật khẩu của phụ trách bộ phận. Lấy số vẫn hoạt động; đăng nhập, gọi số và hồ sơ phải chờ.",
		Passphrase: "Mật khẩu của máy",
		Whose:      "Không phải mã PIN hay mật khẩu của từng cán bộ. Nếu quên, xin xem phong bì trong két của bộ phận.",
		Enter:      "Mở khóa",
		Fresh:      "Máy này chưa đặt mật khẩu. Phụ trách bộ phận cùng kỹ thuật viên đặt tại máy bằng lệnh kioskctl key set.",
		Wait: func(d time.Duration) string {
			return "Mật khẩu đã bị nhập sai nhiều lần. Xin chờ " + viLeft(d) + " rồi nhập lại."
		},
	}
}
