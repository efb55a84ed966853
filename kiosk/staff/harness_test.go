package staff_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/secret"
	"github.com/motcua/gateway/kiosk/staff"
)

var (
	_ staff.Hasher = (*secret.Hasher)(nil)
	_ staff.Sealer = (*secret.Key)(nil)
)

var errDisk = errors.New("disk full")

// disk is a shelf and a recorder in memory that share a count of durable steps. Step failAt
// fails: before it happened, or, with late, after.
type disk struct {
	mu     sync.Mutex
	items  map[string][]byte
	facts  []kiosk.StaffMoved
	by     []string
	steps  int
	failAt int
	late   bool
	writes int
}

func newDisk() *disk { return &disk{items: map[string][]byte{}} }

func (d *disk) Read(_ context.Context, prefix string) (list []kiosk.Item, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, k := range slices.Sorted(maps.Keys(d.items)) {
		if strings.HasPrefix(k, prefix) {
			list = append(list, kiosk.Item{Key: k, Value: slices.Clone(d.items[k])})
		}
	}
	return list, nil
}

// step counts a durable step and does it, unless it fails.
func (d *disk) step(do func()) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.steps++
	fails := d.steps == d.failAt
	if !fails || d.late {
		do()
	}
	if fails {
		return errDisk
	}
	return nil
}

func (d *disk) Write(_ context.Context, items ...kiosk.Item) error {
	return d.step(func() {
		d.writes++
		for _, it := range items {
			if it.Value == nil {
				delete(d.items, it.Key)
				continue
			}
			d.items[it.Key] = slices.Clone(it.Value)
		}
	})
}

func (d *disk) RecordStaff(_ context.Context, f kiosk.StaffMoved, by string) error {
	return d.step(func() {
		d.facts = append(d.facts, f)
		d.by = append(d.by, by)
	})
}

// count returns how many facts of a kind there are.
func (d *disk) count(what kiosk.StaffEvent) (n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, f := range d.facts {
		if f.What == what {
			n++
		}
	}
	return n
}

// last returns the last fact and who did it.
func (d *disk) last() (kiosk.StaffMoved, string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.facts[len(d.facts)-1], d.by[len(d.by)-1]
}

// quick is a Hasher that takes no time: what is slow about the real one is tried elsewhere.
type quick struct {
	judge *secret.Hasher

	mu     sync.Mutex
	looked int
	during func() // while a secret is looked at
}

func (q *quick) Check(s, login string) (bool, error) { return q.judge.Check(s, login) }

func (q *quick) Hash(ctx context.Context, s string) (string, error) {
	salt := rand.Text()
	return salt + "$" + sum(salt, s), ctx.Err()
}

func sum(salt, s string) string {
	d := sha256.Sum256([]byte(salt + "$" + s))
	return hex.EncodeToString(d[:])
}

func (q *quick) Verify(ctx context.Context, kept, s string) (ok, outdated bool, err error) {
	q.mu.Lock()
	q.looked++
	during := q.during
	q.mu.Unlock()
	if during != nil {
		during()
	}
	salt, hash, whole := strings.Cut(kept, "$")
	if !whole {
		return false, false, errors.New("no hash")
	}
	// A salt that begins with "old" was made by an older program.
	return sum(salt, s) == hash, strings.HasPrefix(salt, "old"), ctx.Err()
}

// looks returns how often a secret was looked at.
func (q *quick) looks() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.looked
}

func (q *quick) meanwhile(f func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.during = f
}

func (q *quick) Decoy() string { return rand.Text() + "$none" }

func (q *quick) Digest(purpose, s string) [32]byte { return q.judge.Digest(purpose, s) }

// world is a book with all that is around it.
type world struct {
	*staff.Book
	t      testing.TB
	disk   *disk
	hasher *quick
	cfg    staff.Config

	mu  sync.Mutex
	now time.Time
}

var (
	ctx     = context.Background()
	morning = time.Date(2026, 11, 23, 7, 30, 0, 0, time.UTC)
)

func newWorld(t testing.TB) *world {
	t.Helper()
	key, err := secret.OpenKey(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, disk: newDisk(), hasher: &quick{judge: secret.NewHasher(key)}, now: morning}
	w.cfg = staff.Config{
		Shelf: w.disk, Hasher: w.hasher, Sealer: key, Recorder: w.disk, Now: w.clock,
		Counters: func() []kiosk.CounterCode { return []kiosk.CounterCode{"1", "2", "3"} },
	}
	w.reopen()
	return w
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// reopen is a restart.
func (w *world) reopen() {
	w.t.Helper()
	b, err := staff.Open(ctx, w.cfg)
	if err != nil {
		w.t.Fatal(err)
	}
	w.Book = b
}

// The officers of the tests, and their secrets.
const (
	leadPass = "lúa chín vàng đồng"
	lanPIN   = "471902"
	binhPIN  = "880413"
	techPIN  = "209166"
	wrongPIN = "735208"
	here     = "192.168.1.7"
)

type person struct {
	login, secret string
	role          kiosk.Role
}

func people() []person {
	return []person{
		{"lead", leadPass, kiosk.RoleLead}, {"lan", lanPIN, kiosk.RoleOfficer},
		{"binh", binhPIN, kiosk.RoleOfficer}, {"tech", techPIN, kiosk.RoleTechnician},
	}
}

func (p person) officer() staff.Officer {
	return staff.Officer{Login: p.login, Name: "Nguyễn Thị " + p.login, Role: p.role}
}

// newOffice is a world with a lead, two officers and a technician: o1 to o4.
func newOffice(t testing.TB) *world {
	t.Helper()
	w := newWorld(t)
	for _, p := range people() {
		if _, err := w.Create(ctx, "kioskctl", p.officer(), p.secret); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func (w *world) try(login, secret, from string) error {
	_, _, err := w.SignIn(ctx, staff.SignIn{Login: login, Secret: secret, From: from})
	return err
}

func (w *world) sit(login, secret string, c kiosk.CounterCode) (token string) {
	w.t.Helper()
	token, _, err := w.SignIn(ctx, staff.SignIn{Login: login, Secret: secret, Counter: c, From: here})
	if err != nil {
		w.t.Fatalf("sign in %s: %v", login, err)
	}
	return token
}

// refused checks that err is a refusal with that code, and returns it.
func refused(t testing.TB, err error, code kiosk.Code) *kiosk.Refusal {
	t.Helper()
	var r *kiosk.Refusal
	if !errors.As(err, &r) || r.Code != code {
		t.Fatalf("error %v, want %s", err, code)
	}
	return r
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
