package secret

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"log/slog"
)

// keySize is the size of a key, in bytes.
const keySize = 32

// Key is the box's key, or the key of one dossier. It shows itself to nobody: however it is
// printed, logged or encoded, it is a mask. Its methods may be called from any goroutine.
type Key struct {
	// A function, because it prints as an address at worst: fmt calls no methods on what it finds
	// in unexported fields of others, and under a wrong verb it follows even pointers.
	raw    func() [keySize]byte
	source Source
}

// NewKey returns a fresh random key that is kept nowhere.
func NewKey() *Key {
	var raw [keySize]byte
	_, _ = rand.Read(raw[:]) // never fails: it ends the program instead
	return asKey(raw, "")
}

func asKey(raw [keySize]byte, from Source) *Key {
	return &Key{raw: func() [keySize]byte { return raw }, source: from}
}

// Source tells where the box's key came from. It is empty for every other key.
func (k *Key) Source() Source { return k.source }

// mask is what a Key looks like.
const mask = "[key]"

// String masks the key.
func (Key) String() string { return mask }

// GoString masks the key.
func (Key) GoString() string { return mask }

// Format masks the key under every verb, %x and %d included.
func (Key) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(mask)) }

// LogValue masks the key.
func (Key) LogValue() slog.Value { return slog.StringValue(mask) }

// MarshalText masks the key in JSON and other encodings.
func (Key) MarshalText() ([]byte, error) { return []byte(mask), nil }

// Derive returns the key of one purpose: HKDF of RFC 5869 with SHA-256, the purpose as its info.
// Purposes are short fixed names, "staff/pepper", at most a few hundred bytes.
func (k *Key) Derive(purpose string) [32]byte {
	// No salt: the key is uniformly random as it is (RFC 5869, 3.1).
	raw := k.raw()
	b, err := hkdf.Key(sha256.New, raw[:], nil, "gateway/1/"+purpose, keySize)
	if err != nil {
		// It refuses lengths beyond 255 hashes, and ours is one.
		panic(fmt.Sprintf("derive a key: %v", err))
	}
	return [32]byte(b)
}
