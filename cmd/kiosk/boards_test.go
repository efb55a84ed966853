package main

import (
	"slices"
	"testing"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/ui/lan"
)

// TestBoardsSleepAtNight: a television that is off is a fault while the hall is served, and none
// when it is closed.
func TestBoardsSleepAtNight(t *testing.T) {
	t.Parallel()
	office := newOffice(t, kiosktest.NewMemory())
	w := &watched{office: office}
	stands := func() bool {
		return slices.ContainsFunc(office.Snapshot().Faults, func(f kiosk.Fault) bool { return f.Code == kiosk.FaultBoardAbsent })
	}
	w.report([]lan.Screen{{ID: "s1", Name: "Ti vi cửa chính"}})
	if !stands() {
		t.Error("the board is missed by nobody")
	}
	if err := office.CloseHall(t.Context(), "lead"); err != nil {
		t.Fatal(err)
	}
	w.settle()
	if stands() {
		t.Error("the hall is closed, and its board is missed")
	}
	if err := office.OpenHall(t.Context(), "lead"); err != nil {
		t.Fatal(err)
	}
	w.settle()
	if !stands() {
		t.Error("the hall is open again, and the board is forgotten")
	}
	w.report(nil)
	if stands() {
		t.Error("the board is back, and the fault stands")
	}
}
