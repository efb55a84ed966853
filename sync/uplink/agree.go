package uplink

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/wire"
)

// agree asks the hub how far it is, and finds out whether both speak of the same box.
func (s *session) agree(ctx context.Context) error {
	if err := s.conn.ask(ctx, http.MethodGet, wire.PathKeys, nil, nil, &s.keys, wire.MaxHealth); err != nil {
		return err
	}
	var marks wire.Marks
	if err := s.conn.ask(ctx, http.MethodGet, wire.PathMarks, nil, nil, &marks, wire.MaxHealth); err != nil {
		return err
	}
	backlog, err := s.cfg.Outbox.Waiting(ctx)
	if err != nil {
		return fmt.Errorf("look at the outbox: %w", err)
	}
	older, mark, err := s.older(ctx, marks, backlog)
	if err != nil {
		return err
	}
	if older {
		if err := s.beginAnew(ctx, mark); err != nil {
			return err
		}
		backlog.Last = s.cfg.Office.Last()
	}
	s.sent.set(startAfter(marks, backlog))
	return nil
}

// older reports whether this box is an older copy of one that the hub has heard more of: its log
// ends before the hub's mark, or the hub holds another fact in one of its places.
func (s *session) older(ctx context.Context, marks wire.Marks, b kiosk.Backlog) (bool, kiosk.Position, error) {
	mark, ok := marks.Newest()
	if !ok {
		return false, kiosk.Position{}, nil
	}
	at := mark.Position()
	if b.Last.Before(at) {
		return true, at, nil
	}
	if mark.Chain == "" || !b.Pruned.Before(at) {
		return false, at, nil
	}
	own, err := s.cfg.Outbox.Outgoing(ctx, kiosk.Position{Epoch: at.Epoch, Seq: at.Seq - 1}, 1)
	if err != nil {
		return false, at, fmt.Errorf("look at the outbox: %w", err)
	}
	return len(own) == 1 && own[0].Position == at && own[0].Chain.String() != mark.Chain, at, nil
}

// beginAnew begins an epoch and asks the hub for the highest numbers given today: people in the
// hall hold slips that this box does not know of.
func (s *session) beginAnew(ctx context.Context, mark kiosk.Position) error {
	day := kiosk.DayOf(s.cfg.Office.Time())
	var numbers wire.Numbers
	path := wire.PathNumbers + "?" + url.Values{"day": {day.String()}}.Encode()
	if err := s.conn.ask(ctx, http.MethodGet, path, nil, nil, &numbers, wire.MaxHealth); err != nil {
		return err
	}
	if numbers.Day != day.String() || numbers.Site != s.id.Site {
		return lie("numbers of %q on %q, asked for %q on %q", numbers.Site, numbers.Day, s.id.Site, day)
	}
	if err := s.cfg.Office.BeginEpoch(ctx, mark); err != nil {
		return fmt.Errorf("begin an epoch: %w", err)
	}
	s.cfg.Log.Warn("the hub knows more of this box than it does itself: it was restored", LogAt, wire.EventID(mark))
	var failed error
	for service, highest := range numbers.Highest {
		if err := s.cfg.Office.ConfirmNumber(ctx, service, highest); err != nil {
			// A service that the office has no more; a person can still confirm the others.
			failed = errors.Join(failed, fmt.Errorf("number of %q: %w", service, err))
		}
	}
	if failed != nil {
		s.cfg.Log.Warn("the hub's numbers", LogError, failed)
	}
	return nil
}

// startAfter returns the place behind which facts are sent. That is what we know to be
// acknowledged, unless the hub has less: a hub that was restored is given again what it lost, as
// far as it is kept.
func startAfter(marks wire.Marks, b kiosk.Backlog) kiosk.Position {
	at := b.Acked
	for _, m := range marks.Marks {
		if m.Epoch != at.Epoch {
			continue
		}
		if m.Seq > at.Seq {
			return m.Position() // our own note is behind
		}
		at.Seq = m.Seq
		return laterOf(at, b.Pruned)
	}
	if at.Seq > 0 { // it knows nothing of that epoch any more
		at.Seq = 0
	}
	return laterOf(at, b.Pruned)
}

func laterOf(a, b kiosk.Position) kiosk.Position {
	if a.Before(b) {
		return b
	}
	return a
}
