package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/staff"
)

// seats keeps the counters in step with who is signed in: a counter opens for a new session and
// is left with it. Whom an officer had in hand who was signed out is neither lost nor kept
// waiting at an empty counter.
type seats struct {
	office *kiosk.Office
	book   *staff.Book
	log    *slog.Logger
	known  map[kiosk.CounterCode]string // the session that was seated last
}

// newSeats takes the sessions that outlived a restart as seated: their counters are what they were.
func newSeats(office *kiosk.Office, book *staff.Book, log *slog.Logger) *seats {
	s := &seats{office: office, book: book, log: log, known: map[kiosk.CounterCode]string{}}
	for _, v := range book.Sessions() {
		s.known[v.Counter] = v.ID
	}
	return s
}

// seatAgain is when what failed is tried again: a disk that was full for a moment, or a number that
// was called for the counter just while it closed.
const seatAgain = 5 * time.Second

// Run follows the sessions until ctx ends.
func (s *seats) Run(ctx context.Context) error {
	again := time.NewTimer(seatAgain)
	defer again.Stop()
	for {
		changed := s.book.Changed()
		again.Stop()
		for _, c := range s.office.Snapshot().Counters {
			if err := s.settle(ctx, c); err != nil {
				s.log.Warn("counter not in step with its session", "counter", c.Counter.Code, logErr, err)
				again.Reset(seatAgain)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
		case <-again.C:
		}
	}
}

func (s *seats) settle(ctx context.Context, c kiosk.CounterStatus) error {
	code := c.Counter.Code
	by := "counter/" + string(code)
	session, signedIn := s.book.AtCounter(code)
	switch {
	case signedIn && s.known[code] != session.ID:
		if err := s.office.SeatOfficer(ctx, code, session.Officer.Code, by); err != nil {
			return err
		}
		s.known[code] = session.ID
		return nil
	case signedIn || c.Officer == "":
		return nil
	case c.Ticket != "":
		return s.office.AbsentCounter(ctx, code, by)
	case c.State == kiosk.CounterAbsent:
		return nil
	}
	return s.office.CloseCounter(ctx, code, by)
}
