package touch

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/mobile"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/ui/touch/look"
	"github.com/motcua/gateway/ui/words"
)

// glass is a terminal in front of an office, with a goroutine that plays Fyne's main one. It
// stands in a synctest bubble, so waiting costs nothing.
type glass struct {
	t        *testing.T
	office   *kiosk.Office
	terminal *Terminal
	queue    chan func()
	slow     time.Duration // of a painting

	// Of the main goroutine:
	page    fyne.CanvasObject
	painted int
}

// line is a line that went down an hour ago.
func (g *glass) line() words.LineState {
	return words.LineState{Wanted: true, Since: time.Now().Add(-time.Hour), Facts: 3, Oldest: time.Now().Add(-time.Minute)}
}

// SetContent and Show make the glass a Window.
func (g *glass) SetContent(o fyne.CanvasObject) {
	o.Resize(fyne.NewSize(1280, 800))
	g.page = o
}

func (g *glass) Show() {
	g.painted++
	if g.slow > 0 {
		<-time.After(g.slow)
	}
}

// before returns a desk that does something else in front of an office; nil: the office itself.
type before func(*kiosk.Office) Desk

// stand runs f in front of a glass. The office is open at any hour and has one counter open.
func stand(t *testing.T, slow time.Duration, desk before, f func(*glass)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		setup := kiosktest.Setup()
		setup.AlwaysOpen = true
		office, err := kiosk.NewOffice(t.Context(), kiosk.OfficeConfig{Setup: setup, Store: kiosktest.NewMemory()})
		if err != nil {
			t.Fatal(err)
		}
		g := &glass{t: t, office: office, queue: make(chan func()), slow: slow}
		var d Desk = office
		if desk != nil {
			d = desk(office)
		}
		g.terminal = New(Config{
			Desk: d, Staff: &gate{}, Line: g.line, Size: fyne.NewSize(1280, 800), WidthMM: 217, Do: func(f func()) { g.queue <- f },
		})
		g.terminal.SetWindow(g)
		ctx, cancel := context.WithCancel(t.Context())
		ran, looped := make(chan error, 1), make(chan struct{})
		var main sync.WaitGroup
		main.Go(func() {
			for {
				select {
				case f := <-g.queue:
					f()
				case <-looped:
					return
				}
			}
		})
		go func() { ran <- g.terminal.Run(ctx) }()
		defer func() { // also where f gives up
			cancel()
			if err := <-ran; !errors.Is(err, context.Canceled) {
				t.Errorf("Run: %v", err)
			}
			close(looped)
			main.Wait()
			if err := office.Close(context.Background()); err != nil {
				t.Error(err)
			}
		}()
		synctest.Wait()
		f(g)
	})
}

// do runs f on the main goroutine and waits for it.
func (g *glass) do(f func()) {
	done := make(chan struct{})
	g.queue <- func() { defer close(done); f() }
	<-done
}

// read returns what stands on the page.
func (g *glass) read() (items []look.Item) {
	g.do(func() { items = look.VisibleText(g.page) })
	return items
}

// sees waits until a text stands on the page.
func (g *glass) sees(text string) {
	g.t.Helper()
	for range 200 {
		var all []string
		for _, i := range g.read() {
			if strings.Contains(i.Text, text) {
				return
			}
			all = append(all, i.Text)
		}
		if <-time.After(100 * time.Millisecond); len(all) == 0 {
			break
		}
	}
	var all []string
	for _, i := range g.read() {
		all = append(all, i.Text)
	}
	g.t.Fatalf("no %q on the page: %q", text, all)
}

// tile finds what can be pressed by a part of its words, as a person would.
func (g *glass) tile(text string) *look.Tile {
	g.t.Helper()
	var found *look.Tile
	g.do(func() {
		look.Walk(g.page, func(o fyne.CanvasObject, _ fyne.Position) bool {
			if t, ok := o.(*look.Tile); ok {
				words, _ := t.VisibleText()
				if strings.Contains(strings.ReplaceAll(words, "\u00a0", " "), text) {
					found = t
				}
			}
			return true
		})
	})
	if found == nil {
		g.t.Fatalf("no tile %q", text)
	}
	return found
}

// press presses a tile for a while, as the embedded driver reports it, times over.
func (g *glass) press(text string, held time.Duration, times int) {
	g.t.Helper()
	tile := g.tile(text)
	down := &mobile.TouchEvent{}
	g.do(func() { down.AbsolutePosition = g.middle(tile) })
	for range times {
		g.do(func() { tile.TouchDown(down) })
		if held > 0 {
			<-time.After(held)
		}
		g.do(func() {
			tile.TouchUp(&mobile.TouchEvent{})
			if held > 300*time.Millisecond {
				tile.TappedSecondary(&fyne.PointEvent{})
			} else {
				tile.Tapped(&fyne.PointEvent{})
			}
		})
	}
}

// middle returns where a tile is pressed; it belongs to the main goroutine.
func (g *glass) middle(tile *look.Tile) (p fyne.Position) {
	look.Walk(g.page, func(o fyne.CanvasObject, at fyne.Position) bool {
		if o == fyne.CanvasObject(tile) {
			p = at.AddXY(o.Size().Width/2, o.Size().Height/2)
		}
		return true
	})
	return p
}

// tapTwice presses a tile, and then what stands at its place when the next page is there.
func (g *glass) tapTwice(text string) {
	g.t.Helper()
	tile := g.tile(text)
	var at fyne.Position
	g.do(func() { at = g.middle(tile) })
	g.press(text, 0, 1)
	<-time.After(150 * time.Millisecond)
	g.do(func() {
		var under *look.Tile
		look.Walk(g.page, func(o fyne.CanvasObject, from fyne.Position) bool {
			to := from.Add(o.Size())
			if t, ok := o.(*look.Tile); ok && at.X >= from.X && at.Y >= from.Y && at.X < to.X && at.Y < to.Y {
				under = t
			}
			return true
		})
		if under == nil {
			return
		}
		e := &mobile.TouchEvent{PointEvent: fyne.PointEvent{AbsolutePosition: at}}
		under.TouchDown(e)
		under.TouchUp(e)
		under.Tapped(&e.PointEvent)
	})
	<-time.After(time.Second)
}

// tap is an ordinary press, after which the screen is given time to answer.
func (g *glass) tap(text string) {
	g.t.Helper()
	g.press(text, 0, 1)
	<-time.After(time.Second)
}

// paintings returns how often the window was painted so far.
func (g *glass) paintings() (n int) {
	g.do(func() { n = g.painted })
	return n
}

func (g *glass) tickets() []kiosk.Ticket { return g.office.Snapshot().Tickets }

// gate knows one PIN and takes half a second for a guess, as the real one does; the third wrong
// one locks for half a minute.
type gate struct{ wrong int }

func (g *gate) CheckPIN(ctx context.Context, secret, from string) (kiosk.OfficerCode, kiosk.Role, error) {
	select {
	case <-time.After(500 * time.Millisecond):
	case <-ctx.Done():
		return "", "", ctx.Err()
	}
	if secret == "246810" && from == "touch/main" {
		g.wrong = 0
		return "o7", kiosk.RoleLead, nil
	}
	if g.wrong++; g.wrong >= 3 {
		return "", "", &kiosk.Refusal{Code: kiosk.CodeLocked, Hint: "30"}
	}
	return "", "", &kiosk.Refusal{Code: kiosk.CodeSignIn}
}
