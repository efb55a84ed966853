package staff

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// Hasher judges secrets and keeps them; kiosk/secret has it.
type Hasher interface {
	// Check judges a new secret of the officer with that login, and tells a PIN from a
	// passphrase. It refuses with kiosk.CodeBadSecret.
	Check(secret, login string) (pin bool, err error)
	// Hash returns what to keep of a secret. It is slow on purpose.
	Hash(ctx context.Context, secret string) (string, error)
	// Verify reports whether kept is of secret, and whether it should be hashed again.
	Verify(ctx context.Context, kept, secret string) (ok, outdated bool, err error)
	// Decoy returns a hash that no secret fits and that takes as long to verify as a real one.
	Decoy() string
	// Digest is a quick fingerprint under a key of the box.
	Digest(purpose, s string) [32]byte
}

// Sealer encrypts what lies on the shelf; kiosk/secret's Key does. aad binds it to its place.
type Sealer interface {
	Seal(purpose string, plain, aad []byte) []byte
	Open(purpose string, sealed, aad []byte) ([]byte, error)
}

// Recorder makes facts durable before it returns nil; kiosk.Office does. It must not call the
// book back.
type Recorder interface {
	RecordStaff(ctx context.Context, f kiosk.StaffMoved, by string) error
}

// DefaultIdle is how long a session lasts in which nothing is done, DefaultIdleServing while its
// counter has somebody in hand.
const (
	DefaultIdle        = 15 * time.Minute
	DefaultIdleServing = 2 * time.Hour
)

// Config is what a Book is made of.
type Config struct {
	Shelf    kiosk.Shelf
	Hasher   Hasher
	Sealer   Sealer
	Recorder Recorder
	// Counters are the office's counters.
	Counters func() []kiosk.CounterCode
	Now      func() time.Time // the runtime's where it is nil
	Idle     time.Duration    // DefaultIdle where it is 0
	// Serving tells whether a counter has somebody in hand: an officer who listens to a citizen
	// presses nothing, and is not idle. Such a session lasts for IdleServing (DefaultIdleServing
	// where it is 0, never shorter than Idle), and for Idle from when the hand is free again. It must
	// not call the book back. nil: no counter ever has.
	Serving     func(kiosk.CounterCode) bool
	IdleServing time.Duration
	Log         *slog.Logger // none where it is nil
}

// The keys under which the book logs.
const (
	logItem    = "item"
	logOfficer = "officer"
	logFrom    = "from"
)

// Book is the office's list of officers, and who is signed in. Its methods may be called from
// any goroutine.
type Book struct {
	cfg  Config
	desk desk // for what looks at secrets: one at a time, so that no two guesses pass as the first

	mu       sync.Mutex
	people   map[kiosk.OfficerCode]account
	rows     map[string]row // by officer's code or slot, as on the shelf
	machines machines
	sessions map[tokenHash]*session
	next     int // the number of the next code
	// stale is true after a write that failed: it may have reached the disk all the same, so the
	// shelf is read again before anything else is done.
	stale   bool
	nobody  hourly
	changed chan struct{}
}

// Open reads the shelf. A value that is damaged is left out, logged by its key and kept where it
// is: one bad account must not lock the office out.
func Open(ctx context.Context, cfg Config) (*Book, error) {
	if cfg.Shelf == nil || cfg.Hasher == nil || cfg.Sealer == nil || cfg.Recorder == nil || cfg.Counters == nil {
		return nil, errors.New("staff: a shelf, hasher, sealer, recorder and the counters are needed")
	}
	cfg.Now = orElse(cfg.Now, time.Now)
	cfg.Idle = cmp.Or(cfg.Idle, DefaultIdle)
	cfg.IdleServing = max(cmp.Or(cfg.IdleServing, DefaultIdleServing), cfg.Idle)
	if cfg.Serving == nil {
		cfg.Serving = func(kiosk.CounterCode) bool { return false }
	}
	cfg.Log = cmp.Or(cfg.Log, slog.New(slog.DiscardHandler))
	b := &Book{cfg: cfg, desk: newDesk(), machines: machines{}, changed: make(chan struct{})}
	if err := b.load(ctx); err != nil {
		return nil, err
	}
	return b, nil
}

func orElse(f, other func() time.Time) func() time.Time {
	if f != nil {
		return f
	}
	return other
}

// load takes everything from the shelf. What memory knows better stays: wrong guesses whose
// writing failed, and how lately a session was used.
func (b *Book) load(ctx context.Context) error {
	items, err := b.cfg.Shelf.Read(ctx, "")
	if err != nil {
		return storeFailed(err)
	}
	old := *b.memory()
	b.people = map[kiosk.OfficerCode]account{}
	b.rows, b.sessions, b.next = map[string]row{}, map[tokenHash]*session{}, 1
	var late []kiosk.Item // sessions come after the officers whose they are
	for _, it := range items {
		if strings.HasPrefix(it.Key, keySession) {
			late = append(late, it)
			continue
		}
		b.skipping(it.Key, b.take(it))
	}
	for _, it := range late {
		b.skipping(it.Key, b.takeSession(it))
	}
	for key, r := range old.rows {
		if r.wrong > b.rows[key].wrong {
			b.rows[key] = r
		}
	}
	for hash, s := range b.sessions {
		if was := old.sessions[hash]; was != nil {
			s.served = was.served
			if was.seen.After(s.seen) {
				s.seen = was.seen
			}
		}
	}
	b.next = max(b.next, old.next)
	b.stale = false
	return nil
}

