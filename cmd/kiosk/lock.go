package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/control"
	"github.com/motcua/gateway/kiosk/secret"
	"github.com/motcua/gateway/kiosk/staff"
	"github.com/motcua/gateway/ui/counter"
	"github.com/motcua/gateway/ui/words"
)

// newLock is the box's key as it lies in the state folder.
func newLock(cfg *config, opt *options) *secret.Lock {
	u := secret.Unlock{New: secret.FromFile}
	if cfg.Line.Passphrase && !opt.demo {
		u.New = secret.FromPassphrase
	}
	return secret.NewLock(opt.state, u)
}

// weakKey says while the box's key lies in a file: whoever carries the box away has it; and while it
// waits for its passphrase, where that can be typed: at may be empty.
func weakKey(office *kiosk.Office, lock *secret.Lock, at string) {
	switch {
	case lock.Fresh():
		office.RaiseFault(kiosk.FaultKeyLocked, "kioskctl key set: the lead chooses the passphrase of this box")
	case lock.Key() == nil && at == "":
		office.RaiseFault(kiosk.FaultKeyLocked, "kioskctl key unlock, with the lead's passphrase; "+counter.UnlockPath+" in a browser once the office's network is there")
	case lock.Key() == nil:
		office.RaiseFault(kiosk.FaultKeyLocked, "the lead types the passphrase at "+at+"; or kioskctl key unlock")
	case lock.Source() == secret.FromFile:
		office.ClearFault(kiosk.FaultKeyLocked)
		office.RaiseFault(kiosk.FaultWeakKey, "kioskctl key set gives it a passphrase")
	default:
		office.ClearFault(kiosk.FaultKeyLocked)
		office.ClearFault(kiosk.FaultWeakKey)
	}
}

// shelfUnlock holds the wrong guesses at the passphrase: they need no key.
const shelfUnlock = "unlock"

// byUnlockPage is how the audit log names who typed the passphrase into a browser.
const byUnlockPage = "web/unlock"

// keyring is the box's key as a person at the box handles it.
type keyring struct {
	vault *vault
	guard *staff.Turnstile
	log   *slog.Logger
	told  sync.Once // that it was opened
}

var _ control.Keyring = (*keyring)(nil)

// newKeyring opens the book of wrong guesses beside the key.
func newKeyring(ctx context.Context, keys *vault, shelf kiosk.Shelf, log *slog.Logger) (*keyring, error) {
	guard, err := staff.OpenTurnstile(ctx, staff.TurnstileConfig{Shelf: shelf, Recorder: keys.office, Log: log})
	if err != nil {
		return nil, err
	}
	k := &keyring{vault: keys, guard: guard, log: log}
	if keys.lock.Key() != nil {
		k.told.Do(func() {}) // nobody opened it
	}
	return k, nil
}

// opened writes down who opened the key, if it is open and was not before.
func (k *keyring) opened(ctx context.Context, by string) {
	if k.vault.lock.Key() != nil {
		k.told.Do(func() { k.guard.Opened(ctx, by) })
	}
}

// Source implements [control.Keyring].
func (k *keyring) Source() string {
	if k.vault.lock.Fresh() {
		return "none"
	}
	if k.vault.lock.Key() == nil {
		return "locked"
	}
	return string(k.vault.lock.Source())
}

// Unlock implements [control.Keyring]. It returns when everything that needs the key is there. Who
// may open the control socket has the box in hand and is not slowed, but is written down.
func (k *keyring) Unlock(ctx context.Context, passphrase string) error {
	err := k.vault.lock.Unlock(ctx, passphrase)
	k.opened(ctx, byControl)
	if errors.Is(err, secret.ErrPassphrase) {
		k.guard.Refused(ctx, byControl)
	}
	if err != nil {
		return keyProblem(err)
	}
	return k.vault.wait(ctx)
}

// Set implements [control.Keyring].
func (k *keyring) Set(ctx context.Context, passphrase string) error {
	err := k.vault.lock.SetPassphrase(ctx, passphrase)
	k.opened(ctx, byControl)
	if err != nil {
		return keyProblem(err)
	}
	k.vault.say()
	return k.vault.wait(ctx)
}

// Change implements [control.Keyring].
func (k *keyring) Change(ctx context.Context, old, passphrase string) error {
	return keyProblem(k.vault.lock.ChangePassphrase(ctx, old, passphrase))
}

// keyProblem tells a person why a passphrase was not taken. It never holds one.
func keyProblem(err error) error {
	for code, is := range map[string]error{"wrong-passphrase": secret.ErrPassphrase, "no-passphrase": secret.ErrNoPassphrase, "passphrase-set": secret.ErrIsSet} {
		if errors.Is(err, is) {
			return &control.Problem{Status: http.StatusConflict, Code: code, Reason: words.ForLine().Passphrase(code), Hint: err.Error()}
		}
	}
	return err
}

// pageKey is the key as a browser on the office's network handles it: anybody can try there.
type pageKey struct{ *keyring }

var _ counter.BoxKey = pageKey{}

// Fresh implements [counter.BoxKey].
func (k pageKey) Fresh() bool { return k.vault.lock.Fresh() }

// Unlock implements [counter.BoxKey].
func (k pageKey) Unlock(ctx context.Context, passphrase, from string) error {
	if k.vault.lock.Key() != nil {
		return k.vault.wait(ctx)
	}
	err := k.guard.Try(ctx, from, func() (bool, error) {
		err := k.vault.lock.Unlock(ctx, passphrase)
		switch {
		case k.vault.lock.Key() != nil:
			if err != nil { // the key is there all the same: a file beside it resists
				k.log.Error("unlock the box key", logErr, err)
			}
			return true, nil
		case errors.Is(err, secret.ErrPassphrase):
			return false, nil
		case errors.Is(err, secret.ErrNoPassphrase):
			return false, &kiosk.Refusal{Code: kiosk.CodeNoPassphrase}
		}
		return false, err
	})
	k.opened(ctx, byUnlockPage)
	if err != nil {
		return err
	}
	return k.vault.wait(ctx)
}
