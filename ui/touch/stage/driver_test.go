//go:build noos

package stage

import (
	"context"
	"errors"
	"image"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/canvas"

	"github.com/motcua/gateway/ui/touch/look"
)

// hall is a stage under Fyne's real embedded driver, with a page of two tiles.
type hall struct {
	t       *testing.T
	stage   *Stage
	window  fyne.Window
	kit     *look.Kit
	frames  frames
	hold    time.Duration // of the right tile
	pressed map[string]int
	loop    chan struct{}
	stop    context.CancelFunc
	ran     chan error
}

// frames keeps what was shown; Show takes as long as slow.
type frames struct {
	mu   sync.Mutex
	all  []Frame
	slow time.Duration
}

func (f *frames) Show(fr Frame) {
	fr.Image = nil // it is not ours to keep
	f.mu.Lock()
	f.all = append(f.all, fr)
	f.mu.Unlock()
	if f.slow > 0 {
		<-time.After(f.slow)
	}
}

func (f *frames) last() Frame {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.all[len(f.all)-1]
}

// open starts a hall inside a synctest bubble. The Fyne app is made outside, because making it
// starts goroutines that never end.
func open(t *testing.T, a fyne.App, slow, hold time.Duration) *hall {
	h := &hall{t: t, hold: hold, pressed: map[string]int{}, loop: make(chan struct{}), ran: make(chan error, 1)}
	h.frames.slow = slow
	h.stage = New(image.Pt(800, 480))
	h.stage.To(&h.frames)
	app.SetDriverDetails(a, h.stage.Driver())
	h.kit = look.NewKit(look.Options{Size: fyne.NewSize(800, 480), WidthMM: 154, Now: time.Now})
	a.Settings().SetTheme(h.kit.Theme())
	h.window = a.NewWindow("")
	h.stage.Attach(h.window)
	h.window.SetContent(h.page("3"))
	go func() {
		defer close(h.loop)
		a.Driver().Run()
	}()
	ctx, cancel := context.WithCancel(context.Background())
	h.stop = cancel
	go func() { h.ran <- h.stage.Run(ctx) }()
	synctest.Wait()
	return h
}

// page has a tile "left" on the left half and "right" on the right half.
func (h *hall) page(waiting string) *fyne.Container {
	tile := func(name string, hold time.Duration) look.Cell {
		return look.Weighted(1, h.kit.Tile(look.TileSpec{
			Key: name, Name: name, Fact: waiting + " người chờ", Hold: hold,
			OnPress: func() { h.pressed[name]++ },
		}))
	}
	return h.kit.Page(look.Weighted(1, h.kit.Row(tile("left", 0), tile("right", h.hold))))
}

// show puts a page on the stage, as the bridge does.
func (h *hall) show(page fyne.CanvasObject) {
	h.do(func() {
		h.window.SetContent(page)
		h.window.Show()
	})
}

// do runs f on Fyne's goroutine and waits.
func (h *hall) do(f func()) {
	done := make(chan struct{})
	fyne.CurrentApp().Driver().DoFromGoroutine(func() { f(); close(done) }, false)
	<-done
}

