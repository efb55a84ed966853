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
	zip   *zstd.Encoder
	spent spending

	mu      sync.Mutex
	state   State
	changed chan struct{}
	// stubborn counts how often one dossier's applicant could not be opened.
	stubborn stubborn
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
		cfg: cfg, zip: zip, spent: spending{shelf: cfg.Spent}, changed: make(chan struct{}),
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
	if err := u.spent.load(ctx); err != nil {
		return err
	}
	pause := pauseFirst
	for ctx.Err() == nil {
		changed := u.cfg.Enrolment.Changed()
		id, ok := u.cfg.Enrolment.Identity()
		if !ok {
			u.set(func(s *State) { *s = State{Phase: PhaseUnenrolled, Sent: s.Sent, Acked: s.Acked} })
			u.cfg.Office.RaiseFault(kiosk.FaultNotEnrolled, "kioskctl enrol HUB CODE; the province gives the code")
			await(ctx, changed, lookEvery)
			continue
		}
		u.cfg.Office.ClearFault(kiosk.FaultNotEnrolled)
		began := u.cfg.Office.Time()
		err := u.connect(ctx, id)
		if ctx.Err() != nil {
			return nil
		}
		if u.cfg.Office.Time().Sub(began) >= goodAfter {
			pause = pauseFirst
		}
		wait := u.fell(ctx, id, err, pause)
		pause = min(2*pause, pauseMost)
		await(ctx, changed, wait)
	}
	return nil
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

// fell says why a connection ended and returns how long to wait before the next one.
func (u *Uplink) fell(ctx context.Context, id Identity, err error, pause time.Duration) time.Duration {
	// All boxes of a province lose the hub at the same moment: they must not come back at one.
	wait := pause/2 + rand.N(pause)
	phase := PhaseDown
	if p, ok := errors.AsType[*wire.Problem](err); ok {
		switch {
		case p.Code == wire.CodeRevoked || p.Code == wire.CodeUnknown:
			phase, wait = PhaseRefused, pauseRefused/2+rand.N(pauseRefused)
			u.cfg.Office.RaiseFault(kiosk.FaultGatewayRevoked, "the hub takes nothing from this box: "+p.Error()+"; nothing is lost; ask the province, then kioskctl enrol HUB CODE")
		case p.Code == wire.CodeExpired:
			if renewed := u.cfg.Enrolment.Renew(ctx); renewed != nil {
				err = errors.Join(err, renewed)
			} else {
				wait = 0
			}
		case p.RetryAfter > 0:
			wait = p.RetryAfter + rand.N(p.RetryAfter/4+time.Second)
		}
	}
	if _, lies := errors.AsType[*Lie](err); lies {
		u.cfg.Office.RaiseFault(kiosk.FaultHubDistrusted, err.Error())
		wait = max(wait, pauseMost/2)
	}
	u.cfg.Office.RaiseFault(kiosk.FaultLineDown, err.Error())
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
