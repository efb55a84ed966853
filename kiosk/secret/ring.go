package secret

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/durable"
)

// The places of a ring: DIR/keys/2026-11-7.key.
const (
	ringFolder = "keys"
	ringSuffix = ".key"
	// wrappedSize is the size of a wrapped key in bytes, in a file of the ring as elsewhere.
	wrappedSize = sealedMore + keySize
)

// WrappedSize is the length of what [Ring.Wrap] returns, in bytes.
const WrappedSize = wrappedSize

// ErrNoKey means that a wrapping key was destroyed, and with it what it wrapped.
var ErrNoKey = errors.New("the wrapping key was destroyed")

// Ring keeps the keys that wrap the keys of dossiers, so that a dossier can be forgotten: what
// was wrapped by a destroyed key opens no more, neither here nor in any copy that somebody made of
// it. Each month has a fresh one, and each forgetting calls for one ([Ring.Turn]).
//
// A ring's key is a file of its own in DIR/keys, never in the database and never in a backup:
// bbolt does not zero the pages that it frees, and a backup would outlive every forgetting.
// Destroy overwrites the file, which is worth what the disk makes of it: flash may keep the old
// cells for a while. That is why each key also lies sealed by the box's key (purpose "month", bound
// to its name): from a switched-off box with a passphrase or a chip, such a remainder opens
// nothing.
//
// All methods may be called from any goroutine. One process uses a folder at a time, as the lock
// of boltstore has it.
type Ring struct {
	dir string
	box *Key

	mu   sync.Mutex
	keys []ringKey // the oldest first
}

// ringKey is a key, or what is wrong with its file.
type ringKey struct {
	name WrapName
	key  *Key
	err  error
}

// OpenRing opens the ring in the state folder dir. Leftovers of a power cut are cleared away. A
// file that the box's key does not open is no error here but where it is used: the other keys are
// as good as ever.
func OpenRing(dir string, box *Key) (*Ring, error) {
	r := &Ring{dir: filepath.Join(dir, ringFolder), box: box}
	if err := r.load(); err != nil {
		return nil, fmt.Errorf("open the wrapping keys: %w", err)
	}
	return r, nil
}

