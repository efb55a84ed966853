package main

import (
	"context"
	"sync"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/control"
	"github.com/motcua/gateway/ui/lan"
)

// boards are the paired screens as the technician sees them.
type boards struct{ pairing composedBoards }

var _ control.Boards = boards{}

// Boards lists them.
func (b boards) Boards(context.Context) ([]control.Board, error) {
	var out []control.Board
	for _, s := range b.pairing.List() {
		out = append(out, shapeBoard(s))
	}
	return out, nil
}

// Confirm lets the screen in that shows the digits, a board with sound where that is asked for.
func (b boards) Confirm(ctx context.Context, p control.Pair) (control.Board, error) {
	s, err := b.pairing.Confirm(ctx, p.Digits, p.Name, kiosk.CounterCode(p.Counter), "kioskctl")
	if err == nil && p.Sound && s.Kind == lan.BoardScreen {
		s.Sound = true
		err = b.pairing.SetSound(ctx, s.ID, true, "kioskctl")
	}
	return shapeBoard(s), err
}

// SetSound lets a board say the numbers, or not.
func (b boards) SetSound(ctx context.Context, id string, on bool) error {
	return b.pairing.SetSound(ctx, id, on, "kioskctl")
}

// Forget takes a screen away.
func (b boards) Forget(ctx context.Context, id string) error {
	return b.pairing.Forget(ctx, id, "kioskctl")
}

func shapeBoard(s lan.Screen) control.Board {
	return control.Board{ID: s.ID, Kind: string(s.Kind), Name: s.Name, Counter: string(s.Counter), Sound: s.Sound, Seen: s.Seen}
}

// watched makes a fault of paired boards that are not seen, while the hall is served: at night
// televisions are off.
type watched struct {
	office *kiosk.Office
	paired *lan.Pairing

	mu   sync.Mutex
	gone []lan.Screen
}

// Run watches until ctx ends.
func (w *watched) Run(ctx context.Context) error {
	done := make(chan error, 1)
	go func() { done <- w.paired.Watch(ctx, w.report) }()
	for {
		changed := w.office.Changed()
		w.settle()
		select {
		case err := <-done:
			return err
		case <-changed:
		}
	}
}

func (w *watched) report(gone []lan.Screen) {
	w.mu.Lock()
	w.gone = gone
	w.mu.Unlock()
	w.settle()
}

func (w *watched) settle() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.gone) == 0 || w.office.Snapshot().Hall.Phase == kiosk.HallClosed {
		w.office.ClearFault(kiosk.FaultBoardAbsent)
		return
	}
	hint := "not seen for 15 s:"
	for _, s := range w.gone {
		hint += " " + s.ID + " (" + s.Name + ")"
	}
	w.office.RaiseFault(kiosk.FaultBoardAbsent, hint)
}
