package uplink

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/wire"
)

// epochPause is how far apart two epochs are that this box begins on the hub's word: each stops
// the giving of numbers for a moment, and a hub that lies must not stop the hall.
const epochPause = time.Hour

// agree asks the hub how far it is, and finds out whether both speak of the same box.
func (s *session) agree(ctx context.Context) error {
	var held held
	both, asking := errgroup.WithContext(ctx) // each costs the line's delay, and no more together
	both.Go(func() error { return s.askKeys(asking) })
	both.Go(func() (err error) { held, err = s.askMarks(asking); return err })
	if err := both.Wait(); err != nil {
		return err
	}
	backlog, err := s.cfg.Outbox.Waiting(ctx)
	if err != nil {
		return fmt.Errorf("look at the outbox: %w", err)
	}
	s.settler.begin(backlog)
	older, err := s.older(ctx, held, backlog)
	if err != nil {
		return err
	}
	if older {
		if err := s.beginEpoch(ctx, held.newest.Position()); err != nil {
			return err
		}
	}
	if err := s.numbers(ctx, held); err != nil {
		return err
	}
	from, err := s.firstMissing(ctx, held, backlog)
	if err != nil {
		return err
	}
	if from.Before(backlog.Acked) {
		if err := s.lost(ctx, from, backlog); err != nil {
			return err
		}
	}
	s.settler.facts(from)
	s.sent.set(from)
	return nil
}

// askKeys asks by which keys the hub's word is checked.
func (s *session) askKeys(ctx context.Context) error {
	var keys wire.Keys
	if err := s.conn.get(ctx, wire.PathKeys, &keys); err != nil {
		return err
	}
	if err := keys.Check(); err != nil {
		return lie("%v", err)
	}
	s.keys = keys
	if s.cfg.Keys != nil {
		s.cfg.Keys(s.id.Gateway, keys)
	}
	return nil
}

// held is how far the hub is, by epoch.
type held struct {
	seq    map[kiosk.Epoch]kiosk.Seq
	newest wire.Mark // of the latest epoch; zero: it knows none
}

func (s *session) askMarks(ctx context.Context) (h held, err error) {
	var marks wire.Marks
	if err := s.conn.get(ctx, wire.PathMarks, &marks); err != nil {
		return h, err
	}
	h.seq = make(map[kiosk.Epoch]kiosk.Seq, len(marks.Marks))
	for _, m := range marks.Marks {
		if m.Epoch <= h.newest.Epoch {
			return h, lie("marks of epoch %d after those of epoch %d", m.Epoch, h.newest.Epoch)
		}
		h.seq[m.Epoch], h.newest = m.Seq, m
	}
	return h, nil
}

// older reports whether this box is an older copy of one that the hub has heard more of: its log
// ends before the hub's mark, or the hub holds another fact in one of its places.
func (s *session) older(ctx context.Context, h held, b kiosk.Backlog) (bool, error) {
	at := h.newest.Position()
	if b.Last.Before(at) {
		return true, nil
	}
	if at.Epoch != b.Last.Epoch || h.newest.Chain == "" {
		return false, nil
	}
	own, kept, err := s.chainAt(ctx, at)
	return kept && own != h.newest.Chain, err
}

// chainAt returns the log's hash at a place; false where no fact is kept there.
func (s *session) chainAt(ctx context.Context, at kiosk.Position) (string, bool, error) {
	if at.Seq == 0 {
		return "", false, nil
	}
	out, err := s.cfg.Outbox.Outgoing(ctx, kiosk.Position{Epoch: at.Epoch, Seq: at.Seq - 1}, 1)
	if err != nil {
		return "", false, fmt.Errorf("look at the outbox: %w", err)
	}
	if len(out) == 0 || out[0].Position != at {
		return "", false, nil
	}
	return out[0].Chain.String(), true, nil
}

