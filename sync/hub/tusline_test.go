package hub_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/wire"
)

// overBoth runs a test over HTTP/1.1, where a cut is a connection's end, and over HTTP/2, where it
// is a stream's.
func overBoth(t *testing.T, test func(t *testing.T, open func(*testing.T, hub.UploadLimits) (*desk, *http.Client))) {
	for _, proto := range []string{"http/1.1", "h2"} {
		t.Run(proto, func(t *testing.T) {
			t.Parallel()
			test(t, func(t *testing.T, l hub.UploadLimits) (*desk, *http.Client) {
				d := newDesk(t, l)
				known := d.Client().Transport.(*http.Transport).TLSClientConfig
				tr := &http.Transport{
					TLSClientConfig:   &tls.Config{RootCAs: known.RootCAs, NextProtos: []string{proto}},
					ForceAttemptHTTP2: proto == "h2",
				}
				t.Cleanup(tr.CloseIdleConnections)
				return d, &http.Client{Transport: tr}
			})
		})
	}
}

// sending is a request whose body comes by hand.
type sending struct {
	*io.PipeWriter
	cut    context.CancelFunc
	answer chan *http.Response // nil where there was none
}

func (d *desk) send(t *testing.T, c *http.Client, k hub.PageKey, at int) *sending {
	t.Helper()
	return begin(t, c, http.MethodPatch, d.URL+wire.PathBlobs+"/"+k.String(), http.Header{"Upload-Offset": {strconv.Itoa(at)}})
}

// begin begins a request whose body comes by hand.
func begin(t *testing.T, c *http.Client, method, url string, with http.Header) *sending {
	t.Helper()
	ctx, cut := context.WithCancel(t.Context())
	body, w := io.Pipe()
	r, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header = with
	r.Header.Set("Tus-Resumable", "1.0.0")
	r.Header.Set("Content-Type", wire.TypeTus)
	s := &sending{w, func() { cut(); _ = w.CloseWithError(context.Canceled) }, make(chan *http.Response, 1)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		a, err := c.Do(r)
		if err != nil {
			a = nil
		} else {
			_ = a.Body.Close()
		}
		s.answer <- a
	}()
	t.Cleanup(func() { s.cut(); <-done })
	return s
}

func (s *sending) write(t *testing.T, b []byte) {
	t.Helper()
	if _, err := s.Write(b); err != nil {
		t.Fatal(err)
	}
}

// TestCut: what came before the line was cut is durable, the place is free at once, and the rest
// is enough.
func TestCut(t *testing.T) {
	t.Parallel()
	overBoth(t, func(t *testing.T, open func(*testing.T, hub.UploadLimits) (*desk, *http.Client)) {
		d, c := open(t, hub.UploadLimits{Bodies: 1})
		b, k := d.page(600_000)
		s := d.send(t, c, k, 0)
		s.write(t, b[:300_000])
		if at := <-d.appends; at != hub.MaxPiece { // while it is still coming
			t.Errorf("the first piece ends at %d", at)
		}
		for came := 0; came <= hub.MaxPiece; { // and more has come
			came += <-d.reads
		}
		s.cut()
		at := int(<-d.appends)
		if at <= hub.MaxPiece || at > 300_000 {
			t.Errorf("the broken piece ends at %d", at)
		}
		<-s.answer
		// The place is free as soon as the handler has returned, which is a moment after the bytes are durable.
		for {
			a, p := d.patch(t, k, at, bytes.NewReader(b[at:]))
			if p != nil && p.Code == wire.CodeBusy {
				continue
			}
			stands(t, a, p, http.StatusNoContent, len(b))
			break
		}
		d.kept(t, k, b)
	})
}

// TestDeadRequest: one that hangs on a dead connection is stopped by the next one for its page,
// and not a byte that came over it has to come again.
func TestDeadRequest(t *testing.T) {
	t.Parallel()
	overBoth(t, func(t *testing.T, open func(*testing.T, hub.UploadLimits) (*desk, *http.Client)) {
		d, c := open(t, hub.UploadLimits{Flush: time.Hour})
		b, k := d.page(600_000)
		dead := d.send(t, c, k, 0)
		dead.write(t, b[:300_000])
		for came := 0; came < hub.MaxPiece+1000; { // more than has been made durable
			came += <-d.reads
		}
		<-d.appends
		a, p := d.create(t, k, len(b), nil)
		at, err := strconv.Atoi(a.Header.Get("Upload-Offset"))
		if p != nil || err != nil || at < hub.MaxPiece+1000 {
			t.Fatalf("it stands at %d, %v, %v", at, err, p)
		}
		if a := <-dead.answer; a != nil && a.StatusCode != http.StatusLocked {
			t.Errorf("the dead one was told %d", a.StatusCode)
		}
		a, p = d.patch(t, k, at, bytes.NewReader(b[at:]))
		stands(t, a, p, http.StatusNoContent, len(b))
		d.kept(t, k, b)
	})
}