// Refresh reads the shelf again: a book whose shelf others write to as well, another process of
// the hub or a verb, is refreshed before it is asked.
func (b *Book) Refresh(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.load(ctx)
}

// memory is what load replaces.
type memory struct {
	rows     map[string]row
	sessions map[tokenHash]*session
	next     int
}

func (b *Book) memory() *memory { return &memory{b.rows, b.sessions, b.next} }

func (b *Book) skipping(key string, err error) {
	if err != nil {
		b.cfg.Log.Error("item on the staff's shelf left out", logItem, key[:min(len(key), 40)], kiosk.LogError, err)
	}
}

// take reads one item that is no session.
func (b *Book) take(it kiosk.Item) error {
	switch {
	case it.Key == keyNext:
		n, err := decodeNext(it.Value)
		b.next = max(b.next, n)
		return err
	case strings.HasPrefix(it.Key, keyOfficer):
		// The code of a damaged account stays taken as well.
		if n, ok := codeNumber(strings.TrimPrefix(it.Key, keyOfficer)); ok {
			b.next = max(b.next, n+1)
		}
		a, err := decodeOfficer(b.cfg.Sealer, it.Key, it.Value)
		if err != nil {
			return err
		}
		if _, taken := b.byLogin(a.Login); taken {
			return errors.New("its login is another account's")
		}
		b.people[a.Code] = a
	case strings.HasPrefix(it.Key, keyRow):
		r, err := decodeRow(it.Value)
		if err != nil {
			return err
		}
		b.rows[strings.TrimPrefix(it.Key, keyRow)] = r
	}
	return nil
}

func (b *Book) takeSession(it kiosk.Item) error {
	s, err := decodeSession(it.Key, it.Value)
	if err != nil {
		return err
	}
	if a, known := b.people[s.officer]; !known || a.Disabled {
		return errors.New("a session of nobody")
	}
	b.sessions[s.hash] = s
	return nil
}

// lock takes the book, as the shelf has it. Every success needs b.mu.Unlock.
func (b *Book) lock(ctx context.Context) error {
	b.mu.Lock()
	if !b.stale {
		return nil
	}
	if err := b.load(ctx); err != nil {
		b.mu.Unlock()
		return err
	}
	b.signal() // whoever watched the sessions may have missed something
	return nil
}

// deed is a fact and who did it.
type deed struct {
	kiosk.StaffMoved
	by string
}

// keep records the deeds and then writes the items. When it fails nothing is to be changed in
// memory: the fact may stand alone in the log, and the shelf is read again.
func (b *Book) keep(ctx context.Context, deeds []deed, items ...kiosk.Item) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	// From here on a browser that hangs up does not part the fact from the shelf.
	ctx = context.WithoutCancel(ctx)
	for _, d := range deeds {
		if err := b.cfg.Recorder.RecordStaff(ctx, d.StaffMoved, d.by); err != nil {
			return storeFailed(err)
		}
	}
	if len(items) == 0 {
		return nil
	}
	if err := b.cfg.Shelf.Write(ctx, items...); err != nil {
		b.stale = true
		return storeFailed(err)
	}
	return nil
}

// storeFailed makes a refusal of an error of the shelf or the recorder.
func storeFailed(err error) error {
	var r *kiosk.Refusal
	if errors.As(err, &r) {
		return err
	}
	return &kiosk.Refusal{Code: kiosk.CodeStoreFailed, Cause: err}
}

// signal wakes those who watch the sessions.
func (b *Book) signal() {
	close(b.changed)
	b.changed = make(chan struct{})
}

// Changed returns a channel that is closed when somebody next signs in or out or an account
// changes.
func (b *Book) Changed() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.changed
}

// Officers returns all accounts in the order of their logins.
func (b *Book) Officers() []Officer {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.cfg.Now()
	list := make([]Officer, 0, len(b.people))
	for _, a := range b.people {
		list = append(list, b.shown(a, now))
	}
	slices.SortFunc(list, func(x, y Officer) int { return cmp.Compare(x.Login, y.Login) })
	return list
}

// shown is an account as it is handed out.
func (b *Book) shown(a account, now time.Time) Officer {
	r := b.rows[string(a.Code)].at(now)
	if r.wait(now) == 0 {
		r = row{}
	}
	return a.officer(r)
}

func (b *Book) byLogin(login string) (account, bool) {
	for a := range maps.Values(b.people) {
		if a.Login == login {
			return a, true
		}
	}
	return account{}, false
}
