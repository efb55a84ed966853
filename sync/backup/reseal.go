package backup

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/wire"
)

// workFactor is age's cost of trying a passphrase, 2^12 rounds of scrypt. It is low because nobody
// thinks these passphrases up: one of [Passphrase] has 80 random bits, which no cost is needed for.
const workFactor = 12

// The errors of a file.
var (
	ErrDamaged    = errors.New("the backup is damaged")
	ErrForeign    = errors.New("the backup is not for us, or of none of our boxes")
	ErrPassphrase = errors.New("wrong passphrase")
)

// Trust tells whom a certificate was issued to by this hub, and refuses a stranger's.
type Trust func(ctx context.Context, chain []*x509.Certificate) (wire.GatewayID, kiosk.SiteCode, error)

// Reseal opens a backup with one of the hub's keys and seals it again with a passphrase of
// [Passphrase], for the one technician who is told it. Anybody can seal something for the hub; so it
// is looked first who has signed it, and then at every byte. What w got is worth nothing after an
// error. The manifest tells a person whose box it is.
func Reseal(ctx context.Context, r io.Reader, w io.Writer, passphrase string, trust Trust, hub ...age.Identity) (m Manifest, err error) {
	plain, err := age.Decrypt(r, hub...)
	if _, none := errors.AsType[*age.NoIdentityMatchError](err); none {
		return m, ErrForeign
	}
	if err != nil {
		return m, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	to, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return m, fmt.Errorf("seal with a passphrase: %w", err)
	}
	to.SetWorkFactor(workFactor)
	sealed, err := age.Encrypt(w, to)
	if err != nil {
		return m, fmt.Errorf("seal with a passphrase: %w", err)
	}
	m, err = read(io.TeeReader(&unsealed{ctx, plain}, sealed), trust.vouch(ctx), func(_ File, body io.Reader) error {
		_, err := io.Copy(io.Discard, body)
		return err
	})
	if err != nil {
		return m, err
	}
	if err := sealed.Close(); err != nil {
		return m, fmt.Errorf("seal with a passphrase: %w", err)
	}
	return m, nil
}

// vouch refuses a manifest that was not signed by the box that it names.
func (t Trust) vouch(ctx context.Context) func(Manifest, []*x509.Certificate) error {
	return func(m Manifest, chain []*x509.Certificate) error {
		gateway, site, err := t(ctx, chain)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrForeign, err)
		}
		if gateway != m.Gateway || site != m.Site {
			return fmt.Errorf("%w: it says to be of %s and is signed by %s", ErrForeign, m.Gateway, gateway)
		}
		return nil
	}
}
