package secret

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"hash"
	"strings"
)

const (
	// crockford is Douglas Crockford's base32: no I, L, O, U, so that what is read aloud or copied
	// from paper comes out right (crockford.com/base32.html).
	crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	// CodeLength is the length of a code in characters: 40 bits. Who guesses ten times a second
	// for a year hits one of a day's 300 with a chance of nine in a hundred; the pages that take
	// codes are far slower.
	CodeLength = 8
	// maxTyped bounds what is looked at of a typed code, in bytes.
	maxTyped = 32
)

// Code returns the one-use code of a thing that parts name, for a purpose: the same ones always
// give the same code, and nobody without the box's key can tell it.
func (k *Key) Code(purpose string, parts ...string) string {
	sum := k.sum("code/"+purpose, parts...)
	return base32.NewEncoding(crockford).EncodeToString(sum[:CodeLength*5/8])
}

// CheckCode reports whether typed is the code of parts, in a time that does not tell how much of
// it is right. Small letters, blanks and dashes, O for 0, I and L for 1 are all right.
func (k *Key) CheckCode(typed, purpose string, parts ...string) bool {
	if len(typed) > maxTyped {
		return false
	}
	return subtle.ConstantTimeCompare([]byte(asCode(typed)), []byte(k.Code(purpose, parts...))) == 1
}

// asCode writes a typed code as Code would have.
func asCode(typed string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '-' || r == ' ':
			return -1
		case r >= 'a' && r <= 'z':
			r -= 'a' - 'A'
		}
		switch r {
		case 'O':
			return '0'
		case 'I', 'L':
			return '1'
		}
		return r
	}, typed)
}

// sum is the HMAC of parts under the key of a purpose. Each part goes in with its length: "a",
// "bc" and "ab", "c" are two different things.
func (k *Key) sum(purpose string, parts ...string) [sha256.Size]byte {
	key := k.Derive(purpose)
	mac := hmac.New(sha256.New, key[:])
	for _, p := range parts {
		writePart(mac, p)
	}
	return [sha256.Size]byte(mac.Sum(nil))
}

func writePart(h hash.Hash, p string) {
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(len(p)))
	_, _ = h.Write(n[:]) // a hash takes everything
	_, _ = h.Write([]byte(p))
}