func (r *Ring) load() error {
	if err := durable.MakeFolder(r.dir); err != nil {
		return err
	}
	if err := durable.TidyUp(r.dir, "*"+ringSuffix); err != nil {
		return err
	}
	entries, err := os.ReadDir(r.dir)
	if err != nil {
		return err
	}
	var names []WrapName
	for _, e := range entries {
		text, ok := strings.CutSuffix(e.Name(), ringSuffix)
		if name, err := ParseWrapName(text); ok && err == nil {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, WrapName.compare)
	for i, name := range names {
		k, err := r.read(name)
		// Zeros under an old name are a destruction that was cut off. The newest is never destroyed.
		if errors.Is(err, errZeros) && i < len(names)-1 {
			if err := durable.Remove(r.path(name)); err != nil {
				return err
			}
			continue
		}
		r.keys = append(r.keys, ringKey{name, k, err})
	}
	return nil
}

func (r *Ring) path(n WrapName) string { return filepath.Join(r.dir, n.String()+ringSuffix) }

func (r *Ring) read(n WrapName) (*Key, error) {
	b, err := readSecret(r.path(n), wrappedSize)
	if err != nil {
		return nil, fmt.Errorf("wrapping key %s: %w", n, err)
	}
	if bytes.Equal(b, make([]byte, wrappedSize)) {
		return nil, fmt.Errorf("wrapping key %s: %w: %w", n, ErrKey, errZeros)
	}
	raw, err := r.box.Open("month", b, []byte(n.String()))
	if err != nil {
		return nil, fmt.Errorf("wrapping key %s: %w (another box key, or a damaged file; without it no dossier of this key opens)", n, err)
	}
	return asKey([keySize]byte(raw), ""), nil
}

// Names returns the names of all keys, the oldest first. The last is the present one; what was
// wrapped by the others is to be wrapped anew before they are destroyed.
func (r *Ring) Names() []WrapName {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []WrapName
	for _, k := range r.keys {
		out = append(out, k.name)
	}
	return out
}

// Present returns the name of the key that wraps on a day. The first of a month is made then, and
// is durable when Present returns.
func (r *Ring) Present(d kiosk.Day) (WrapName, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := len(r.keys); n > 0 && r.keys[n-1].name.Month == MonthOf(d) {
		return r.keys[n-1].name, r.keys[n-1].err
	}
	return r.make(d)
}

// Turn makes a fresh key, durably: it is the present one from now on.
func (r *Ring) Turn(d kiosk.Day) (WrapName, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.make(d)
}

// make is Turn. The caller holds the lock.
func (r *Ring) make(d kiosk.Day) (WrapName, error) {
	name := WrapName{Month: MonthOf(d), N: 1}
	if n := len(r.keys); n > 0 {
		// A box key that does not open the newest is not ours: what it sealed would be lost later.
		if err := r.keys[n-1].err; err != nil {
			return WrapName{}, err
		}
		name.N = r.keys[n-1].name.N + 1
	}
	if !name.Valid() {
		return WrapName{}, fmt.Errorf("make wrapping key: %s has no month", d)
	}
	k := NewKey()
	raw := k.raw()
	if err := durable.CreateFile(r.path(name), r.box.Seal("month", raw[:], []byte(name.String())), 0o600); err != nil {
		// It may be there all the same, whole, with an fsync that failed behind it. Nothing was wrapped
		// by it: it is taken away, or stays as a key that nobody uses.
		return WrapName{}, errors.Join(fmt.Errorf("make wrapping key %s: %w", name, err), durable.Remove(r.path(name)))
	}
	r.keys = append(r.keys, ringKey{name: name, key: k})
	return name, nil
}

// Wrap seals a key by one of the ring's; aad names what it belongs to. The result has
// [WrappedSize] bytes.
func (r *Ring) Wrap(n WrapName, data *Key, aad []byte) ([]byte, error) {
	k, err := r.named(n)
	if err != nil {
		return nil, err
	}
	raw := data.raw()
	return k.Seal("data key", raw[:], aad), nil
}

// Unwrap opens what Wrap made. The error wraps [ErrNoKey] where the wrapping key was destroyed,
// and [ErrSealed] where it is not the one, or something was changed.
func (r *Ring) Unwrap(n WrapName, wrapped, aad []byte) (*Key, error) {
	k, err := r.named(n)
	if err != nil {
		return nil, err
	}
	if len(wrapped) != wrappedSize {
		return nil, fmt.Errorf("%w: %d bytes, want %d", ErrSealed, len(wrapped), wrappedSize)
	}
	raw, err := k.Open("data key", wrapped, aad)
	if err != nil {
		return nil, err
	}
	return asKey([keySize]byte(raw), ""), nil
}

func (r *Ring) named(n WrapName) (*Key, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i, ok := r.find(n)
	if !ok {
		return nil, fmt.Errorf("wrapping key %s: %w", n, ErrNoKey)
	}
	return r.keys[i].key, r.keys[i].err
}

func (r *Ring) find(n WrapName) (int, bool) {
	return slices.BinarySearchFunc(r.keys, n, func(k ringKey, n WrapName) int { return k.name.compare(n) })
}

// Destroy destroys a key for good; one that is gone already is fine. The present key stays: it is
// refused. A kill at any line leaves the key whole or gone, and the next OpenRing finishes.
func (r *Ring) Destroy(n WrapName) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	i, ok := r.find(n)
	if !ok {
		return nil
	}
	if i == len(r.keys)-1 {
		return fmt.Errorf("destroy wrapping key %s: it is the present one", n)
	}
	err := durable.Destroy(r.path(n))
	if errors.Is(err, fs.ErrNotExist) {
		err = durable.SyncFolder(r.dir) // taken away by an earlier try that could not make it durable
	}
	if err != nil {
		return fmt.Errorf("destroy wrapping key %s: %w", n, err)
	}
	r.keys = slices.Delete(r.keys, i, i+1)
	return nil
}
