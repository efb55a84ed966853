package touch

import (
	"context"
	"fmt"
	"regexp"
	"testing"
	"time"

	"fyne.io/fyne/v2/driver/mobile"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/ui/words"
)

// Somebody who can only read takes a ticket in at most three touches, knowing nothing of pages.
func TestATicketInThreeTouches(t *testing.T) {
	stand(t, 0, nil, func(g *glass) {
		number := regexp.MustCompile(`^[A-Z]{1,3}[0-9]{3,}$`)
		wishes := []string{"Chứng thực", "lấy số"} // what is wanted, and what answers say
		for touches := 1; touches <= 3; touches++ {
			for _, wish := range wishes {
				if pressable(g, wish) {
					g.tap(wish)
					break
				}
			}
			for _, i := range g.read() {
				if number.MatchString(i.Text) {
					if n := g.tickets(); len(n) != 1 || string(n[0].Number) != i.Text {
						t.Errorf("the page says %s, the office has %+v", i.Text, n)
					}
					t.Logf("%d touches", touches)
					return
				}
			}
		}
		t.Error("no number after three touches")
	})
}

func pressable(g *glass, text string) bool {
	for _, i := range g.read() {
		if i.Pressable && regexp.MustCompile(regexp.QuoteMeta(text)).MatchString(i.Text) {
			return true
		}
	}
	return false
}

// However a hand presses, and however slowly the screen paints, it is one ticket.
func TestAnyPressIsOneTicket(t *testing.T) {
	for _, painting := range []time.Duration{0, 500 * time.Millisecond} {
		for _, held := range []time.Duration{0, 2 * time.Second} {
			for _, times := range []int{1, 2, 5} {
				t.Run(fmt.Sprintf("painting %v, held %v, %d times", painting, held, times), func(t *testing.T) {
					stand(t, painting, nil, func(g *glass) {
						g.press("Chứng thực", held, times)
						g.sees("ưu tiên")
						g.press("Không, lấy số thường", held, times)
						g.sees("A001")
						<-time.After(3 * time.Second)
						if n := len(g.tickets()); n != 1 {
							t.Errorf("%d tickets", n)
						}
					})
				})
			}
		}
	}
}

// The same service in a new session, a second later, is a new ticket; the fifth within a minute
// has to be held.
func TestNextVisitorGetsTheNextNumber(t *testing.T) {
	stand(t, 0, nil, func(g *glass) {
		for i := range 4 {
			g.tap("Chứng thực")
			g.tap("Không")
			g.sees(fmt.Sprintf("A%03d", i+1))
			g.tap("Tôi đã nhớ số") // no printer in this office
		}
		g.tap("Chứng thực")
		g.tap("Không")
		g.sees("Xin nhấn giữ để lấy số")
		g.press("Nhấn giữ tại đây", 500*time.Millisecond, 1)
		<-time.After(time.Second)
		if n := len(g.tickets()); n != 4 {
			t.Fatalf("a press that was not held gave a ticket: %d", n)
		}
		g.press("Nhấn giữ tại đây", 3*time.Second, 1)
		g.sees("A005")
		for _, x := range g.tickets()[:4] {
			if x.Slip.State != kiosk.SlipWaived {
				t.Errorf("%s: slip %s, want waived", x.Number, x.Slip.State)
			}
		}
	})
}

// A press that is held shows how far it is, and counts before the finger leaves.
func TestHoldingCountsWhileTheFingerRests(t *testing.T) {
	stand(t, 0, func(o *kiosk.Office) Desk { return &strict{Desk: o} }, func(g *glass) {
		g.tap("Chứng thực")
		g.tap("Không")
		g.sees("Nhấn giữ")
		tile := g.tile("Nhấn giữ tại đây")
		before := g.paintings()
		g.do(func() { tile.TouchDown(&mobile.TouchEvent{}) })
		<-time.After(1500 * time.Millisecond)
		if n := g.paintings() - before; n < 4 {
			t.Errorf("%d paintings in 1.5 s of holding", n)
		}
		<-time.After(time.Second)
		g.sees("A001")
		g.do(func() { tile.TouchUp(nil); tile.TappedSecondary(nil) })
		<-time.After(time.Second)
		if n := len(g.tickets()); n != 1 {
			t.Errorf("%d tickets", n)
		}
	})
}

// strict asks for every press to be held.
type strict struct{ Desk }

func (s *strict) IssueTicket(ctx context.Context, r kiosk.IssueRequest) (kiosk.Ticket, error) {
	if !r.Held {
		return kiosk.Ticket{}, &kiosk.Refusal{Code: kiosk.CodePressAndHold}
	}
	return s.Desk.IssueTicket(ctx, r)
}

