package secret

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/motcua/gateway/kiosk/durable"
)

// MinPassphrase is the least length of the box's passphrase in characters, as NIST SP 800-63B-4
// has it for a secret that stands alone: four words of a sentence that nobody else would say.
const MinPassphrase = 15

const hintBoxPassphrase = "at least 15 characters, four words or more"

// The errors of passphrases. None tells more than it says: a wrong passphrase costs what the
// right one does, and a file that somebody changed looks like a wrong passphrase.
var (
	ErrPassphrase   = errors.New("wrong passphrase")
	ErrNoPassphrase = errors.New("no passphrase was set for this box")
	ErrIsSet        = errors.New("a passphrase is set for this box: change it with the old one")
)

// judge returns the passphrase as it is used, or a *kiosk.Refusal with kiosk.CodeBadSecret.
func judge(passphrase string) (string, error) {
	clean, ok := tidy(passphrase)
	if !ok || strings.ContainsFunc(clean, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return "", refuse(hintText)
	}
	if length(passphrase, clean) < MinPassphrase {
		return "", refuse(hintBoxPassphrase)
	}
	if simple(clean, false) {
		return "", refuse(hintSimple)
	}
	return clean, nil
}

// protect seals the box's key with a passphrase that was judged. It takes the key of box.key, and
// destroys that file once the sealed one is durable and was opened; on a new box it makes a key,
// which then never lay anywhere in plain. A kill at any line leaves one of the two files whole; the
// same call with the same passphrase finishes.
func protect(ctx context.Context, dir, passphrase string, costs params) (*Key, error) {
	plain, err := readPlain(dir)
	if errors.Is(err, ErrLocked) {
		return nil, ErrIsSet
	}
	k := plain
	if errors.Is(err, fs.ErrNotExist) {
		k, err = NewKey(), nil
	}
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	err = durable.CreateFile(filepath.Join(dir, sealedName), sealWith(k, passphrase, costs).bytes(), 0o600)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	// What lies there by now is what counts: this one, or that of an earlier try which was cut off.
	back, err := openSealed(dir, passphrase)
	if err != nil {
		return nil, err
	}
	if !same(back, k) {
		return nil, bad(filepath.Join(dir, sealedName), "it holds another key than "+keyName)
	}
	return back, dropPlain(dir, back)
}

// change seals the box's key with another passphrase. Who had the old one and a copy of the file
// has the key still; it stays the same.
func change(ctx context.Context, dir, old, passphrase string, costs params) (*Key, error) {
	k, err := openSealed(dir, old)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	fresh := sealWith(k, passphrase, costs)
	if back, err := fresh.open(passphrase); err != nil || !same(back, k) {
		return nil, fmt.Errorf("sealed with the new passphrase it does not open: %w", ErrKey)
	}
	if err := durable.WriteFile(filepath.Join(dir, sealedName), fresh.bytes(), 0o600); err != nil {
		return nil, err
	}
	return k, dropPlain(dir, k)
}

// openSealed opens box.key.sealed with a passphrase that is tidy.
func openSealed(dir, passphrase string) (*Key, error) {
	s, err := readSealed(dir)
	if err != nil {
		return nil, err
	}
	return s.open(passphrase)
}

func readSealed(dir string) (*sealed, error) {
	path := filepath.Join(dir, sealedName)
	b, err := readSecret(path, sealedSize)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNoPassphrase
	}
	if err != nil {
		return nil, err
	}
	s, why := parseSealed(b)
	if s == nil {
		return nil, bad(path, why)
	}
	return s, nil
}

// dropPlain destroys the box.key that is sealed by now, or what a power cut left of it.
func dropPlain(dir string, k *Key) error {
	path := filepath.Join(dir, keyName)
	plain, err := readKey(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return durable.TidyUp(dir, keyName)
	case errors.Is(err, errZeros):
	case err != nil:
		return err
	case !same(plain, k):
		return bad(path, "it holds another key than "+sealedName)
	}
	// Another name of it would be the same bytes.
	return errors.Join(durable.Destroy(path), durable.TidyUp(dir, keyName))
}

func same(a, b *Key) bool {
	x, y := a.raw(), b.raw()
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}
