package web

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/draw"
	"net/http"
	"slices"
	"time"
)

const (
	// keepAlive is the longest silence on an event stream: it finds viewers that are gone.
	keepAlive = 15 * time.Second
	// maxWrite is how long a viewer may take for one event before it is given up.
	maxWrite = 20 * time.Second
)

// viewer is an open event stream.
type viewer struct {
	id    string
	stale image.Rectangle // what changed since the last event
}

// Event is one line of the event stream: what differs from the event before. The first has
// everything.
type Event struct {
	Viewer  string `json:"viewer"`
	Frame   uint64 `json:"frame"`
	Width   int    `json:"width"`
	Height  int    `json:"height"`
	Control bool   `json:"control"` // this viewer's touches are taken
	Patch   *Patch `json:"patch,omitempty"`
	Words   []Word `json:"words"` // all of them when any has changed, else null
}

// Patch is a part of the picture and its place.
type Patch struct {
	X   int    `json:"x"`
	Y   int    `json:"y"`
	W   int    `json:"w"`
	H   int    `json:"h"`
	PNG string `json:"png"` // base64
}

// patch is a compressed part of a frame.
type patch struct {
	frame uint64
	rect  image.Rectangle
	png   []byte
}

// join makes a new viewer; the first one gets control. It returns nil when there are too many.
func (s *Screen) join() *viewer {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.viewers) >= maxViewers || s.shut {
		return nil
	}
	v := &viewer{id: rand.Text(), stale: s.bounds}
	s.viewers[v.id] = v
	if s.pointer != nil && !s.lease.held {
		s.lease.take(v.id, time.Now())
	}
	return v
}

// part ends a viewer: its finger leaves the screen and its control is free.
func (s *Screen) part(v *viewer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.viewers, v.id)
	if s.lease.held && s.lease.holder == v.id {
		s.lift()
		s.lease.drop(v.id)
		s.wake()
	}
}

// serveEvents streams events to one viewer until it goes away.
func (s *Screen) serveEvents(w http.ResponseWriter, r *http.Request) {
	v := s.join()
	if v == nil {
		w.Header().Set("Retry-After", "5")
		http.Error(w, "too many viewers", http.StatusServiceUnavailable)
		return
	}
	defer s.part(v)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	control := http.NewResponseController(w)
	send := func(format string, args ...any) error {
		// Not every writer has deadlines (a test's recorder has none); those do not stall either.
		_ = control.SetWriteDeadline(time.Now().Add(maxWrite))
		if _, err := fmt.Fprintf(w, format, args...); err != nil {
			return err
		}
		return control.Flush()
	}
	var sent Event
	beat := time.NewTicker(keepAlive)
	defer beat.Stop()
	for {
		event, news, err := s.next(r.Context(), v)
		if err != nil {
			return
		}
		if differs(event, sent) {
			full := event
			if sent.Words != nil && slices.Equal(sent.Words, event.Words) {
				event.Words = nil
			}
			line, err := json.Marshal(event)
			if err != nil || send("data: %s\n\n", line) != nil {
				return
			}
			sent = full
			sent.Patch = nil
		}
		select {
		case <-news:
		case <-beat.C:
			// Control may have become free by the passing of time.
			if send(":\n\n") != nil {
				return
			}
		case <-r.Context().Done():
			return
		case <-s.closed:
			return
		}
	}
}

// differs reports whether an event says anything that the one before did not.
func differs(e, before Event) bool {
	return e.Patch != nil || before.Viewer == "" || e.Control != before.Control || !slices.Equal(e.Words, before.Words)
}

// next returns what v has to learn and the channel that closes when there is more.
func (s *Screen) next(ctx context.Context, v *viewer) (Event, <-chan struct{}, error) {
	select {
	case s.encoding <- struct{}{}:
		defer func() { <-s.encoding }()
	case <-ctx.Done():
		return Event{}, nil, ctx.Err()
	case <-s.closed:
		return Event{}, nil, context.Canceled
	}
	var (
		e    Event
		news <-chan struct{}
		rect image.Rectangle
		p    patch
		part *image.RGBA
	)
	s.shown(func(picture *image.RGBA) {
		e = Event{
			Viewer: v.id, Frame: s.frame,
			Width: s.bounds.Dx(), Height: s.bounds.Dy(),
			Control: s.pointer != nil && s.lease.has(v.id, time.Now()),
			Words:   s.words,
		}
		news, rect, p = s.news, v.stale, s.last
		v.stale = image.Rectangle{}
		if !rect.Empty() && (p.frame != s.frame || p.rect != rect) {
			part = cut(picture, rect)
		}
	})
	if rect.Empty() {
		return e, news, nil
	}
	if part != nil {
		data, err := compress(part)
		if err != nil {
			return Event{}, nil, err
		}
		p = patch{e.Frame, rect, data}
		s.mu.Lock()
		s.last = p
		s.mu.Unlock()
	}
	e.Patch = &Patch{
		X: rect.Min.X, Y: rect.Min.Y, W: rect.Dx(), H: rect.Dy(),
		PNG: base64.StdEncoding.EncodeToString(p.png),
	}
	return e, news, nil
}

// cut copies a part of a picture.
func cut(img *image.RGBA, rect image.Rectangle) *image.RGBA {
	out := image.NewRGBA(rect)
	draw.Draw(out, rect, img, rect.Min, draw.Src)
	return out
}
