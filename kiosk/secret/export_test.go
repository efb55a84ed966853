package secret

import "context"

// HashAt hashes at other costs than the present ones.
func HashAt(h *Hasher, ctx context.Context, secret string, memory, passes uint32) (string, error) {
	p := present()
	p.memory, p.passes = memory, passes
	salt := random(p.salt)
	sum, err := h.argon(ctx, secret, salt, p)
	return phc{p, salt, sum}.String(), err
}

// ParsePHC parses a kept hash and writes it again.
func ParsePHC(s string) (back string, memory uint32, err error) {
	p, err := parsePHC(s)
	return p.String(), p.memory, err
}

// Cheap makes a lock's sealing cost next to nothing.
func Cheap(l *Lock) *Lock {
	l.costs = params{memory: 8, passes: 1, threads: 1}
	return l
}

// SealedSize is the size of box.key.sealed.
const SealedSize = sealedSize

// ParseSealed parses a box.key.sealed and writes it again.
func ParseSealed(b []byte) (back []byte, memory, passes uint32, why string) {
	s, why := parseSealed(b)
	if s == nil {
		return nil, 0, 0, why
	}
	return s.bytes(), s.memory, s.passes, ""
}

// Open is NewLock and the first Look.
func Open(ctx context.Context, dir string, u Unlock) (*Lock, error) {
	l := NewLock(dir, u)
	if err := l.Look(ctx); err != nil {
		return nil, err
	}
	return l, nil
}
