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
