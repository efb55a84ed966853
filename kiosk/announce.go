package kiosk

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// ErrVoiceAbsent means that there is nothing to speak with: no sound card, no player, no voice.
// A [Voice] wraps it so that the fault is [FaultVoiceAbsent] and not [FaultVoiceFaulty].
var ErrVoiceAbsent = errors.New("voice absent")

// Voice says announcements aloud.
type Voice interface {
	// Say returns when a has been said, or soon after ctx ends. One that does not come back is
	// not called again before it has; numbers are only shown until then.
	Say(ctx context.Context, a Announcement) error
}

// AnnouncingConfig is what an Announcing is made of.
type AnnouncingConfig struct {
	Office *Office
	// Voice may be nil: numbers are then shown and not heard, and that is no fault.
	Voice Voice
	// MinShow is how long an announcement is current at least, whatever the voice does; 6 s
	// where it is 0.
	MinShow time.Duration
	// Lasts is how long an announcement takes where somebody else says it, as boards do: it is
	// current at least for so long. It may be nil.
	Lasts func(Announcement) time.Duration
	// Longest is the longest that the voice is listened to; 40 s where it is 0.
	Longest time.Duration
	// Repeat is how often each announcement is said once more; 0 to 2 is usual.
	Repeat int
	Log    *slog.Logger
}

// repeatPause is the silence before an announcement is said again.
const repeatPause = time.Second

// Announcing (hàng đợi gọi số) says the calls of the office one after the other: none overwrites
// another, each is current until it has been said, and boards show what is current.
//
// What waits is derived from the office each time: the tickets that are Called by a fact newer
// than the last one that was said of them. So a call that was undone, finished or given back
// before its turn falls out by itself, one that is taken up again comes back, and a number
// recalled while it waits is one announcement and keeps its turn. Calls from before the start
// stay silent until somebody presses Recall.
type Announcing struct {
	cfg   AnnouncingConfig
	since uint64 // CallOrder up to which nothing is announced

	speaking chan error // answers when the voice is done; nil while it is silent

	mu      sync.Mutex
	said    map[uint64]uint64 // by Ticket.Order: its newest CallOrder that had its turn
	current *Announcement
	waiting []place
	changed chan struct{}
}

// place is an announcement in the line, with the ticket it belongs to.
type place struct {
	ticket uint64 // Ticket.Order
	Announcement
}

// NewAnnouncing returns an Announcing that announces what is called from now on; Run makes it
// work.
func NewAnnouncing(cfg AnnouncingConfig) *Announcing {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	cfg.MinShow = cmp.Or(cfg.MinShow, 6*time.Second)
	cfg.Longest = cmp.Or(cfg.Longest, 40*time.Second)
	return &Announcing{
		cfg: cfg, since: cfg.Office.Last().Order(),
		said: map[uint64]uint64{}, changed: make(chan struct{}),
	}
}

// Now returns what is being announced, nil if nothing is, and what waits for its turn, the next
// one first. Both are the caller's own.
//
// It looks at the office itself: who shows what is called must not be ahead of the line.
func (a *Announcing) Now() (current *Announcement, waiting []Announcement) {
	a.look()
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.current != nil {
		c := *a.current
		current = &c
	}
	for _, p := range a.waiting {
		waiting = append(waiting, p.Announcement)
	}
	return current, waiting
}

// Changed returns a channel that is closed when Now would answer otherwise. Take it before Now,
// and no change is missed.
func (a *Announcing) Changed() <-chan struct{} {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.changed
}

// Run announces until ctx ends, and waits for the voice then.
func (a *Announcing) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		changed := a.cfg.Office.Changed()
		a.look()
		if next, ok := a.take(); ok {
			a.announce(ctx, next)
			a.show(nil)
			continue
		}
		select {
		case <-ctx.Done():
		case <-changed:
		}
	}
	if a.speaking != nil {
		<-a.speaking
	}
	return nil
}

// look brings the line up to date with the office.
func (a *Announcing) look() {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := a.cfg.Office.Snapshot()
	due := map[uint64]Announcement{}
	living := make(map[uint64]bool, len(s.Tickets))
	for i := range s.Tickets {
		t := &s.Tickets[i]
		living[t.Order] = true
		if t.State == Called && t.CallOrder > max(a.since, a.said[t.Order]) {
			due[t.Order] = t.Announcement()
		}
	}
	for order := range a.said {
		if !living[order] {
			delete(a.said, order) // of a day that is over
		}
	}
	var line []place
	for _, p := range a.waiting {
		if now, ok := due[p.ticket]; ok {
			line = append(line, place{p.ticket, now})
			delete(due, p.ticket)
		}
	}
	var fresh []place
	for order, now := range due {
		fresh = append(fresh, place{order, now})
	}
	slices.SortFunc(fresh, func(p, q place) int { return cmp.Compare(p.Order, q.Order) })
	line = append(line, fresh...)
	if !slices.Equal(line, a.waiting) {
		a.waiting = line
		a.wake()
	}
}

