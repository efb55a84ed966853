package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"time"
)

const (
	maxTouchBody = 1 << 10
	// maxPress ends a press whose browser was lost in the middle of it without a word.
	maxPress = 30 * time.Second
	// maxSettle bounds how long a request waits for the screen to deal with a touch.
	maxSettle = 10 * time.Second
)

// Touch is what a browser or script says about its finger: the body of POST /screen/touch.
type Touch struct {
	Viewer string `json:"viewer,omitempty"` // from the event stream; a script has none
	// Phase is "down", "move", "up", "cancel", or "tap" for down and up at once.
	Phase string `json:"phase"`
	// X and Y are pixels of the picture.
	X float64 `json:"x"`
	Y float64 `json:"y"`
	// Settle delays the answer until the screen has dealt with the touch and painted. A tap
	// always does.
	Settle bool `json:"settle,omitempty"`
}

// Touched is the answer to a touch that was taken.
type Touched struct {
	Frame uint64 `json:"frame"`
}

// Refused is the answer to a touch that was not taken.
type Refused struct {
	// Code is "bad-touch", "view-only", "watching", "busy" or "closed".
	Code  string `json:"code"`
	Error string `json:"error"`
	// RetrySeconds is when control may be free again, for "watching".
	RetrySeconds int `json:"retry_seconds,omitempty"`
}

var (
	errWatching = errors.New("another viewer controls the screen")
	errBusy     = errors.New("the screen is busy or another finger is on it")
)

// parseTouch reads the body of a touch. It accepts what it can hold in a kilobyte: one JSON
// object, no unknown field, nothing behind it.
func parseTouch(r io.Reader, width, height int) (Touch, error) {
	var t Touch
	body, err := io.ReadAll(io.LimitReader(r, maxTouchBody+1))
	if err != nil {
		return t, fmt.Errorf("read touch: %w", err)
	}
	if len(body) > maxTouchBody {
		return t, fmt.Errorf("read touch: more than %d bytes", maxTouchBody)
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&t); err != nil {
		return t, fmt.Errorf("parse touch: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return t, errors.New("parse touch: something follows the object")
	}
	switch t.Phase {
	case "down", "move", "up", "tap":
		inside := func(v float64, n int) bool { return !math.IsNaN(v) && v >= 0 && v < float64(n) }
		if t.Phase == "move" || t.Phase == "up" {
			// A finger may slide over the edge; that is where it is then.
			t.X, t.Y = clamp(t.X, width), clamp(t.Y, height)
		}
		if !inside(t.X, width) || !inside(t.Y, height) {
			return t, fmt.Errorf("parse touch: %v, %v is not on the screen of %d×%d", t.X, t.Y, width, height)
		}
	case "cancel":
	default:
		return t, fmt.Errorf("parse touch: no phase %q", t.Phase)
	}
	return t, nil
}

func clamp(v float64, n int) float64 { return min(max(v, 0), float64(n)-1) }

func (s *Screen) serveTouch(w http.ResponseWriter, r *http.Request) {
	if s.pointer == nil {
		refuse(w, http.StatusForbidden, Refused{Code: "view-only", Error: "this screen can only be looked at"})
		return
	}
	s.mu.Lock()
	size := s.bounds.Size()
	s.mu.Unlock()
	t, err := parseTouch(r.Body, size.X, size.Y)
	if err != nil {
		refuse(w, http.StatusBadRequest, Refused{Code: "bad-touch", Error: err.Error()})
		return
	}
	switch left, err := s.touch(t); {
	case errors.Is(err, errWatching):
		seconds := int(math.Ceil(left.Seconds()))
		w.Header().Set("Retry-After", strconv.Itoa(seconds))
		refuse(w, http.StatusConflict, Refused{Code: "watching", Error: err.Error(), RetrySeconds: seconds})
		return
	case err != nil:
		refuse(w, http.StatusServiceUnavailable, Refused{Code: "busy", Error: err.Error()})
		return
	}
	if t.Settle || t.Phase == "tap" {
		if !s.enter() {
			refuse(w, http.StatusServiceUnavailable, Refused{Code: "busy", Error: "too many requests wait"})
			return
		}
		defer s.leave()
		ctx, cancel := context.WithTimeout(r.Context(), maxSettle)
		defer cancel()
		if _, err := s.o.Stage.Settle(ctx); err != nil {
			refuse(w, http.StatusServiceUnavailable, Refused{Code: "closed", Error: err.Error()})
			return
		}
	}
	s.mu.Lock()
	frame := s.frame
	s.mu.Unlock()
	writeJSON(w, http.StatusOK, frame, Touched{Frame: frame})
}

// touch passes a touch on to the stage if its viewer controls the screen. Otherwise it returns
// how long the control stays where it is.
func (s *Screen) touch(t Touch) (left time.Duration, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if s.shut {
		return 0, errBusy
	}
	if _, known := s.viewers[t.Viewer]; t.Viewer != "" && !known {
		return s.lease.left(now), errWatching // a viewer that is gone, or never was
	}
	before := s.lease
	if !s.lease.take(t.Viewer, now) {
		return s.lease.left(now), errWatching
	}
	if before.held && before.holder != t.Viewer {
		s.lift() // the finger of whoever had control
	}
	if before.holder != t.Viewer || !before.held {
		s.wake() // the viewers' pages show who controls
	}
	x, y := float32(t.X), float32(t.Y)
	switch t.Phase {
	case "down", "tap":
		s.lift()
		if !s.pointer.Down(x, y) {
			return 0, errBusy
		}
		if t.Phase == "tap" {
			s.pointer.Up(x, y)
			break
		}
		s.press = time.AfterFunc(maxPress, s.forget)
	case "move":
		s.pointer.Move(x, y)
	case "up":
		s.pointer.Up(x, y)
		s.settlePress()
	case "cancel":
		s.lift()
	}
	return 0, nil
}

// lift takes the finger off without an effect. It is called with the lock held.
func (s *Screen) lift() {
	if s.press != nil {
		s.pointer.Cancel()
		s.settlePress()
	}
}

// settlePress stops the timer of a press that has ended.
func (s *Screen) settlePress() {
	if s.press != nil {
		s.press.Stop()
		s.press = nil
	}
}

// forget ends a press that lasts too long.
func (s *Screen) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lift()
}
