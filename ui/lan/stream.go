package lan

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

const (
	sendTimeout = 10 * time.Second // a browser that takes nothing for so long is cut
	maxEvent    = 256 << 10        // bytes of one event
	maxEventID  = 64               // bytes of a Last-Event-ID that is worth reading
	minGap      = 50 * time.Millisecond
	// Heartbeat is how often an idle stream says that it lives. A page that has heard nothing
	// for twice as long has lost the box.
	Heartbeat = 10 * time.Second
)

// beat is an event and not a comment, because a page's script never sees a comment, and a page
// must know when it has lost the box: a board blanks its number then.
const beat = "event: beat\ndata: 10\n\n"

// Standing is who asks for a stream, to the limits.
type Standing int

// The standings.
const (
	Stranger Standing = iota // let in by nobody: a television that shows its four digits
	LetIn                    // signed in, or a paired screen
)

// Stream is a stream of server-sent events to one browser. It has no goroutine of its own: who
// opened it sends on it and waits in [Stream.Follow]. One goroutine at a time may use it.
type Stream struct {
	// Last is the id of the last event that the browser had, or "". It is the browser's word.
	Last string

	ctx     context.Context
	w       http.ResponseWriter
	control *http.ResponseController
	meter   *meter
	from    netip.Addr
	who     Standing
	// patience is how long one write may take.
	patience time.Duration
}

// NewStream turns the answer to r into a stream for who asks. It refuses with [CodeManyStreams] or [CodeBusy]
// when too many are open already; nothing is written then, and the error is for [Refuse]. Whoever
// has a stream closes it.
func NewStream(w http.ResponseWriter, r *http.Request, who Standing) (*Stream, error) {
	s := &Stream{ctx: r.Context(), w: w, control: http.NewResponseController(w), from: RemoteIP(r), who: who, patience: sendTimeout}
	if id := r.Header.Get("Last-Event-ID"); len(id) <= maxEventID {
		s.Last = id
	}
	if m, ok := r.Context().Value(meterKey{}).(*meter); ok {
		switch m.open(s.from, who) {
		case tooMany:
			return nil, &Problem{Code: CodeManyStreams}
		case tooFull:
			return nil, &Problem{Code: CodeBusy}
		}
		s.meter = m
	}
	// The server's time for reading a request would end the stream with it: the connection is
	// read all the while, to notice that the browser leaves.
	if err := s.control.SetReadDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
		s.Close()
		return nil, fmt.Errorf("open stream: %w", err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
	// After a restart of the gateway all pages come back, and better not in the same instant.
	retry := 1000 + rand.IntN(1000)
	if err := s.write(fmt.Appendf(nil, "retry: %d\n\n", retry)); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// LetIn says that who listens is no stranger any more: a television that was paired while it
// showed its digits.
func (s *Stream) LetIn() {
	if s.who == Stranger && s.meter != nil {
		s.meter.adopt()
	}
	s.who = LetIn
}

// Close gives the stream's place back. It may be called more than once.
func (s *Stream) Close() {
	if s.meter != nil {
		s.meter.shut(s.from, s.who)
		s.meter = nil
	}
}

// Send sends v as JSON under an event's name, with an id unless that is empty. It waits until
// the connection has taken it, at most ten seconds. An error ends the stream.
func (s *Stream) Send(event, id string, v any) error {
	if strings.ContainsAny(event, "\r\n\x00") || strings.ContainsAny(id, "\r\n\x00") || len(id) > maxEventID {
		return fmt.Errorf("send event %q: bad name or id", event)
	}
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("send event %q: %w", event, err)
	}
	if len(data) > maxEvent {
		return fmt.Errorf("send event %q: %d bytes, more than %d", event, len(data), maxEvent)
	}
	var b bytes.Buffer
	b.Grow(len(data) + 128)
	if id != "" {
		b.WriteString("id: " + id + "\n")
	}
	b.WriteString("event: " + event + "\ndata: ")
	b.Write(data)
	b.WriteString("\n\n")
	return s.write(b.Bytes())
}

// write sends within patience. The time is taken back afterwards: over HTTP/2 it would cut
// the idle stream, too.
func (s *Stream) write(data []byte) error {
	if err := s.ctx.Err(); err != nil {
		return err
	}
	if err := s.deadline(time.Now().Add(s.patience)); err != nil {
		return err
	}
	if _, err := s.w.Write(data); err != nil {
		return fmt.Errorf("write stream: %w", err)
	}
	if err := s.control.Flush(); err != nil {
		return fmt.Errorf("flush stream: %w", err)
	}
	return s.deadline(time.Time{})
}

func (s *Stream) deadline(t time.Time) error {
	if err := s.control.SetWriteDeadline(t); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("time the stream: %w", err)
	}
	return nil
}

// Follow calls send now and after every change, until the browser leaves, the gateway stops or
// send fails, and sends the heartbeat between. changed is [kiosk.Office.Changed] or of its kind:
// it is asked for the next change before send looks, so that none is missed. Changes closer than
// 50 ms to the last are sent as one. It returns nil when the stream ended from outside.
func (s *Stream) Follow(changed func() <-chan struct{}, send func() error) error {
	timer := time.NewTimer(Heartbeat)
	defer timer.Stop()
	for {
		next := changed()
		if err := send(); err != nil {
			return s.ended(err)
		}
		timer.Reset(minGap)
		if !s.await(timer) {
			return nil
		}
		for news := false; !news; {
			timer.Reset(Heartbeat)
			select {
			case <-next:
				news = true
			case <-timer.C:
				if err := s.write([]byte(beat)); err != nil {
					return s.ended(err)
				}
			case <-s.ctx.Done():
				return nil
			}
		}
	}
}

// await waits for the timer and reports whether the stream still stands.
func (s *Stream) await(timer *time.Timer) bool {
	select {
	case <-timer.C:
		return true
	case <-s.ctx.Done():
		return false
	}
}

// ended is nil where the error is only that the stream is over.
func (s *Stream) ended(err error) error {
	if s.ctx.Err() != nil {
		return nil
	}
	return err
}

// Streamed serves a stream by f to who asks and refuses, in the words of the shield, what is too
// many.
func (s Shield) Streamed(who Standing, f func(*Stream, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			Refuse(w, r, &Problem{Code: CodeMethod}, s.Words, s.Log)
			return
		}
		stream, err := NewStream(w, r, who)
		if err != nil {
			if _, ok := errors.AsType[*Problem](err); ok {
				Refuse(w, r, err, s.Words, s.Log)
			}
			return
		}
		defer stream.Close()
		if err := f(stream, r); err != nil {
			s.Log.Debug("stream ended", "path", r.URL.Path, "err", err)
		}
	})
}
