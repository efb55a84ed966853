package staff

import (
	"context"

	"github.com/motcua/gateway/kiosk"
)

// At the touchscreen a PIN alone is typed: a list of names does not belong before the public,
// and a login is slow on a panel of digits. So a PIN must tell who it is, and no two officers
// may have the same. To hold it against everybody's hash would take seconds on a Pi; instead
// each PIN has a place among 256, one byte of its digest under a key of the box, and only those
// with the same place are looked at: with forty officers that is one, rarely two. Whoever steals
// box and key together has 256 times less to try for each PIN, which is the price; who has the
// database alone has nothing.
func (b *Book) pinSlot(secret string) int {
	sum := b.cfg.Hasher.Digest("pin", secret)
	return int(sum[0])
}

// CheckPIN tells whose PIN it is that was typed at a touchscreen. Only PINs will do there, not
// passphrases. from names the screen ("touch/main"), and its wrong ones are counted there: no
// account can be blamed. Nor does a lock of an account matter here, or whoever guesses on the
// network would lock the officer out of the hall as well. It refuses with kiosk.CodeSignIn and
// kiosk.CodeLocked, as SignIn does. That it was right is no fact: what is done next is.
func (b *Book) CheckPIN(ctx context.Context, secret, from string) (Officer, error) {
	from = machine(from)
	if _, err := b.admitPIN(ctx, secret, from); err != nil {
		return Officer{}, err
	}
	if err := b.desk.enter(ctx); err != nil {
		return Officer{}, err
	}
	defer b.desk.leave()
	claims, err := b.admitPIN(ctx, secret, from)
	if err != nil {
		return Officer{}, err
	}
	code, err := b.whose(ctx, claims, secret)
	if err != nil {
		return Officer{}, err
	}
	if err := b.lock(ctx); err != nil {
		return Officer{}, err
	}
	defer b.mu.Unlock()
	a := b.people[code]
	if code == "" || a.Code == "" || a.Disabled {
		return Officer{}, b.miss(ctx, "", "", from)
	}
	now := b.cfg.Now()
	b.machines.hit(from, now)
	return b.shown(a, now), nil
}

// admitPIN returns the accounts whose PIN it may be, or refuses while the screen is locked.
func (b *Book) admitPIN(ctx context.Context, secret, from string) ([]claim, error) {
	if err := b.lock(ctx); err != nil {
		return nil, err
	}
	defer b.mu.Unlock()
	if err := b.held(b.cfg.Now(), from, row{}); err != nil {
		return nil, err
	}
	claims := b.withPIN(b.pinSlot(secret), "")
	if len(claims) == 0 { // as long as with one
		claims = []claim{{hash: b.cfg.Hasher.Decoy()}}
	}
	return claims, nil
}

// withPIN returns the accounts with a PIN in that place, but for one.
func (b *Book) withPIN(slot int, but kiosk.OfficerCode) (list []claim) {
	for _, a := range b.people {
		if a.pin == slot && a.Code != but {
			list = append(list, claim{string(a.Code), a.Code, a.hash, true})
		}
	}
	return list
}

// whose looks at every claim, whichever fits: the first hit must not be the faster one.
func (b *Book) whose(ctx context.Context, claims []claim, secret string) (code kiosk.OfficerCode, err error) {
	for _, c := range claims {
		ok, _, err := b.verify(ctx, c, secret)
		if err != nil {
			return "", err
		}
		if ok {
			code = c.code
		}
	}
	return code, nil
}
