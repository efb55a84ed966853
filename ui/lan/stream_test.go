package lan

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// bell is what an office's Changed is like.
type bell struct{ c atomic.Pointer[chan struct{}] }

func newBell() *bell {
	b := &bell{}
	c := make(chan struct{})
	b.c.Store(&c)
	return b
}

func (b *bell) changed() <-chan struct{} { return *b.c.Load() }

func (b *bell) ring() {
	c := make(chan struct{})
	close(*b.c.Swap(&c))
}

func TestFollowCoalescesAndBeats(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		w := httptest.NewRecorder()
		s, err := NewStream(w, httptest.NewRequestWithContext(ctx, "GET", "/events", nil), LetIn)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		b := newBell()
		var sent atomic.Int64
		done := make(chan error)
		go func() {
			done <- s.Follow(b.changed, func() error { return s.Send("state", "7", sent.Add(1)) })
		}()
		expect := func(what string, want int64) {
			t.Helper()
			synctest.Wait()
			if n := sent.Load(); n != want {
				t.Errorf("%s: sent %d times, want %d", what, n, want)
			}
		}
		expect("at the start", 1)
		for range 100 {
			b.ring()
		}
		expect("at once after a burst", 1)
		wait(minGap)
		expect("a burst is one", 2)
		wait(35 * time.Second)
		expect("nothing happened", 2)
		b.ring()
		expect("a change after quiet goes at once", 3)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		text := w.Body.String()
		if n := strings.Count(text, "event: beat\n"); n != 3 {
			t.Errorf("%d heartbeats in 35 seconds", n)
		}
		if !strings.HasPrefix(text, "retry: 1") || !strings.Contains(text, "\n\nid: 7\nevent: state\ndata: 3\n\n") {
			t.Errorf("stream: %q", text)
		}
	})
}

// wait lets the bubble's clock go on.
func wait(d time.Duration) { <-time.After(d) }

func TestStreamRefusesWhatWouldBreakIt(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest("GET", "/events", nil)
	r.Header.Set("Last-Event-ID", strings.Repeat("9", maxEventID+1))
	w := httptest.NewRecorder()
	s, err := NewStream(w, r, LetIn)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if s.Last != "" {
		t.Error("a Last-Event-ID of any length")
	}
	before := w.Body.Len()
	for what, err := range map[string]error{
		"a line in the name": s.Send("a\nevent: b", "", 1),
		"a line in the id":   s.Send("a", "1\r2", 1),
		"too much":           s.Send("a", "", strings.Repeat("x", maxEvent)),
		"what is no JSON":    s.Send("a", "", func() {}),
	} {
		if err == nil {
			t.Errorf("%s was sent", what)
		}
	}
	if err := s.Send("a", "", "one\ntwo\r\u2028"); err != nil || strings.Count(w.Body.String()[before:], "\n") != 3 {
		t.Errorf("%v: %q", err, w.Body.String()[before:])
	}
}

// streaming is a server with one stream that tells every ring of b.
func streaming(b *bell, l Limits, c *Certificate) *Server {
	shield := Shield{Hosts: NewHosts(), Words: vietnamese(), Log: quiet()}
	return &Server{Certificate: c, Limits: l, Handler: shield.Secured(shield.Streamed(LetIn, func(s *Stream, _ *http.Request) error {
		return s.Follow(b.changed, func() error { return s.Send("state", "", "x") })
	}))}
}

// listen opens a stream and returns its lines.
func listen(t *testing.T, c *http.Client, url string) (*http.Response, *bufio.Scanner) {
	t.Helper()
	res, err := c.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Body.Close() })
	return res, bufio.NewScanner(res.Body)
}

func until(t *testing.T, lines *bufio.Scanner, want string) {
	t.Helper()
	for lines.Scan() {
		if lines.Text() == want {
			return
		}
	}
	t.Fatalf("the stream ended before %q: %v", want, lines.Err())
}

// A stream outlives the server's times for reading and writing and ends with the server.
func TestStreamLivesOnAndEndsWithTheServer(t *testing.T) {
	t.Parallel()
	for _, secure := range []bool{true, false} {
		t.Run(map[bool]string{true: "h2", false: "http"}[secure], func(t *testing.T) {
			t.Parallel()
			var cert *Certificate
			if secure {
				cert = certificate(t, nil)
			}
			b := newBell()
			s := run(t, streaming(b, Limits{Read: 200 * time.Millisecond, Header: 200 * time.Millisecond, Write: 200 * time.Millisecond}, cert))
			res, lines := listen(t, s.client(t, "127.0.0.1"), s.url("/"))
			if (res.ProtoMajor == 2) != secure {
				t.Errorf("over %s", res.Proto)
			}
			until(t, lines, "event: state")
			wait(600 * time.Millisecond) // of the wire, which has no other clock
			b.ring()
			until(t, lines, "event: state")
			start := time.Now()
			s.stop()
			if d := time.Since(start); d > time.Second*slower {
				t.Errorf("an open stream held the server up for %v", d)
			}
			for lines.Scan() {
				continue
			}
		})
	}
}

