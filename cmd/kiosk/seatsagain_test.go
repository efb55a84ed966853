package main

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/kiosk/secret"
	"github.com/motcua/gateway/kiosk/staff"
)

// moody is a store whose disk is full at times.
type moody struct {
	*kiosktest.Memory
	full atomic.Bool
}

func (m *moody) Commit(ctx context.Context, c kiosk.Change) error {
	if m.full.Load() {
		return errors.New("disk full")
	}
	return m.Memory.Commit(ctx, c)
}

// noted records what staff does beside the office's own disk.
type noted struct{}

func (noted) RecordStaff(context.Context, kiosk.StaffMoved, string) error { return nil }

// A counter that could not follow its officer does so when the disk is well again, with nobody
// signing in or out meanwhile.
func TestSeatsTryAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &moody{Memory: kiosktest.NewMemory()}
		setup := kiosktest.Setup()
		setup.AlwaysOpen = true
		office, err := kiosk.NewOffice(t.Context(), kiosk.OfficeConfig{Setup: setup, Store: store})
		if err != nil {
			t.Fatal(err)
		}
		key, err := secret.OpenKey(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		book, err := staff.Open(t.Context(), staff.Config{
			Shelf: store.Shelf("staff"), Hasher: secret.NewHasher(key), Sealer: key, Recorder: noted{},
			Counters: func() []kiosk.CounterCode { return []kiosk.CounterCode{"1", "2", "3"} },
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := book.Create(t.Context(), "test", staff.Officer{Login: "lan", Name: "Lan", Role: kiosk.RoleOfficer}, "407193"); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- newSeats(office, book, slog.New(slog.DiscardHandler)).Run(ctx) }()
		synctest.Wait()
		well := func() kiosk.CounterState {
			store.full.Store(false)
			<-time.After(seatAgain)
			synctest.Wait()
			return office.Snapshot().Counters[1].State
		}

		store.full.Store(true)
		token, _, err := book.SignIn(t.Context(), staff.SignIn{Login: "lan", Secret: "407193", Counter: "2", From: "10.0.0.7"})
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if c := office.Snapshot().Counters[1]; c.State == kiosk.CounterOpen {
			t.Fatal("it opened without a disk")
		}
		if got := well(); got != kiosk.CounterOpen {
			t.Errorf("somebody sits there, and it is %s", got)
		}
		store.full.Store(true)
		if err := book.SignOut(t.Context(), token); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if got := well(); got != kiosk.CounterClosed {
			t.Errorf("nobody sits there, and it is %s", got)
		}
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}
