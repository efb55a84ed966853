package main

import (
	"context"
	"errors"
	"net/http"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/control"
	"github.com/motcua/gateway/kiosk/secret"
	"github.com/motcua/gateway/ui/words"
)

// errUnlocked ends a life of the gateway that had no key: the next one has it.
var errUnlocked = errors.New("the key was unlocked")

// openLock finds the box's key as it lies in the state folder.
func openLock(ctx context.Context, cfg *config, opt *options) (*secret.Lock, error) {
	u := secret.Unlock{New: secret.FromFile}
	if cfg.Line.Passphrase && !opt.demo {
		u.New = secret.FromPassphrase
	}
	return secret.Open(ctx, opt.state, u)
}

// awaitKey ends the life without a key when the key has come.
func awaitKey(ctx context.Context, lock *secret.Lock, end context.CancelCauseFunc) error {
	select {
	case <-ctx.Done():
	case <-lock.Ready():
		end(errUnlocked)
		<-ctx.Done()
	}
	return nil
}

// weakKey says while the box's key lies in a file: whoever carries the box away has it.
func weakKey(office *kiosk.Office, lock *secret.Lock) {
	switch {
	case lock.Key() == nil:
		office.RaiseFault(kiosk.FaultKeyLocked, "kioskctl key unlock, with the lead's passphrase")
	case lock.Source() == secret.FromFile:
		office.ClearFault(kiosk.FaultKeyLocked)
		office.RaiseFault(kiosk.FaultWeakKey, "kioskctl key set gives it a passphrase")
	default:
		office.ClearFault(kiosk.FaultKeyLocked)
		office.ClearFault(kiosk.FaultWeakKey)
	}
}

// keyring is the box's key as a person at the box handles it.
type keyring struct {
	lock   *secret.Lock
	office *kiosk.Office
}

var _ control.Keyring = (*keyring)(nil)

// Source implements [control.Keyring].
func (k *keyring) Source() string {
	if k.lock.Key() == nil {
		return "locked"
	}
	return string(k.lock.Source())
}

// Unlock implements [control.Keyring].
func (k *keyring) Unlock(ctx context.Context, passphrase string) error {
	return keyProblem(k.lock.Unlock(ctx, passphrase))
}

// Set implements [control.Keyring].
func (k *keyring) Set(ctx context.Context, passphrase string) error {
	err := k.lock.SetPassphrase(ctx, passphrase)
	if err == nil {
		weakKey(k.office, k.lock)
	}
	return keyProblem(err)
}

// Change implements [control.Keyring].
func (k *keyring) Change(ctx context.Context, old, passphrase string) error {
	return keyProblem(k.lock.ChangePassphrase(ctx, old, passphrase))
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
