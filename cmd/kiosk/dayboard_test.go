//go:build !noos

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"sync"
	"time"
)

// dayShown is one message of the stream, as a board shows it.
type dayShown struct {
	Clock struct {
		Millis int64 `json:"ms"` // since midnight, by the gateway's clock
	} `json:"clock"`
	Pair *struct {
		Digits string `json:"digits"`
	} `json:"pair"`
	Board *dayBoardSeen `json:"board"`

	stream int       // which of the board's streams it came by
	at     time.Time // really
	upto   time.Time // really: how long it was shown
}

// dayBoardSeen is the picture itself.
type dayBoardSeen struct {
	Call     *dayCallSeen     `json:"call"`
	Counters []dayCounterSeen `json:"counters"`
}

type dayCallSeen struct {
	Order  uint64 `json:"order,string"`
	Number string `json:"number"`
	New    bool   `json:"new"`
	Where  string `json:"where"`
}

type dayCounterSeen struct {
	Code   string `json:"code"`
	Number string `json:"number"`
}

// dayBoard is a television in the hall.
type dayBoard struct {
	name string
	http *http.Client
	told time.Time // when it last said that it lives

	mu      sync.Mutex
	shown   []dayShown
	streams int
	digits  string
	news    chan struct{}
}

func newDayBoard(name string) (*dayBoard, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, fmt.Errorf("cookies: %w", err)
	}
	return &dayBoard{name: name, http: &http.Client{Jar: jar, Transport: &http.Transport{}}, news: make(chan struct{}, 1)}, nil
}

// watch keeps the stream open until ctx ends.
func (b *dayBoard) watch(ctx context.Context, site func() string) {
	opened := false
	for ctx.Err() == nil {
		if !opened {
			opened = b.open(ctx, site()) == nil
		}
		if opened {
			_ = b.stream(ctx, site()) // a stream that breaks is opened again
		}
		timer := time.NewTimer(30 * time.Millisecond)
		select {
		case <-ctx.Done():
			timer.Stop()
		case <-timer.C:
		}
	}
}

// open gets the page and with it the board's cookie.
func (b *dayBoard) open(ctx context.Context, site string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, site+"/board", nil)
	if err != nil {
		return err
	}
	a, err := b.http.Do(r)
	if err != nil {
		return err
	}
	defer a.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(a.Body, 1<<20)); err != nil {
		return err
	}
	if a.StatusCode != http.StatusOK {
		return fmt.Errorf("board: %s", a.Status)
	}
	return nil
}

func (b *dayBoard) stream(ctx context.Context, site string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, site+"/board/stream", nil)
	if err != nil {
		return err
	}
	r.Header.Set("Accept", "text/event-stream")
	a, err := b.http.Do(r)
	if err != nil {
		return err
	}
	defer a.Body.Close()
	if a.StatusCode != http.StatusOK {
		return fmt.Errorf("board: %s", a.Status)
	}
	b.mu.Lock()
	b.streams++
	stream := b.streams
	b.mu.Unlock()
	defer func() { b.until(time.Now()) }()
	return readEvents(a.Body, func(event, data string) error {
		if err := b.seen(ctx, site); err != nil {
			return err
		}
		var s dayShown
		if err := json.Unmarshal([]byte(data), &s); err != nil {
			return fmt.Errorf("board's %s: %w", event, err)
		}
		s.stream, s.at = stream, time.Now()
		b.until(s.at)
		if event == "state" {
			b.show(s)
		}
		return nil
	})
}

// seen tells the gateway every few seconds that the board lives: its stream alone does not.
func (b *dayBoard) seen(ctx context.Context, site string) error {
	if time.Since(b.told) < 4*time.Second {
		return nil
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, site+"/board/seen", nil)
	if err != nil {
		return err
	}
	a, err := b.http.Do(r)
	if err != nil {
		return err
	}
	b.told = time.Now()
	return a.Body.Close()
}

// until says how long what was shown last has been shown.
func (b *dayBoard) until(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if n := len(b.shown); n > 0 && b.shown[n-1].stream == b.streams {
		b.shown[n-1].upto = now
	}
}

func (b *dayBoard) show(s dayShown) {
	b.mu.Lock()
	if s.Pair != nil {
		b.digits = s.Pair.Digits
	}
	if s.Board != nil {
		s.upto = s.at
		b.shown = append(b.shown, s)
	}
	b.mu.Unlock()
	select {
	case b.news <- struct{}{}:
	default:
	}
}

// state tells what the board shows for its pairing, and how often it has come back.
func (b *dayBoard) state() (digits string, paired bool, streams int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.digits, len(b.shown) > 0, b.streams
}

func (b *dayBoard) history() []dayShown {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]dayShown(nil), b.shown...)
}
