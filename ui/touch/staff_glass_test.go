package touch

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/ui/touch/look"
)

// keys types digits on the keypad, as fast as a hand goes.
func (g *glass) keys(digits string) {
	g.t.Helper()
	for _, d := range digits {
		var key *look.Tile
		g.do(func() {
			look.Walk(g.page, func(o fyne.CanvasObject, _ fyne.Position) bool {
				if t, ok := o.(*look.Tile); ok && t.Spec().Name == string(d) {
					key = t
				}
				return true
			})
			if key != nil {
				key.Tapped(nil)
			}
		})
		if key == nil {
			g.t.Fatalf("no key %c", d)
		}
		<-time.After(120 * time.Millisecond)
	}
}

// An office whose PCs are dark: the hall goes on from the touchscreen.
func TestStaffModeBeforeAnOffice(t *testing.T) {
	stand(t, 0, nil, func(g *glass) {
		for _, key := range []string{"k1", "k2"} {
			if _, err := g.office.IssueTicket(t.Context(), kiosk.IssueRequest{Service: kiosktest.Certify, Language: kiosk.Vietnamese, Terminal: "main", Key: key, By: "touch/main"}); err != nil {
				t.Fatal(err)
			}
		}
		g.tap("Trợ giúp")
		g.tap("Dành cho cán bộ")
		g.keys("246810")
		g.press("Vào", 0, 1)
		began := time.Now()
		g.do(func() {}) // Fyne's goroutine does not wait for the PIN
		if d := time.Since(began); d > 0 {
			t.Errorf("the main goroutine stood for %v", d)
		}
		g.sees("Đang kiểm tra")
		g.sees("Chọn quầy")
		g.sees("Mất đường truyền từ ")
		g.tap("Quầy 2")
		g.press("Gọi số tiếp theo", 0, 2)
		g.sees("A001: đã gọi số.")
		<-time.After(time.Second)
		g.tap("Tạm gác")
		g.tap("Hoàn tác")
		g.sees("A001: đã hoàn tác.")
		g.tap("Bắt đầu phục vụ")
		g.tap("Kết thúc")
		got := g.tickets()
		if len(got) != 2 || got[0].State != kiosk.Served || got[0].Counter != "2" || got[1].State != kiosk.Waiting {
			t.Errorf("tickets %+v", got)
		}
		g.tap("Quay lại")
		g.tap("Đóng, mở cửa")
		g.tap("Đóng cửa hôm nay")
		g.sees("1 số chưa xong sẽ hết hiệu lực.")
		g.tap("Đóng cửa")
		g.sees("Đã đóng cửa hôm nay.")
		if got := g.tickets(); got[1].State != kiosk.Lapsed {
			t.Errorf("after the close: %+v", got[1])
		}
		g.tap("Mở cửa lấy số")
		g.sees("Đã mở cửa lấy số.")
		<-time.After(41 * time.Second)
		g.sees("Sau 20 giây")
		<-time.After(20 * time.Second)
		g.sees("Mời ông/bà chọn việc")
		for _, i := range g.read() {
			if strings.Contains(i.Text, "o7") || strings.Contains(i.Text, "Quầy") {
				t.Errorf("left on the page: %q", i.Text)
			}
		}
	})
}

// Wrong PINs are answered, and a lock counts down on the glass by itself.
func TestWrongPINsBeforeAnOffice(t *testing.T) {
	stand(t, 0, nil, func(g *glass) {
		g.tap("Trợ giúp")
		g.tap("Dành cho cán bộ")
		for range 3 {
			g.keys("111111")
			g.tap("Vào")
		}
		g.sees("Xin chờ 30 giây")
		<-time.After(10 * time.Second)
		g.sees("Xin chờ 19 giây")
		g.tap("Quay lại")
		g.sees("Mời ông/bà chọn việc")
	})
}
