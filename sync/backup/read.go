package backup

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"io"

	"github.com/motcua/gateway/kiosk"
)

// read reads the archive of a backup to its end. vouch is asked about who has signed it before
// anything is taken; take is given each file and reads it. What is taken is worth nothing before
// read has returned without an error.
func read(r io.Reader, vouch func(Manifest, []*x509.Certificate) error, take func(File, io.Reader) error) (m Manifest, err error) {
	t := tar.NewReader(r)
	text, err := readSmall(t, manifestName, maxManifest)
	if err != nil {
		return m, err
	}
	if m, err = parse(text); err != nil {
		return m, err
	}
	signature, err := readSmall(t, signatureName, maxSignature)
	if err != nil {
		return m, err
	}
	chain, err := m.signer(text, signature)
	if err != nil {
		return m, err
	}
	if err := vouch(m, chain); err != nil {
		return m, err
	}
	for _, f := range m.Files {
		h, err := t.Next()
		if err != nil || h.Name != f.Name || h.Size != f.Size {
			return m, misplaced(f.Name, err)
		}
		sum := sha256.New()
		if err := take(f, io.TeeReader(t, sum)); err != nil {
			return m, err
		}
		if kiosk.Hash(sum.Sum(nil)) != f.Hash {
			return m, fmt.Errorf("%w: %s is not what was written", ErrDamaged, f.Name)
		}
	}
	if _, err := t.Next(); !errors.Is(err, io.EOF) {
		return m, misplaced("its end", err)
	}
	_, err = io.Copy(io.Discard, r) // age vouches for the end only once it is read
	return m, err
}

// readSmall reads the next entry, which has that name and at most so many bytes.
func readSmall(t *tar.Reader, name string, most int64) ([]byte, error) {
	h, err := t.Next()
	if err != nil || h.Name != name || h.Size > most {
		return nil, misplaced(name, err)
	}
	return io.ReadAll(t)
}

func misplaced(name string, err error) error {
	if err == nil {
		return fmt.Errorf("%w: %s is not where it should be", ErrDamaged, name)
	}
	return fmt.Errorf("%w: %s is not where it should be: %w", ErrDamaged, name, err)
}

// unsealed is what age has opened: it stops between two pieces when the context is done, and says
// of whatever cannot be read that the backup is damaged.
type unsealed struct {
	ctx context.Context
	r   io.Reader
}

func (u *unsealed) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := u.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return n, err
}
