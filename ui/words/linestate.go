package words

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// LineState is how the line to the province stands, as the lead's card and the touchscreen's staff
// mode say it.
type LineState struct {
	Wanted  bool      // the office has one set up
	Up      bool      // the province answers
	Refused bool      // it answers, and takes nothing from this box
	Since   time.Time // of the last contact; zero: none yet
	// Facts and Pages wait to be sent, the oldest fact since Oldest. Expected is how long that
	// takes; 0: nobody can say.
	Facts    uint64
	Pages    int
	Oldest   time.Time
	Expected time.Duration
	// PagesFrom is when pages may go again, by the office's own rule; zero: now.
	PagesFrom time.Time
}

// While the line is up, what was recorded a moment ago is on its way and nobody's business; and
// only what is old is told by its age.
const (
	onItsWay = time.Minute
	grownOld = time.Hour
)

// Says tells it in Vietnamese, and whether there is nothing to see to.
func (s LineState) Says(now time.Time) (says string, well bool) {
	const goesOn = "Phòng vẫn làm việc bình thường."
	var out []string
	switch {
	case !s.Wanted:
		return s.stands(now) + " " + goesOn, true
	case s.Up:
		out, well = append(out, s.stands(now)), true
	case s.Refused:
		out = append(out, s.stands(now), "Xin báo kỹ thuật viên.", goesOn)
	default:
		out = append(out, s.stands(now), goesOn)
	}
	if what := s.waits(now); len(what) > 0 {
		text := "Còn " + strings.Join(what, " và ") + " chờ gửi"
		// What waits since the line went down is as old as that.
		if age := now.Sub(s.Oldest); !s.Oldest.IsZero() && age >= grownOld && (s.Up || s.Since.Sub(s.Oldest).Abs() >= grownOld) {
			text += ", cũ nhất từ " + viMoment(s.Oldest, now)
		}
		if s.Expected > 0 {
			text += "; gửi hết sau " + viExpected(s.Expected)
		}
		out = append(out, text+".")
	}
	if s.Pages > 0 && !s.PagesFrom.IsZero() {
		out = append(out, "Trang quét gửi tiếp từ "+viMoment(s.PagesFrom, now)+".")
	}
	return strings.Join(out, " "), well
}

// Short is what of it a small display has room for.
func (s LineState) Short(now time.Time) string {
	text := s.stands(now)
	if what := s.waits(now); s.Wanted && len(what) > 0 {
		text += " Còn " + strings.Join(what, ", ") + " chờ gửi."
	}
	return text
}

// stands is the line's state alone.
func (s LineState) stands(now time.Time) string {
	switch at := viMoment(s.Since, now); {
	case !s.Wanted:
		return "Chưa cài đặt đường truyền lên tỉnh."
	case s.Refused:
		return "Tỉnh không nhận dữ liệu của máy này."
	case s.Since.IsZero():
		return "Chưa liên lạc được với tỉnh từ khi bật máy."
	case s.Up:
		return "Đã nối với tỉnh, lần cuối lúc " + at + "."
	case now.Sub(s.Since) >= 24*time.Hour:
		return fmt.Sprintf("Mất đường truyền %d ngày nay, từ %s.", int(now.Sub(s.Since)/(24*time.Hour)), at)
	default:
		return "Mất đường truyền từ " + at + "."
	}
}

// waits lists what waits to be sent.
func (s LineState) waits(now time.Time) (what []string) {
	if s.Facts > 0 && !(s.Up && s.Pages == 0 && now.Sub(s.Oldest) < onItsWay) {
		what = append(what, viCount(int(s.Facts))+" sự kiện")
	}
	if s.Pages > 0 {
		what = append(what, viCount(s.Pages)+" trang")
	}
	return what
}

// viCount writes a number with a point between its thousands.
func viCount(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	return viCount(n/1000) + fmt.Sprintf(".%03d", n%1000)
}

// viMoment writes a time as it is said at now: the date only where it is another day's.
func viMoment(t, now time.Time) string {
	at, day := kiosk.MinuteOf(t).String(), kiosk.DayOf(t)
	if day == kiosk.DayOf(now) {
		return at
	}
	text := fmt.Sprintf("%s ngày %02d/%02d", at, day.Midnight().Day(), day.Midnight().Month())
	if year := day.Midnight().Year(); year != kiosk.DayOf(now).Midnight().Year() {
		text += fmt.Sprintf("/%d", year)
	}
	return text
}

// viExpected writes how long something will take, about.
func viExpected(d time.Duration) string {
	switch minutes := int(d.Round(time.Minute).Minutes()); {
	case minutes < 1:
		return "chưa đến 1 phút"
	case minutes < 120:
		return fmt.Sprintf("khoảng %d phút", minutes)
	default:
		return fmt.Sprintf("khoảng %d giờ", (minutes+30)/60)
	}
}
