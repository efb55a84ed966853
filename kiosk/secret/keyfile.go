package secret

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/motcua/gateway/kiosk/durable"
)

// The names in the state folder.
const (
	keyName    = "box.key"
	sealedName = "box.key.sealed"
)

// ErrKey means that the key's file is there and is not what it should be. It is never written
// anew: all that was sealed with the right one would be lost without a word.
var ErrKey = errors.New("not a usable box key")

// ErrLocked means that the key waits for a passphrase.
var ErrLocked = errors.New("the box key is sealed: a lead's passphrase opens it")

// errZeros means that a key was destroyed and its name remained, or that a power cut ate it.
var errZeros = errors.New("it holds zeros")

// OpenKey returns the key of the box whose state folder is dir, from dir/box.key; on a new box it
// makes one. The file must be an ordinary one of 32 bytes that its owner alone can read (0600 or
// 0400). Where it is anything else the error wraps [ErrKey] and says what; where the key was
// sealed with a passphrase it is [ErrLocked], and a [Lock] is the way.
func OpenKey(dir string) (*Key, error) {
	k, err := readPlain(dir)
	if errors.Is(err, fs.ErrNotExist) {
		raw := NewKey().raw()
		if err = durable.CreateFile(filepath.Join(dir, keyName), raw[:], 0o600); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, fmt.Errorf("make the box key: %w", err)
		}
		k, err = readPlain(dir) // also where somebody else made it meanwhile: theirs is the key
	}
	if err != nil {
		return nil, fmt.Errorf("read the box key: %w", err)
	}
	// A power cut may have left a second name of the key, or half of another one.
	if err := durable.TidyUp(dir, keyName); err != nil {
		return nil, fmt.Errorf("tidy up beside the box key: %w", err)
	}
	return k, nil
}

// readPlain reads box.key. Where there is none, or only its zeros, but a sealed one, the error
// is [ErrLocked].
func readPlain(dir string) (*Key, error) {
	path := filepath.Join(dir, keyName)
	k, err := readKey(path)
	if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, errZeros) {
		return k, err
	}
	if sealed, err := exists(filepath.Join(dir, sealedName)); sealed || err != nil {
		return nil, errors.Join(err, ErrLocked)
	}
	return nil, err
}

func readKey(path string) (*Key, error) {
	b, err := readSecret(path, keySize)
	if err != nil {
		return nil, err
	}
	if [keySize]byte(b) == [keySize]byte{} {
		return nil, fmt.Errorf("%w: %s: %w, as after a power cut; put the right one back", ErrKey, path, errZeros)
	}
	return asKey([keySize]byte(b), FromFile), nil
}
