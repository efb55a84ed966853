package staff

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"log/slog"
	"slices"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// Session is somebody signed in (phiên làm việc).
type Session struct {
	// ID is a public handle, and what forms are protected by; it opens nothing.
	ID      string
	Officer Officer
	Counter kiosk.CounterCode // empty: none
	Since   time.Time
	Seen    time.Time // when something was last done
	Ends    time.Time // when it ends, at the earliest, if nothing is done
	From    string    // address of the machine, without port
}

// String tells who and where.
func (s Session) String() string { return s.Officer.String() + " at " + string(s.Counter) }

// GoString tells who and where.
func (s Session) GoString() string { return "staff.Session(" + s.String() + ")" }

// LogValue tells who and where.
func (s Session) LogValue() slog.Value { return slog.StringValue(s.String()) }

// The sizes of what is random, in bytes, and how often the time of the last deed is written: a
// session that is in use costs the disk one page a minute.
const (
	tokenSize = 32
	idSize    = 16
	keepSeen  = time.Minute
	// maxSeatless is how many sessions without a counter an officer may have: a lead's page here
	// and there. The oldest one makes room.
	maxSeatless = 4
)

// tokenHash is SHA-256 of a token: the shelf has nothing with which one could sign in.
type tokenHash [sha256.Size]byte

// session is a Session as the book has it. It is changed under the book's lock only.
type session struct {
	key     string // on the shelf
	hash    tokenHash
	id      string
	officer kiosk.OfficerCode
	counter kiosk.CounterCode
	since   time.Time
	seen    time.Time
	kept    time.Time // seen, as the shelf has it
	served  time.Time // when its counter last had somebody in hand; the shelf does not know it
	from    string
}

// newSession returns a session and the token that opens it.
func newSession(o kiosk.OfficerCode, c kiosk.CounterCode, from string, now time.Time) (*session, string) {
	var secret [tokenSize]byte
	var id [idSize]byte
	_, _ = rand.Read(secret[:]) // never fails: it ends the program instead
	_, _ = rand.Read(id[:])
	token := base64.RawURLEncoding.EncodeToString(secret[:])
	hash := hashToken(token)
	return &session{
		key: keySession + hex.EncodeToString(hash[:]), hash: hash, id: hex.EncodeToString(id[:]),
		officer: o, counter: c, since: now, seen: now, kept: now, from: from,
	}, token
}

func hashToken(token string) tokenHash {
	if len(token) != base64.RawURLEncoding.EncodedLen(tokenSize) {
		return tokenHash{} // of no token that anybody knows
	}
	return sha256.Sum256([]byte(token))
}

func parseTokenHash(s string) (tokenHash, bool) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != sha256.Size || hex.EncodeToString(b) != s {
		return tokenHash{}, false
	}
	return tokenHash(b), true
}

// ends is when a session ends if nothing is done and its counter's hand stays as it is.
func (b *Book) ends(s *session, now time.Time) time.Time {
	if b.serves(s, now) {
		return s.seen.Add(b.cfg.IdleServing)
	}
	return s.used().Add(b.cfg.Idle)
}

// serves reports whether the session's counter has somebody in hand, and notes it.
func (b *Book) serves(s *session, now time.Time) bool {
	if s.counter == "" || !b.cfg.Serving(s.counter) {
		return false
	}
	s.served = now
	return true
}

// used is when the officer was last at work, as far as that is known.
func (s *session) used() time.Time {
	if s.served.After(s.seen) {
		return s.served
	}
	return s.seen
}

// over reports whether it has ended by now. A clock that was put back makes no session last: it
// counts from when that was noticed.
func (b *Book) over(s *session, now time.Time) bool {
	if s.seen.After(now) {
		s.seen = now
	}
	if s.served.After(now) {
		s.served = now
	}
	// The office is asked only where it matters: it may be busy with its disk.
	return !now.Before(s.seen.Add(b.cfg.Idle)) && !now.Before(b.ends(s, now))
}

func (b *Book) shownSession(s *session, now time.Time) Session {
	return Session{
		ID: s.id, Officer: b.shown(b.people[s.officer], now), Counter: s.counter,
		Since: s.since, Seen: s.seen, Ends: s.used().Add(b.cfg.Idle), From: s.from,
	}
}

// Session returns the session of a token and counts as a deed in it. It refuses with
// kiosk.CodeNoSession what is none or has ended, and with kiosk.CodeOtherMachine a token that
// comes from another machine than the one it was given to: that session ends, because one of
// the two is a thief.
func (b *Book) Session(ctx context.Context, token, from string) (Session, error) {
	return b.session(ctx, token, from, true)
}

