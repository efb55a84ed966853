package words

import (
	"slices"
	"strings"

	"github.com/motcua/gateway/kiosk"
)

// RatingPages are the words that the rating needs in a browser, on a citizen's telephone and on
// the tablet at a counter, beside [Rating].
type RatingPages struct {
	Already   string // it was rated before
	NotServed string // the number was not served and will not be
	Unknown   string // the code is not of today
	// Of the tablet.
	Idle     string // nobody is asked
	Counter  func(code string) string
	Pair     string // above the digits that an officer is to type
	NoScript string // the browser cannot run the page
	Lost     string // the connection is being restored
	// Slip stands on paper above the code: ASCII marks only.
	Slip string
}

// RatingPages returns the words of the rating in a browser.
func (w Words) RatingPages() RatingPages {
	in := func(s saying) string { return s.in(w.Language) }
	return RatingPages{
		Already: in(saying{
			"Số này đã được đánh giá.",
			"This number has been rated already.",
			"该号码已经评价过。",
		}),
		NotServed: in(saying{
			"Hôm nay số này không được phục vụ nên không có phần đánh giá.",
			"This number was not served today, so there is nothing to rate.",
			"该号码今天未办理，无需评价。",
		}),
		Unknown: in(saying{
			"Mã này không dùng được: mã trên phiếu chỉ để đánh giá trong ngày lấy số.",
			"This code cannot be used: the code on a slip is for a rating on the day of its number.",
			"此码无法使用：号票上的码仅限取号当天评价。",
		}),
		Idle: in(saying{
			"Xong việc, mời ông/bà đánh giá tại đây.",
			"After your visit, please rate it here.",
			"办理完毕后，请在此评价。",
		}),
		Counter: func(code string) string {
			return in(saying{"Quầy " + code, "Counter " + code, code + "号窗口"})
		},
		Pair: in(saying{
			"Xin nhờ phụ trách bộ phận nhập bốn số này vào trang “Bảng hiển thị”.",
			"Please have the lead of the office type these four digits on the page of boards.",
			"请负责人在显示屏配对页面输入这四位数字。",
		}),
		NoScript: in(saying{
			"Trình duyệt này không mở được trang đánh giá. Xin báo cán bộ kỹ thuật.",
			"This browser cannot show the rating. Please tell the technician.",
			"此浏览器无法显示评价页面，请联系技术人员。",
		}),
		Lost: in(saying{
			"Mất kết nối với máy. Đang kết nối lại…",
			"The connection to the machine is lost. Connecting again…",
			"与机器的连接已断开，正在重新连接……",
		}),
		Slip: in(saying{
			"Xong việc, xin quét mã để đánh giá:",
			"After your visit, scan to rate it:",
			"办完后请扫码评价：",
		}),
	}
}

// AddRating makes the code of a slip lead to the rating: the office's address ("https://…",
// without a path), /r/ and the ticket's token, and on a line of its own the number and the date
// as [QR] has them, so that a telephone without a network still shows the number. The office's
// name makes way, or the dots would become smaller. Without an address, a token or a code the
// slip stays as it is.
func AddRating(s kiosk.Slip, l kiosk.Language, address, token string) kiosk.Slip {
	at := slices.IndexFunc(s.Lines, func(line kiosk.SlipLine) bool { return line.Role == kiosk.LineQR })
	if address == "" || token == "" || at < 0 {
		return s
	}
	number, _, _ := strings.Cut(s.Lines[at].Text, "\n")
	code := strings.TrimRight(address, "/") + "/r/" + token + "\n" + number
	s.Lines = slices.Replace(slices.Clone(s.Lines), at, at+1,
		kiosk.SlipLine{Role: kiosk.LineSmall, Text: For(l).RatingPages().Slip},
		kiosk.SlipLine{Role: kiosk.LineQR, Text: code})
	return s
}