func TestStreamsOfOneMachineAreBounded(t *testing.T) {
	t.Parallel()
	s := run(t, streaming(newBell(), Limits{}, certificate(t, nil)))
	greedy := s.client(t, "127.0.0.4")
	for i := range 12 {
		if res, lines := listen(t, greedy, s.url("/")); res.StatusCode == 200 {
			until(t, lines, "event: state")
		} else {
			t.Fatalf("stream %d: %s", i, res.Status)
		}
	}
	for range 40 {
		res, err := greedy.Get(s.url("/"))
		if err != nil {
			t.Fatal(err)
		}
		if text := body(t, res); res.StatusCode != 429 || !strings.Contains(text, `"many-streams"`) || !strings.Contains(text, vietnamese().Lan().ManyStreams) {
			t.Fatalf("a stream too many: %s %s", res.Status, text)
		}
	}
	if res, lines := listen(t, s.client(t, "127.0.0.5"), s.url("/")); res.StatusCode != 200 {
		t.Errorf("another machine: %s", res.Status)
	} else {
		until(t, lines, "event: state")
	}
}

// A place is given back when the browser leaves.
func TestStreamGivesItsPlaceBack(t *testing.T) {
	t.Parallel()
	s := run(t, streaming(newBell(), Limits{StreamsEach: 1}, nil))
	for range 5 {
		c := s.client(t, "127.0.0.6")
		ctx, cancel := context.WithCancel(t.Context())
		for status := 0; status != 200; { // the server notices a moment later
			r, err := http.NewRequestWithContext(ctx, "GET", s.url("/"), nil)
			if err != nil {
				t.Fatal(err)
			}
			res, err := c.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			if status = res.StatusCode; status != 200 {
				_ = body(t, res)
			}
		}
		cancel()
	}
}

// A browser that takes nothing is cut, over both protocols.
func TestStuckBrowserIsCut(t *testing.T) {
	t.Parallel()
	for _, secure := range []bool{true, false} {
		t.Run(map[bool]string{true: "h2", false: "http"}[secure], func(t *testing.T) {
			t.Parallel()
			var cert *Certificate
			if secure {
				cert = certificate(t, nil)
			}
			ended := make(chan error, 1)
			s := run(t, &Server{Certificate: cert, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				s, err := NewStream(w, r, LetIn)
				if err != nil {
					ended <- err
					return
				}
				defer s.Close()
				s.patience = 300 * time.Millisecond
				large := strings.Repeat("x", maxEvent/2)
				for err == nil {
					err = s.Send("state", "", large)
				}
				ended <- err
			})})
			c := s.client(t, "127.0.0.1")
			res, err := c.Get(s.url("/"))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = res.Body.Close() }()
			select {
			case err := <-ended:
				t.Log(err)
			case <-time.After(8 * time.Second):
				t.Error("a browser that takes nothing holds its stream")
			}
		})
	}
}

func TestStreamedTakesGETAlone(t *testing.T) {
	t.Parallel()
	s := run(t, streaming(newBell(), Limits{}, nil))
	res, err := s.client(t, "127.0.0.1").Post(s.url("/"), "text/plain", io.LimitReader(strings.NewReader("x"), 1))
	if err != nil {
		t.Fatal(err)
	}
	if got := body(t, res); res.StatusCode != 405 || !strings.Contains(got, string(CodeMethod)) {
		t.Errorf("%s %s", res.Status, got)
	}
}

// Strangers from however many machines leave the officers' pages and the paired screens theirs.
func TestStrangersLeaveTheOthersTheirStreams(t *testing.T) {
	t.Parallel()
	const all, strangers = 12, 4
	adopt := make(chan struct{})
	shield := Shield{Hosts: NewHosts(), Words: vietnamese(), Log: quiet()}
	streamed := func(who Standing) http.Handler {
		return shield.Streamed(who, func(s *Stream, r *http.Request) error {
			if err := s.Send("state", "", "x"); err != nil {
				return err
			}
			select {
			case <-adopt:
				s.LetIn()
				if err := s.Send("adopted", "", "x"); err != nil {
					return err
				}
			case <-r.Context().Done():
			}
			<-r.Context().Done()
			return nil
		})
	}
	mux := http.NewServeMux()
	mux.Handle("/stranger", streamed(Stranger))
	mux.Handle("/officer", streamed(LetIn))
	s := run(t, &Server{Limits: Limits{Streams: all, StreamsEach: 2, Strangers: strangers}, Handler: shield.Secured(mux)})
	// open asks for two streams from each of ten machines and returns those that stand.
	machine := 20
	open := func(path string) (got []*bufio.Scanner) {
		t.Helper()
		for range 10 {
			machine++
			c := s.client(t, "127.0.0."+strconv.Itoa(machine))
			for range 2 {
				res, lines := listen(t, c, s.url(path))
				switch res.StatusCode {
				case http.StatusOK:
					until(t, lines, "event: state")
					got = append(got, lines)
				case http.StatusServiceUnavailable:
					_ = body(t, res)
				default:
					t.Fatalf("%s: %s", path, res.Status)
				}
			}
		}
		return got
	}
	first := open("/stranger")
	if len(first) != strangers {
		t.Errorf("%d strangers have a stream, want %d", len(first), strangers)
	}
	// One of them is paired: its place is another stranger's.
	adopt <- struct{}{}
	found := make(chan struct{}, strangers)
	for _, lines := range first {
		go func() {
			for lines.Scan() {
				if lines.Text() == "event: adopted" {
					found <- struct{}{}
				}
			}
		}()
	}
	<-found
	if n := len(open("/stranger")); n != 1 {
		t.Errorf("after one was let in %d more strangers have a stream, want 1", n)
	}
	if n := len(open("/officer")); n != all-strangers-1 {
		t.Errorf("%d others have a stream beside %d, want %d", n, strangers+1, all-strangers-1)
	}
}
