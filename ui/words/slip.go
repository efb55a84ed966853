package words

import (
	"strings"

	"github.com/motcua/gateway/kiosk"
)

// Slip composes the paper of a ticket in the ticket's language, with the service and the marks
// in Vietnamese as well where that is another one: officers read it too. How many are ahead
// stands as at issue, so a reprint leaves it out. Times stand only where they can be trusted.
func Slip(t kiosk.Ticket, s *kiosk.Snapshot, reprint bool) kiosk.Slip {
	w, vi := For(t.Language), For(kiosk.Vietnamese)
	p := paper{}
	service, ok := s.Setup.Service(t.Queue())
	if !ok {
		service = &kiosk.Service{} // of an earlier setup: its number is still good
	}
	p.line(kiosk.LineOffice, Together(s.Setup.Name.In(w.Language)))
	if reprint {
		p.line(kiosk.LineMark, both(w.Slip.Reprint, vi.Slip.Reprint))
	}
	p.line(kiosk.LineTitle, Together(service.Name.In(w.Language)))
	if service.Name.In(w.Language) != service.Name.In(kiosk.Vietnamese) {
		p.line(kiosk.LineSmall, Together(service.Name.In(kiosk.Vietnamese)))
	}
	p.line(kiosk.LineNumber, string(t.Number))
	if t.Priority != kiosk.NoPriority {
		p.line(kiosk.LineTitle, both(w.Slip.Priority, vi.Slip.Priority))
	}
	if where := service.Where.In(w.Language); where != "" {
		p.line(kiosk.LineBody, w.Slip.Where(where))
	}
	if !reprint && t.State == kiosk.Waiting {
		p.line(kiosk.LineBody, w.Slip.Ahead(s.Ahead(&t)))
	}
	p.line(kiosk.LineBody, w.Slip.Keep)
	if dated(&t, s) {
		p.line(kiosk.LineSmall, w.Slip.Issued(w.Clock(t.IssuedAt), w.Date(kiosk.DayOf(t.IssuedAt))))
	}
	p.line(kiosk.LineQR, QR(t, s))
	return kiosk.Slip{Name: string(t.Number), Lines: p.lines}
}

// QR returns the text of a ticket's code: plain text that any telephone shows without a
// network, with the number, the date and the office, and nothing personal. It is kept short:
// each line more makes every dot of the code smaller, and thermal paper is coarse. The office's
// name is in Vietnamese also for English: readers guess the encoding, and two accented letters
// among plain ones are taken for Chinese.
func QR(t kiosk.Ticket, s *kiosk.Snapshot) string {
	first := string(t.Number)
	if dated(&t, s) {
		first += " - " + dmy(t.Day)
	}
	language := t.Language
	if language == kiosk.English {
		language = kiosk.Vietnamese
	}
	return first + "\n" + s.Setup.Name.In(language)
}

// TestSlip composes the slip that asks "can you read this?", with every letter that a slip can
// hold. It is in Vietnamese: an officer reads it.
func TestSlip(s *kiosk.Snapshot) kiosk.Slip {
	w := For(kiosk.Vietnamese)
	p := paper{}
	p.line(kiosk.LineOffice, s.Setup.Name.In(kiosk.Vietnamese))
	p.line(kiosk.LineTitle, w.Slip.Test)
	p.line(kiosk.LineNumber, "0000") // nobody's number
	p.line(kiosk.LineBody, w.Slip.TestAsk)
	p.line(kiosk.LineRule, "")
	p.line(kiosk.LineBody, "0123456789 ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	for _, row := range vietnameseLetters() {
		p.line(kiosk.LineBody, row)
		p.line(kiosk.LineBody, strings.ToUpper(row))
	}
	p.line(kiosk.LineRule, "")
	if s.Clock.ShowTime {
		// No time of day: in a quiet office the snapshot is as old as the last thing that happened.
		p.line(kiosk.LineSmall, "Ngày làm việc: "+w.Date(s.Day))
	}
	p.line(kiosk.LineQR, s.Setup.Name.In(kiosk.Vietnamese)+"\n"+w.Slip.Test)
	return kiosk.Slip{Name: "test", Lines: p.lines}
}

// vietnameseLetters returns the small letters with marks, by the letter beneath.
func vietnameseLetters() []string {
	return []string{
		"à á ả ã ạ ă ằ ắ ẳ ẵ ặ",
		"â ầ ấ ẩ ẫ ậ đ",
		"è é ẻ ẽ ẹ ê ề ế ể ễ ệ",
		"ì í ỉ ĩ ị ỳ ý ỷ ỹ ỵ",
		"ò ó ỏ õ ọ ô ồ ố ổ ỗ ộ",
		"ơ ờ ớ ở ỡ ợ",
		"ù ú ủ ũ ụ ư ừ ứ ử ữ ự",
	}
}

// paper gathers lines.
type paper struct{ lines []kiosk.SlipLine }

func (p *paper) line(role kiosk.LineRole, text string) {
	if text != "" || role == kiosk.LineRule {
		p.lines = append(p.lines, kiosk.SlipLine{Role: role, Text: text})
	}
}

// both sets a mark in two languages, or once where they are the same.
func both(own, vietnamese string) string {
	if own == vietnamese {
		return own
	}
	return own + " - " + vietnamese
}

// dated reports whether the ticket's date and time may be shown.
func dated(t *kiosk.Ticket, s *kiosk.Snapshot) bool { return t.TimeSure && s.Clock.ShowTime }
