package main

import (
	"context"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/control"
	"github.com/motcua/gateway/ui/lan"
)

// boards are the paired screens as the technician sees them.
type boards struct{ pairing *lan.Pairing }

var _ control.Boards = boards{}

// Boards lists them.
func (b boards) Boards(context.Context) ([]control.Board, error) {
	var out []control.Board
	for _, s := range b.pairing.List() {
		out = append(out, shapeBoard(s))
	}
	return out, nil
}

// Confirm lets the screen in that shows the digits.
func (b boards) Confirm(ctx context.Context, p control.Pair) (control.Board, error) {
	s, err := b.pairing.Confirm(ctx, p.Digits, p.Name, kiosk.CounterCode(p.Counter), "kioskctl")
	return shapeBoard(s), err
}

// Forget takes a screen away.
func (b boards) Forget(ctx context.Context, id string) error {
	return b.pairing.Forget(ctx, id, "kioskctl")
}

func shapeBoard(s lan.Screen) control.Board {
	return control.Board{ID: s.ID, Kind: string(s.Kind), Name: s.Name, Counter: string(s.Counter), Seen: s.Seen}
}
