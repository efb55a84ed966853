package secret

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"github.com/motcua/gateway/kiosk/durable"
)

// Lock holds the box's key, or waits for the passphrase that opens it. While it waits the hall
// goes on: numbers need no key. Whoever does need it waits for [Lock.Ready].
//
// All methods may be called from any goroutine.
type Lock struct {
	dir   string
	how   Unlock
	costs params
	ready chan struct{}
	// slot holds a token while a passphrase is tried: one at a time, whoever asks, as in Hasher.
	slot chan struct{}

	mu  sync.Mutex
	key *Key // nil while locked
}

// Unlock says how a box's key is had.
type Unlock struct {
	// Chip is asked where there is one, and nothing else is.
	Chip Chip
	// New is what a box without a key gets: FromFile makes one in box.key at once, FromPassphrase
	// waits for [Lock.SetPassphrase]. A key that is there is taken as it is.
	New Source
}

// NewLock returns a lock over the state folder dir at which nobody has looked yet.
func NewLock(dir string, u Unlock) *Lock {
	return &Lock{dir: dir, how: u, costs: sealCosts(), ready: make(chan struct{}), slot: make(chan struct{}, 1)}
}

// Look takes the box's key as it lies there: the lock is open where a chip or box.key gives it, and
// stays locked where it is sealed. Errors are those of [OpenKey] and [OpenChip]; it may be called
// again when somebody has put right what they name.
func (l *Lock) Look(ctx context.Context) error {
	if l.Key() != nil {
		return nil
	}
	k, err := l.look(ctx)
	if err != nil {
		return err
	}
	if err := durable.TidyUp(l.dir, sealedName); err != nil {
		return fmt.Errorf("tidy up beside the box key: %w", err)
	}
	if k != nil {
		l.open(k)
	}
	return nil
}

// look returns the key, or nil where it waits for a passphrase.
func (l *Lock) look(ctx context.Context) (*Key, error) {
	if l.how.Chip != nil {
		return OpenChip(ctx, l.how.Chip)
	}
	switch _, err := readPlain(l.dir); {
	case errors.Is(err, ErrLocked):
		// A file that no passphrase can open is said now and not when somebody has typed one.
		if _, err := readSealed(l.dir); err != nil {
			return nil, fmt.Errorf("read the box key: %w", err)
		}
		return nil, nil
	case errors.Is(err, fs.ErrNotExist) && l.how.New == FromPassphrase:
		return nil, nil
	}
	return OpenKey(l.dir)
}

func (l *Lock) open(k *Key) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.key == nil {
		close(l.ready)
	}
	l.key = k
}

// Ready is closed once the key is there.
func (l *Lock) Ready() <-chan struct{} { return l.ready }

// Key returns the key, or nil while it is locked.
func (l *Lock) Key() *Key {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.key
}

// Source tells where the key came from; it is empty while it is locked. After SetPassphrase it is
// FromPassphrase, and the fault kiosk.FaultWeakKey is over.
func (l *Lock) Source() Source {
	if k := l.Key(); k != nil {
		return k.Source()
	}
	return ""
}

// Fresh reports whether the box has no key yet, and none that waits for a passphrase: the first
// [Lock.SetPassphrase] makes it.
func (l *Lock) Fresh() bool {
	if l.Key() != nil {
		return false
	}
	_, plain := readPlain(l.dir)
	_, sealed := readSealed(l.dir)
	return errors.Is(plain, fs.ErrNotExist) && errors.Is(sealed, ErrNoPassphrase)
}

// Wait returns the key once it is there, or the context's error.
func (l *Lock) Wait(ctx context.Context) (*Key, error) {
	select {
	case <-l.ready:
		return l.Key(), nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// Unlock opens the key with a passphrase; where it is open already it does nothing. The error is
// [ErrPassphrase] for a wrong one, and wraps [ErrNoPassphrase] where none was ever set.
func (l *Lock) Unlock(ctx context.Context, passphrase string) error {
	return l.alone(ctx, "unlock the box key", func() (*Key, error) {
		if k := l.Key(); k != nil {
			return k, nil
		}
		clean, fits := tidy(passphrase)
		k, err := openSealed(l.dir, clean)
		if err == nil && !fits {
			err = ErrPassphrase
		}
		if err != nil {
			return nil, err
		}
		return k, dropPlain(l.dir, k)
	})
}

// SetPassphrase seals the key with a first passphrase of at least [MinPassphrase] characters, or a
// *kiosk.Refusal says why not. box.key is destroyed when the sealed file is durable and was
// opened again; read at destroy what that is worth on flash. A box without a key gets one. Where a
// passphrase was set the error wraps [ErrIsSet].
//
// A passphrase that is lost is lost with everything on the box that only it opens: the office
// keeps it in an envelope in its safe.
func (l *Lock) SetPassphrase(ctx context.Context, passphrase string) error {
	clean, err := judge(passphrase)
	if err != nil {
		return err
	}
	if l.Source() == FromChip {
		return fmt.Errorf("set a passphrase: the chip holds the box key and needs none")
	}
	return l.alone(ctx, "set a passphrase", func() (*Key, error) { return protect(ctx, l.dir, clean, l.costs) })
}

// ChangePassphrase seals the key with another passphrase. Whoever has an older copy of the file
// and the old passphrase still has the key.
func (l *Lock) ChangePassphrase(ctx context.Context, old, passphrase string) error {
	clean, err := judge(passphrase)
	if err != nil {
		return err
	}
	return l.alone(ctx, "change the passphrase", func() (*Key, error) {
		was, _ := tidy(old) // what is none opens nothing either
		return change(ctx, l.dir, was, clean, l.costs)
	})
}

// alone runs one try at a time and keeps the key that it gives.
func (l *Lock) alone(ctx context.Context, what string, try func() (*Key, error)) error {
	select {
	case l.slot <- struct{}{}:
		defer func() { <-l.slot }()
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", what, context.Cause(ctx))
	}
	k, err := try()
	if k != nil {
		l.open(k) // also where only the plain file beside it resists
	}
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}
