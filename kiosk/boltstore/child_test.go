package boltstore_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/boltstore"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

// childEnv, set in the environment, makes this test binary an office that is going to be
// killed. Its value is an order as JSON.
const childEnv = "BOLTSTORE_CHILD"

func TestMain(m *testing.M) {
	if text := os.Getenv(childEnv); text != "" {
		os.Exit(childMain(text))
	}
	os.Exit(m.Run())
}

// order is what a child is to do.
type order struct {
	Dir string
	// Now is the wall clock at the child's start, in seconds since 1970.
	Now int64
	// Round and Press name the keys: presser p of the child begins with its press Press[p],
	// which the child before may have issued without being able to say so.
	Press [pressers]int
	// Faults makes the child an office on a failing disk instead; see fsync_test.go.
	Faults bool
	// Answers makes it one that issues that many tickets and ends, Unsynced with a store that
	// does not wait for the disk; see answer_test.go.
	Answers  int
	Unsynced bool
}

// pressers is how many citizens press at the same time.
const pressers = 4

// ack is the pipe on which a child says what was acknowledged. A line is one write: it is
// there whole or not at all.
const ackFD = 3

func childMain(text string) int {
	var o order
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	ack := os.NewFile(ackFD, "ack")
	run := issueForEver
	switch {
	case o.Faults:
		run = meetFaults
	case o.Answers > 0:
		run = answer
	}
	if err := run(o, ack); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// issueForEver is an office in full swing: it ends by being killed.
func issueForEver(o order, ack *os.File) error {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	s, err := boltstore.Open(ctx, boltstore.WithNumbersRoom(boltstore.Options{Dir: o.Dir, Wait: 10 * time.Second}, 16))
	if err != nil {
		return err
	}
	start := time.Now()
	setup := kiosktest.Setup()
	setup.AlwaysOpen = true
	office, err := kiosk.NewOffice(ctx, kiosk.OfficeConfig{
		Setup: setup, Store: s,
		Now: func() time.Time { return time.Unix(o.Now, 0).Add(time.Since(start)) },
	})
	if err != nil {
		return err
	}
	// Where the second file was taken away, the database is the newest all the same: the last
	// paper says no more than it knows.
	for _, v := range setup.Services {
		var refusal *kiosk.Refusal
		if err := office.ConfirmNumber(ctx, v.Code, 0, "kioskctl"); err != nil && !(errors.As(err, &refusal) && refusal.Code == kiosk.CodeNotAsked) {
			return err
		}
	}
	var all sync.WaitGroup
	for p := range pressers {
		all.Go(func() { cancel(press(ctx, office, ack, p, o.Press[p])) })
	}
	all.Go(func() { cancel(keep(ctx, office, s.Shelf(killShelf), ack)) })
	all.Go(func() { cancel(hand(ctx, office, s, ack)) })
	for _, c := range setup.Counters {
		all.Go(func() { cancel(serve(ctx, office, ack, c.Code)) })
	}
	all.Wait()
	return context.Cause(ctx)
}

// press is one citizen after the other at the screen.
func press(ctx context.Context, office *kiosk.Office, ack *os.File, presser, n int) error {
	services := []kiosk.ServiceCode{kiosktest.Certify, kiosktest.Civil, kiosktest.Guidance}
	for ; ctx.Err() == nil; n++ {
		t, err := office.IssueTicket(ctx, kiosk.IssueRequest{
			Service: services[(n+presser)%len(services)], Key: fmt.Sprintf("p%d-%d", presser, n), By: "touch/main",
		})
		if err != nil {
			return fmt.Errorf("issue: %w", err)
		}
		if _, err := fmt.Fprintf(ack, "issued %d %d %d %s %d %s %d\n", presser, n, t.Day, t.Service, t.Seq, t.Number, t.Order); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// killShelf has two items that are always written together.
const killShelf = "sessions"

// keep writes two items anew whenever something happened in the office.
func keep(ctx context.Context, office *kiosk.Office, shelf kiosk.Shelf, ack *os.File) error {
	n, err := pair(ctx, shelf)
	if err != nil {
		return err
	}
	for ctx.Err() == nil {
		changed := office.Changed()
		n++
		v := []byte(strconv.Itoa(n))
		if err := shelf.Write(ctx, kiosk.Item{Key: "a", Value: v}, kiosk.Item{Key: "b", Value: v}); err != nil {
			return fmt.Errorf("shelve: %w", err)
		}
		if _, err := fmt.Fprintf(ack, "shelved %d\n", n); err != nil {
			return err
		}
		select {
		case <-changed:
		case <-ctx.Done():
		}
	}
	return ctx.Err()
}

// hand is the line to a province that takes whatever there is: dossiers are received, facts and
// pages are settled, and days that are over are pruned. It turns the day now and then: a store whose
// day never ends has nothing to prune.
func hand(ctx context.Context, office *kiosk.Office, s *boltstore.Store, ack *os.File) error {
	for n := 0; ctx.Err() == nil; n++ {
		changed := office.Changed()
		d := kiosktest.Dossier(3, 0)
		d.ID = kiosk.NewDossierID(time.Now())
		if _, err := office.ReceiveDossier(ctx, d, "counter/1"); err != nil {
			return fmt.Errorf("receive: %w", err)
		}
		if _, err := fmt.Fprintf(ack, "received %s\n", d.ID); err != nil {
			return err
		}
		b, err := s.Waiting(ctx)
		if err != nil {
			return err
		}
		blobs, err := s.Pending(ctx, kiosk.BlobPlace{}, 4)
		if err != nil {
			return err
		}
		v := kiosk.Settled{Facts: b.Last, Feed: b.Feed + 1}
		for _, p := range blobs {
			v.Blobs = append(v.Blobs, p.BlobPlace)
		}
		if b.Last.Seq == 0 { // an epoch without a fact yet
			v.Facts = kiosk.Position{}
		}
		if err := s.Settle(ctx, v); err != nil {
			return fmt.Errorf("settle: %w", err)
		}
		if _, err := fmt.Fprintf(ack, "settled %d %d\n", v.Facts.Order(), v.Feed); err != nil {
			return err
		}
		if _, err := s.Prune(ctx, 9999_12_31, 50); err != nil {
			return fmt.Errorf("prune: %w", err)
		}
		select {
		case <-changed:
		case <-ctx.Done():
		}
	}
	return ctx.Err()
}

// pair returns what the two items say, 0 if they are not there.
func pair(ctx context.Context, shelf kiosk.Shelf) (int, error) {
	items, err := shelf.Read(ctx, "")
	if err != nil || len(items) == 0 {
		return 0, err
	}
	if len(items) != 2 || !bytes.Equal(items[0].Value, items[1].Value) {
		return 0, fmt.Errorf("half of a write is on the shelf: %q", items)
	}
	return strconv.Atoi(string(items[0].Value))
}

// serve is an officer who finishes whoever is called.
func serve(ctx context.Context, office *kiosk.Office, ack *os.File, counter kiosk.CounterCode) error {
	var refusal *kiosk.Refusal
	by := "counter/" + string(counter)
	if err := office.OpenCounter(ctx, counter, by); err != nil && !errors.As(err, &refusal) {
		return fmt.Errorf("open counter: %w", err)
	}
	// The one before may have been killed with a ticket in hand.
	for _, c := range office.Snapshot().Counters {
		if c.Counter.Code == counter && c.Ticket != "" {
			if err := finish(ctx, office, ack, c.Ticket, by); err != nil {
				return err
			}
		}
	}
	for ctx.Err() == nil {
		changed := office.Changed()
		call, err := office.CallNext(ctx, counter, by)
		if errors.As(err, &refusal) && refusal.Code == kiosk.CodeNobodyWaiting {
			select {
			case <-changed:
			case <-ctx.Done():
			}
			continue
		}
		if err != nil {
			return fmt.Errorf("call: %w", err)
		}
		if err := finish(ctx, office, ack, call.Ticket.Number, by); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func finish(ctx context.Context, office *kiosk.Office, ack *os.File, n kiosk.Number, by string) error {
	t, err := office.Move(ctx, kiosk.VerbFinish, n, by)
	if err != nil {
		return fmt.Errorf("finish: %w", err)
	}
	_, err = fmt.Fprintf(ack, "finished %d %s\n", t.Day, t.Number)
	return err
}
