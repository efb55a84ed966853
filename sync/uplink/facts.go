package uplink

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/wire"
)

// The bounds of one batch: what the line carries in a second, so that the newest fact of a long
// backlog is not a minute behind an answer, but never so little that the envelope costs more.
const (
	batchLeast = 8 << 10
	batchMost  = 512 << 10
	batchFacts = 1000
)

// sendFacts sends facts in their order as long as the connection lasts.
func (s *session) sendFacts(ctx context.Context) error {
	for {
		changed := s.cfg.Office.Changed()
		more, err := s.sendSome(ctx)
		if err != nil {
			return err
		}
		if more {
			continue
		}
		await(ctx, changed, lookEvery)
		if ctx.Err() != nil {
			return nil
		}
	}
}

// sendSome sends one batch and reports whether there may be more.
func (s *session) sendSome(ctx context.Context) (more bool, err error) {
	after, _ := s.sent.get()
	out, err := s.cfg.Outbox.Outgoing(ctx, after, batchFacts)
	if err != nil {
		return false, fmt.Errorf("read the outbox: %w", err)
	}
	if len(out) == 0 {
		return false, nil
	}
	events, last, err := s.encode(ctx, out)
	if err != nil {
		return false, err
	}
	body, err := wire.AppendBatch(nil, events)
	if err != nil {
		return false, fmt.Errorf("write a batch: %w", err)
	}
	header := contentType(wire.TypeBatch)
	packed := s.zip.EncodeAll(body, nil)
	if len(packed) < len(body) {
		header.Set("Content-Encoding", "zstd")
		body = packed
	}
	var ack wire.Ack
	err = s.conn.ask(ctx, http.MethodPost, wire.PathEvents, header, body, &ack, wire.MaxHealth)
	if p, ok := errors.AsType[*wire.Problem](err); ok {
		return true, s.refused(ctx, p, events, after, last)
	}
	if err != nil {
		return false, err
	}
	s.conn.acked.Add(int64(len(body)))
	return true, s.take(ctx, ack, after, last)
}

// encode returns as many events as go well together: of one epoch, and not too large.
func (s *session) encode(ctx context.Context, out []kiosk.Outgoing) (events []wire.Event, last kiosk.Position, err error) {
	most := min(max(int(s.conn.pace.bytesPerSecond()), batchLeast), batchMost)
	size := 0
	for _, o := range out {
		if o.Epoch != out[0].Epoch {
			break
		}
		event, err := s.event(ctx, o)
		if err != nil {
			if len(events) > 0 {
				break // what stands before it goes first
			}
			return nil, last, err
		}
		if size += len(event.Data) + 300; size > most && len(events) > 0 {
			break
		}
		events, last = append(events, event), o.Position
	}
	return events, last, nil
}

// event encodes a fact; one that cannot be is replaced by an event that says so.
func (s *session) event(ctx context.Context, o kiosk.Outgoing) (wire.Event, error) {
	if o.Broken != nil {
		s.cfg.Log.Error("a fact cannot be read any more and goes as unsendable", LogAt, wire.EventID(o.Position), LogError, o.Broken)
		return wire.Unsendable(s.id.Gateway, o, o.Broken), nil
	}
	var subject *wire.Subject
	if d, ok := o.Fact.(kiosk.DossierReceived); ok && len(d.Dossier.Subject) > 0 {
		var err error
		subject, err = s.cfg.Pages.Subject(ctx, d.Dossier.ID, d.Dossier.Subject)
		if err != nil && !errors.Is(err, kiosk.ErrGone) && !s.stubborn.enough(o.Position) {
			return wire.Event{}, fmt.Errorf("open who applies for %s: %w", d.Dossier.ID, err)
		}
		if err != nil {
			s.cfg.Log.Warn("a dossier goes without its applicant", LogAt, wire.EventID(o.Position), LogError, err)
		}
	}
	event, err := wire.Encode(s.id.Gateway, o, subject)
	if err != nil {
		s.cfg.Log.Error("a fact cannot be encoded and goes as unsendable", LogAt, wire.EventID(o.Position), LogError, err)
		return wire.Unsendable(s.id.Gateway, o, err), nil
	}
	return event, nil
}

// stubborn counts the attempts at one fact that cannot be read just now, so that it does not hold
// up all that follow it for ever.
type stubborn struct {
	at    kiosk.Position
	tries int
}

const stubbornTries = 8 // with the pauses between connections: some twenty minutes

func (s *stubborn) enough(at kiosk.Position) bool {
	if s.at != at {
		*s = stubborn{at: at}
	}
	s.tries++
	return s.tries > stubbornTries
}

// take believes an acknowledgement, if it can be true.
func (s *session) take(ctx context.Context, ack wire.Ack, after, last kiosk.Position) error {
	at := ack.Mark.Position()
	switch {
	case at.Epoch != last.Epoch:
		return lie("a mark of epoch %d for facts of epoch %d", at.Epoch, last.Epoch)
	case last.Before(at) && s.cfg.Office.Last().Before(at):
		return lie("it has facts up to %s, this box has none after %s", wire.EventID(at), wire.EventID(s.cfg.Office.Last()))
	case after.Epoch == at.Epoch && at.Before(after):
		return lie("its mark fell from %s to %s", wire.EventID(after), wire.EventID(at))
	}
	if ack.Forked {
		// Facts of ours stand in places that others have: the hub has put them aside, so nothing
		// is lost, and from now on this box counts anew.
		if err := s.beginAnew(ctx, at); err != nil {
			return err
		}
	}
	s.settler.facts(at)
	s.sent.set(laterOf(at, last)) // a mark beyond what was sent now: of an earlier connection
	return nil
}

// refused does what a refusal of a batch asks for.
func (s *session) refused(ctx context.Context, p *wire.Problem, events []wire.Event, after, last kiosk.Position) error {
	switch {
	case p.Code == wire.CodeGap:
		expected := kiosk.Position{Epoch: last.Epoch, Seq: kiosk.Seq(p.Expected)}
		back := kiosk.Position{Epoch: last.Epoch, Seq: expected.Seq - 1}
		backlog, err := s.cfg.Outbox.Waiting(ctx)
		switch {
		case err != nil:
			return fmt.Errorf("look at the outbox: %w", err)
		case p.Expected == 0 || !back.Before(last):
			return lie("a gap at %s, which is not before %s", wire.EventID(expected), wire.EventID(last))
		case back.Epoch == after.Epoch && back.Seq == after.Seq:
			return lie("a gap at %s, where these facts begin", wire.EventID(expected))
		case back.Before(backlog.Pruned):
			return lie("it wants facts from %s again, which it had acknowledged and which are no longer kept", wire.EventID(expected))
		}
		s.sent.set(back)
		return nil
	case p.Index != nil && p.Ack != nil && *p.Index > 0 && *p.Index < len(events):
		// The ones before the bad one are durable; the next batch begins with it.
		good, err := wire.ParseEventID(events[*p.Index-1].ID)
		if err != nil {
			return fmt.Errorf("own event: %w", err)
		}
		return s.take(ctx, *p.Ack, after, good)
	}
	return p
}
