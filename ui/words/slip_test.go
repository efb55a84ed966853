package words_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/words"
)

// office is a hall with one counter open and n people waiting before A012.
func office(n int) (*kiosk.Snapshot, kiosk.Ticket) {
	setup := &kiosk.Setup{
		Name: kiosk.Text{
			kiosk.Vietnamese: "Trung tâm Phục vụ hành chính công đặc khu Cô Tô",
			kiosk.English:    "Cô Tô Public Service Centre",
			kiosk.Chinese:    "姑苏特区公共行政服务中心",
		},
		Services: []kiosk.Service{{
			Code: "chung-thuc", Prefix: "A", Handling: 6 * time.Minute,
			Name: kiosk.Text{
				kiosk.Vietnamese: "Chứng thực", kiosk.English: "Certified copies", kiosk.Chinese: "公证认证",
			},
			Where: kiosk.Text{kiosk.Vietnamese: "ghế trước quầy 1 và 2", kiosk.English: "seats at counters 1 and 2", kiosk.Chinese: "1号和2号窗口前"},
		}},
		Counters: []kiosk.Counter{{Code: "1", Serves: []kiosk.ServiceCode{"chung-thuc"}}},
	}
	day := kiosk.Day(2026_11_23)
	s := &kiosk.Snapshot{
		At: day.At(8*60 + 16), Day: day, Setup: setup,
		Clock:    kiosk.ClockStatus{Sure: true, ShowTime: true},
		Counters: []kiosk.CounterStatus{{Counter: &setup.Counters[0], State: kiosk.CounterOpen}},
	}
	ticket := func(seq uint32) kiosk.Ticket {
		return kiosk.Ticket{
			Day: day, Service: "chung-thuc", Seq: seq, Number: kiosk.FormatNumber("A", seq), State: kiosk.Waiting,
			Language: kiosk.Vietnamese, Order: uint64(seq), IssuedAt: day.At(8*60 + 15), TimeSure: true,
		}
	}
	for i := range n {
		s.Tickets = append(s.Tickets, ticket(uint32(12-n+i)))
	}
	s.Tickets = append(s.Tickets, ticket(12))
	return s, ticket(12)
}

// spell writes a slip as one line a line.
func spell(s kiosk.Slip) string {
	var b strings.Builder
	for _, l := range s.Lines {
		fmt.Fprintf(&b, "%s: %s\n", l.Role, strings.ReplaceAll(l.Text, "\n", " / "))
	}
	return b.String()
}

func TestSlip(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		waiting int
		change  func(*kiosk.Snapshot, *kiosk.Ticket)
		reprint bool
		want    string
	}{
		"Vietnamese": {waiting: 3, want: `office: Trung tâm Phục vụ hành chính công đặc khu Cô Tô
title: Chứng thực
number: A012
body: Nơi chờ: ghế trước quầy 1 và 2
body: Còn 3 người phía trước, chờ khoảng 10-25 phút.
body: Xin giữ phiếu và nghe gọi số.
small: Lấy số lúc 08 giờ 15, thứ Hai, 23/11/2026
qr: A012 - 23/11/2026 / Trung tâm Phục vụ hành chính công đặc khu Cô Tô
`},
		"nobody ahead, priority": {
			change: func(_ *kiosk.Snapshot, t *kiosk.Ticket) { t.Priority = kiosk.PriorityDeclared },
			want: `office: Trung tâm Phục vụ hành chính công đặc khu Cô Tô
title: Chứng thực
number: A012
title: ƯU TIÊN
body: Nơi chờ: ghế trước quầy 1 và 2
body: Ông/bà là người tiếp theo, sắp được gọi.
body: Xin giữ phiếu và nghe gọi số.
small: Lấy số lúc 08 giờ 15, thứ Hai, 23/11/2026
qr: A012 - 23/11/2026 / Trung tâm Phục vụ hành chính công đặc khu Cô Tô
`},
		"English": {
			waiting: 1,
			change:  func(_ *kiosk.Snapshot, t *kiosk.Ticket) { t.Language = kiosk.English },
			want: `office: Cô Tô Public Service Centre
title: Certified copies
small: Chứng thực
number: A012
body: Please wait at: seats at counters 1 and 2
body: One person is ahead of you, about 4-8 minutes.
body: Please keep this slip and listen for your number.
small: Taken at 08:15, Monday, 23 November 2026
qr: A012 - 23/11/2026 / Trung tâm Phục vụ hành chính công đặc khu Cô Tô
`},
		"Chinese, printed again": {
			waiting: 1, reprint: true,
			change: func(_ *kiosk.Snapshot, t *kiosk.Ticket) { t.Language, t.Priority = kiosk.Chinese, kiosk.PriorityByCard },
			want: `office: 姑苏特区公共行政服务中心
mark: 补打 - BẢN IN LẠI
title: 公证认证
small: Chứng thực
number: A012
title: 优先 - ƯU TIÊN
body: 等候地点：1号和2号窗口前
body: 请保管好号票，听候叫号。
small: 取号时间：11月23日 星期一 08:15
qr: A012 - 23/11/2026 / 姑苏特区公共行政服务中心
`},
		"clock unsure, nobody serves, reprint": {
			reprint: true,
			change: func(s *kiosk.Snapshot, t *kiosk.Ticket) {
				s.Clock = kiosk.ClockStatus{Reason: kiosk.ClockBehind}
				s.Counters[0].State = kiosk.CounterClosed
			},
			want: `office: Trung tâm Phục vụ hành chính công đặc khu Cô Tô
mark: BẢN IN LẠI
title: Chứng thực
number: A012
body: Nơi chờ: ghế trước quầy 1 và 2
body: Xin giữ phiếu và nghe gọi số.
qr: A012 / Trung tâm Phục vụ hành chính công đặc khu Cô Tô
`},
		"time not sure when it was issued, service gone": {
			change: func(_ *kiosk.Snapshot, t *kiosk.Ticket) { t.TimeSure, t.Service, t.State = false, "gone", kiosk.Called },
			want: `office: Trung tâm Phục vụ hành chính công đặc khu Cô Tô
number: A012
body: Xin giữ phiếu và nghe gọi số.
qr: A012 / Trung tâm Phục vụ hành chính công đặc khu Cô Tô
`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, ticket := office(c.waiting)
			if c.change != nil {
				c.change(s, &ticket)
			}
			got := words.Slip(ticket, s, c.reprint)
			// Where a line may not end is another test's.
			if text := strings.ReplaceAll(spell(got), "\u00a0", " "); text != c.want {
				t.Errorf("got\n%swant\n%s", text, c.want)
			}
			if got.Name != "A012" {
				t.Errorf("name %q", got.Name)
			}
			checkPaper(t, ticket.Language, got)
		})
	}
}