func TestTheLanguageGoesWithTheTicket(t *testing.T) {
	stand(t, 0, nil, func(g *glass) {
		g.tap("English")
		g.sees("What would you like to do?")
		g.tap("Civil status")
		g.tap("Yes, I have priority")
		g.sees("Your number")
		x := g.tickets()[0]
		if x.Language != kiosk.English || x.Priority != kiosk.PriorityDeclared || x.Terminal != "main" || x.Service != kiosktest.Civil {
			t.Errorf("ticket %+v", x)
		}
		<-time.After(2 * time.Minute)
		g.sees("Mời ông/bà chọn việc cần làm") // the next visitor finds Vietnamese
	})
}

func TestGuidanceCallsAnOfficer(t *testing.T) {
	stand(t, 0, nil, func(g *glass) {
		g.tap("Tôi không biết chọn gì")
		g.sees("C001")
		if g.office.Snapshot().HelpSince.IsZero() {
			t.Error("nobody was called")
		}
		g.tap("Tôi đã nhớ số")
		g.sees("Đã báo cán bộ")
	})
}

func TestHelpFromTheFirstPage(t *testing.T) {
	stand(t, 0, nil, func(g *glass) {
		g.tap("Trợ giúp")
		g.tap("Gọi cán bộ đến đây")
		g.sees("Đã báo cán bộ")
		if g.office.Snapshot().HelpSince.IsZero() {
			t.Error("nobody was called")
		}
	})
}

// halting waits before it lets a request through.
type halting struct {
	Desk
	wait time.Duration
}

func (h *halting) IssueTicket(ctx context.Context, r kiosk.IssueRequest) (kiosk.Ticket, error) {
	select {
	case <-time.After(h.wait):
		return h.Desk.IssueTicket(ctx, r)
	case <-ctx.Done():
		return kiosk.Ticket{}, ctx.Err()
	}
}

// An office that takes five seconds stops neither the screen nor the visitor.
func TestSlowDesk(t *testing.T) {
	stand(t, 0, func(o *kiosk.Office) Desk { return &halting{o, 5 * time.Second} }, func(g *glass) {
		g.tap("Chứng thực")
		start := time.Now()
		g.press("Không", 0, 2)
		if d := time.Since(start); d != 0 {
			t.Errorf("the press held up the main goroutine for %v", d)
		}
		g.sees("Đang lấy số")
		g.sees("A001")
		if n := len(g.tickets()); n != 1 {
			t.Errorf("%d tickets", n)
		}
	})
}

// One that never answers is given up with a sentence; trying again is the same press.
func TestDeadDesk(t *testing.T) {
	stand(t, 0, func(o *kiosk.Office) Desk { return &halting{o, time.Hour} }, func(g *glass) {
		g.tap("Chứng thực")
		g.tap("Không")
		g.sees(words.For(kiosk.Vietnamese).Sorry.Slow)
		g.tap("Thử lại")
		g.sees("Đang lấy số")
		g.sees(words.For(kiosk.Vietnamese).Sorry.Slow)
		g.tap("Về trang đầu")
		g.sees("Mời ông/bà chọn việc cần làm")
	})
}

// refusing answers every request with one code.
type refusing struct {
	Desk
	code kiosk.Code
}

func (r *refusing) IssueTicket(context.Context, kiosk.IssueRequest) (kiosk.Ticket, error) {
	return kiosk.Ticket{}, &kiosk.Refusal{Code: r.code, Hint: "hint for the technician"}
}

func TestEveryRefusalBecomesASentence(t *testing.T) {
	for _, code := range []kiosk.Code{
		kiosk.CodeUnknownService, kiosk.CodeUnknownCounter, kiosk.CodeUnknownTicket, kiosk.CodeUnknownLanguage,
		kiosk.CodeBadPriority, kiosk.CodeBadKey, kiosk.CodeHallClosed, kiosk.CodeLastTicket, kiosk.CodeNobodyWaiting,
		kiosk.CodeCounterBusy, kiosk.CodeCounterPaused, kiosk.CodeWrongState, kiosk.CodeRecallLimit, kiosk.CodeCopyLimit,
		kiosk.CodeStoreFailed, kiosk.CodeNumbersUnknown, kiosk.CodeClockDate, kiosk.CodeHallAlready, kiosk.CodeBadTime,
		kiosk.CodeStopping, "a code of next year",
	} {
		stand(t, 0, func(o *kiosk.Office) Desk { return &refusing{o, code} }, func(g *glass) {
			g.tap("Chứng thực")
			g.tap("Không")
			g.sees(words.For(kiosk.Vietnamese).Refusal(code))
			g.tap("Về trang đầu")
			g.sees("Mời ông/bà chọn việc cần làm")
		})
	}
}

