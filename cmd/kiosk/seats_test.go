package main

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/kiosk/secret"
	"github.com/motcua/gateway/kiosk/staff"
)

// TestSeats follows one officer through a morning: sign in, call, be forgotten by everybody.
func TestSeats(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := kiosktest.NewMemory()
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
			Shelf: store.Shelf("staff"), Hasher: secret.NewHasher(key), Sealer: key, Recorder: office,
			Counters: func() []kiosk.CounterCode { return []kiosk.CounterCode{"1", "2", "3"} }, Idle: 15 * time.Minute, Serving: handOf(office),
		})
		if err != nil {
			t.Fatal(err)
		}
		const pin = "407193"
		if _, err := book.Create(t.Context(), "test", staff.Officer{Login: "lan", Name: "Lan", Role: kiosk.RoleLead}, pin); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 2)
		go func() { done <- newSeats(office, book, slog.New(slog.DiscardHandler)).Run(ctx) }()
		go func() { done <- book.Run(ctx) }()

		at := func() kiosk.CounterStatus { return office.Snapshot().Counters[1] }
		signIn := func() string {
			token, _, err := book.SignIn(t.Context(), staff.SignIn{Login: "lan", Secret: pin, Counter: "2", From: "10.0.0.7"})
			if err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			return token
		}
		token := signIn()
		if c := at(); c.State != kiosk.CounterOpen || c.Officer != "o1" {
			t.Fatalf("signed in, and the counter is %+v", c)
		}
		// Closed by its officer, it stays closed whoever else comes and goes.
		if err := office.CloseCounter(t.Context(), "2", "test"); err != nil {
			t.Fatal(err)
		}
		if _, err := book.Create(t.Context(), "test", staff.Officer{Login: "hoa", Name: "Hoa", Role: kiosk.RoleOfficer}, "815204"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if c := at(); c.State != kiosk.CounterClosed {
			t.Errorf("closed by hand, and it is %s", c.State)
		}
		if err := errors.Join(book.SignOut(t.Context(), token)); err != nil {
			t.Fatal(err)
		}
		signIn()
		if _, err := office.IssueTicket(t.Context(), kiosk.IssueRequest{Service: kiosktest.Certify}); err != nil {
			t.Fatal(err)
		}
		if _, err := office.CallNext(t.Context(), "2", "counter/2"); err != nil {
			t.Fatal(err)
		}
		// An officer who listens for long presses nothing.
		<-time.After(119 * time.Minute)
		synctest.Wait()
		if c := at(); c.State != kiosk.CounterOpen || c.Ticket != "A001" {
			t.Errorf("an officer serves, and the counter is %+v", c)
		}
		// Nothing happens for longer: the citizen must not stand at an empty counter.
		<-time.After(2 * time.Minute)
		synctest.Wait()
		if c := at(); c.State != kiosk.CounterAbsent || c.Ticket != "" {
			t.Errorf("the officer is away, and the counter is %+v", c)
		}
		if a001, _ := office.Snapshot().Ticket("A001"); a001.State != kiosk.Waiting {
			t.Errorf("A001 is %s", a001.State)
		}
		stop()
		for range 2 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
	})
}
