package secret

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"fmt"

	"golang.org/x/crypto/argon2"
)

// Hasher keeps officers' PINs and passphrases: argon2id over an HMAC under the box's key, the
// pepper. Six digits are a million tries, an evening's work for whoever has the hashes; without
// the key, which does not lie beside them, there is nothing to try against.
//
// One hash is made at a time, whoever asks: a thousand wrong PINs wait in a queue of goroutines,
// not in 19 GiB of memory.
type Hasher struct {
	key  *Key
	slot chan struct{} // holds one token while a hash is made
}

// NewHasher returns a Hasher with the pepper of a box.
func NewHasher(key *Key) *Hasher { return &Hasher{key, make(chan struct{}, 1)} }

// Hash returns what to keep of a secret, with a salt of its own. It judges nothing: Check does.
// It fails when ctx ends first, and for what no Check lets pass: too long, or not text.
func (h *Hasher) Hash(ctx context.Context, secret string) (string, error) {
	clean, ok := tidy(secret)
	if !ok {
		return "", fmt.Errorf("hash a secret: want valid text of at most %d characters", maxSecret)
	}
	p := present()
	salt := random(p.salt)
	sum, err := h.argon(ctx, clean, salt, p)
	if err != nil {
		return "", err
	}
	return phc{p, salt, sum}.String(), nil
}

// Verify reports whether kept is the hash of secret, and whether it was made at other costs than
// Hash has now and should be made again. The error wraps [ErrHash] where kept is none, and is the
// context's where that ends first.
func (h *Hasher) Verify(ctx context.Context, kept, secret string) (ok, outdated bool, err error) {
	want, err := parsePHC(kept)
	if err != nil {
		return false, false, err
	}
	// What is too long to be anybody's secret costs the same as what is merely wrong.
	clean, fits := tidy(secret)
	sum, err := h.argon(ctx, clean, want.salted, want.params)
	if err != nil {
		return false, false, err
	}
	ok = subtle.ConstantTimeCompare(sum, want.hashed) == 1 && fits
	return ok, ok && want.params != present(), nil
}

// Decoy returns a hash that no secret fits: verifying against it takes as long as against a real
// one, so that an unknown name does not show by an early answer.
func (h *Hasher) Decoy() string {
	p := present()
	return phc{p, random(p.salt), random(p.hash)}.String()
}

// Digest returns a quick fingerprint of s under a key of the box, for one purpose; secrets that
// Check takes for the same give the same. What is kept of it must be cut short: whole, it would
// be a hash that costs nothing to try against for whoever holds the key.
func (h *Hasher) Digest(purpose, s string) [32]byte {
	clean, _ := tidy(s)
	return h.key.sum("digest/"+purpose, clean)
}

func (h *Hasher) argon(ctx context.Context, secret string, salt []byte, p params) ([]byte, error) {
	select {
	case h.slot <- struct{}{}:
		defer func() { <-h.slot }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if ctx.Err() != nil { // both were possible
		return nil, context.Cause(ctx)
	}
	peppered := h.key.sum("pepper", secret)
	return argon2.IDKey(peppered[:], salt, p.passes, p.memory, p.threads, uint32(p.hash)), nil
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: it ends the program instead
	return b
}
