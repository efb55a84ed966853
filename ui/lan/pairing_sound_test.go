package lan

import (
	"errors"
	"slices"
	"testing"

	"github.com/motcua/gateway/kiosk"
)

func TestTheOfficeChoosesWhichBoardsSpeak(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	tv, tablet := &browser{b: b, addr: "192.168.1.20"}, &browser{b: b, addr: "192.168.1.21", secure: true}
	board, err := b.Confirm(t.Context(), tv.digits(t, BoardScreen), "Sảnh", "", "staff/o1")
	if err != nil || board.Sound {
		t.Fatalf("confirmed %+v, %v: a board is silent until somebody chooses", board, err)
	}
	stand, err := b.Confirm(t.Context(), tablet.digits(t, TabletScreen), "Quầy 1", "1", "staff/o1")
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{stand.ID, "s9", ""} {
		refusedAs(t, b.SetSound(t.Context(), id, true, "staff/o1"), kiosk.CodeBadRequest)
	}
	changed := b.Changed()
	for range 2 { // the second time is no news
		if err := b.SetSound(t.Context(), board.ID, true, "staff/o1"); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case <-changed:
	default:
		t.Error("the board is not told")
	}
	b.restart()
	if v, err := tv.open(BoardScreen); err != nil || !v.Screen.Sound || v.Screen.Name != "Sảnh" {
		t.Errorf("after a start: %+v, %v", v, err)
	}
	b.fail = errors.New("disk full")
	if err := b.SetSound(t.Context(), board.ID, false, "staff/o1"); err == nil || !b.List()[0].Sound {
		t.Errorf("it was changed without a fact: %v", err)
	}
	b.fail = nil
	if err := b.SetSound(t.Context(), board.ID, false, "staff/o1"); err != nil || b.List()[0].Sound {
		t.Errorf("switched off: %v", err)
	}
	var said []string
	for _, f := range b.facts[2:] {
		said = append(said, f.Detail)
	}
	if want := []string{"board s1 says numbers", "board s1 shows numbers only"}; !slices.Equal(said, want) {
		t.Errorf("facts %q, want %q", said, want)
	}
}