// checkPaper holds a slip to the letters that every printer profile has.
func checkPaper(t *testing.T, l kiosk.Language, s kiosk.Slip) {
	t.Helper()
	for _, line := range s.Lines {
		if !norm.NFC.IsNormalString(line.Text) {
			t.Errorf("%q is not NFC", line.Text)
		}
		for _, r := range line.Text {
			han := l == kiosk.Chinese && (unicode.Is(unicode.Han, r) || strings.ContainsRune("，。：？", r))
			joined := r == '\u00a0' && (line.Role == kiosk.LineOffice || line.Role == kiosk.LineTitle || line.Role == kiosk.LineSmall)
			if !(r >= ' ' && r <= '~' || joined || strings.ContainsRune(letters(), unicode.ToLower(r)) || han || line.Role == kiosk.LineQR && r == '\n') {
				t.Errorf("%q holds %q, which printers lack", line.Text, r)
			}
		}
	}
}

// The title is large and often takes two lines: none of them ends within a word.
func TestSlipTitleBreaksBetweenWords(t *testing.T) {
	t.Parallel()
	s, ticket := office(0)
	s.Setup.Services[0].Name = kiosk.Text{kiosk.Vietnamese: "Khai sinh, kết hôn, khai tử"}
	ticket.Service = s.Setup.Services[0].Code
	for _, line := range words.Slip(ticket, s, false).Lines {
		if want := "Khai\u00a0sinh, kết\u00a0hôn, khai\u00a0tử"; line.Role == kiosk.LineTitle && line.Text != want {
			t.Errorf("title %q, want %q", line.Text, want)
		}
	}
}

func TestSlipWordsKeepToPaper(t *testing.T) {
	t.Parallel()
	for _, l := range kiosk.Languages() {
		for name, s := range sentences(t, words.For(l)) {
			if strings.HasPrefix(name, ".Slip.") {
				checkPaper(t, l, kiosk.Slip{Lines: []kiosk.SlipLine{{Text: s}}})
			}
		}
	}
}

func TestTestSlipHasEveryLetter(t *testing.T) {
	t.Parallel()
	s, _ := office(0)
	slip := words.TestSlip(s)
	text := spell(slip)
	n := 0
	for _, r := range letters() + strings.ToUpper(letters()) {
		n++
		if !strings.ContainsRune(text, r) {
			t.Errorf("no %q on the test slip", r)
		}
	}
	if n != 134 {
		t.Errorf("looked for %d letters, want 134", n)
	}
	checkPaper(t, kiosk.Vietnamese, slip)
	for _, want := range []string{"PHIẾU THỬ", "Đọc được phiếu này không?", "thứ Hai, 23/11/2026", "qr: "} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q on the test slip:\n%s", want, text)
		}
	}
	s.Clock.ShowTime = false
	if strings.Contains(spell(words.TestSlip(s)), "2026") {
		t.Error("a date that nobody trusts stands on the test slip")
	}
}
