package lead

import (
	"strings"
	"testing"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

// TestTheMorningCardHasYesterdaysFive: the lead opens the hall and sees how the last working day
// was, counted here by hand.
func TestTheMorningCardHasYesterdaysFive(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.until(kiosktest.Monday.At(8 * 60))
	d.post("hoa", "/lead/hall", "do", "open")
	for range 4 {
		_, err := d.IssueTicket(t.Context(), kiosk.IssueRequest{Service: kiosktest.Certify})
		d.must(err)
	}
	for i, minute := range []kiosk.Minute{5, 20, 45} { // the fourth was never called
		d.until(kiosktest.Monday.At(8*60 + minute))
		call, err := d.CallNext(t.Context(), kiosktest.Counter1, "counter/1")
		d.must(err)
		verb := kiosk.VerbFinish
		if i == 1 {
			verb = kiosk.VerbNoShow
		}
		d.must2(d.Move(t.Context(), verb, call.Ticket.Number, "counter/1"))
	}
	d.must(d.CloseHall(t.Context(), "staff/o1"))
	d.nextMorning()
	page := text(d.get("hoa", "/lead").Body.String())
	want := "Ngày làm việc trước: thứ Hai, 23/11/2026 Báo cáo ngày này Số đã phát 4 Đã phục vụ 2 Chờ trung vị 20 phút 90% chờ không quá 45 phút Chờ quá 30 phút 33%"
	if !strings.Contains(page, want) {
		t.Errorf("the card says\n%s\nwithout\n%s", page, want)
	}
}
