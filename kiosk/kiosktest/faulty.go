package kiosktest

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/motcua/gateway/kiosk"
)

// ErrInjected is beneath every error that a [Faulty] store makes up.
var ErrInjected = errors.New("injected by the test")

// Fault is how a commit fails.
type Fault int

// The ways to fail.
const (
	// FailBefore keeps nothing: a full disk.
	FailBefore Fault = iota + 1
	// FailAfter keeps the change and reports that it failed: an fsync whose answer was lost.
	// A store undoes that where it can; who uses one has to live with it.
	FailAfter
	// FailNumbers keeps the change, but not its numbers: [kiosk.ErrNumbersFile].
	FailNumbers
)

// Faulty is a store over another one that fails on command. After FailBefore and FailAfter it
// is broken until Reopen, as [kiosk.Store] promises.
type Faulty struct {
	kiosk.Store

	mu      sync.Mutex
	commits int
	plan    map[int]Fault
	reopens int // that are still to fail
	broken  bool
}

// NewFaulty returns a store over s that does not fail yet.
func NewFaulty(s kiosk.Store) *Faulty { return &Faulty{Store: s, plan: map[int]Fault{}} }

// Fail makes the n-th commit from now fail; the next one is n = 1.
func (f *Faulty) Fail(n int, how Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.plan[f.commits+n] = how
}

// FailReopens makes the next n calls of Reopen fail.
func (f *Faulty) FailReopens(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.reopens = n
}

// Commits returns how many commits have reached the store, the failed ones included.
func (f *Faulty) Commits() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.commits
}

// Commit implements [kiosk.Store].
func (f *Faulty) Commit(ctx context.Context, c kiosk.Change) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.broken {
		return fmt.Errorf("commit change: %w", kiosk.ErrStoreBroken)
	}
	f.commits++
	how, ok := f.plan[f.commits]
	if !ok {
		return f.Store.Commit(ctx, c)
	}
	delete(f.plan, f.commits)
	if how == FailBefore {
		f.broken = true
		return fmt.Errorf("commit change: %w", ErrInjected)
	}
	if err := f.Store.Commit(ctx, c); err != nil {
		return err
	}
	if how == FailNumbers {
		return fmt.Errorf("commit change: %w: %w", kiosk.ErrNumbersFile, ErrInjected)
	}
	f.broken = true
	return fmt.Errorf("commit change: %w", ErrInjected)
}

// Settle implements [kiosk.Outbox].
func (f *Faulty) Settle(ctx context.Context, s kiosk.Settled) error {
	if f.isBroken() {
		return fmt.Errorf("settle: %w", kiosk.ErrStoreBroken)
	}
	return f.Store.Settle(ctx, s)
}

// Prune implements [kiosk.Outbox].
func (f *Faulty) Prune(ctx context.Context, before kiosk.Day, n int) (int, error) {
	if f.isBroken() {
		return 0, fmt.Errorf("prune: %w", kiosk.ErrStoreBroken)
	}
	return f.Store.Prune(ctx, before, n)
}

func (f *Faulty) isBroken() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.broken
}

// Reopen implements [kiosk.Store].
func (f *Faulty) Reopen(ctx context.Context) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.reopens > 0 {
		f.reopens--
		return fmt.Errorf("reopen store: %w", ErrInjected)
	}
	if err := f.Store.Reopen(ctx); err != nil {
		return err
	}
	f.broken = false
	return nil
}
