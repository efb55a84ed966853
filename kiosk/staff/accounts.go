package staff

import (
	"context"
	"fmt"
	"slices"

	"github.com/motcua/gateway/kiosk"
)

// maxOfficers is how many accounts a book takes, the disabled ones included: nobody is ever
// deleted, because facts name them.
const maxOfficers = 400

// hintSimple is what kiosk/secret says of a PIN that is easy to guess. A PIN that another officer
// has is refused in the same words: who sets one must not learn that it opens another door.
const hintSimple = "easy to guess: take another one"

// The details of a changed account that has no event of its own.
const (
	detailUnlocked = "unlocked"
	detailEnabled  = "enabled"
)

// Create opens an account; the book gives its code. by signs the fact. Whether by may do this is
// for the caller to know.
func (b *Book) Create(ctx context.Context, by string, o Officer, secret string) (Officer, error) {
	if err := b.desk.enter(ctx); err != nil {
		return Officer{}, err
	}
	defer b.desk.leave()
	o, err := b.reserve(ctx, o)
	if err != nil {
		return Officer{}, err
	}
	a := account{Officer: o}
	if a.hash, a.pin, err = b.fresh(ctx, o, secret); err != nil {
		return Officer{}, err
	}
	if err := b.lock(ctx); err != nil {
		return Officer{}, err
	}
	defer b.mu.Unlock()
	if err := b.loginFree(o); err != nil { // another account may have been renamed meanwhile
		return Officer{}, err
	}
	return b.replace(ctx, a, deed{kiosk.StaffMoved{Officer: a.Code, What: kiosk.StaffCreated}, by}, nil)
}

// reserve checks a new account and gives it a code. That the code is used is written first: the
// fact of a creation that a power cut ended must not share its code with the next one.
func (b *Book) reserve(ctx context.Context, o Officer) (Officer, error) {
	o, err := b.clean(o)
	if err != nil {
		return Officer{}, err
	}
	if err := b.lock(ctx); err != nil {
		return Officer{}, err
	}
	defer b.mu.Unlock()
	o.Code = ""
	if err := b.loginFree(o); err != nil {
		return Officer{}, err
	}
	if len(b.people) >= maxOfficers || b.next > maxCode {
		return Officer{}, refuse(kiosk.CodeNotAllowed, "", fmt.Sprintf("at most %d accounts", maxOfficers))
	}
	if err := b.keep(ctx, nil, nextItem(b.next+1)); err != nil {
		return Officer{}, err
	}
	o.Code = officerCode(b.next)
	b.next++
	return o, nil
}

// clean puts the fields of an account in order, or refuses them.
func (b *Book) clean(o Officer) (Officer, error) {
	name, err := cleanName(o.Name)
	if err != nil {
		return Officer{}, err
	}
	if err := checkLogin(o.Login); err != nil {
		return Officer{}, err
	}
	if !o.Role.Valid() {
		return Officer{}, refuse(kiosk.CodeNotAllowed, string(o.Role), "officer, lead or technician")
	}
	known := b.cfg.Counters()
	for _, c := range o.Counters {
		if !slices.Contains(known, c) {
			return Officer{}, refuse(kiosk.CodeUnknownCounter, string(c), "")
		}
	}
	o.Name, o.Counters = name, slices.Compact(slices.Sorted(slices.Values(o.Counters)))
	return o, nil
}

func (b *Book) loginFree(o Officer) error {
	if a, taken := b.byLogin(o.Login); taken && a.Code != o.Code {
		return refuse(kiosk.CodeBadLogin, o.Login, "taken")
	}
	return nil
}

// fresh judges and hashes a new secret.
func (b *Book) fresh(ctx context.Context, o Officer, secret string) (hash string, pin int, err error) {
	isPIN, err := b.cfg.Hasher.Check(secret, o.Login)
	if err != nil {
		return "", 0, err
	}
	pin = noPIN
	if isPIN {
		pin = b.pinSlot(secret)
		if err := b.lock(ctx); err != nil {
			return "", 0, err
		}
		others := b.withPIN(pin, o.Code)
		b.mu.Unlock()
		if code, err := b.whose(ctx, others, secret); err != nil {
			return "", 0, err
		} else if code != "" {
			return "", 0, refuse(kiosk.CodeBadSecret, "", hintSimple)
		}
	}
	hash, err = b.cfg.Hasher.Hash(ctx, secret)
	return hash, pin, err
}

// replace keeps an account's new value together with the end of sessions.
func (b *Book) replace(ctx context.Context, a account, d deed, ended []*session, more ...kiosk.Item) (Officer, error) {
	deeds, items := endings(deed{kiosk.StaffMoved{What: kiosk.StaffSignedOut}, d.by}, ended)
	items = append(append(items, officerItem(b.cfg.Sealer, a)), more...)
	if err := b.keep(ctx, append([]deed{d}, deeds...), items...); err != nil {
		return Officer{}, err
	}
	b.people[a.Code] = a
	b.drop(ended)
	return b.shown(a, b.cfg.Now()), nil
}

