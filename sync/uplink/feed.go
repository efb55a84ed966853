package uplink

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/wire"
)

// feedPlace is where this box stands in the hub's feed.
type feedPlace struct {
	Cursor uint64 `json:"cursor"`
	Item   string `json:"item,omitempty"` // the hub's name for the item there; empty: not known
}

// follow takes what the hub has for this box, in order, each item once. Only of a feed that is
// another one than before, because the hub was put back to an older copy of itself, it takes what
// it may have taken already: doing an item twice does no more than doing it once.
func (s *session) follow(ctx context.Context) error {
	at, err := s.feedPlace(ctx)
	if err != nil {
		return err
	}
	for ctx.Err() == nil {
		asked := time.Now()
		batch, err := s.nextFeed(ctx, at)
		if err != nil {
			return err
		}
		if batch.Anew {
			if at, err = s.feedAnew(ctx, at, batch); err != nil {
				return err
			}
			continue
		}
		if len(batch.Events) == 0 && time.Since(asked) < emptyPause {
			// Somebody else asks with this box's certificate, and each answer ends the other's wait.
			await(ctx, nil, emptyPause)
		}
		for _, e := range batch.Events {
			cursor, err := strconv.ParseUint(e.ID, 10, 64)
			if err != nil || cursor != at.Cursor+1 {
				return lie("item %q of the feed comes after item %d", e.ID, at.Cursor)
			}
			if s.doUntil(ctx, e); ctx.Err() != nil {
				return nil
			}
			at = feedPlace{Cursor: cursor}
			s.settler.feed(at)
		}
		if batch.Cursor != at.Cursor {
			return lie("the feed stands at %d, its last item is %d", batch.Cursor, at.Cursor)
		}
		if batch.Item != "" && batch.Item != at.Item {
			at.Item = batch.Item
			s.settler.feed(at)
		}
	}
	return nil
}

// feedPlace returns where this box stands. What the outbox says is of a program that did not know
// of names, or it lags behind: then an item is done twice.
func (s *session) feedPlace(ctx context.Context) (at feedPlace, err error) {
	known, err := recall(ctx, s.cfg.Shelf, keyFeed, &at)
	if err != nil || known {
		return at, err
	}
	backlog, err := s.cfg.Outbox.Waiting(ctx)
	if err != nil {
		return at, fmt.Errorf("look at the outbox: %w", err)
	}
	return feedPlace{Cursor: backlog.Feed}, nil
}

// anewPause is how far apart a feed is begun anew twice: a hub in trouble says so at every question.
const anewPause = time.Hour

// feedAnew goes on in another feed than the one it stood in; at once the first time, and then only
// after a while, when the hub is asked first whether that is still so.
func (s *session) feedAnew(ctx context.Context, at feedPlace, batch wire.FeedBatch) (feedPlace, error) {
	if at.Cursor == batch.Cursor && at.Item == "" {
		return at, lie("the feed begins anew behind item %d, where this box stands", batch.Cursor)
	}
	if since := time.Since(s.anewAt); !s.anewAt.IsZero() && since < anewPause {
		s.distrust(fmt.Sprintf("the hub's feed begins anew behind item %d, and has done so a moment ago", batch.Cursor))
		await(ctx, nil, anewPause-since)
		return at, nil
	}
	s.anewAt = time.Now()
	if batch.Cursor <= at.Cursor {
		s.distrust(fmt.Sprintf("the hub has lost its feed up to item %d, or a part of it; what it has is taken from item %d on", at.Cursor, batch.Cursor+1))
	}
	s.cfg.Log.Warn("the hub's feed begins anew", LogAt, batch.Cursor, "stood", at.Cursor)
	at = feedPlace{Cursor: batch.Cursor}
	s.settler.feed(at)
	return at, nil
}

// emptyPause is how long nothing is asked after an answer that came at once and had nothing in it.
const emptyPause = time.Second

func (s *session) nextFeed(ctx context.Context, at feedPlace) (batch wire.FeedBatch, err error) {
	ctx, cancel := context.WithTimeout(ctx, wire.FeedWait+smallTimeout)
	defer cancel()
	query := url.Values{"after": {strconv.FormatUint(at.Cursor, 10)}, "item": {at.Item}}
	a, err := s.conn.send(ctx, http.MethodGet, wire.PathFeed+"?"+query.Encode(), nil, nil, 0)
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

// newName names this run of the program.
func newName() string { return rand.Text() }

// tellHealth tells the hub how the box does: at the start, soon after it, when what had waited has
// mostly gone, and every minute. A line that breaks does not make that more often.
func (s *session) tellHealth(ctx context.Context) error {
	for {
		await(ctx, nil, time.Until(s.health))
		if ctx.Err() != nil {
			return nil
		}
		v := s.cfg.Health()
		v.Instance = s.name
		health, err := json.Marshal(v)
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
		wait := healthEvery
		if s.health.IsZero() {
			wait = healthSoon
		}
		s.health = time.Now().Add(wait)
	}
}
