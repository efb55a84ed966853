package secret

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// params are the costs of argon2id.
type params struct {
	memory  uint32 // KiB
	passes  uint32
	threads uint8
	salt    int // bytes
	hash    int // bytes
}

// present returns the costs of what is hashed now: the least that OWASP's Password Storage Cheat
// Sheet recommends for argon2id (19 MiB, two passes, one thread). More would be better against
// somebody who has stolen box and key, but a Pi with 1 GiB runs the office beside it; without the
// key the pepper makes all trying idle. Salt and hash are as long as RFC 9106 (4) has them.
func present() params { return params{memory: 19 << 10, passes: 2, threads: 1, salt: 16, hash: 32} }

// The bounds of what is accepted. A forged hash must not eat the box's memory or its evening.
const (
	maxMemory  = 32 << 10 // KiB
	maxPasses  = 6
	maxThreads = 4
	minSalt    = 8 // bytes, as in RFC 9106 (3.1)
	maxSalt    = 48
	minHash    = 16
	maxHash    = 64
	maxPHC     = 256 // bytes of the whole string
)

// ErrHash means that a kept hash is not one that this box could have made.
var ErrHash = errors.New("not a hash of argon2id within the bounds")

// phc is a hash with all that made it, in the string form of the password hashing competition
// (github.com/P-H-C/phc-string-format).
type phc struct {
	params
	salted []byte
	hashed []byte
}

// String returns "$argon2id$v=19$m=19456,t=2,p=1$SALT$HASH".
func (p phc) String() string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", p.memory, p.passes, p.threads,
		b64.EncodeToString(p.salted), b64.EncodeToString(p.hashed))
}

// parsePHC takes exactly what String writes, within the bounds.
func parsePHC(s string) (phc, error) {
	if len(s) > maxPHC {
		return phc{}, ErrHash
	}
	f := strings.Split(s, "$")
	if len(f) != 6 || f[0] != "" || f[1] != "argon2id" || f[2] != "v=19" {
		return phc{}, ErrHash
	}
	p, err := parseCosts(f[3])
	if err != nil {
		return phc{}, err
	}
	b64 := base64.RawStdEncoding.Strict()
	salted, err1 := b64.DecodeString(f[4])
	hashed, err2 := b64.DecodeString(f[5])
	p.salt, p.hash = len(salted), len(hashed)
	if errors.Join(err1, err2) != nil || !p.bounded() {
		return phc{}, ErrHash
	}
	h := phc{p, salted, hashed}
	if h.String() != s { // "m=019456", or a line break within the base64
		return phc{}, ErrHash
	}
	return h, nil
}

func parseCosts(s string) (params, error) {
	f := strings.Split(s, ",")
	if len(f) != 3 {
		return params{}, ErrHash
	}
	var n [3]uint64
	for i, name := range []string{"m=", "t=", "p="} {
		digits, ok := strings.CutPrefix(f[i], name)
		v, err := strconv.ParseUint(digits, 10, 16)
		if !ok || err != nil {
			return params{}, ErrHash
		}
		n[i] = v
	}
	if n[2] > maxThreads {
		return params{}, ErrHash
	}
	return params{memory: uint32(n[0]), passes: uint32(n[1]), threads: uint8(n[2])}, nil
}

func (p params) bounded() bool {
	return p.threads >= 1 && p.threads <= maxThreads &&
		p.memory >= 8*uint32(p.threads) && p.memory <= maxMemory &&
		p.passes >= 1 && p.passes <= maxPasses &&
		p.salt >= minSalt && p.salt <= maxSalt &&
		p.hash >= minHash && p.hash <= maxHash
}
