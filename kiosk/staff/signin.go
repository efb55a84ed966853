package staff

import (
	"context"
	"encoding/binary"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// SignIn is what somebody typed, where.
type SignIn struct {
	Login, Secret string
	Counter       kiosk.CounterCode // to sit at; empty: none
	From          string            // address of the machine; a port is left away
	// TakeOver ends the session of who sits there, and one's own at another counter.
	TakeOver bool
}

// String shows nothing that was typed: a login field gets PINs by mistake.
func (in SignIn) String() string { return "sign-in from " + machine(in.From) }

// GoString shows nothing that was typed.
func (in SignIn) GoString() string { return "staff.SignIn(" + machine(in.From) + ")" }

// LogValue shows nothing that was typed.
func (in SignIn) LogValue() slog.Value { return slog.StringValue(in.String()) }

// Taken is the cause of a refusal with kiosk.CodeCounterTaken: who sits there. It may be the
// officer's own session, at this counter or another.
type Taken struct{ Session Session }

// Error tells the officer's code, for a log.
func (t *Taken) Error() string {
	return fmt.Sprintf("%s since %s", t.Session, t.Session.Since.Format(time.TimeOnly))
}

// unknownSlots is how many rows there are for logins that nobody has. They slow down, lock and
// are kept like an officer's, or a lock and the disk's sound would tell which logins exist; but
// an endless list of made-up logins must find room, so they share rows, spread by a key of the
// box so that nobody can choose two that meet.
const unknownSlots = 1024

// claim is a login that is to be proven.
type claim struct {
	row  string            // where its wrong guesses are counted
	code kiosk.OfficerCode // empty for a login that nobody has
	hash string
	open bool // may sign in
}

func (b *Book) claim(login string) claim {
	if a, known := b.byLogin(login); known {
		return claim{string(a.Code), a.Code, a.hash, !a.Disabled}
	}
	sum := b.cfg.Hasher.Digest("login", login)
	slot := binary.BigEndian.Uint16(sum[:]) % unknownSlots
	return claim{row: fmt.Sprintf("x%03x", slot), hash: b.cfg.Hasher.Decoy()}
}

// SignIn checks a login and its secret and begins a session; the token opens it and is told
// nobody else. A wrong login, a wrong secret and a disabled account are one refusal,
// kiosk.CodeSignIn, after one and the same time. kiosk.CodeLocked means that the secret was not
// even looked at. Where somebody sits at the counter, or the officer at another one, it refuses
// with kiosk.CodeCounterTaken and a [*Taken], unless in.TakeOver.
func (b *Book) SignIn(ctx context.Context, in SignIn) (token string, s Session, err error) {
	in.Login, in.From = typedLogin(in.Login), machine(in.From)
	if in.Counter != "" && !slices.Contains(b.cfg.Counters(), in.Counter) {
		return "", Session{}, refuse(kiosk.CodeUnknownCounter, string(in.Counter), "")
	}
	// Who is locked out does not queue for the desk.
	if _, err := b.admit(ctx, in.Login, in.From); err != nil {
		return "", Session{}, err
	}
	if err := b.desk.enter(ctx); err != nil {
		return "", Session{}, err
	}
	defer b.desk.leave()
	c, err := b.admit(ctx, in.Login, in.From)
	if err != nil {
		return "", Session{}, err
	}
	ok, outdated, err := b.verify(ctx, c, in.Secret)
	if err != nil {
		return "", Session{}, err
	}
	fresh := ""
	if ok && outdated {
		// Only now is the secret known. Should it fail, the old hash does for another day.
		fresh, _ = b.cfg.Hasher.Hash(ctx, in.Secret)
	}
	if err := b.lock(ctx); err != nil {
		return "", Session{}, err
	}
	defer b.mu.Unlock()
	a := b.people[c.code]
	if !ok || a.Code == "" || a.Disabled { // disabled meanwhile, perhaps
		return "", Session{}, b.miss(ctx, c.row, c.code, in.From)
	}
	if fresh != "" {
		a.hash = fresh
	}
	return b.seat(ctx, a, in)
}

// admit lets a claim through, or refuses it while its account or machine is locked.
func (b *Book) admit(ctx context.Context, login, from string) (claim, error) {
	if err := b.lock(ctx); err != nil {
		return claim{}, err
	}
	defer b.mu.Unlock()
	c := b.claim(login)
	now := b.cfg.Now()
	if r, ok := b.rows[c.row]; ok {
		b.rows[c.row] = r.at(now) // notes a clock that was put back
	}
	return c, b.held(now, from, b.rows[c.row])
}

// held refuses while a row or the machine's own has to wait.
func (b *Book) held(now time.Time, from string, r row) error {
	if m, ok := b.machines[from]; ok {
		b.machines[from] = m.at(now)
	}
	if wait := max(r.wait(now), b.machines[from].wait(now)); wait > 0 {
		return locked(wait)
	}
	return nil
}

// verify holds a secret against a claim. Nothing but the context's end is an error.
func (b *Book) verify(ctx context.Context, c claim, secret string) (ok, outdated bool, err error) {
	ok, outdated, err = b.cfg.Hasher.Verify(ctx, c.hash, secret)
	if ctx.Err() != nil {
		return false, false, context.Cause(ctx)
	}
	if err != nil {
		// The kept hash is damaged: nobody can sign in with it until there is a new secret.
		b.cfg.Log.Error("a kept hash is none", logOfficer, c.code, kiosk.LogError, err)
		return false, false, nil
	}
	return ok && c.open, outdated, nil
}

// miss counts a wrong guess, first in memory, so that a full disk gives no free guesses. Only
// the first of a row and each lock are facts.
func (b *Book) miss(ctx context.Context, key string, code kiosk.OfficerCode, from string) error {
	now := b.cfg.Now()
	m := b.machines.miss(from, now)
	r := m // at the touchscreen the machine's row is the only one
	var items []kiosk.Item
	if key != "" {
		r = b.rows[key].miss(now)
		b.rows[key] = r
		items = append(items, rowItem(key, r))
	}
	d := deed{kiosk.StaffMoved{Officer: code, What: kiosk.StaffRefused, Detail: told(from)}, byGateway}
	if r.delay() > 0 || m.delay() > 0 {
		d.What = kiosk.StaffLocked
	}
	var deeds []deed
	if (r.wrong == 1 || d.What == kiosk.StaffLocked) && (code != "" || b.nobody.allow(now, nobodysFacts)) {
		deeds = append(deeds, d)
		b.cfg.Log.Warn("wrong PIN or passphrase", logOfficer, code, logFrom, from, "what", d.What)
	}
	if err := b.keep(context.WithoutCancel(ctx), deeds, items...); err != nil {
		b.cfg.Log.Error("keep a wrong guess", logFrom, from, kiosk.LogError, err)
	}
	return refuse(kiosk.CodeSignIn, "", "")
}

// seat begins the session of an officer who has proven to be one.
func (b *Book) seat(ctx context.Context, a account, in SignIn) (string, Session, error) {
	now := b.cfg.Now()
	b.machines.hit(in.From, now)
	if err := b.sweep(ctx, now); err != nil {
		return "", Session{}, err
	}
	row := string(a.Code)
	items := []kiosk.Item{officerItem(b.cfg.Sealer, a)}
	if _, ok := b.rows[row]; ok {
		items = append(items, gone(keyRow+row))
	}
	ended, refusal := b.inTheWay(a, in, now)
	if refusal != nil {
		if err := b.keep(ctx, nil, items[1:]...); err != nil {
			return "", Session{}, err
		}
		delete(b.rows, row)
		return "", Session{}, refusal
	}
	s, token := newSession(a.Code, in.Counter, in.From, now)
	deeds, goes := endings(deed{kiosk.StaffMoved{What: kiosk.StaffReplaced}, a.By()}, ended)
	deeds = append(deeds, deed{kiosk.StaffMoved{Officer: a.Code, What: kiosk.StaffSignedIn, Counter: in.Counter}, a.By()})
	items = append(append(items, goes...), sessionItem(s))
	if a.hash == b.people[a.Code].hash {
		items = items[1:] // the account is as it was
	}
	if err := b.keep(ctx, deeds, items...); err != nil {
		return "", Session{}, err
	}
	b.people[a.Code] = a
	delete(b.rows, row)
	b.sessions[s.hash] = s
	b.drop(ended)
	return token, b.shownSession(s, now), nil
}

// inTheWay returns the sessions that end when the officer sits down, or why that may not be.
func (b *Book) inTheWay(a account, in SignIn, now time.Time) ([]*session, error) {
	if in.Counter == "" {
		own := b.of(func(s *session) bool { return s.officer == a.Code && s.counter == "" })
		return own[:max(0, len(own)-maxSeatless+1)], nil
	}
	if !a.MaySit(in.Counter) {
		return nil, refuse(kiosk.CodeNotAllowed, string(in.Counter), "")
	}
	there := b.of(func(s *session) bool { return s.counter == in.Counter })
	own := b.of(func(s *session) bool { return s.officer == a.Code && s.counter != "" && s.counter != in.Counter })
	ended := append(there, own...)
	if len(ended) > 0 && !in.TakeOver {
		t := &Taken{b.shownSession(ended[0], now)}
		return nil, &kiosk.Refusal{Code: kiosk.CodeCounterTaken, Subject: string(ended[0].counter), Cause: t}
	}
	return ended, nil
}
