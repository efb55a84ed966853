package touch

import (
	"context"
	"crypto/rand"
	"log/slog"
	"reflect"
	"sync"
	"time"

	"fyne.io/fyne/v2"

	"github.com/motcua/gateway/ui/touch/look"
	"github.com/motcua/gateway/ui/touch/screen"
	"github.com/motcua/gateway/ui/words"
)

// Window is what a terminal needs of a [fyne.Window]. Show is called after each change, because
// the embedded driver paints only then or after a touch; a window system's wrapper may ignore it.
type Window interface {
	SetContent(fyne.CanvasObject)
	Show()
}

// Config is what a Terminal is made of.
type Config struct {
	Desk Desk
	// Staff opens staff mode; nil: there is none at this screen.
	Staff Staff
	// Line tells staff mode how the line to the province stands; nil: nothing is said of it. It
	// returns at once.
	Line func() words.LineState
	// Name is the terminal's, as it stands in its tickets; empty: "main".
	Name string
	// Size is that of the canvas in Fyne units, WidthMM the width of the glass; 0: unknown.
	Size    fyne.Size
	WidthMM float32
	// Han is a font with Chinese letters (see look.HanFontPaths); nil: Chinese is not offered.
	Han []byte
	// Do queues a function for Fyne's main goroutine: fyne.Do.
	Do func(func())
	// Limits are the times of a session; zero: DefaultLimits.
	Limits Limits
	// NewKey makes a session's key; nil: random.
	NewKey func() string
	Now    func() time.Time // nil: time.Now
	Log    *slog.Logger     // nil: none
}

// Terminal is one touchscreen: it carries presses to its [Session], work to the office and
// scenes to the window. Order of use: New, SetWindow, Run.
//
// # Goroutines
//
// Run's own goroutine owns the session. A second one, the porter's, calls the office, so that
// an office that is slow stops neither the screen nor the clock of the session. A third, the
// [Bridge]'s, is the only one that queues work for Fyne. A press on a tile puts one small value
// into a channel and returns.
type Terminal struct {
	cfg     Config
	kit     *look.Kit
	window  Window
	session *Session
	porter  *porter
	bridge  *Bridge[frame]
	presses chan screen.Press
	offered Scene

	shown Scene // belongs to Fyne's main goroutine
}

// frame is what goes over the bridge. One whose scene is shown already is a beat for the tile
// under a finger that holds it.
type frame struct{ scene Scene }

// maxPresses is how many presses may wait for the session, which takes microseconds for one.
const maxPresses = 16

// beat is how often a tile that is held shows how far it is.
const beat = 250 * time.Millisecond

// New returns a terminal. It needs a running Fyne app.
func New(cfg Config) *Terminal {
	if cfg.Name == "" {
		cfg.Name = "main"
	}
	if cfg.Limits == (Limits{}) {
		cfg.Limits = DefaultLimits()
	}
	if cfg.NewKey == nil {
		cfg.NewKey = rand.Text
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	t := &Terminal{
		cfg:     cfg,
		kit:     look.NewKit(look.Options{Size: cfg.Size, WidthMM: cfg.WidthMM, Han: cfg.Han, Now: cfg.Now}),
		session: NewSession(cfg.Name, cfg.Limits, cfg.NewKey),
		porter:  newPorter(cfg.Desk, cfg.Staff, cfg.Name, cfg.Log),
		presses: make(chan screen.Press, maxPresses),
	}
	if cfg.Staff != nil {
		t.session.OfferStaff()
	}
	t.bridge = NewBridge(cfg.Do, t.show)
	return t
}

// Theme returns the theme of the terminal's app, for Settings().SetTheme.
func (t *Terminal) Theme() fyne.Theme { return t.kit.Theme() }

// SetWindow gives the terminal its window and draws the first page into it, so that the first
// frame has something to show. Call it once, on Fyne's main goroutine, before Run.
func (t *Terminal) SetWindow(w Window) {
	t.window = w
	t.offered = t.scene()
	t.draw(t.offered)
}

// Run works until ctx ends, and returns its cause. All that it started has ended then; it must
// have returned before Fyne's loop ends.
func (t *Terminal) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	wg.Go(func() { t.porter.run(ctx) })
	wg.Go(func() { _ = t.bridge.Run(ctx) }) // returns the cause of ctx, as this does
	t.loop(ctx)
	wg.Wait()
	return context.Cause(ctx)
}

// loop owns the session.
func (t *Terminal) loop(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for ctx.Err() == nil {
		changed := t.cfg.Desk.Changed()
		t.session.Look(t.cfg.Desk.Snapshot(), t.cfg.Now())
		t.offer(t.scene())
		t.wind(timer)
		select {
		case <-ctx.Done():
		case <-changed:
		case p := <-t.presses:
			t.press(p)
		case a := <-t.porter.answers:
			t.session.Answer(a, t.cfg.Desk.Snapshot(), t.cfg.Now())
		case <-timer.C:
			t.session.Tick(t.cfg.Now())
			if t.session.Holding() {
				t.bridge.Offer(frame{t.offered})
			}
		}
	}
}

// press carries out one press.
func (t *Terminal) press(p screen.Press) {
	for _, w := range t.session.Press(p, t.cfg.Desk.Snapshot(), t.cfg.Now()) {
		if !t.porter.give(w) {
			t.cfg.Log.Error("office does not answer", "press", string(p.Do)) // never what was typed
			t.session.Answer(Answer{Work: w, Err: errCrowded}, t.cfg.Desk.Snapshot(), t.cfg.Now())
		}
	}
}

// scene returns what to show now.
func (t *Terminal) scene() Scene {
	if t.cfg.Line != nil && t.session.page.staff() {
		t.session.tellLine(t.cfg.Line())
	}
	return t.session.Scene(t.cfg.Desk.Snapshot(), t.kit.HasHan(), t.cfg.Now())
}

// offer sends a scene to the window if it differs from the last: a snapshot in which nothing of
// this screen changed costs no painting.
func (t *Terminal) offer(s Scene) {
	if sameScene(s, t.offered) {
		return
	}
	t.offered = s
	t.bridge.Offer(frame{s})
}

// wind sets the timer to when something will happen by itself; an idle screen has none.
func (t *Terminal) wind(timer *time.Timer) {
	at, ok := t.session.Next()
	wait := at.Sub(t.cfg.Now())
	if t.session.Holding() && (!ok || wait > beat) {
		ok, wait = true, beat
	}
	if !ok {
		timer.Stop()
		return
	}
	timer.Reset(max(0, wait))
}

// show puts a scene into the window, on Fyne's main goroutine.
func (t *Terminal) show(f frame) {
	if sameScene(f.scene, t.shown) {
		if t.kit.Holding() { // a finger belongs to all kits of a display
			t.kit.Tick()
			t.window.Show()
		}
		return
	}
	turned := reflect.TypeOf(f.scene.Model) != reflect.TypeOf(t.shown.Model)
	t.draw(f.scene)
	t.window.Show()
	if turned {
		t.kit.Turned()
	}
}

// draw builds a scene's page.
func (t *Terminal) draw(s Scene) {
	t.shown = s
	kit := t.kit.WithLarge(s.Large)
	t.window.SetContent(s.Model.Draw(screen.View{Kit: kit, Words: words.For(s.Language), Press: t.pressed}))
}

// pressed is told each press on Fyne's main goroutine and returns at once.
func (t *Terminal) pressed(p screen.Press) {
	select {
	case t.presses <- p:
	default:
		t.cfg.Log.Warn("press dropped", "press", string(p.Do)) // never what was typed
	}
}