// find takes the lock and the account; the caller unlocks after success.
func (b *Book) find(ctx context.Context, code kiosk.OfficerCode) (account, error) {
	if err := b.lock(ctx); err != nil {
		return account{}, err
	}
	a, known := b.people[code]
	if !known {
		b.mu.Unlock()
		return account{}, refuse(kiosk.CodeUnknownOfficer, string(code), "")
	}
	return a, nil
}

// Change gives the account o.Code the login, name, role, counters and state of o. Sessions that
// the account no longer allows end. The last lead who may sign in stays one:
// kiosk.CodeLastLead.
func (b *Book) Change(ctx context.Context, by string, o Officer) (Officer, error) {
	o, err := b.clean(o)
	if err != nil {
		return Officer{}, err
	}
	a, err := b.find(ctx, o.Code)
	if err != nil {
		return Officer{}, err
	}
	defer b.mu.Unlock()
	return b.change(ctx, by, a, o)
}

func (b *Book) change(ctx context.Context, by string, a account, o Officer) (Officer, error) {
	if err := b.loginFree(o); err != nil {
		return Officer{}, err
	}
	if b.lastLead(a) && (o.Disabled || o.Role != kiosk.RoleLead) {
		return Officer{}, refuse(kiosk.CodeLastLead, string(o.Code), "")
	}
	d := deed{kiosk.StaffMoved{Officer: a.Code, What: kiosk.StaffChanged}, by}
	switch {
	case o.Disabled && !a.Disabled:
		d.What = kiosk.StaffDisabled
	case a.Disabled && !o.Disabled:
		d.Detail = detailEnabled
	case o.Login == a.Login && o.Name == a.Name && o.Role == a.Role && slices.Equal(o.Counters, a.Counters):
		return b.shown(a, b.cfg.Now()), nil // as it was
	}
	ended := b.of(func(s *session) bool {
		return s.officer == a.Code && (o.Disabled || s.counter != "" && !o.MaySit(s.counter))
	})
	a.Officer = o
	return b.replace(ctx, a, d, ended)
}

// lastLead reports whether a is the only lead who may sign in.
func (b *Book) lastLead(a account) bool {
	if a.Role != kiosk.RoleLead || a.Disabled {
		return false
	}
	for _, other := range b.people {
		if other.Code != a.Code && other.Role == kiosk.RoleLead && !other.Disabled {
			return false
		}
	}
	return true
}

// Disable closes an account and ends its sessions. Change opens it again.
func (b *Book) Disable(ctx context.Context, by string, code kiosk.OfficerCode) error {
	a, err := b.find(ctx, code)
	if err != nil {
		return err
	}
	defer b.mu.Unlock()
	o := a.Officer
	o.Disabled = true
	_, err = b.change(ctx, by, a, o)
	return err
}

// SetSecret gives an account a new PIN or passphrase. Its lock ends, and so do all its sessions,
// the officer's own too: who had the old secret has nothing any more.
func (b *Book) SetSecret(ctx context.Context, by string, code kiosk.OfficerCode, secret string) error {
	if err := b.desk.enter(ctx); err != nil {
		return err
	}
	defer b.desk.leave()
	a, err := b.find(ctx, code)
	if err != nil {
		return err
	}
	b.mu.Unlock() // hashing takes long
	hash, pin, err := b.fresh(ctx, a.Officer, secret)
	if err != nil {
		return err
	}
	if a, err = b.find(ctx, code); err != nil { // it may have changed meanwhile
		return err
	}
	defer b.mu.Unlock()
	a.hash, a.pin = hash, pin
	ended := b.of(func(s *session) bool { return s.officer == code })
	d := deed{kiosk.StaffMoved{Officer: code, What: kiosk.StaffSecret}, by}
	if _, err := b.replace(ctx, a, d, ended, gone(keyRow+string(code))); err != nil {
		return err
	}
	delete(b.rows, string(code))
	return nil
}

// Unlock forgives an account its wrong guesses.
func (b *Book) Unlock(ctx context.Context, by string, code kiosk.OfficerCode) error {
	if _, err := b.find(ctx, code); err != nil {
		return err
	}
	defer b.mu.Unlock()
	if _, ok := b.rows[string(code)]; !ok {
		return nil
	}
	d := deed{kiosk.StaffMoved{Officer: code, What: kiosk.StaffChanged, Detail: detailUnlocked}, by}
	if err := b.keep(ctx, []deed{d}, gone(keyRow+string(code))); err != nil {
		return err
	}
	delete(b.rows, string(code))
	return nil
}
