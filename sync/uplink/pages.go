package uplink

import (
	"context"
	"fmt"
	"time"

	"github.com/motcua/gateway/kiosk"
)

const (
	// pagesAhead is how many waiting pages are looked at in one go.
	pagesAhead = 256
	// uploadsMost is how many pages are under way at once on a fast line: a page is mostly smaller
	// than what such a line carries in one round trip.
	uploadsMost = 8
	// uploadBytes is how much room one more upload is worth. On a slow line there is one at a
	// time: what is begun is finished first.
	uploadBytes = 64 << 10
)

// sending is what sendPages has under way. It belongs to that goroutine alone.
type sending struct {
	queue    []kiosk.BlobRecord
	finished chan upload
	busy     int
	// taken holds pages that were begun on this connection, and from when on they may be tried
	// again; the zero time: not on this connection.
	taken map[kiosk.BlobPlace]time.Time
}

// upload is the end of one.
type upload struct {
	place kiosk.BlobPlace
	again time.Duration // to be tried again after that; 0: it is done with
	err   error         // the connection is done with
}

// sendPages sends pages in the order of their dossiers, within the office's hours and bytes.
func (s *session) sendPages(ctx context.Context) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	p := &sending{finished: make(chan upload), taken: map[kiosk.BlobPlace]time.Time{}}
	defer func() {
		cancel()
		for ; p.busy > 0; p.busy-- {
			<-p.finished
		}
	}()
	look := time.NewTimer(0)
	defer look.Stop()
	for {
		changed := s.cfg.Office.Changed()
		sent, moved := s.sent.get()
		wait := s.shut()
		if wait == 0 {
			if err := s.begin(ctx, p, sent); err != nil {
				return err
			}
			wait = lookEvery
		}
		look.Reset(min(wait, lookEvery))
		if p.busy > 0 { // whatever ends makes room; a new fact does not
			changed, moved = nil, nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
		case <-moved:
		case <-look.C:
		case u := <-p.finished:
			p.busy--
			if u.err != nil {
				return u.err
			}
			if p.taken[u.place] = (time.Time{}); u.again > 0 {
				p.taken[u.place] = time.Now().Add(u.again)
			}
		}
	}
}

// begin starts as many uploads as the line is worth.
func (s *session) begin(ctx context.Context, p *sending, sent kiosk.Position) error {
	for p.busy < min(max(s.conn.pace.room()/uploadBytes, 1), uploadsMost) {
		if len(p.queue) == 0 {
			var err error
			if p.queue, err = s.ready(ctx, sent, p.taken); err != nil || len(p.queue) == 0 {
				return err
			}
		}
		b := p.queue[0]
		p.queue = p.queue[1:]
		p.taken[b.BlobPlace] = time.Time{}
		p.busy++
		go func() { // sendPages waits for it
			again, err := s.upload(ctx, b)
			p.finished <- upload{b.BlobPlace, again, err}
		}()
	}
	return nil
}

// shut returns how long pages have to wait for the office's hours or bytes.
func (s *session) shut() time.Duration {
	now := s.cfg.Office.Time()
	wait := s.cfg.Window.opensIn(now, s.spent.on(kiosk.DayOf(now)))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.PagesFrom = time.Time{}
	if wait > 0 {
		s.state.PagesFrom = now.Add(wait)
	}
	return wait
}

// ready returns pages that can go: not parked, not taken, and of dossiers whose header the hub has.
func (s *session) ready(ctx context.Context, sent kiosk.Position, taken map[kiosk.BlobPlace]time.Time) ([]kiosk.BlobRecord, error) {
	var out []kiosk.BlobRecord
	var after kiosk.BlobPlace
	for {
		some, err := s.cfg.Outbox.Pending(ctx, after, pagesAhead)
		if err != nil {
			return nil, fmt.Errorf("look for pages: %w", err)
		}
		for _, b := range some {
			if sent.Before(b.Filed) {
				return out, nil
			}
			again, begun := taken[b.BlobPlace]
			if b.State == kiosk.BlobPending && (!begun || !again.IsZero() && !time.Now().Before(again)) {
				out = append(out, b)
			}
			after = b.BlobPlace
		}
		if len(out) > 0 || len(some) < pagesAhead {
			return out, nil
		}
	}
}
