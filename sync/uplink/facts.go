package uplink

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/wire"
)

// The bounds of one batch. It grows and shrinks with how long the answers take, so that the newest
// fact of a long backlog is not a minute behind one.
const (
	batchLeast = 4 << 10
	batchFirst = 8 << 10
	batchMost  = 512 << 10
	batchFacts = 1000
	// batchQuick and batchSlow are answers after which a batch may be twice, or half as large.
	batchQuick = 400 * time.Millisecond
	batchSlow  = 1500 * time.Millisecond
	// gapsMost is how often on one connection the hub may want earlier facts again.
	gapsMost = 3
)

// errPruned stands in for a fact that the hub has lost after it was acknowledged and pruned.
var errPruned = errors.New("it was acknowledged before, and is no longer kept")

// facts is what sendFacts knows. It belongs to that goroutine alone.
type facts struct {
	size    int // of the next batch, in bytes
	gaps    int
	tries   int            // attempts that the hub was too busy for, in a row
	refused kiosk.Position // the hub takes this one in no form but unsendable
}

// batch is facts on their way.
type batch struct {
	after, last kiosk.Position
	events      []wire.Event
	full        bool // more would have waited
}

// sendFacts sends facts in their order as long as the connection lasts.
func (s *session) sendFacts(ctx context.Context) error {
	f := &facts{size: batchFirst}
	for ctx.Err() == nil {
		changed := s.cfg.Office.Changed()
		b, err := s.gather(ctx, f)
		if err != nil {
			return err
		}
		if len(b.events) == 0 {
			await(ctx, changed, lookEvery)
			continue
		}
		hold, err := s.sendBatch(ctx, f, b)
		if err != nil {
			return err
		}
		if hold > 0 {
			await(ctx, nil, hold) // a new fact does not shorten it
		}
	}
	return nil
}

// sendBatch sends facts and returns how long the hub wants to be left alone.
func (s *session) sendBatch(ctx context.Context, f *facts, b batch) (hold time.Duration, err error) {
	body, err := wire.AppendBatch(nil, b.events)
	if err != nil {
		return 0, fmt.Errorf("write a batch: %w", err)
	}
	header := contentType(wire.TypeBatch)
	if packed := s.zip.EncodeAll(body, nil); len(packed) < len(body) {
		header.Set("Content-Encoding", "zstd")
		body = packed
	}
	var ack wire.Ack
	began := time.Now()
	err = s.conn.ask(ctx, question{
		method: http.MethodPost, path: wire.PathEvents, header: header, body: body, first: true, out: &ack, most: wire.MaxHealth,
	})
	if p, ok := errors.AsType[*wire.Problem](err); ok {
		return s.refusedBatch(ctx, f, p, b)
	}
	if err != nil {
		return 0, err
	}
	f.tries = 0
	s.conn.acked.Add(int64(len(body)))
	switch took := time.Since(began); {
	case took > batchSlow:
		f.size = max(f.size/2, batchLeast)
	case took < batchQuick && b.full:
		f.size = min(max(2*f.size, batchLeast), batchMost)
	}
	return 0, s.take(ctx, ack, b)
}

// gather returns as many events as go well together.
func (s *session) gather(ctx context.Context, f *facts) (b batch, err error) {
	b.after, _ = s.sent.get()
	s.stuck.passed(s.Uplink, b.after)
	out, err := s.outgoing(ctx, b.after)
	if err != nil {
		return b, err
	}
	for i := range out {
		if out[i].Position == f.refused {
			out[i].Broken = errRefused
		}
	}
	p := wire.Gather(ctx, s.id.Gateway, out, s.cfg.Pages, f.size, func(at kiosk.Position, lost error) {
		level := slog.LevelError
		switch {
		case errors.Is(lost, errPruned):
			return
		case errors.Is(lost, kiosk.ErrGone):
			level = slog.LevelWarn // an applicant who was forgotten, or whose key a spare box never had
		}
		s.cfg.Log.Log(ctx, level, "a fact goes without what cannot be had any more", LogAt, wire.EventID(at), LogError, lost)
	})
	n := len(p.Events)
	if p.Waits != nil {
		s.stuck.waits(s.Uplink, out[n].Position, p.Waits)
	}
	if b.events, b.full = p.Events, p.Full; n > 0 {
		b.last = out[n-1].Position
	}
	return b, nil
}

// outgoing returns the facts after a place, with an empty one for each that was pruned.
func (s *session) outgoing(ctx context.Context, after kiosk.Position) ([]kiosk.Outgoing, error) {
	backlog, err := s.cfg.Outbox.Waiting(ctx)
	if err != nil {
		return nil, fmt.Errorf("look at the outbox: %w", err)
	}
	if p := backlog.Pruned; after.Epoch == p.Epoch && after.Seq < p.Seq {
		var out []kiosk.Outgoing
		for at := after.Next(); !p.Before(at) && len(out) < batchFacts; at = at.Next() {
			out = append(out, kiosk.Outgoing{Record: kiosk.Record{Position: at, Site: s.id.Site}, Broken: errPruned})
		}
		return out, nil
	}
	out, err := s.cfg.Outbox.Outgoing(ctx, after, batchFacts)
	if err != nil {
		return nil, fmt.Errorf("read the outbox: %w", err)
	}
	return out, nil
}

