package kiosk_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// throat is a voice that takes a time for each announcement and remembers them.
type throat struct {
	office func() *kiosk.Office
	takes  time.Duration

	mu     sync.Mutex
	answer func(context.Context) error // nil: says it
	said   []kiosk.Announcement
	cut    int // how many were cut off
	open   int // how many it says now
	wrong  []string
}

func (v *throat) Say(ctx context.Context, a kiosk.Announcement) error {
	v.mu.Lock()
	answer := v.answer
	v.said = append(v.said, a)
	if v.open++; v.open > 1 {
		v.wrong = append(v.wrong, fmt.Sprintf("%s is said over another", a.Number))
	}
	t, _ := v.office().Snapshot().Ticket(a.Number)
	v.mu.Unlock()
	defer func() { v.mu.Lock(); v.open--; v.mu.Unlock() }()
	if t.Counter != a.Counter {
		// Somebody pressed while the voice took its breath: it has to be stopped before a moment
		// of the bubble's time is over.
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Nanosecond):
			v.mu.Lock()
			v.wrong = append(v.wrong, fmt.Sprintf("%s is sent to counter %s while the ticket is at %q", a.Number, a.Counter, t.Counter))
			v.mu.Unlock()
		}
	}
	if answer != nil {
		return answer(ctx)
	}
	select {
	case <-time.After(v.takes):
		return nil
	case <-ctx.Done():
		v.mu.Lock()
		v.cut++
		v.mu.Unlock()
		return ctx.Err()
	}
}

func (v *throat) answers(f func(context.Context) error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.answer = f
}

// hall is a world in which numbers are announced, on the bubble's time.
type hall struct {
	*world
	throat *throat
	*kiosk.Announcing
	stop func()
}

func (h *hall) start(change ...func(*kiosk.AnnouncingConfig)) {
	h.throat.office = func() *kiosk.Office { return h.Office }
	cfg := kiosk.AnnouncingConfig{Office: h.Office, Voice: h.throat, MinShow: 6 * time.Second}
	for _, f := range change {
		f(&cfg)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	a := kiosk.NewAnnouncing(cfg)
	h.Announcing = a
	go func() { _ = a.Run(ctx); close(done) }()
	h.stop = func() { cancel(); <-done }
	synctest.Wait()
}

// wait lets time pass in the hall.
func (h *hall) wait(d time.Duration) {
	synctest.Wait()
	h.pass(d)
	<-time.After(d)
	synctest.Wait()
}

// heard wants what was said so far, by number and counter.
func (h *hall) heard(t *testing.T, want ...string) {
	t.Helper()
	synctest.Wait()
	h.throat.mu.Lock()
	defer h.throat.mu.Unlock()
	var got []string
	for _, a := range h.throat.said {
		got = append(got, string(a.Number)+" to "+string(a.Counter))
	}
	if !slices.Equal(got, want) {
		t.Errorf("heard %q, want %q", got, want)
	}
	for _, w := range h.throat.wrong {
		t.Error(w)
	}
}

// shown wants what Now shows: the current number, "" for none, and those that wait.
func (h *hall) shown(t *testing.T, current kiosk.Number, waiting ...kiosk.Number) {
	t.Helper()
	synctest.Wait()
	now, rest := h.Now()
	var got kiosk.Number
	if now != nil {
		got = now.Number
	}
	var line []kiosk.Number
	for _, a := range rest {
		line = append(line, a.Number)
	}
	if got != current || !slices.Equal(line, waiting) {
		t.Errorf("shown %q, then %q; want %q, then %q", got, line, current, waiting)
	}
}

func inHall(t *testing.T, f func(t *testing.T, h *hall), change ...func(*kiosk.AnnouncingConfig)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := &hall{world: newWorld(t), throat: &throat{takes: 4 * time.Second}}
		h.start(change...)
		defer func() { h.stop() }()
		f(t, h)
	})
}