// Look is Session for what a page does by itself, a stream of events that reconnects: it is no
// deed and keeps nobody signed in.
func (b *Book) Look(ctx context.Context, token, from string) (Session, error) {
	return b.session(ctx, token, from, false)
}

func (b *Book) session(ctx context.Context, token, from string, used bool) (Session, error) {
	if err := b.lock(ctx); err != nil {
		return Session{}, err
	}
	defer b.mu.Unlock()
	now := b.cfg.Now()
	s := b.sessions[hashToken(token)]
	switch {
	case s == nil:
		return Session{}, refuse(kiosk.CodeNoSession, "", "")
	case b.over(s, now):
		b.endAnyhow(ctx, kiosk.StaffMoved{What: kiosk.StaffIdle}, s)
		return Session{}, refuse(kiosk.CodeNoSession, "", "")
	case s.from != machine(from):
		b.endAnyhow(ctx, kiosk.StaffMoved{What: kiosk.StaffMovedAway, Detail: told(machine(from))}, s)
		b.cfg.Log.Warn("a session was used from another machine", logOfficer, s.officer, logFrom, machine(from))
		return Session{}, refuse(kiosk.CodeOtherMachine, "", "")
	}
	if used {
		b.touch(ctx, s, now)
	}
	return b.shownSession(s, now), nil
}

// touch notes a deed. When that cannot be written the session goes on: it is the store's trouble,
// and the store says so itself.
func (b *Book) touch(ctx context.Context, s *session, now time.Time) {
	s.seen = now
	if d := now.Sub(s.kept); d >= 0 && d < keepSeen {
		return
	}
	s.kept = now
	if err := b.cfg.Shelf.Write(context.WithoutCancel(ctx), sessionItem(s)); err != nil {
		b.cfg.Log.Warn("keep the time of a session", logOfficer, s.officer, kiosk.LogError, err)
	}
}

// SignOut ends the session of a token. A token of none is signed out already.
func (b *Book) SignOut(ctx context.Context, token string) error {
	if err := b.lock(ctx); err != nil {
		return err
	}
	defer b.mu.Unlock()
	s := b.sessions[hashToken(token)]
	if s == nil {
		return nil
	}
	return b.end(ctx, deed{kiosk.StaffMoved{What: kiosk.StaffSignedOut}, b.people[s.officer].By()}, s)
}

// endAnyhow ends a session that is refused in any case, also for a caller who has hung up.
func (b *Book) endAnyhow(ctx context.Context, f kiosk.StaffMoved, s *session) {
	if err := b.end(context.WithoutCancel(ctx), deed{f, byGateway}, s); err != nil {
		b.cfg.Log.Error("end a session", logOfficer, s.officer, kiosk.LogError, err)
	}
}

// end ends sessions for one reason.
func (b *Book) end(ctx context.Context, why deed, ended ...*session) error {
	if len(ended) == 0 {
		return nil
	}
	deeds, items := endings(why, ended)
	if err := b.keep(ctx, deeds, items...); err != nil {
		return err
	}
	b.drop(ended)
	return nil
}

// endings are the facts and the items of the end of sessions.
func endings(why deed, ended []*session) (deeds []deed, items []kiosk.Item) {
	for _, s := range ended {
		why.Officer, why.Counter = s.officer, s.counter
		deeds = append(deeds, why)
		items = append(items, gone(s.key))
	}
	return deeds, items
}

// drop takes sessions whose end is kept out of memory.
func (b *Book) drop(ended []*session) {
	for _, s := range ended {
		delete(b.sessions, s.hash)
	}
	b.signal()
}

// AtCounter returns the session at a counter.
func (b *Book) AtCounter(c kiosk.CounterCode) (Session, bool) {
	if c == "" {
		return Session{}, false
	}
	for _, s := range b.Sessions() {
		if s.Counter == c {
			return s, true
		}
	}
	return Session{}, false
}

// Sessions returns all sessions, the oldest first.
func (b *Book) Sessions() []Session {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.cfg.Now()
	var list []Session
	for _, s := range b.ordered() {
		if !b.over(s, now) {
			list = append(list, b.shownSession(s, now))
		}
	}
	return list
}

// ordered returns the sessions, the oldest first.
func (b *Book) ordered() []*session {
	list := make([]*session, 0, len(b.sessions))
	for _, s := range b.sessions {
		list = append(list, s)
	}
	slices.SortFunc(list, func(x, y *session) int {
		if c := x.since.Compare(y.since); c != 0 {
			return c
		}
		return slices.Compare(x.hash[:], y.hash[:])
	})
	return list
}

// of returns the sessions that fit, the oldest first.
func (b *Book) of(fits func(*session) bool) []*session {
	return slices.DeleteFunc(b.ordered(), func(s *session) bool { return !fits(s) })
}
