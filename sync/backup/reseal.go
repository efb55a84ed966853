package backup

import (
	"context"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
)

// workFactor is age's cost of trying a passphrase, 2^12 rounds of scrypt. It is low because nobody
// thinks these passphrases up: one of [Passphrase] has 80 random bits, which no cost is needed for.
const workFactor = 12

// The errors of a file.
var (
	ErrDamaged    = errors.New("the backup is damaged")
	ErrForeign    = errors.New("the backup is not sealed for us")
	ErrPassphrase = errors.New("wrong passphrase")
)

// Reseal opens a backup with one of the hub's keys and seals it again with a passphrase of [Passphrase],
// for the one technician who is told it.
func Reseal(ctx context.Context, r io.Reader, w io.Writer, passphrase string, hub ...age.Identity) error {
	plain, err := age.Decrypt(r, hub...)
	if _, none := errors.AsType[*age.NoIdentityMatchError](err); none {
		return ErrForeign
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	to, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return fmt.Errorf("seal with a passphrase: %w", err)
	}
	to.SetWorkFactor(workFactor)
	sealed, err := age.Encrypt(w, to)
	if err != nil {
		return fmt.Errorf("seal with a passphrase: %w", err)
	}
	if _, err := io.Copy(sealed, &cancelled{ctx, plain}); err != nil {
		return fmt.Errorf("seal with a passphrase: %w", err)
	}
	if err := sealed.Close(); err != nil {
		return fmt.Errorf("seal with a passphrase: %w", err)
	}
	return nil
}

// cancelled stops between two pieces when the context is done.
type cancelled struct {
	ctx context.Context
	r   io.Reader
}

func (c *cancelled) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
