//go:build noos

package touch

import (
	"context"
	"errors"
	"fmt"
	"image"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/ui/touch/look"
	"github.com/motcua/gateway/ui/touch/stage"
)

// eye keeps the words of the newest frame; showing one takes as long as slow.
type eye struct {
	slow time.Duration

	mu    sync.Mutex
	items []look.Item
}

func (e *eye) Show(f stage.Frame) {
	if e.slow > 0 {
		<-time.After(e.slow)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.items = f.Items
}

// find waits for words on the screen and returns where they stand; "=1" is all that stands there.
func (e *eye) find(t *testing.T, text string) look.Item {
	t.Helper()
	var items []look.Item
	for range 100 {
		e.mu.Lock()
		items = e.items
		e.mu.Unlock()
		for _, i := range items {
			exact, ok := strings.CutPrefix(text, "=")
			if ok && i.Text == exact || !ok && strings.Contains(i.Text, text) {
				return i
			}
		}
		<-time.After(100 * time.Millisecond)
	}
	t.Fatalf("no %q on the screen: %v", text, items)
	return look.Item{}
}

// The whole way through Fyne's embedded driver, on each display: a finger that rests for two
// seconds, one that taps twice, and a screen that takes half a second to paint.
func TestOneTicketUnderTheEmbeddedDriver(t *testing.T) {
	a := app.NewWithID("touch.test") // outside the bubbles: it starts goroutines that never end
	for _, size := range []image.Point{{1080, 1920}, {1280, 800}, {800, 480}} {
		for _, painting := range []time.Duration{0, 500 * time.Millisecond} {
			for _, held := range []time.Duration{50 * time.Millisecond, 2 * time.Second} {
				for _, taps := range []int{1, 2} {
					t.Run(fmt.Sprintf("%v, painting %v, held %v, %d taps", size, painting, held, taps), func(t *testing.T) {
						synctest.Test(t, func(t *testing.T) { oneTicket(t, a, size, painting, held, taps) })
					})
				}
			}
		}
	}
}

func oneTicket(t *testing.T, a fyne.App, size image.Point, painting, held time.Duration, taps int) {
	underDriver(t, a, size, painting, func(office *kiosk.Office, e *eye, finger *stage.Pointer) {
		press := func(i look.Item) {
			x, y := i.Position.X+i.Size.Width/2, i.Position.Y+i.Size.Height/2
			for range taps {
				finger.Down(x, y)
				<-time.After(held)
				finger.Up(x, y)
				<-time.After(100 * time.Millisecond)
			}
		}
		press(e.find(t, "Chứng thực"))
		press(e.find(t, "Không, lấy số"))
		e.find(t, "A001")
		<-time.After(5 * time.Second)
		if got := office.Snapshot().Tickets; len(got) != 1 || got[0].Priority != kiosk.NoPriority {
			t.Errorf("tickets %+v, want one without priority", got)
		}
		e.find(t, "A001") // still there: no tap has sent it away
	})
}

// A day without PCs, with one finger on one screen: an officer signs in, calls, serves and
// finishes, and the citizen says how it was.
func TestADayWithoutPCsUnderTheEmbeddedDriver(t *testing.T) {
	a := app.NewWithID("touch.test")
	for _, size := range []image.Point{{1080, 1920}, {1280, 800}, {800, 480}} {
		t.Run(size.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				underDriver(t, a, size, 100*time.Millisecond, func(office *kiosk.Office, e *eye, finger *stage.Pointer) {
					tap := func(text string) {
						i := e.find(t, text)
						x, y := i.Position.X+i.Size.Width/2, i.Position.Y+i.Size.Height/2
						finger.Down(x, y)
						<-time.After(60 * time.Millisecond)
						finger.Up(x, y)
						<-time.After(700 * time.Millisecond)
					}
					if _, err := office.IssueTicket(t.Context(), kiosk.IssueRequest{Service: kiosktest.Certify, Language: kiosk.Vietnamese, Terminal: "main", Key: "k", By: "touch/main"}); err != nil {
						t.Fatal(err)
					}
					for _, text := range []string{"Trợ giúp", "Dành cho cán bộ", "=2", "=4", "=6", "=8", "=1", "=0", "Vào", "Quầy 1", "Gọi số tiếp theo", "Bắt đầu phục vụ", "Kết thúc", "Xong"} {
						tap(text)
					}
					for _, text := range []string{"Đánh giá", "=1", "Tiếp", "Rất hài lòng"} {
						tap(text)
					}
					e.find(t, "đã được ghi nhận")
					got := office.Snapshot().Tickets
					if len(got) != 1 || got[0].State != kiosk.Served || got[0].Rating != kiosk.RatingVeryGood || got[0].Counter != "1" {
						t.Errorf("tickets %+v", got)
					}
					<-time.After(6 * time.Second)
					e.find(t, "Chứng thực")
				})
			})
		})
	}
}

// underDriver runs f before a terminal that Fyne's embedded driver draws; a painting takes a
// while.
func underDriver(t *testing.T, a fyne.App, size image.Point, painting time.Duration, f func(*kiosk.Office, *eye, *stage.Pointer)) {
	setup := kiosktest.Setup()
	setup.AlwaysOpen = true
	office, err := kiosk.NewOffice(t.Context(), kiosk.OfficeConfig{Setup: setup, Store: kiosktest.NewMemory()})
	if err != nil {
		t.Fatal(err)
	}
	e := &eye{slow: painting}
	st := stage.New(size)
	st.To(e)
	app.SetDriverDetails(a, st.Driver())
	w := a.NewWindow("")
	st.Attach(w)
	terminal := New(Config{Desk: office, Staff: &gate{}, Size: fyne.NewSize(float32(size.X), float32(size.Y)), Do: fyne.Do})
	a.Settings().SetTheme(terminal.Theme())
	terminal.SetWindow(w)

	loop := make(chan struct{})
	go func() { defer close(loop); a.Driver().Run() }()
	ctx, cancel := context.WithCancel(context.Background())
	var runs sync.WaitGroup
	runs.Go(func() {
		if err := terminal.Run(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("Run: %v", err)
		}
	})
	stageCtx, endStage := context.WithCancel(context.Background())
	var staged sync.WaitGroup
	staged.Go(func() { _ = st.Run(stageCtx) }) // returns the cause of its context
	defer func() {
		cancel()
		runs.Wait()
		fyne.Do(func() { runtime.Goexit() }) // Fyne's own Quit would leave a goroutine behind
		<-loop
		endStage()
		staged.Wait()
	}()

	f(office, e, st.Pointer())
}
