package uplink

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/wire"
)

// Uplink brings what waits to the hub. Its methods may be called from any goroutine.
type Uplink struct {
	cfg   Config
	name  string // of this run, by which the hub tells two boxes with one identity
	zip   *zstd.Encoder
	spent spending
	again *again

	// What Run's goroutine and those of the one session that it waits for have to themselves.
	epochAt time.Time // when an epoch was begun on the hub's word
	anewAt  time.Time // when its feed was begun anew
	alone   time.Time // since when the line is down; zero: it is up
	stuck   stuck
	last    Identity  // of the last connection
	health  time.Time // when that hub is told next how the box does; zero: at once
	begun   begun
	rate    float64 // what the last connection carried, in bytes a second; 0: not known

	mu         sync.Mutex
	state      State
	changed    chan struct{}
	distrusted time.Time // until when the fault stands; zero: it does not
}

// New returns an Uplink that does nothing before Run.
func New(cfg Config) (*Uplink, error) {
	// One goroutine and a small window: a batch is a few kilobytes, and the box is small.
	zip, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(128<<10), zstd.WithLowerEncoderMem(true))
	if err != nil {
		return nil, fmt.Errorf("make the line's compressor: %w", err)
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	return &Uplink{
		cfg: cfg, name: newName(), zip: zip, spent: spending{shelf: cfg.Shelf}, again: newAgain(cfg.Shelf),
		begun: begun{open: map[kiosk.BlobPlace]struct{}{}}, changed: make(chan struct{}),
		state: State{Phase: PhaseUnenrolled, Since: cfg.Office.Time()},
	}, nil
}

// State returns the line as it is now.
func (u *Uplink) State(ctx context.Context) (State, error) {
	backlog, err := u.cfg.Outbox.Waiting(ctx)
	u.mu.Lock()
	defer u.mu.Unlock()
	s := u.state
	s.Backlog = backlog
	return s, err
}

// Run keeps the line until ctx ends.
func (u *Uplink) Run(ctx context.Context) error {
	defer u.zip.Close()
	if err := errors.Join(u.spent.load(ctx), u.again.load(ctx)); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	u.alone = time.Now()
	for pause := pauseFirst; ctx.Err() == nil; {
		changed := u.cfg.Enrolment.Changed()
		id, ok := u.cfg.Enrolment.Identity()
		if !ok {
			u.set(func(s *State) { *s = State{Phase: PhaseUnenrolled, Since: s.Since, Sent: s.Sent, Acked: s.Acked} })
			u.left()
			await(ctx, changed, lookEvery)
			continue
		}
		u.cfg.Office.ClearFault(kiosk.FaultNotEnrolled)
		good, err := u.connect(ctx, id)
		if ctx.Err() != nil {
			return nil
		}
		if good {
			pause, u.alone = pauseFirst, time.Now()
		}
		wait := u.fell(ctx, id, err, pause)
		if now, ok := u.cfg.Enrolment.Identity(); ok && now.Gateway == id.Gateway && now.Hub == id.Hub {
			changed = u.cfg.Enrolment.Changed() // a certificate that is new is no reason to hurry
		}
		await(ctx, changed, wait)
		pause = min(2*pause, pauseMost)
	}
	return nil
}

// left says that the box is nobody's gateway; what was wrong between it and a hub is over.
func (u *Uplink) left() {
	u.mu.Lock()
	u.distrusted = time.Time{}
	u.mu.Unlock()
	for _, code := range []kiosk.FaultCode{kiosk.FaultGatewayRevoked, kiosk.FaultHubDistrusted, kiosk.FaultLineDown, kiosk.FaultFactsWait} {
		u.cfg.Office.ClearFault(code)
	}
	u.cfg.Office.RaiseFault(kiosk.FaultNotEnrolled, "kioskctl enrol HUB CODE; the province gives the code")
}

// await waits for a call, a time, or the end.
func await(ctx context.Context, call <-chan struct{}, wait time.Duration) {
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-call:
	case <-t.C:
	}
}

// The refusals of package enrol, which are of the box as a whole too.
const (
	codeForeign    wire.Code = "foreign-authority"
	codeSuperseded wire.Code = "superseded"
)

// excludes reports whether a refusal is of the box and not of what it brings: no request of it is
// taken until a person acts.
func excludes(c wire.Code) bool {
	switch c {
	case wire.CodeRevoked, wire.CodeUnknown, codeForeign, codeSuperseded:
		return true
	}
	return false
}

// ends reports whether a refusal is the connection's end.
func ends(c wire.Code) bool { return excludes(c) || c == wire.CodeExpired }

// fell says why a connection ended and returns how long to wait before the next one.
func (u *Uplink) fell(ctx context.Context, id Identity, err error, pause time.Duration) time.Duration {
	// All boxes of a province lose the hub at the same moment: they must not come back at one.
	wait := pause/2 + rand.N(pause)
	phase := PhaseDown
	if p, ok := errors.AsType[*wire.Problem](err); ok {
		switch {
		case excludes(p.Code):
			phase, wait = PhaseRefused, pauseRefused/2+rand.N(pauseRefused)
			u.cfg.Office.RaiseFault(kiosk.FaultGatewayRevoked, "the hub takes nothing from this box: "+p.Error()+"; nothing is lost; ask the province, then kioskctl enrol HUB CODE")
		case p.Code == wire.CodeExpired:
			err = errors.Join(err, u.cfg.Enrolment.Renew(ctx))
		case p.RetryAfter > 0:
			wait = max(wait, p.RetryAfter+rand.N(p.RetryAfter/4+time.Second))
		}
	}
	if l, lies := errors.AsType[*Lie](err); lies {
		u.distrust(l.Error())
		wait = max(wait, pauseLie/2+rand.N(pauseLie))
	}
	if time.Since(u.alone) >= downAfter {
		u.cfg.Office.RaiseFault(kiosk.FaultLineDown, err.Error())
	}
	next := u.cfg.Office.Time().Add(wait)
	u.set(func(s *State) { s.Phase, s.Trouble, s.Next, s.Rate = phase, err.Error(), next, 0 })
	u.cfg.Log.Info("line down", LogHub, id.Hub, LogError, err, "next", wait.Round(time.Second))
	return wait
}

// Lie is what a hub said that cannot be true. It changes nothing.
type Lie struct{ What string }

// Error says what.
func (l *Lie) Error() string { return "the hub says what cannot be true: " + l.What }

func lie(format string, a ...any) error { return &Lie{fmt.Sprintf(format, a...)} }

// distrust raises the fault that the hub cannot be believed. It stands for an hour at least, so
// that somebody sees it.
func (u *Uplink) distrust(hint string) {
	u.mu.Lock()
	u.distrusted = time.Now().Add(distrustFor)
	u.mu.Unlock()
	u.cfg.Office.RaiseFault(kiosk.FaultHubDistrusted, hint)
}

// trust clears that fault when it has stood for long enough.
func (u *Uplink) trust() {
	u.mu.Lock()
	over := !u.distrusted.IsZero() && time.Now().After(u.distrusted)
	if over {
		u.distrusted = time.Time{}
	}
	u.mu.Unlock()
	if over {
		u.cfg.Office.ClearFault(kiosk.FaultHubDistrusted)
	}
}