// beginEpoch begins an epoch, because the hub has more of this box than it does itself.
func (s *session) beginEpoch(ctx context.Context, mark kiosk.Position) error {
	if now := time.Now(); !s.epochAt.IsZero() && now.Sub(s.epochAt) < epochPause {
		return lie("its mark is at %s, and a moment ago it was not", wire.EventID(mark))
	}
	if err := s.cfg.Office.BeginEpoch(ctx, mark); err != nil {
		return fmt.Errorf("begin an epoch: %w", err)
	}
	s.epochAt = time.Now()
	s.cfg.Log.Warn("the hub knows more of this box than it does itself: it was restored", LogAt, wire.EventID(mark))
	return nil
}

// numbers asks for the highest numbers given today, as long as the hub has nothing of the present
// epoch: people in the hall may hold slips that this box does not know of, and that the hub may not
// know of either.
func (s *session) numbers(ctx context.Context, h held) error {
	b, err := s.cfg.Outbox.Waiting(ctx)
	if err != nil {
		return fmt.Errorf("look at the outbox: %w", err)
	}
	if h.seq[b.Last.Epoch] > 0 {
		return nil
	}
	day := kiosk.DayOf(s.cfg.Office.Time())
	var numbers wire.Numbers
	if err := s.conn.get(ctx, wire.PathNumbers+"?"+url.Values{"day": {day.String()}}.Encode(), &numbers); err != nil {
		return err
	}
	if numbers.Day != day.String() || numbers.Site != s.id.Site {
		return lie("numbers of %q on %q, asked for %q on %q", numbers.Site, numbers.Day, s.id.Site, day)
	}
	heard := kiosk.NumbersHeard{Day: day, Highest: numbers.Highest, Heir: numbers.Heir}
	if err := s.cfg.Office.HearNumbers(ctx, heard); err != nil {
		// A person can still confirm them; facts must not wait for that.
		s.cfg.Log.Warn("the hub's numbers", LogError, err)
	}
	return nil
}

// firstMissing returns the place behind which the hub misses facts of ours. That is behind what
// we know to be acknowledged, and before it where the hub has lost some. Facts that have gone on
// another connection, whose answer was lost, are passed over: the hash tells that they are ours.
func (s *session) firstMissing(ctx context.Context, h held, b kiosk.Backlog) (kiosk.Position, error) {
	if p := b.Pruned; h.seq[p.Epoch] < p.Seq {
		return kiosk.Position{Epoch: p.Epoch, Seq: h.seq[p.Epoch]}, nil
	}
	for at := b.Pruned; at.Before(b.Acked); {
		out, err := s.cfg.Outbox.Outgoing(ctx, at, 1)
		if err != nil {
			return at, fmt.Errorf("look at the outbox: %w", err)
		}
		if len(out) == 0 || b.Acked.Before(out[0].Position) {
			break
		}
		next := out[0].Position
		if h.seq[next.Epoch] < next.Seq {
			return kiosk.Position{Epoch: next.Epoch, Seq: next.Seq - 1}, nil
		}
		at = kiosk.Position{Epoch: next.Epoch, Seq: h.seq[next.Epoch]}
	}
	mark := h.newest.Position()
	own, kept, err := s.chainAt(ctx, mark)
	if err != nil || !b.Acked.Before(mark) || !kept || own != h.newest.Chain {
		return b.Acked, err
	}
	return mark, nil
}

// lost notes that the hub has not any more what it had acknowledged. It gets it once more, with
// the pages; what is not kept here either goes as missing.
func (s *session) lost(ctx context.Context, from kiosk.Position, b kiosk.Backlog) error {
	hint := fmt.Sprintf("the hub has lost what it had acknowledged, from %s on; it gets it once more", wire.EventID(from.Next()))
	if from.Before(b.Pruned) {
		hint = fmt.Sprintf("the hub has lost what it had acknowledged, and up to %s it is no longer kept here: "+
			"that goes as missing, the rest once more", wire.EventID(b.Pruned))
	}
	s.distrust(hint)
	s.cfg.Log.Warn("the hub has lost facts", LogAt, wire.EventID(from))
	return s.again.add(ctx, from, b.Acked)
}
