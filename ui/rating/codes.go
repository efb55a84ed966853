package rating

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/motcua/gateway/kiosk"
)

// A token is 70 bits: three letters of the prefix in base 27 (15 bits), the sequence (14), the
// first 41 bits of the HMAC. Of all texts of its length one in 2⁴¹ is a token of a given day,
// and most of those are of numbers that nobody has.
const (
	// TokenLength is the length of a token in characters. It is short so that the code on a
	// slip keeps coarse dots: with an address of nineteen letters it has 33 of them to a side.
	TokenLength = 14
	seqBits     = 14
	macBits     = 41
	maxSeq      = 1<<seqBits - 1
	maxPrefix   = 3
	minKey      = 32 // bytes
	// crockford is Douglas Crockford's base32, without I, L, O and U.
	crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
)

// Codes makes and reads the tokens of one hall. It keeps nothing and may be used by many at once.
type Codes struct {
	key  []byte
	site kiosk.SiteCode
}

// NewCodes returns the codes of a site. key is at least 32 random bytes that stay the same over
// restarts; secret.Key.Derive gives one.
func NewCodes(key []byte, site kiosk.SiteCode) (*Codes, error) {
	if len(key) < minKey {
		return nil, fmt.Errorf("the key of the ratings has %d bytes, want %d", len(key), minKey)
	}
	return &Codes{slices.Clone(key), site}, nil
}

// Token returns the token of a ticket in capitals and digits. It is empty for a ticket that no
// token can name: one past the 16,383rd of its service, or of another site.
func (c *Codes) Token(t kiosk.Ticket) string {
	head, err := packed(t.Number)
	if err != nil || t.Site != c.site {
		return ""
	}
	var head8 [8]byte
	binary.BigEndian.PutUint64(head8[:], head)
	mac := c.mac(t.Day, head8)
	// 29 bits of the number, 41 of the HMAC: high holds the first 35, low the others.
	high := head<<6 | mac>>35
	low := mac & (1<<35 - 1)
	out := make([]byte, TokenLength)
	for i := range TokenLength / 2 {
		shift := 5 * (TokenLength/2 - 1 - i)
		out[i] = crockford[high>>shift&31]
		out[i+TokenLength/2] = crockford[low>>shift&31]
	}
	return string(out)
}

// Ticket returns the number that a token of the day names. Small letters, dashes and blanks, O
// for 0, I and L for 1 are all right. rest is what follows the token: some telephones run the
// two lines of a slip's code together. The work is the same whatever is wrong.
func (c *Codes) Ticket(typed string, day kiosk.Day) (n kiosk.Number, rest string, ok bool) {
	values, rest, whole := read(typed)
	var high, low uint64
	for i := range TokenLength / 2 {
		high = high<<5 | uint64(values[i])
		low = low<<5 | uint64(values[i+TokenLength/2])
	}
	head := high >> 6
	var head8, got, want [8]byte
	binary.BigEndian.PutUint64(head8[:], head)
	binary.BigEndian.PutUint64(got[:], high&63<<35|low)
	binary.BigEndian.PutUint64(want[:], c.mac(day, head8))
	right := hmac.Equal(got[:], want[:])
	n, named := unpacked(head)
	if !whole || !right || !named {
		return "", "", false
	}
	return n, rest, true
}

// mac is the first 41 bits of the HMAC of a number on a day.
func (c *Codes) mac(day kiosk.Day, head [8]byte) uint64 {
	m := hmac.New(sha256.New, c.key)
	var day4 [4]byte
	binary.BigEndian.PutUint32(day4[:], uint32(day))
	// The site comes last: all before it has a fixed length. A hash takes everything.
	_, _ = m.Write(slices.Concat([]byte("rating/1\x00"), day4[:], head[:], []byte(c.site)))
	return binary.BigEndian.Uint64(m.Sum(nil)) >> (64 - macBits)
}

// packed writes a number in 29 bits.
func packed(n kiosk.Number) (uint64, error) {
	digits := strings.TrimLeft(string(n), "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	prefix := string(n)[:len(n)-len(digits)]
	seq, err := strconv.ParseUint(digits, 10, 32)
	if err != nil || prefix == "" || len(prefix) > maxPrefix || seq == 0 || seq > maxSeq || kiosk.FormatNumber(prefix, uint32(seq)) != n {
		return 0, errors.New("not a number that a token holds")
	}
	var letters uint64
	for i := range maxPrefix {
		letters *= 27
		if i < len(prefix) {
			letters += uint64(prefix[i]-'A') + 1
		}
	}
	return letters<<seqBits | seq, nil
}

// unpacked is the way back; ok is false where packed would have written something else.
func unpacked(head uint64) (kiosk.Number, bool) {
	letters, seq := head>>seqBits, head&maxSeq
	prefix := ""
	for _, weight := range []uint64{27 * 27, 27, 1} {
		if d := letters / weight % 27; d != 0 {
			prefix += string(rune('A' + d - 1))
		}
	}
	n := kiosk.FormatNumber(prefix, uint32(seq))
	again, err := packed(n)
	return n, err == nil && again == head
}

// maxTyped bounds what is looked at of a typed token, in bytes.
const maxTyped = 128

// read returns the values of the first fourteen characters and what stands after them.
func read(typed string) (values [TokenLength]byte, rest string, whole bool) {
	n := 0
	for i, r := range typed[:min(len(typed), maxTyped)] {
		if n == TokenLength {
			return values, typed[i:], len(typed) <= maxTyped
		}
		if r == '-' || r == ' ' {
			continue
		}
		v := valueOf(r)
		if v < 0 {
			return values, "", false
		}
		values[n] = byte(v)
		n++
	}
	return values, "", n == TokenLength && len(typed) <= maxTyped
}

func valueOf(r rune) int {
	switch r {
	case 'O', 'o':
		r = '0'
	case 'I', 'i', 'L', 'l':
		r = '1'
	}
	if r >= 'a' && r <= 'z' {
		r -= 'a' - 'A'
	}
	return strings.IndexRune(crockford, r)
}