// TestSilence: a body that stops coming is cut, and what came of it is kept.
func TestSilence(t *testing.T) {
	t.Parallel()
	overBoth(t, func(t *testing.T, open func(*testing.T, hub.UploadLimits) (*desk, *http.Client)) {
		d, c := open(t, hub.UploadLimits{Idle: 100 * time.Millisecond})
		b, k := d.page(100_000)
		s := d.send(t, c, k, 0)
		s.write(t, b[:5000])
		if at := <-d.appends; at != 5000 {
			t.Errorf("kept to %d", at)
		}
		if a := <-s.answer; a == nil || a.StatusCode != http.StatusRequestTimeout || a.Header.Get("Upload-Offset") != "5000" {
			t.Errorf("answered %+v", a)
		}
	})
}

// TestTrickle: a body that brings a byte now and then holds no place for ever.
func TestTrickle(t *testing.T) {
	t.Parallel()
	overBoth(t, func(t *testing.T, open func(*testing.T, hub.UploadLimits) (*desk, *http.Client)) {
		d, c := open(t, hub.UploadLimits{Idle: 200 * time.Millisecond, Slowest: 1 << 40})
		b, k := d.page(100_000)
		s := d.send(t, c, k, 0)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for i := 0; ; i++ {
			select {
			case <-tick.C:
				if i < 1000 {
					_, _ = s.Write(b[i : i+1])
					continue
				}
				t.Fatal("it trickles still")
			case a := <-s.answer:
				// Over HTTP/1.1 the line may end under its hands before it hears why.
				if a != nil && a.StatusCode != http.StatusRequestTimeout {
					t.Errorf("answered %+v", a)
				}
				return
			}
		}
	})
}

// TestFlush: bytes that have come become durable though nothing follows them.
func TestFlush(t *testing.T) {
	t.Parallel()
	d := newDesk(t, hub.UploadLimits{Flush: time.Millisecond})
	b, k := d.page(100_000)
	s := d.send(t, d.Client(), k, 0)
	for i := range 3 {
		s.write(t, b[i*100:i*100+100])
		if at := <-d.appends; at != int64(i*100+100) {
			t.Errorf("durable to %d", at)
		}
	}
	s.write(t, b[300:])
	if a := <-s.answer; a == nil || a.StatusCode != http.StatusNoContent {
		t.Fatalf("answered %+v", a)
	}
	d.kept(t, k, b)
}

// TestPlaces: more than there is room for are told when to come again, and no gateway takes the
// places of the others.
func TestPlaces(t *testing.T) {
	t.Parallel()
	for what, l := range map[string]hub.UploadLimits{"of all": {Bodies: 1}, "of one": {OfOne: 1}} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			l.Flush = time.Millisecond
			d := newDesk(t, l)
			b, k := d.page(1000)
			other, key := d.page(1000)
			s := d.send(t, d.Client(), k, 0)
			s.write(t, b[:10])
			<-d.appends
			a, p := d.patch(t, key, 0, bytes.NewReader(other))
			refused(t, p, http.StatusServiceUnavailable, wire.CodeBusy)
			if a.Header.Get("Retry-After") == "" {
				t.Error("nobody says when to come again")
			}
			s.write(t, b[10:])
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if a := <-s.answer; a == nil || a.StatusCode != http.StatusNoContent {
				t.Fatalf("answered %+v", a)
			}
			a, p = d.patch(t, key, 0, bytes.NewReader(other))
			stands(t, a, p, http.StatusNoContent, 1000)
		})
	}
}

// TestSideBySide: the same page through two processes at once, from its beginning, cut differently.
func TestSideBySide(t *testing.T) {
	t.Parallel()
	d := newDesk(t, hub.UploadLimits{Flush: time.Millisecond})
	b, k := d.page(50_000)
	other := d.serve(t, hub.UploadLimits{Flush: time.Millisecond})
	one := d.send(t, d.Client(), k, 0)
	one.write(t, b[:1000])
	<-d.appends
	two := begin(t, other.Client(), http.MethodPost, other.URL+wire.PathBlobs, http.Header{"Upload-Length": {"50000"}, "Upload-Metadata": {meta(k)}})
	two.write(t, b[:1500]) // 1000 of them are durable
	if at := <-d.appends; at != 1500 {
		t.Errorf("durable to %d", at)
	}
	one.write(t, b[1000:1200]) // all of them are
	one.write(t, b[1200:2000])
	if at := <-d.appends; at <= 1500 || at > 2000 {
		t.Errorf("durable to %d", at)
	}
	two.write(t, b[1500:])
	if a := <-two.answer; a == nil || a.StatusCode != http.StatusCreated {
		t.Fatalf("answered %+v", a)
	}
	d.kept(t, k, b)
	one.write(t, b[2000:2100])
	if a := <-one.answer; a == nil || a.StatusCode != http.StatusConflict {
		t.Errorf("answered %+v", a)
	}
	d.kept(t, k, b)
}
