package lan

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// ScreenKind is what a screen without a keyboard is for. The values are stable.
type ScreenKind string

// The kinds of screens.
const (
	BoardScreen  ScreenKind = "board"  // a television with the numbers called
	TabletScreen ScreenKind = "tablet" // at a counter, for the rating
)

// Screen is a paired screen.
type Screen struct {
	ID      string // "s3"; never used again
	Kind    ScreenKind
	Name    string            // as the office calls it: "Ti vi cửa chính"
	Counter kiosk.CounterCode // of a tablet
	Sound   bool              // a board that says the numbers
	Paired  time.Time
	Seen    time.Time // zero: not since the gateway started
}

// Visit is what a browser that asks for a screen's page is: paired, or waiting with digits.
type Visit struct {
	Screen Screen // ID is empty while it is not paired
	Digits string // four, to be shown while it waits
}

// PairRecorder makes facts durable before it returns nil; kiosk.Office does.
type PairRecorder interface {
	RecordStaff(ctx context.Context, f kiosk.StaffMoved, by string) error
}

// PairingConfig is what a Pairing is made of. Shelf and Recorder are required.
type PairingConfig struct {
	Shelf    kiosk.Shelf // of its own
	Recorder PairRecorder
	// Counters are those that a tablet can stand at.
	Counters func() []kiosk.CounterCode
	Now      func() time.Time // the runtime's where it is nil
	Absent   time.Duration    // after which a screen is missed; 15 s where it is 0
	Log      *slog.Logger
}

// The bounds of pairing.
const (
	maxScreens     = 64
	maxWaiting     = 64 // screens that show digits
	maxWaitingEach = 4  // of one address
	digitsLife     = 10 * time.Minute
	waitingLife    = time.Minute // of a page that asks no more
	maxScreenName  = 40          // runes
	screenToken    = 32          // bytes
	screenKey      = "screen/"
	nextScreenKey  = "next"
)

// Pairing is the book of the screens without a keyboard. A new browser gets a random token in
// a cookie and shows four digits; an officer who stands before it types them, and from then on
// the token is a screen of the office. Only the token's hash is kept.
//
// Four digits are few. What keeps them is that they are typed by somebody signed in, that wrong
// ones slow down, and that they let in so little: who has somebody confirm the wrong screen's
// digits sees what hangs in the hall anyway. A tablet may also say how content a citizen was,
// once a ticket, at its counter. No officer's page ever takes this cookie for a login.
type Pairing struct {
	cfg PairingConfig

	mu      sync.Mutex
	screens map[string]*kept    // by ID
	hashes  map[[32]byte]string // ID
	waiting map[[32]byte]*waits // by the hash of the token
	next    int
	wrong   map[string]*misses // by who typed; "" is everybody together
	changed chan struct{}
}

type kept struct {
	Screen
	hash [32]byte
	live time.Time // seen, or when the gateway began to look for it
}

type waits struct {
	kind         ScreenKind
	digits       string
	from         netip.Addr
	since, asked time.Time
}

type diskScreen struct {
	Version int               `json:"v"`
	Hash    string            `json:"hash"`
	Kind    ScreenKind        `json:"kind"`
	Name    string            `json:"name"`
	Counter kiosk.CounterCode `json:"counter,omitempty"`
	Paired  time.Time         `json:"paired"`
	Sound   bool              `json:"sound,omitempty"`
}

// OpenPairing reads the screens that are kept. One that cannot be read is left out and logged:
// it shows its digits again.
func OpenPairing(ctx context.Context, cfg PairingConfig) (*Pairing, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	cfg.Absent = cmp.Or(cfg.Absent, 15*time.Second)
	p := &Pairing{
		cfg: cfg, screens: map[string]*kept{}, hashes: map[[32]byte]string{}, waiting: map[[32]byte]*waits{},
		wrong: map[string]*misses{}, changed: make(chan struct{}), next: 1,
	}
	items, err := cfg.Shelf.Read(ctx, "")
	if err != nil {
		return nil, fmt.Errorf("read paired screens: %w", err)
	}
	for _, it := range items {
		if it.Key == nextScreenKey {
			if n, err := strconv.Atoi(string(it.Value)); err == nil && n > p.next && n < 1<<30 {
				p.next = n
			}
			continue
		}
		s, err := decodeScreen(it)
		if err != nil {
			cfg.Log.Error("paired screen left out", "key", it.Key, "err", err)
			continue
		}
		s.live = cfg.Now()
		p.screens[s.ID], p.hashes[s.hash] = s, s.ID
		if n, err := strconv.Atoi(s.ID[1:]); err == nil && n >= p.next && n < 1<<30 {
			p.next = n + 1
		}
	}
	return p, nil
}

func decodeScreen(it kiosk.Item) (*kept, error) {
	id := strings.TrimPrefix(it.Key, screenKey)
	if len(id) < 2 || len(id) > 12 || id[0] != 's' || strings.Trim(id[1:], "0123456789") != "" {
		return nil, errors.New("no screen's key")
	}
	var d diskScreen
	if err := json.Unmarshal(it.Value, &d); err != nil {
		return nil, err
	}
	hash, err := hex.DecodeString(d.Hash)
	if err != nil || len(hash) != sha256.Size || d.Version != 1 || !d.Kind.valid() {
		return nil, errors.New("not a screen")
	}
	s := &kept{Screen: Screen{ID: id, Kind: d.Kind, Name: d.Name, Counter: d.Counter, Sound: d.Sound, Paired: d.Paired}}
	copy(s.hash[:], hash)
	return s, nil
}

