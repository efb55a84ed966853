package line_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"math/bits"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/motcua/gateway/sync/hubtest/line"
)

func TestFlipTurnsOneBitOnce(t *testing.T) {
	t.Parallel()
	l := openLine(t, startHub(t, echo), line.Profile{})
	c := dial(t, l)
	say(t, c, make([]byte, 700)) // counted from the call, not from here
	l.Flip(line.Up, 3)
	for round, want := range []int{1, 0} {
		sent := make([]byte, 10_000)
		turned := 0
		for i, b := range say(t, c, sent) {
			turned += bits.OnesCount8(b)
			if b != 0 && i != 3<<10 {
				t.Errorf("byte %d was changed", i)
			}
		}
		if turned != want {
			t.Errorf("round %d: %d bits turned, want %d", round, turned, want)
		}
	}
	if s := l.Stats(); s.Up.Flipped != 1 || s.Down.Flipped != 0 {
		t.Errorf("counted %+v", s)
	}
}

func TestHoldLetsAllThroughAtOnce(t *testing.T) {
	t.Parallel()
	const length = 300 * time.Millisecond
	const total = 200_000 // far more than the queue
	l := openLine(t, startHub(t, echo), line.Profile{Up: line.Way{Rate: 2_000_000}})
	c := dial(t, l)
	say(t, c, []byte("x"))
	began := time.Now()
	l.Hold(line.Up, length)
	if _, err := c.Write(make([]byte, total)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(c, make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took < length {
		t.Errorf("the first byte came after %v", took)
	}
	// The box swallowed all of it at the line's speed while it held.
	if s := l.Stats(); s.Up.Sent != total+1 {
		t.Errorf("%d bytes were taken while held", s.Up.Sent)
	}
	if _, err := io.ReadFull(c, make([]byte, total-1)); err != nil {
		t.Fatal(err)
	}
}

func TestPortalAnswersForTheHub(t *testing.T) {
	t.Parallel()
	l := openLine(t, startHub(t, echo), line.Profile{})
	l.Portal()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get("http://" + l.Addr() + "/v1/feed")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil || resp.StatusCode != http.StatusOK || !strings.HasSuffix(line.PortalAnswer, string(body)) || len(body) == 0 {
		t.Errorf("%d %q %v", resp.StatusCode, body, err)
	}
	// To one who speaks TLS, it is no TLS.
	c := dial(t, l)
	var odd tls.RecordHeaderError
	if err := tls.Client(c, &tls.Config{ServerName: "hub"}).Handshake(); !errors.As(err, &odd) {
		t.Errorf("a handshake with a portal ended with %v", err)
	}
	if err := l.Mend(); err != nil {
		t.Fatal(err)
	}
	say(t, dial(t, l), []byte("x"))
	if s := l.Stats(); s.Answers != 2 {
		t.Errorf("counted %+v", s)
	}
}

func TestWeather(t *testing.T) {
	t.Parallel()
	l := openLine(t, startHub(t, echo), line.Profile{})
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := l.Weather(ctx, 7, line.Span{Min: 2 * time.Millisecond, Max: 9 * time.Millisecond}, line.Span{Max: 4 * time.Millisecond}); err != nil {
			t.Error(err)
		}
	})
	eventually(t, l, "ten cuts", func(s line.Stats) bool { return s.Cuts >= 10 })
	stop()
	wg.Wait()
	say(t, dial(t, l), []byte("x")) // left mended
}

func TestEveryEndsWithTheLine(t *testing.T) {
	t.Parallel()
	l := openLine(t, startHub(t, echo), line.Profile{})
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := l.Every(t.Context(), 10*time.Millisecond, time.Millisecond); err != nil {
			t.Error(err)
		}
	})
	began := time.Now()
	eventually(t, l, "three cuts", func(s line.Stats) bool { return s.Cuts >= 3 })
	if took := time.Since(began); took < 20*time.Millisecond {
		t.Errorf("three cuts in %v", took)
	}
	l.Close()
	wg.Wait()
}

// A middle box's stall is no end: the deadline is the caller's.
func TestStallIsSilent(t *testing.T) {
	t.Parallel()
	l := openLine(t, startHub(t, echo), line.Profile{})
	c := dial(t, l)
	say(t, c, []byte("x"))
	l.Stall(line.Down)
	if _, err := c.Write([]byte("y")); err != nil {
		t.Fatal(err)
	}
	eventually(t, l, "up", func(s line.Stats) bool { return s.Up.Delivered == 2 })
	_ = c.SetReadDeadline(time.Now().Add(30 * time.Millisecond))
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("read %v", err)
	}
	l.Cut() // and a stalled line can be cut
	_ = c.SetReadDeadline(time.Now().Add(patience))
	if _, err := c.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("read %v", err)
	}
	var refused *net.OpError
	if _, err := net.Dial("tcp", l.Addr()); !errors.As(err, &refused) {
		t.Errorf("dialled a cut line: %v", err)
	}
}
