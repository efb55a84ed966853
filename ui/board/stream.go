package board

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/lan"
	"github.com/motcua/gateway/ui/words"
)

// clock is the gateway's time as the board shows it. It is in every message.
type clock struct {
	// Day is the milliseconds since midnight; the page counts on from there by itself.
	Day  int64  `json:"ms"`
	Date string `json:"date"`
	// Sure is false while no time is to be shown.
	Sure bool `json:"sure"`
}

func clockAt(now time.Time, sure bool) clock {
	day := kiosk.DayOf(now)
	return clock{Day: now.Sub(day.Midnight()).Milliseconds(), Date: words.BoardDate(day), Sure: sure}
}

// message is what every event holds; one of Pair and Board is there, or none in a beat.
type message struct {
	Clock clock  `json:"clock"`
	Build string `json:"build"`
	Pair  *pair  `json:"pair,omitempty"`
	Board *state `json:"board,omitempty"`
}

type pair struct {
	Digits string `json:"digits"`
}

// stream sends what the board shows, whole each time that it is another, and a beat between.
func (b *Board) stream(s *lan.Stream, r *http.Request) error {
	beat := time.NewTicker(b.cfg.Beat)
	defer beat.Stop()
	said, due := "", true
	for {
		office, calls, screens := b.cfg.Office.Changed(), b.cfg.Calls.Changed(), b.cfg.Screens.Changed()
		m, err := b.message(r)
		if m.Board != nil {
			s.LetIn()
		}
		if err == nil {
			said, err = b.send(s, m, said, due)
		}
		if err != nil && r.Context().Err() == nil {
			return err
		}
		due = false
		select {
		case <-office:
		case <-calls:
		case <-screens:
		case <-beat.C:
			due = true
		case <-r.Context().Done():
			return nil
		}
	}
}

// message is what is to be shown now on the screen that asks.
func (b *Board) message(r *http.Request) (message, error) {
	snapshot := b.cfg.Office.Snapshot()
	now := b.cfg.Office.Time()
	m := message{Clock: clockAt(now, snapshot.Clock.ShowTime), Build: b.build}
	v, in, err := b.who(r)
	switch {
	case err != nil:
		return m, err
	case in:
		current, waiting := b.cfg.Calls.Now()
		m.Board = b.state(snapshot, now, current, waiting)
		m.Board.Sound = b.cfg.Sound != nil && b.says(r, v.Screen)
	default:
		m.Pair = &pair{Digits: v.Digits}
	}
	return m, nil
}

// says reports whether a board says the numbers. Of a paired one that is the office's choice; one
// that is let in without pairing has nothing but its address to say so.
func (b *Board) says(r *http.Request, s lan.Screen) bool {
	if s.ID == "" {
		return r.URL.Query().Get("sound") == "1"
	}
	return s.Sound
}

// send sends m where it shows something else than what was said last, or, if a beat is due,
// that the stream lives. It returns what is said now.
func (b *Board) send(s *lan.Stream, m message, said string, due bool) (string, error) {
	shown := struct {
		Pair  *pair
		Board *state
	}{m.Pair, m.Board}
	text, err := json.Marshal(shown)
	if err != nil {
		return said, fmt.Errorf("board's state: %w", err)
	}
	if string(text) != said {
		return string(text), s.Send("state", "", m)
	}
	if !due {
		return said, nil
	}
	m.Pair, m.Board = nil, nil
	return said, s.Send("beat", "", m)
}
