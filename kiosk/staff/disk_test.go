package staff_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/secret"
	"github.com/motcua/gateway/kiosk/staff"
)

// TestOneBadItemStopsNothing: it is left out, said by its key, and stays where it is.
func TestOneBadItemStopsNothing(t *testing.T) {
	t.Parallel()
	w := newOffice(t)
	token := w.sit("lan", lanPIN, "1")
	good := maps.Clone(w.disk.items)
	for key, value := range map[string][]byte{
		"officer/o3":                          []byte("{"),
		"officer/o4":                          good["officer/o2"], // moved from elsewhere
		"officer/o7":                          bytes.Replace(good["officer/o2"], []byte(`"v":1`), []byte(`"v":2`), 1),
		"officer/":                            nil,
		"officer/o08":                         good["officer/o2"],
		"officer/o9999999":                    good["officer/o2"],
		"row/o2":                              []byte(`{"v":1,"wrong":-5}`),
		"session/xx":                          []byte(`{}`),
		"session/" + strings.Repeat("ab", 32): []byte(`{"v":1,"id":"x","officer":"o99","since":"2026-11-23T07:30:00Z","seen":"2026-11-23T07:30:00Z","from":""}`),
		"next":                                []byte(`{"v":1,"next":-1}`),
		"strange":                             []byte("kept"),
	} {
		w.disk.items[key] = value
	}
	before := maps.Clone(w.disk.items)
	var log bytes.Buffer
	w.cfg.Log = slog.New(slog.NewTextHandler(&log, nil))
	w.reopen()
	if got := fmt.Sprint(w.Officers()); got != "[o2 o1]" {
		t.Errorf("officers %s", got)
	}
	for _, said := range []string{"officer/o3", "officer/o4", "officer/o7", "row/o2", "session/xx", "next"} {
		if !strings.Contains(log.String(), said) {
			t.Errorf("the log does not say %s", said)
		}
	}
	if strings.Contains(log.String(), "Nguyễn") {
		t.Error("the log has a name")
	}
	if !maps.EqualFunc(before, w.disk.items, bytes.Equal) {
		t.Error("the shelf was changed")
	}
	_, err := w.Session(ctx, token, here)
	must(t, err)
	// The codes of what is damaged are taken.
	o, err := w.Create(ctx, "x", person{"new", "", kiosk.RoleOfficer}.officer(), wrongPIN)
	if err != nil || o.Code != "o8" {
		t.Errorf("%v, %v", o, err)
	}
}

func TestAnotherBoxesShelf(t *testing.T) {
	t.Parallel()
	w := newOffice(t)
	key, err := secret.OpenKey(t.TempDir())
	must(t, err)
	w.cfg.Sealer = key
	w.reopen()
	if n := len(w.Officers()); n != 0 {
		t.Errorf("%d officers", n)
	}
}

func TestWhatABookNeeds(t *testing.T) {
	t.Parallel()
	if _, err := staff.Open(ctx, staff.Config{}); err == nil {
		t.Error("a book of nothing")
	}
}

func FuzzShelf(f *testing.F) {
	w := newOffice(f)
	_ = w.try("lan", wrongPIN, here)
	w.sit("binh", binhPIN, "1")
	for key, value := range w.disk.items {
		f.Add(key, value)
	}
	f.Add("row/o2", []byte(`{"v":1,"wrong":3,"last":"9999-12-31T23:59:59Z"}`))
	f.Fuzz(func(t *testing.T, key string, value []byte) {
		once, err := staff.Decode(w.cfg.Sealer, kiosk.Item{Key: key, Value: value})
		if err == nil && once.Value != nil {
			if _, err := staff.Decode(w.cfg.Sealer, once); err != nil && !strings.HasPrefix(key, "row/") {
				t.Errorf("%s comes back as %s: %v", value, once.Value, err)
			}
		}
		d := newDisk()
		d.items[key] = value
		cfg := w.cfg
		cfg.Shelf, cfg.Recorder = d, d
		b, err := staff.Open(ctx, cfg)
		if err != nil {
			t.Fatal(err)
		}
		b.Officers()
		b.Sessions()
		if _, _, err := b.SignIn(ctx, staff.SignIn{Login: "lan", Secret: lanPIN}); err == nil && !strings.HasPrefix(key, "officer/") {
			t.Error("signed in out of nothing")
		}
	})
}

// deedsOfADay is a day with everything that is written in it. Each step says whether it was done.
func deedsOfADay(w *world) []func() error {
	var lan string
	sit := func(login, secret string, c kiosk.CounterCode, over bool) func() error {
		return func() error {
			token, _, err := w.SignIn(ctx, staff.SignIn{Login: login, Secret: secret, Counter: c, From: here, TakeOver: over})
			if err == nil && login == "lan" {
				lan = token
			}
			return err
		}
	}
	return []func() error{
		func() error {
			_, err := w.Create(ctx, "x", person{"hoa", "", kiosk.RoleOfficer}.officer(), "662915")
			return err
		},
		sit("lan", lanPIN, "1", false),
		sit("binh", binhPIN, "2", false),
		func() error { w.pass(2 * time.Minute); _, err := w.Session(ctx, lan, here); return err },
		sit("hoa", "662915", "1", true),
		func() error { return w.SetSecret(ctx, "x", "o3", "550713") },
		sit("lan", lanPIN, "3", true),
		func() error { return w.SignOut(ctx, lan) },
		func() error { return w.Disable(ctx, "x", "o2") },
		func() error { w.pass(time.Hour); return sit("binh", "550713", "1", true)() },
	}
}

