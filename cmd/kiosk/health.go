package main

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// health asks whether the gateway does its main job. An office that does not answer within
// patience hangs in its store, or in itself: both are worth a restart.
type health struct {
	office   *kiosk.Office
	patience time.Duration

	mu      sync.Mutex
	pending chan *kiosk.Snapshot // of a question that is not answered yet
}

// healthAnswer is the body of /healthz.
type healthAnswer struct {
	OK      bool     `json:"ok"`
	Reasons []string `json:"reasons"` // why not; never null
	Faults  []string `json:"faults"`  // codes of all that stands, for whoever looks
}

// ask returns how the office is.
func (h *health) ask(ctx context.Context) healthAnswer {
	if s := h.snapshot(ctx); s != nil {
		return judge(s)
	}
	return healthAnswer{Reasons: []string{"the office has not answered within " + h.patience.String()}, Faults: []string{}}
}

// answers reports whether the office answers at all.
func (h *health) answers(ctx context.Context) bool { return h.snapshot(ctx) != nil }

// snapshot returns the office's snapshot, or nil if it takes too long. Many may ask at once: an
// office that hangs is asked once.
func (h *health) snapshot(ctx context.Context) *kiosk.Snapshot {
	h.mu.Lock()
	if h.pending == nil {
		answer := make(chan *kiosk.Snapshot, 1)
		h.pending = answer
		go func() { // ends with the office's answer; there is at most one
			answer <- h.office.Snapshot()
		}()
	}
	pending := h.pending
	h.mu.Unlock()

	ctx, cancel := context.WithTimeout(ctx, h.patience)
	defer cancel()
	select {
	case s := <-pending:
		pending <- s // for the others that wait for the same answer
		h.mu.Lock()
		if h.pending == pending {
			h.pending = nil
		}
		h.mu.Unlock()
		return s
	case <-ctx.Done():
		return nil
	}
}

func judge(s *kiosk.Snapshot) healthAnswer {
	a := healthAnswer{OK: true, Reasons: []string{}, Faults: []string{}}
	for _, f := range s.Faults {
		a.Faults = append(a.Faults, string(f.Code))
		if f.Severity == kiosk.SeverityStop {
			a.OK = false
			a.Reasons = append(a.Reasons, string(f.Code)+": "+f.Hint)
		}
	}
	return a
}

// ServeHTTP answers 200 while the gateway works and 503 with the reasons while it does not.
func (h *health) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a := h.ask(r.Context())
	w.Header().Set("Content-Type", "application/json")
	if !a.OK {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(a) // the other side may have gone away
}
