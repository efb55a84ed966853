package enrol

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"log/slog"
	"strings"
)

const (
	// half is the size of each of a code's two parts, in bytes: 80 bits. Whoever wants to pass for
	// the authority has to find a certificate with a given 80 bits of SHA-256.
	half = 10
	// codeLength is the length of a written code without its dashes: 32 characters and the check.
	codeLength = 2*half*8/5 + 1
	// maxTyped bounds what is looked at of a typed code, in bytes.
	maxTyped = 256

	// alphabet is Douglas Crockford's base32: no I, L, O, U (crockford.com/base32.html).
	alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
)

// Code is what a technician types to enrol a box: a secret that works once, and the first 80 bits
// of the SHA-256 of the authority's certificate. It masks itself wherever it is printed;
// [Code.Reveal] writes it.
type Code struct {
	secret    [half]byte
	authority [half]byte
}

// ErrMistyped means that a typed code is none: a character too much or too few, or its check
// character says no.
var ErrMistyped = errors.New("the claim code is mistyped")

// newCode returns a fresh code for the hub whose authority has this certificate.
func newCode(authority []byte) Code {
	c := Code{authority: fingerprint(authority)}
	_, _ = rand.Read(c.secret[:]) // never fails: it ends the program instead
	return c
}

// fingerprint is the part of a certificate's SHA-256 that a code carries.
func fingerprint(certificate []byte) [half]byte {
	sum := sha256.Sum256(certificate)
	return [half]byte(sum[:])
}

// key is the name under which the hub keeps a code. The secret is 80 random bits: a hash that is
// fast to compute is as far out of reach as a slow one.
func (c Code) key() ClaimKey { return sha256.Sum256(c.secret[:]) }

// Reveal writes the code for paper: groups of four, the last character checks the others.
func (c Code) Reveal() string {
	digits := base32.NewEncoding(alphabet).EncodeToString(append(c.secret[:], c.authority[:]...))
	digits += string(alphabet[check(digits)])
	var b strings.Builder
	for i := range codeLength {
		if i > 0 && i%4 == 0 && i < codeLength-1 {
			b.WriteByte('-')
		}
		b.WriteByte(digits[i])
	}
	return b.String()
}

// ParseCode reads a code as people type it: small letters, dashes, blanks, O for 0, I and L for 1
// are all right. The error wraps [ErrMistyped] and never holds the code.
func ParseCode(typed string) (Code, error) {
	if len(typed) > maxTyped {
		return Code{}, fmt.Errorf("%w: more than %d bytes", ErrMistyped, maxTyped)
	}
	digits := make([]byte, 0, codeLength)
	for i, r := range typed {
		switch {
		case r == '-' || r == ' ' || r == '\t' || r == '\r' || r == '\n':
			continue
		case r >= 'a' && r <= 'z':
			r -= 'a' - 'A'
		}
		switch r {
		case 'O':
			r = '0'
		case 'I', 'L':
			r = '1'
		}
		if r > 'Z' || strings.IndexByte(alphabet, byte(r)) < 0 {
			return Code{}, fmt.Errorf("%w: byte %d is no character of a code", ErrMistyped, i+1)
		}
		digits = append(digits, byte(r))
	}
	if len(digits) != codeLength {
		return Code{}, fmt.Errorf("%w: it has %d characters, want %d", ErrMistyped, len(digits), codeLength)
	}
	text := string(digits[:codeLength-1])
	if alphabet[check(text)] != digits[codeLength-1] {
		return Code{}, fmt.Errorf("%w: one character is wrong, or two were swapped", ErrMistyped)
	}
	raw, err := base32.NewEncoding(alphabet).DecodeString(text)
	if err != nil {
		return Code{}, fmt.Errorf("%w: %w", ErrMistyped, err)
	}
	return Code{secret: [half]byte(raw), authority: [half]byte(raw[half:])}, nil
}

// check is the index of a code's check character: the sum of its characters, each times another
// power of x, in the field of 32 elements (modulo x⁵+x³+1). It finds every single wrong character
// and every two neighbours swapped, as these change the sum whatever the others are.
func check(digits string) byte {
	var sum byte
	for i := range digits {
		sum = double(sum ^ byte(strings.IndexByte(alphabet, digits[i])))
	}
	return sum
}

// double multiplies by x.
func double(v byte) byte {
	v <<= 1
	if v&0x20 != 0 {
		v ^= 0x29
	}
	return v
}

// mask is what a Code looks like.
const mask = "[claim code]"

// String masks the code.
func (Code) String() string { return mask }

// Format masks the code under every verb, %x and %d included.
func (Code) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(mask)) }

// LogValue masks the code.
func (Code) LogValue() slog.Value { return slog.StringValue(mask) }

// MarshalText masks the code in JSON and other encodings.
func (Code) MarshalText() ([]byte, error) { return []byte(mask), nil }