// TestADiskThatFailsOnce: at whichever step it fails, before or after the fact, the book goes on
// as a restarted one would; what was said to be done is there, and every deed on the shelf has
// its fact.
func TestADiskThatFailsOnce(t *testing.T) {
	t.Parallel()
	plain := newOffice(t)
	begin := plain.disk.steps
	for _, do := range deedsOfADay(plain) {
		must(t, do())
	}
	total := plain.disk.steps - begin
	if total < 20 {
		t.Fatalf("the day has %d durable steps", total)
	}
	for at := range total {
		for _, late := range []bool{false, true} {
			w := newOffice(t)
			w.disk.failAt, w.disk.late = w.disk.steps+at+1, late
			for i, do := range deedsOfADay(w) {
				err := do()
				var r *kiosk.Refusal
				if errors.As(err, &r) && r.Code == kiosk.CodeStoreFailed {
					err = do() // pressed again
				}
				if err != nil && !errors.As(err, &r) {
					t.Fatalf("step %d failing at %d (late %v): %v", i, at, late, err)
				}
				same(t, w, fmt.Sprintf("step %d failing at %d (late %v)", i, at, late))
			}
			grounded(t, w)
		}
	}
}

// same checks that the book is what a restart would make of the shelf.
func same(t *testing.T, w *world, when string) {
	t.Helper()
	_ = w.SignOut(ctx, "makes the book read its shelf again")
	shown := func(b *staff.Book) string {
		var out strings.Builder
		for _, o := range b.Officers() {
			fmt.Fprintf(&out, "%s %s %s %v %v;", o.Code, o.Login, o.Role, o.Disabled, o.LockedUntil.UTC())
		}
		for _, s := range b.Sessions() {
			fmt.Fprintf(&out, "%s %s %s;", s.ID, s.Officer.Code, s.Counter)
		}
		return out.String()
	}
	fresh, err := staff.Open(ctx, w.cfg)
	must(t, err)
	if got, want := shown(w.Book), shown(fresh); got != want {
		t.Fatalf("%s: the book has %s\nthe shelf %s", when, got, want)
	}
}

// grounded checks that everything on the shelf has its fact.
func grounded(t *testing.T, w *world) {
	t.Helper()
	has := func(f kiosk.StaffMoved) bool { return slices.Contains(w.disk.facts, f) }
	seats := map[kiosk.CounterCode]bool{}
	for _, o := range w.Officers() {
		if !has(kiosk.StaffMoved{Officer: o.Code, What: kiosk.StaffCreated}) || o.Disabled && !has(kiosk.StaffMoved{Officer: o.Code, What: kiosk.StaffDisabled}) {
			t.Errorf("%s has no fact", o)
		}
	}
	for _, s := range w.Sessions() {
		if !has(kiosk.StaffMoved{Officer: s.Officer.Code, What: kiosk.StaffSignedIn, Counter: s.Counter}) || s.Counter != "" && seats[s.Counter] {
			t.Errorf("%s has no fact, or sits on another", s)
		}
		seats[s.Counter] = true
	}
	created := map[kiosk.OfficerCode]int{}
	for _, f := range w.disk.facts {
		if f.What == kiosk.StaffCreated {
			created[f.Officer]++
		}
	}
	for code, n := range created {
		if n > 1 {
			t.Errorf("%s was created %d times", code, n)
		}
	}
}

// TestAKillAnywhere: the same, with a restart instead of a second try; what was answered is kept.
func TestAKillAnywhere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := newOffice(t)
		w.disk.failAt = w.disk.steps + rapid.IntRange(1, 30).Draw(rt, "at")
		w.disk.late = rapid.Bool().Draw(rt, "late")
		token, _, err := w.SignIn(ctx, staff.SignIn{Login: "lan", Secret: lanPIN, Counter: "1", From: here})
		signed := err == nil
		for i, wrong := 0, rapid.IntRange(0, 9).Draw(rt, "wrong"); i < wrong; i++ {
			_ = w.try("binh", wrongPIN, fmt.Sprint("10.0.0.", i))
		}
		kept := w.disk.steps < w.disk.failAt
		locked := refusalCode(w.try("binh", binhPIN, "10.0.0.99")) == kiosk.CodeLocked
		secretErr := w.SetSecret(ctx, "x", "o4", "550713")
		w.disk.failAt = 0
		w.reopen()
		if _, err := w.Session(ctx, token, here); signed && err != nil {
			rt.Fatalf("the session is lost: %v", err)
		}
		if kept && locked && refusalCode(w.try("binh", binhPIN, "10.0.0.98")) != kiosk.CodeLocked {
			rt.Fatal("the lock is lost")
		}
		if err := w.try("tech", "550713", here); secretErr == nil && err != nil {
			rt.Fatalf("the new secret is lost: %v", err)
		}
	})
}

// TestAFullDiskGivesNoGuesses: wrong ones count in memory, whether they can be written or not.
func TestAFullDiskGivesNoGuesses(t *testing.T) {
	t.Parallel()
	w := newOffice(t)
	for i := range 3 {
		w.disk.failAt = w.disk.steps + 1 + i%2
		refused(t, w.try("lan", wrongPIN, fmt.Sprint("10.0.0.", i)), kiosk.CodeSignIn)
	}
	refused(t, w.try("lan", lanPIN, here), kiosk.CodeLocked)
}