// take makes the first of the line the current one.
func (a *Announcing) take() (place, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.waiting) == 0 {
		return place{}, false
	}
	p := a.waiting[0]
	a.waiting = a.waiting[1:]
	a.current = &p.Announcement
	a.said[p.ticket] = p.Announcement.Order
	a.wake()
	return p, true
}

func (a *Announcing) show(what *Announcement) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.current = what
	a.wake()
}

// wake tells who watches. The caller holds mu.
func (a *Announcing) wake() {
	close(a.changed)
	a.changed = make(chan struct{})
}

// announce keeps p current until it has been said as often as it shall be, and MinShow has
// passed. It ends at once when the call is taken back.
func (a *Announcing) announce(ctx context.Context, p place) {
	least := a.cfg.MinShow
	if a.cfg.Lasts != nil {
		least = max(least, a.cfg.Lasts(p.Announcement))
	}
	shown := time.NewTimer(least)
	defer shown.Stop()
	for round := 0; ; round++ {
		end := a.say(ctx, p)
		if end == takenBack {
			return
		}
		if end != spoken || round >= a.cfg.Repeat {
			break
		}
		pause := time.NewTimer(repeatPause)
		end, _ = a.await(ctx, p, pause.C, nil)
		pause.Stop()
		if end == takenBack {
			return
		}
		if t, ok := a.ticket(p); !ok || t.State != Called {
			break // the citizen is there
		}
	}
	a.await(ctx, p, shown.C, nil)
}

// ending is how a wait during an announcement ended.
type ending int

const (
	takenBack ending = iota // the call stands no more, or the gateway stops
	timeUp
	spoken
)

// comeBack is how long a voice that was told to stop may take.
const comeBack = time.Second

// say lets the voice say p once; timeUp where it could not.
func (a *Announcing) say(ctx context.Context, p place) ending {
	if a.cfg.Voice == nil {
		return timeUp
	}
	if !a.silent() {
		a.judge(errors.New("it does not come back from an announcement"), p)
		return timeUp
	}
	saying, cancel := context.WithTimeout(ctx, a.cfg.Longest)
	defer cancel()
	done := make(chan error, 1)
	a.speaking = done
	go func() { done <- a.cfg.Voice.Say(saying, p.Announcement) }()
	late := time.NewTimer(a.cfg.Longest + comeBack)
	defer late.Stop()
	end, err := a.await(ctx, p, late.C, done)
	switch end {
	case takenBack:
		return end
	case timeUp:
		err = context.DeadlineExceeded
	case spoken:
		a.speaking = nil
	}
	a.judge(err, p)
	if err != nil {
		return timeUp
	}
	return spoken
}

// silent waits a little for a voice that was told to stop and reports whether it has.
func (a *Announcing) silent() bool {
	if a.speaking == nil {
		return true
	}
	patience := time.NewTimer(comeBack)
	defer patience.Stop()
	select {
	case <-a.speaking:
		a.speaking = nil
	case <-patience.C:
	}
	return a.speaking == nil
}

// judge makes what became of an announcement a fault, or ends one. It is never the queue's end.
func (a *Announcing) judge(err error, p place) {
	raise, clear := FaultVoiceFaulty, FaultVoiceAbsent
	switch {
	case err == nil:
		a.cfg.Office.ClearFault(FaultVoiceAbsent)
		a.cfg.Office.ClearFault(FaultVoiceFaulty)
		return
	case errors.Is(err, ErrVoiceAbsent):
		raise, clear = clear, raise
	}
	a.cfg.Log.Warn("announcement not said", LogTicket, p.Number, LogError, err)
	a.cfg.Office.ClearFault(clear)
	a.cfg.Office.RaiseFault(raise, err.Error())
}

// await waits for the voice, for a time to pass or for the call to be taken back, and keeps the
// line up to date meanwhile. err is the voice's.
func (a *Announcing) await(ctx context.Context, p place, over <-chan time.Time, voice <-chan error) (end ending, err error) {
	for {
		changed := a.cfg.Office.Changed()
		a.look()
		if !a.stands(p) {
			return takenBack, nil
		}
		select {
		case <-changed:
		case err := <-voice:
			return spoken, err
		case <-over:
			return timeUp, nil
		case <-ctx.Done():
			return takenBack, nil // the gateway stops
		}
	}
}

// stands reports whether who is called to a counter is still to go there, or has come.
func (a *Announcing) stands(p place) bool {
	t, ok := a.ticket(p)
	if !ok || t.Counter != p.Counter {
		return false
	}
	return t.State == Called || t.State == Serving || t.State == Served
}

func (a *Announcing) ticket(p place) (Ticket, bool) {
	t, ok := a.cfg.Office.Snapshot().Ticket(p.Number)
	return t, ok && t.Order == p.ticket
}