// A screen at which nobody stands paints nothing, also while the office is busy with what it
// does not show.
func TestIdleScreenPaintsNothing(t *testing.T) {
	stand(t, 0, nil, func(g *glass) {
		g.tap("English")
		<-time.After(5 * time.Minute)
		g.sees("Mời ông/bà") // back by itself
		before := g.paintings()
		for range 60 {
			<-time.After(time.Minute)
			g.office.RaiseFault(kiosk.FaultPaperLow, time.Now().String()) // nothing for citizens
		}
		if n := g.paintings() - before; n != 0 {
			t.Errorf("painted %d times in an hour", n)
		}
		if _, err := g.office.IssueTicket(t.Context(), kiosk.IssueRequest{Service: kiosktest.Civil}); err != nil {
			t.Fatal(err)
		}
		g.sees("1 người chờ")
		if n := g.paintings() - before; n != 1 {
			t.Errorf("one more person waiting was painted %d times", n)
		}
	})
}

// Who presses "done" twice leaves the first page to the next visitor as everybody finds it.
func TestSecondTapChangesNothingForTheNext(t *testing.T) {
	stand(t, 0, nil, func(g *glass) {
		for _, service := range []string{"Chứng thực", "Hộ tịch"} {
			g.tap(service)
			g.tap("Không")
			g.tapTwice("Tôi đã nhớ số")
			g.sees("Mời ông/bà chọn việc cần làm")
			g.sees("Chữ to hơn")
			g.tap("Trợ giúp")
			g.tapTwice("Quay lại")
			g.sees("Mời ông/bà chọn việc cần làm")
			g.sees("Chữ to hơn")
		}
	})
}

// sure is a printer that prints everything and says so.
type sure struct{}

func (sure) Print(context.Context, kiosk.Slip) (kiosk.Outcome, error) {
	return kiosk.OutcomePrinted, nil
}

func (sure) Status() kiosk.PrinterStatus {
	return kiosk.PrinterStatus{State: kiosk.DeviceReady, Paper: kiosk.PaperOK, Confirms: true}
}

func (sure) Changed() <-chan struct{} { return nil }

// prints runs a printer for the office until the returned function is called.
func prints(g *glass) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	p := kiosk.NewPrinting(kiosk.PrintingConfig{Office: g.office, Printer: sure{}, Slip: words.Slip, Test: words.TestSlip})
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	return func() {
		cancel()
		if err := <-ended; err != nil {
			g.t.Errorf("printing: %v", err)
		}
	}
}

// "I did not get paper" finds the number again and asks for its paper, twice at most.
func TestPaperAgain(t *testing.T) {
	stand(t, 0, nil, func(g *glass) {
		defer prints(g)()
		g.tap("Chứng thực")
		g.tap("Không")
		g.sees("A001")
		g.sees("Mời ông/bà lấy phiếu")
		for copies := 1; copies <= 3; copies++ {
			<-time.After(2 * time.Minute)
			g.tap("Chưa có phiếu")
			g.tap("A001")
			if x := g.tickets()[0]; int(x.Slip.Copies) != min(copies, 2) {
				t.Errorf("asked %d times: slip %+v", copies, x.Slip)
			}
		}
		g.sees(words.For(kiosk.Vietnamese).Refusal(kiosk.CodeCopyLimit))
	})
}

// An office with more services than a page holds: two quick taps on "next" turn one page, and
// each page leads back.
func TestPagesOfServices(t *testing.T) {
	many := func(o *kiosk.Office) Desk { return &crowded{o} }
	stand(t, 0, many, func(g *glass) {
		page := func(n int) {
			t.Helper()
			g.sees(fmt.Sprintf("Trang %d/", n))
		}
		page(1)
		g.press("Trang sau", 0, 2)
		<-time.After(time.Second)
		page(2)
		g.tap("Trang trước")
		page(1)
		for n := 2; pressable(g, "Trang sau"); n++ {
			g.press("Trang sau", 0, 2)
			<-time.After(time.Second)
			page(n)
		}
		g.sees("Việc số 40")
		g.tap("Việc số 40")
		g.sees("ưu tiên")
		<-time.After(2 * time.Minute)
		page(1)
	})
}

// crowded shows 40 services.
type crowded struct{ Desk }

func (c *crowded) Snapshot() *kiosk.Snapshot {
	s := *c.Desk.Snapshot()
	s.Services = nil
	for i := range 40 {
		s.Services = append(s.Services, kiosk.ServiceStatus{Service: &kiosk.Service{
			Code: kiosk.ServiceCode(fmt.Sprintf("viec-%d", i+1)), Name: kiosk.Text{kiosk.Vietnamese: fmt.Sprintf("Việc số %d", i+1)},
		}})
	}
	return &s
}