// item is the screen as it is kept.
func (s *kept) item() (kiosk.Item, error) {
	value, err := json.Marshal(diskScreen{
		Version: 1, Hash: hex.EncodeToString(s.hash[:]), Kind: s.Kind, Name: s.Name, Counter: s.Counter, Paired: s.Paired, Sound: s.Sound,
	})
	if err != nil {
		return kiosk.Item{}, fmt.Errorf("keep screen: %w", err)
	}
	return kiosk.Item{Key: screenKey + s.ID, Value: value}, nil
}

func (k ScreenKind) valid() bool { return k == BoardScreen || k == TabletScreen }

// The cookies. One that was set under TLS cannot be changed without it, so that each way has
// its own name.
const (
	screenCookie    = "screen"
	screenCookieTLS = "__Host-screen"
	cookieLife      = 400 * 24 * time.Hour // what Chromium keeps at most; each visit renews it
)

func screenCookieName(r *http.Request) string {
	if r.TLS != nil {
		return screenCookieTLS
	}
	return screenCookie
}

// Visit answers a browser that opens a screen's page: it sets or renews the cookie and tells
// whether the screen is paired. It refuses with [CodeBusy] when too many wait, and with
// [CodeNeedsTLS] a tablet that comes over plain HTTP from another machine.
func (p *Pairing) Visit(w http.ResponseWriter, r *http.Request, kind ScreenKind) (Visit, error) {
	token, ok := tokenOf(r)
	if !ok {
		b := make([]byte, screenToken)
		_, _ = rand.Read(b) // never fails: crypto/rand ends the program first
		token = base64.RawURLEncoding.EncodeToString(b)
	}
	v, err := p.ask(r, token, kind)
	if err == nil {
		http.SetCookie(w, &http.Cookie{
			Name: screenCookieName(r), Value: token, Path: "/", MaxAge: int(cookieLife / time.Second),
			HttpOnly: true, Secure: r.TLS != nil, SameSite: http.SameSiteLaxMode,
		})
	}
	return v, err
}

// Who tells what a browser is that has opened a screen's page before. It refuses with
// [kiosk.CodeNoSession] one without a cookie.
func (p *Pairing) Who(r *http.Request, kind ScreenKind) (Visit, error) {
	token, ok := tokenOf(r)
	if !ok {
		return Visit{}, &Problem{Code: kiosk.CodeNoSession, Cause: errors.New("no screen's cookie")}
	}
	return p.ask(r, token, kind)
}

func tokenOf(r *http.Request) (string, bool) {
	c, err := r.Cookie(screenCookieName(r))
	if err != nil {
		return "", false
	}
	b, err := base64.RawURLEncoding.DecodeString(c.Value)
	return c.Value, err == nil && len(b) == screenToken
}

func (p *Pairing) ask(r *http.Request, token string, kind ScreenKind) (Visit, error) {
	from := RemoteIP(r)
	if kind == TabletScreen && r.TLS == nil && !from.IsLoopback() {
		return Visit{}, &Problem{Code: CodeNeedsTLS}
	}
	hash := sha256.Sum256([]byte(token))
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.screens[p.hashes[hash]]; s != nil && s.Kind == kind {
		return Visit{Screen: s.Screen}, nil
	}
	now := p.cfg.Now()
	p.sweep(now)
	e := p.waiting[hash]
	if e == nil || e.kind != kind {
		if e == nil && !p.room(from) {
			return Visit{}, &Problem{Code: CodeBusy, Cause: errors.New("too many screens wait to be paired")}
		}
		e = &waits{kind: kind, from: from}
		p.waiting[hash] = e
	}
	if e.digits == "" || now.Sub(e.since) >= digitsLife || now.Before(e.since) {
		e.digits, e.since = "", now
		e.digits = p.free()
	}
	e.asked = now
	return Visit{Digits: e.digits}, nil
}

// sweep forgets who does not ask any more.
func (p *Pairing) sweep(now time.Time) {
	for hash, e := range p.waiting {
		if d := now.Sub(e.asked); d >= waitingLife || d < 0 {
			delete(p.waiting, hash)
		}
	}
}

// room makes place for one more from an address: its own oldest goes first.
func (p *Pairing) room(from netip.Addr) bool {
	var oldest [32]byte
	var first *waits
	n := 0
	for hash, e := range p.waiting {
		if e.from != from {
			continue
		}
		if n++; first == nil || e.asked.Before(first.asked) {
			oldest, first = hash, e
		}
	}
	if n >= maxWaitingEach {
		delete(p.waiting, oldest)
	}
	return len(p.waiting) < maxWaiting
}

// free returns four digits that no other screen shows.
func (p *Pairing) free() string {
	for {
		n, _ := rand.Int(rand.Reader, big.NewInt(10000)) // never fails, as rand.Read
		d := fmt.Sprintf("%04d", n)
		if p.shows(d) == nil {
			return d
		}
	}
}

func (p *Pairing) shows(digits string) *waits {
	for _, e := range p.waiting {
		if e.digits == digits {
			return e
		}
	}
	return nil
}
