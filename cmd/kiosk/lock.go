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

// openLock finds the box's key as it lies in the state folder.
func openLock(ctx context.Context, cfg *config, opt *options) (*secret.Lock, error) {
	u := secret.Unlock{New: secret.FromFile}
	if cfg.Line.Passphrase && !opt.demo {
		u.New = secret.FromPassphrase
	}
	return secret.Open(ctx, opt.state, u)
}

// weakKey says while the box's key lies in a file: whoever carries the box away has it.
func weakKey(office *kiosk.Office, lock *secret.Lock) {
	switch {
	case lock.Fresh():
		office.RaiseFault(kiosk.FaultKeyLocked, "kioskctl key set: the lead chooses the passphrase of this box")
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
	vault  *vault
	office *kiosk.Office
}

var _ control.Keyring = (*keyring)(nil)

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

// Unlock implements [control.Keyring]. It returns when everything that needs the key is there.
func (k *keyring) Unlock(ctx context.Context, passphrase string) error {
	if err := k.vault.lock.Unlock(ctx, passphrase); err != nil {
		return keyProblem(err)
	}
	return k.vault.wait(ctx)
}

// Set implements [control.Keyring].
func (k *keyring) Set(ctx context.Context, passphrase string) error {
	if err := k.vault.lock.SetPassphrase(ctx, passphrase); err != nil {
		return keyProblem(err)
	}
	weakKey(k.office, k.vault.lock)
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