func (h *hall) settle() uint64 {
	h.t.Helper()
	n, err := h.stage.Settle(context.Background())
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

// close ends the loop without Fyne's Quit, which leaves a goroutine blocked behind it.
func (h *hall) close() {
	fyne.CurrentApp().Driver().DoFromGoroutine(func() { runtime.Goexit() }, false)
	<-h.loop
	h.stop()
	if err := <-h.ran; !errors.Is(err, context.Canceled) && err != nil {
		h.t.Errorf("Run: %v", err)
	}
}

func (h *hall) expect(left, right int) {
	h.t.Helper()
	var l, r int
	h.do(func() { l, r = h.pressed["left"], h.pressed["right"] })
	if l != left || r != right {
		h.t.Errorf("left pressed %d times, right %d; want %d and %d", l, r, left, right)
	}
}

const (
	onLeft  = 200
	onRight = 600
	middle  = 240
)

// bubble runs a test with faked time.
func bubble(t *testing.T, slow, hold time.Duration, f func(*hall, *Pointer)) {
	t.Helper()
	a := app.NewWithID("stage.test")
	synctest.Test(t, func(t *testing.T) {
		h := open(t, a, slow, hold)
		defer h.close()
		f(h, h.stage.Pointer())
	})
}

func TestAnyPressIsOnePress(t *testing.T) {
	for _, painting := range []time.Duration{0, 10 * time.Millisecond, 500 * time.Millisecond, 3 * time.Second} {
		for _, held := range []time.Duration{0, 100 * time.Millisecond, 299 * time.Millisecond, 301 * time.Millisecond, 2 * time.Second} {
			bubble(t, painting, 0, func(h *hall, p *Pointer) {
				p.Down(onLeft, middle)
				<-time.After(held)
				p.Up(onLeft+3, middle-3)
				h.settle()
				h.expect(1, 0)
			})
		}
	}
}

func TestTremblingFingerPresses(t *testing.T) {
	bubble(t, 0, 0, func(h *hall, p *Pointer) {
		p.Down(onLeft, middle)
		for i := range 200 {
			p.Move(onLeft+float32(i%17)*4, middle+float32(i%5)*9)
		}
		p.Up(onLeft+40, middle+30)
		h.settle()
		h.expect(1, 0)
	})
}

func TestSlidingOffCancels(t *testing.T) {
	bubble(t, 0, 0, func(h *hall, p *Pointer) {
		before := h.frames.last().Number
		p.Down(onLeft, middle)
		down := h.settle()
		if down != before+1 {
			t.Errorf("a press painted %d frames, want 1", down-before)
		}
		p.Move(onRight, middle)
		p.Up(onRight, middle) // on another tile
		h.settle()
		p.Down(onLeft, middle)
		p.Up(3, 3) // on the bare page, without a movement in between
		h.settle()
		h.expect(0, 0)
		p.Down(onLeft, middle)
		p.Up(onLeft, middle)
		h.settle()
		h.expect(1, 0)
	})
}

// A new page under a resting finger: the same tile keeps the press, another never gets it.
func TestRebuiltPageKeepsThePress(t *testing.T) {
	bubble(t, 0, 0, func(h *hall, p *Pointer) {
		p.Down(onLeft, middle)
		h.settle()
		h.show(h.page("4"))
		p.Up(onLeft, middle)
		h.settle()
		h.expect(1, 0)

		p.Down(onLeft, middle)
		h.settle()
		h.show(h.kit.Page(look.Weighted(1, h.kit.Tile(look.TileSpec{Name: "right", OnPress: func() { h.pressed["right"]++ }}))))
		p.Up(onLeft, middle)
		h.settle()
		h.expect(1, 0)
	})
}

func TestLostPointerPressesNothing(t *testing.T) {
	bubble(t, 0, 0, func(h *hall, p *Pointer) {
		p.Down(onLeft, middle)
		p.Cancel()
		p.Cancel()
		p.Up(onLeft, middle)
		h.settle()
		h.expect(0, 0)
		other := h.stage.Pointer()
		if !other.Down(onRight, middle) || p.Down(onLeft, middle) {
			t.Error("two fingers are down, or none")
		}
		p.Up(onLeft, middle) // not down: nobody hears it
		other.Up(onRight, middle)
		h.settle()
		h.expect(0, 1)
	})
}

// A press and hold acts once its time is over: when the finger leaves, or at a tick before.
func TestHold(t *testing.T) {
	bubble(t, 0, 2*time.Second, func(h *hall, p *Pointer) {
		press := func(held time.Duration) {
			p.Down(onRight, middle)
			<-time.After(held)
			p.Up(onRight, middle)
			h.settle()
		}
		press(1900 * time.Millisecond)
		h.expect(0, 0)
		press(2 * time.Second)
		h.expect(0, 1)

		p.Down(onRight, middle)
		h.settle()
		for range 5 {
			<-time.After(500 * time.Millisecond)
			h.do(func() { h.kit.Tick(); h.window.Show() })
		}
		h.expect(0, 2)
		p.Up(onRight, middle)
		h.settle()
		h.expect(0, 2)
	})
}

// A slow screen with an impatient finger: nothing blocks, no "up" is lost, the number of
// presses that wait is bounded.
func TestImpatientFinger(t *testing.T) {
	bubble(t, 500*time.Millisecond, 0, func(h *hall, p *Pointer) {
		taken := 0
		start := time.Now()
		for range 1000 {
			if p.Down(onLeft, middle) {
				taken++
			}
			p.Move(onLeft+30, middle)
			p.Up(onLeft, middle)
		}
		if d := time.Since(start); d != 0 {
			t.Errorf("the pointer waited %v", d)
		}
		if taken == 0 || taken > maxPending {
			t.Errorf("%d of 1000 presses were taken", taken)
		}
		h.settle()
		h.expect(taken, 0)
	})
}

// Words and frame numbers follow the pages; a page like the one before makes no frame.
func TestFrames(t *testing.T) {
	bubble(t, 0, 0, func(h *hall, p *Pointer) {
		first := h.frames.last()
		if first.Number != 1 || first.Changed != image.Rect(0, 0, 800, 480) {
			t.Errorf("the first frame is %d and changes %v", first.Number, first.Changed)
		}
		h.show(h.page("3"))
		if n := h.stage.Frame(); n != 1 {
			t.Errorf("the same page made frame %d", n)
		}
		h.show(h.page("4"))
		f := h.frames.last()
		if f.Number != 2 || f.Changed == first.Changed {
			t.Errorf("new facts made frame %d, which changes %v", f.Number, f.Changed)
		}
		if len(f.Items) != 2 || f.Items[0].Text != "left\n4 người chờ" || !f.Items[0].Pressable {
			t.Errorf("the words are %+v", f.Items)
		}
		h.show(canvas.NewCircle(look.Red)) // what only Fyne's painter knows
		h.show(h.page("4"))
		h.show(h.page("4"))
		if n := h.stage.Frame(); n != 4 {
			t.Errorf("after a foreign page and back the frame is %d, want 4", n)
		}
	})
}

// After the loop's end pointers are deaf and nobody waits for ever.
func TestEnd(t *testing.T) {
	a := app.NewWithID("stage.test")
	synctest.Test(t, func(t *testing.T) {
		h := open(t, a, 0, 0)
		p := h.stage.Pointer()
		h.close()
		if p.Down(onLeft, middle) {
			t.Error("a touch was taken after the end")
		}
		p.Up(onLeft, middle)
		if _, err := h.stage.Settle(context.Background()); err != nil {
			t.Errorf("Settle with nothing to wait for: %v", err)
		}
		a.Driver().Run() // a loop that would begin now returns at once
	})
}

// The way in which the box ends: the context, and Fyne's loop with it.
func TestRunEndsFynesLoop(t *testing.T) {
	a := app.NewWithID("stage.test")
	st := New(image.Pt(100, 100))
	app.SetDriverDetails(a, st.Driver())
	st.Attach(a.NewWindow(""))
	ctx, cancel := context.WithCancel(context.Background())
	ran := make(chan error, 1)
	go func() { ran <- st.Run(ctx) }()
	loop := make(chan struct{})
	go func() { defer close(loop); a.Run() }()
	p := st.Pointer()
	p.Down(1, 1)
	p.Up(1, 1)
	if _, err := st.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-ran; !errors.Is(err, context.Canceled) {
		t.Errorf("Run: %v", err)
	}
	<-loop
}
