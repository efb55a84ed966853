package uplink

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/wire"
)

// follow takes what the hub has for this box, in order, each item once.
func (s *session) follow(ctx context.Context) error {
	backlog, err := s.cfg.Outbox.Waiting(ctx)
	if err != nil {
		return fmt.Errorf("look at the outbox: %w", err)
	}
	cursor := backlog.Feed
	for ctx.Err() == nil {
		asked := time.Now()
		batch, err := s.nextFeed(ctx, cursor)
		if err != nil {
			return err
		}
		if len(batch.Events) == 0 && time.Since(asked) < emptyPause {
			// Somebody else asks with this box's certificate, and each answer ends the other's wait.
			await(ctx, nil, emptyPause)
		}
		for _, e := range batch.Events {
			at, err := strconv.ParseUint(e.ID, 10, 64)
			if err != nil || at != cursor+1 {
				return lie("item %q of the feed comes after item %d", e.ID, cursor)
			}
			if s.doUntil(ctx, e); ctx.Err() != nil {
				return nil
			}
			cursor = at
			s.settler.feed(cursor)
		}
		if batch.Cursor != cursor {
			return lie("the feed stands at %d, its last item is %d", batch.Cursor, cursor)
		}
	}
	return nil
}

// emptyPause is how long nothing is asked after an answer that came at once and had nothing in it.
const emptyPause = time.Second

func (s *session) nextFeed(ctx context.Context, after uint64) (batch wire.FeedBatch, err error) {
	ctx, cancel := context.WithTimeout(ctx, wire.FeedWait+smallTimeout)
	defer cancel()
	a, err := s.conn.send(ctx, http.MethodGet, wire.PathFeed+"?after="+strconv.FormatUint(after, 10), nil, nil, 0)
	if err != nil {
		return batch, err
	}
	return batch, errors.Join(readJSON(a, &batch, wire.MaxFeedBytes+wire.MaxHealth), a.Body.Close())
}

// doUntil does what an item asks for, however often it takes: it is right, and those behind it
// wait. Facts and pages go on meanwhile.
func (s *session) doUntil(ctx context.Context, e wire.Event) {
	for pause := itemFirst; ; pause = min(2*pause, itemMost) {
		err := s.do(ctx, e)
		if err == nil || ctx.Err() != nil {
			return
		}
		s.set(func(st *State) { st.Trouble = err.Error() })
		s.cfg.Log.Warn("an item of the feed has to wait", "type", e.Type, LogAt, e.ID, LogError, err, "next", pause)
		await(ctx, nil, pause)
	}
}

// How long after it could not be done an item is tried again.
const (
	itemFirst = time.Second
	itemMost  = 5 * time.Minute
)

// do does what an item asks for. One that makes no sense is passed over: it must not stop those
// behind it. An error means that it could not be done now.
func (s *session) do(ctx context.Context, e wire.Event) error {
	var err error
	switch e.Type {
	case wire.FeedDossier:
		var d wire.DossierComplete
		if err = json.Unmarshal(e.Data, &d); err == nil {
			err = s.complete(ctx, d)
		}
	case wire.FeedErase:
		var d wire.SubjectErase
		if err = json.Unmarshal(e.Data, &d); err == nil {
			err = s.erase(ctx, d)
		}
	case wire.FeedPack:
		var p wire.Pack
		if err = json.Unmarshal(e.Data, &p); err == nil {
			err = s.pack(ctx, p)
		}
	default:
		s.cfg.Log.Info("an item of the feed that this version does not know", "type", e.Type, LogAt, e.ID)
		return nil
	}
	var later *notNow
	if errors.As(err, &later) {
		return later.err
	}
	if err != nil {
		s.distrust(fmt.Sprintf("item %s of the feed was not taken: %v", e.ID, err))
		s.cfg.Log.Warn("an item of the feed was not taken", "type", e.Type, LogAt, e.ID, LogError, err)
	}
	return nil
}

// erase forgets the dossiers of a person. What names none is passed over, after the others.
func (s *session) erase(ctx context.Context, d wire.SubjectErase) (err error) {
	for _, id := range d.Dossiers {
		if !id.Valid() {
			err = lie("it wants %q forgotten, which is not the ID of a dossier", id)
			continue
		}
		if err := s.cfg.Office.ForgetDossier(ctx, id, kiosk.ForgetSubject); err != nil {
			return &notNow{fmt.Errorf("forget %s: %w", id, err)}
		}
	}
	return err
}

// notNow is an item that is right and could not be done: it is asked for again.
type notNow struct{ err error }

func (n *notNow) Error() string { return n.err.Error() }

// complete takes the hub's word that it holds a dossier, if it has signed for what we sent.
func (s *session) complete(ctx context.Context, d wire.DossierComplete) error {
	var st wire.Statement
	if err := s.verify(ctx, func() error { return s.keys.Verify(d.Statement, &st) }); err != nil {
		return err
	}
	if st.Dossier != d.Dossier {
		return lie("a statement about %s for %s", st.Dossier, d.Dossier)
	}
	own, kept, err := s.cfg.Outbox.Dossier(ctx, s.id.Site, d.Dossier)
	switch {
	case err != nil:
		return &notNow{fmt.Errorf("look for %s: %w", d.Dossier, err)}
	case !kept || own.State != kiosk.DossierFiled:
		return nil // forgotten since, or said twice
	case own.Dossier.Manifest() != st.Manifest:
		return lie("it has signed for another dossier than the one sent as %s", d.Dossier)
	}
	if err := s.cfg.Office.ConfirmDossier(ctx, d.Dossier, st.Manifest, d.Statement); err != nil {
		return &notNow{err}
	}
	return nil
}

// pack takes a pack over, if the province has signed it.
func (s *session) pack(ctx context.Context, p wire.Pack) error {
	if err := s.verify(ctx, func() error { return wire.VerifyPack(s.keys, p) }); err != nil {
		return err
	}
	if err := s.cfg.Office.TakePack(ctx, p); err != nil {
		return &notNow{err}
	}
	return nil
}

// verify checks a signature, and once more with fresh keys: the hub may have made new ones.
func (s *session) verify(ctx context.Context, check func() error) error {
	err := check()
	if err == nil {
		return nil
	}
	if asked := s.askKeys(ctx); asked != nil {
		return &notNow{asked}
	}
	return check()
}

// tellHealth tells the hub how the box does, every minute.
func (s *session) tellHealth(ctx context.Context) error {
	next := time.NewTimer(healthSoon) // once more soon: what had waited for the line has mostly gone by then
	defer next.Stop()
	for {
		health, err := json.Marshal(s.cfg.Health())
		if err != nil {
			return fmt.Errorf("write the box's health: %w", err)
		}
		err = s.conn.ask(ctx, question{
			method: http.MethodPut, path: wire.PathHealth, header: contentType(wire.TypeJSON), body: health, most: wire.MaxHealth,
		})
		if p, ok := errors.AsType[*wire.Problem](err); ok && !ends(p.Code) {
			s.cfg.Log.Debug("the box's health", LogError, err) // its own trouble, or another version
			err = nil
		}
		if err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-next.C:
			next.Reset(healthEvery)
		}
	}
}
