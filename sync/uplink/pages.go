package uplink

import (
	"context"
	"fmt"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// pagesAhead is how many waiting pages are looked at in one go.
const pagesAhead = 256

// sending is what sendPages has under way. It belongs to that goroutine alone.
type sending struct {
	queue    []kiosk.BlobRecord
	finished chan upload
	busy     int
	// taken holds the pages that were begun on this connection and still wait, as far as our own
	// disk knows.
	taken map[kiosk.BlobPlace]taken
	// until is when the next one of those that were put off may be tried again.
	until time.Time
}

// taken is a page that was begun.
type taken struct {
	again time.Time // may be tried again from then on; zero: it is under way, or done
	tries int
}

// upload is the end of one.
type upload struct {
	place  kiosk.BlobPlace
	again  time.Duration // to be tried again, but not before; 0: it is done
	parked bool
	err    error // the connection is done with
}

// begun knows of which pages nothing can be at the hub yet.
type begun struct {
	open map[kiosk.BlobPlace]struct{} // begun by this process, and not done
	all  int
}

// add notes that a page is begun, and reports whether it is for the first time. What was under way
// when the last process ended is among the first ones.
func (b *begun) add(at kiosk.BlobPlace) (fresh bool) {
	_, again := b.open[at]
	b.open[at] = struct{}{}
	b.all++
	return !again && b.all > uploadsMost
}

// sendPages sends pages in the order of their dossiers, within the office's hours and bytes.
func (s *session) sendPages(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	p := &sending{finished: make(chan upload), taken: map[kiosk.BlobPlace]taken{}}
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
			if p.busy == 0 && !p.until.IsZero() {
				wait = max(time.Until(p.until), 0)
			}
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
			if u.again == 0 {
				delete(s.begun.open, u.place)
			}
			p.end(u)
		}
	}
}

// end takes note of how an upload ended.
func (p *sending) end(u upload) {
	t := p.taken[u.place]
	switch {
	case u.parked: // a person may let it go once more
		delete(p.taken, u.place)
		return
	case u.again > 0:
		t.again = time.Now().Add(max(u.again, min(againSoon<<min(t.tries, 10), againLate)))
		t.tries++
	}
	p.taken[u.place] = t
}

// begin starts as many uploads as the line is worth.
func (s *session) begin(ctx context.Context, p *sending, sent kiosk.Position) error {
	for p.busy < s.conn.pace.uploads() {
		if len(p.queue) == 0 {
			if err := s.fill(ctx, p, sent); err != nil || len(p.queue) == 0 {
				return err
			}
		}
		b := p.queue[0]
		p.queue = p.queue[1:]
		t := p.taken[b.BlobPlace]
		p.taken[b.BlobPlace] = taken{tries: t.tries}
		p.busy++
		fresh := s.begun.add(b.BlobPlace)
		go func() { // sendPages waits for it
			u := upload{place: b.BlobPlace}
			u.again, u.parked, u.err = s.upload(ctx, b, fresh)
			p.finished <- u
		}()
	}
	return nil
}

// shut returns how long pages have to wait for the office's hours or bytes.
func (s *session) shut() time.Duration {
	now := s.cfg.Office.Time()
	wait := s.cfg.Window.opensIn(now, s.spent.on(kiosk.DayOf(now)))
	var from time.Time
	if wait > 0 {
		from = now.Add(wait).Truncate(time.Second)
	}
	s.set(func(st *State) { st.PagesFrom = from })
	return wait
}

// fill looks for pages that can go: not parked, not taken, and of dossiers whose header the hub
// has.
func (s *session) fill(ctx context.Context, p *sending, sent kiosk.Position) error {
	p.until = time.Time{}
	now := time.Now()
	for after := (kiosk.BlobPlace{}); len(p.queue) == 0; {
		some, err := s.cfg.Outbox.Pending(ctx, after, pagesAhead)
		if err != nil {
			return fmt.Errorf("look for pages: %w", err)
		}
		for _, b := range some {
			after = b.BlobPlace
			if sent.Before(b.Filed) {
				return nil
			}
			t, begun := p.taken[b.BlobPlace]
			switch {
			case b.State != kiosk.BlobPending:
			case !begun, !t.again.IsZero() && !now.Before(t.again):
				p.queue = append(p.queue, b)
			case !t.again.IsZero() && (p.until.IsZero() || t.again.Before(p.until)):
				p.until = t.again
			}
		}
		if len(some) < pagesAhead {
			return nil
		}
	}
	return nil
}