// take believes an acknowledgement as far as it can be true: of what was sent, and no more.
func (s *session) take(ctx context.Context, ack wire.Ack, b batch) error {
	backlog, err := s.cfg.Outbox.Waiting(ctx)
	if err != nil {
		return fmt.Errorf("look at the outbox: %w", err)
	}
	at, last := ack.Mark.Position(), b.last
	switch {
	case at.Epoch != last.Epoch:
		return lie("a mark of epoch %d for facts of epoch %d", at.Epoch, last.Epoch)
	case at.Epoch == backlog.Last.Epoch && backlog.Last.Before(at):
		return lie("it has facts up to %s, this box has none after %s", wire.EventID(at), wire.EventID(backlog.Last))
	case at.Before(last) && at.Seq <= b.after.Seq:
		return lie("it has taken facts from %s on, and its mark is at %s", b.events[0].ID, wire.EventID(at))
	case at == last && ack.Mark.Chain != b.events[len(b.events)-1].Chain && ack.Mark.Chain != "" && !ack.Forked:
		return lie("another fact stands in the place of %s", wire.EventID(at))
	}
	if at.Before(last) {
		last = at
	}
	if ack.Forked && last.Epoch == backlog.Last.Epoch {
		// Facts of ours stand in places that others have: the hub has put them aside, so nothing
		// is lost, and from now on this box counts anew.
		if err := s.beginEpoch(ctx, at); err != nil {
			return err
		}
	}
	s.settler.facts(last)
	s.sent.set(last)
	return nil
}

// errRefused is why a fact goes as unsendable although it could be encoded.
var errRefused = errors.New("the hub took it for no event")

// refusedBatch does what a refusal of a batch asks for, and returns how long to hold on.
func (s *session) refusedBatch(ctx context.Context, f *facts, p *wire.Problem, b batch) (time.Duration, error) {
	switch p.Code {
	case wire.CodeGap:
		return 0, s.goBack(ctx, f, p, b)
	case wire.CodeBusy, wire.CodeInternal:
		return s.patience(p, &f.tries)
	case wire.CodeSyntax, wire.CodeTooLarge:
	default:
		return 0, p
	}
	bad := 0
	switch {
	case p.Index != nil && *p.Index < len(b.events):
		bad = *p.Index
	case len(b.events) > 1: // nobody knows which one, and alone it will be the first
		f.size = 0
		return 0, nil
	default:
		// Nobody has said that it is this fact: a body that broke off is refused like that too, and
		// a fact must not be given up for a line's sake.
		s.stuck.waits(s.Uplink, b.last, p)
		return s.patience(p, &f.tries)
	}
	if bad > 0 && p.Ack != nil {
		// The ones before the bad one are durable; the next batch begins with it.
		good := batch{after: b.after, events: b.events[:bad]}
		var err error
		if good.last, err = wire.ParseEventID(b.events[bad-1].ID); err != nil {
			return 0, fmt.Errorf("own event: %w", err)
		}
		return 0, s.take(ctx, *p.Ack, good)
	}
	at, err := wire.ParseEventID(b.events[bad].ID)
	if err != nil || at == f.refused {
		return 0, errors.Join(p, err)
	}
	s.cfg.Log.Error("the hub takes a fact for no event; it goes as unsendable", LogAt, wire.EventID(at), LogError, p)
	f.refused, f.size = at, max(f.size, batchFirst)
	return 0, nil
}

// goBack sends again what the hub misses: it has lost it since this connection began.
func (s *session) goBack(ctx context.Context, f *facts, p *wire.Problem, b batch) error {
	expected := kiosk.Position{Epoch: b.last.Epoch, Seq: kiosk.Seq(p.Expected)}
	back := kiosk.Position{Epoch: b.last.Epoch, Seq: expected.Seq - 1}
	first := b.events[0].ID
	if f.gaps++; p.Expected == 0 || f.gaps > gapsMost || expected.Seq > b.last.Seq || wire.EventID(expected) == first {
		return lie("a gap at %s, for facts that begin with %s", wire.EventID(expected), first)
	}
	backlog, err := s.cfg.Outbox.Waiting(ctx)
	if err != nil {
		return fmt.Errorf("look at the outbox: %w", err)
	}
	if back.Before(backlog.Acked) {
		if err := s.lost(ctx, back, backlog); err != nil {
			return err
		}
	}
	s.sent.set(back)
	return nil
}
