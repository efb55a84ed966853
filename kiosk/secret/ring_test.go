package secret_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/secret"
)

const november kiosk.Day = 20261126

func ring(t testing.TB, dir string) *secret.Ring {
	t.Helper()
	r, err := secret.OpenRing(dir, open(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func present(t testing.TB, r *secret.Ring, d kiosk.Day) secret.WrapName {
	t.Helper()
	n, err := r.Present(d)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func names(r *secret.Ring) string {
	var out []string
	for _, n := range r.Names() {
		out = append(out, n.String())
	}
	return strings.Join(out, " ")
}

func TestRing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := ring(t, dir)
	if got := names(r); got != "" {
		t.Errorf("a new ring has %s", got)
	}
	first := present(t, r, november)
	if again := present(t, r, november+4); again != first {
		t.Errorf("%s, then %s in one month", first, again)
	}
	data := secret.NewKey()
	wrapped, err := r.Wrap(first, data, []byte("x"))
	if err != nil || len(wrapped) != secret.WrappedSize {
		t.Fatalf("%d bytes, %v", len(wrapped), err)
	}
	turned, err := r.Turn(november)
	must(t, err)
	december := present(t, r, 20261201)
	if got := names(r); got != "2026-11-1 2026-11-2 2026-12-3" || !first.Before(turned) || !turned.Before(december) || december.Before(turned) {
		t.Errorf("keys %s", got)
	}
	r = ring(t, dir)
	unwrap := func(name secret.WrapName, wrapped []byte, aad string, want error) {
		t.Helper()
		k, err := r.Unwrap(name, wrapped, []byte(aad))
		if !errors.Is(err, want) || (err == nil) != (want == nil) || err == nil && k.Derive("a") != data.Derive("a") {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
	}
	changed := bytes.Clone(wrapped)
	changed[40] ^= 1
	unwrap(first, wrapped, "x", nil)
	unwrap(first, wrapped, "y", secret.ErrSealed)
	unwrap(turned, wrapped, "x", secret.ErrSealed)
	unwrap(first, changed, "x", secret.ErrSealed)
	unwrap(first, wrapped[:60], "x", secret.ErrSealed)
	unwrap(first, nil, "x", secret.ErrSealed)
	unwrap(secret.WrapName{Month: 202611, N: 9}, wrapped, "x", secret.ErrNoKey)

	file := filepath.Join(dir, "keys", "2026-11-1.key")
	kept, err := os.ReadFile(file)
	must(t, err)
	must(t, r.Destroy(first))
	must(t, r.Destroy(first)) // once more is fine
	if err := r.Destroy(december); err == nil {
		t.Error("the present key was destroyed")
	}
	unwrap(first, wrapped, "x", secret.ErrNoKey)
	if got := names(ring(t, dir)); got != "2026-11-2 2026-12-3" {
		t.Errorf("keys %s", got)
	}
	// Nor does it open under another name: who moves it about has nothing.
	must(t, os.WriteFile(filepath.Join(dir, "keys", "2026-11-2.key"), kept, 0o600))
	r = ring(t, dir)
	if _, err := r.Unwrap(turned, wrapped, []byte("x")); !errors.Is(err, secret.ErrSealed) {
		t.Errorf("renamed: %v", err)
	}
	present(t, r, 20261201) // which troubles nobody else

	for _, day := range []kiosk.Day{0, 20261301} {
		if n, err := r.Turn(day); err == nil {
			t.Errorf("a key of %s: %s", day, n)
		}
	}
}

// TestDestroyedMeansOverwritten: the file's own bytes are zeros, seen by another name of it.
func TestDestroyedMeansOverwritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := ring(t, dir)
	first := present(t, r, november)
	_, err := r.Turn(november)
	must(t, err)
	peep := filepath.Join(dir, "peep")
	must(t, os.Link(filepath.Join(dir, "keys", first.String()+".key"), peep))
	must(t, r.Destroy(first))
	if b, err := os.ReadFile(peep); err != nil || !bytes.Equal(b, make([]byte, secret.WrappedSize)) {
		t.Errorf("its bytes are %x, %v", b, err)
	}
	// And box.key, once it is sealed.
	must(t, os.Remove(peep))
	must(t, os.Link(filepath.Join(dir, "box.key"), peep))
	must(t, locked(t, dir, secret.Unlock{}).SetPassphrase(t.Context(), phrase))
	if b, err := os.ReadFile(peep); err != nil || !bytes.Equal(b, make([]byte, 32)) {
		t.Errorf("its bytes are %x, %v", b, err)
	}
}

// TestWhatAPowerCutLeavesOfARing is finished or cleared away by the next start.
func TestWhatAPowerCutLeavesOfARing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := ring(t, dir)
	first := present(t, r, november)
	_, err := r.Turn(november)
	must(t, err)
	keys := filepath.Join(dir, "keys")
	must(t, os.WriteFile(filepath.Join(keys, "2026-11-3.key.new-1"), []byte("half"), 0o600))
	must(t, os.WriteFile(filepath.Join(keys, first.String()+".key"), make([]byte, secret.WrappedSize), 0o600))
	must(t, os.WriteFile(filepath.Join(keys, "notes.txt"), []byte("a technician's"), 0o600))
	r = ring(t, dir)
	if got := names(r); got != "2026-11-2" {
		t.Errorf("keys %s", got)
	}
	if got := folder(t, keys); len(got) != 2 {
		t.Errorf("the folder holds %v", got)
	}
	// Zeros in the place of the newest are damage: its number must not be given again.
	must(t, os.WriteFile(filepath.Join(keys, "2026-11-2.key"), make([]byte, secret.WrappedSize), 0o600))
	r = ring(t, dir)
	if _, err := r.Present(november); !errors.Is(err, secret.ErrKey) {
		t.Errorf("zeros: %v", err)
	}
	if _, err := r.Turn(november); !errors.Is(err, secret.ErrKey) {
		t.Errorf("zeros: %v", err)
	}
	if got := names(r); got != "2026-11-2" {
		t.Errorf("keys %s", got)
	}
}

func TestWrapNames(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"2026-11-1", "1970-01-4294967295", "9999-12-10"} {
		if n, err := secret.ParseWrapName(s); err != nil || n.String() != s {
			t.Errorf("%q: %s, %v", s, n, err)
		}
	}
	for _, s := range []string{"", "-", "2026-11", "2026-11-", "2026-11-0", "2026-11-01", "2026-13-1", "2026-00-1", "0026-11-1", "2026-11-4294967296", "2026-11-+1", "2026-1-1", "2026/11-1", "2026-11-1\n", "٢026-11-1"} {
		if n, err := secret.ParseWrapName(s); err == nil {
			t.Errorf("%q is %s", s, n)
		}
	}
}

func FuzzWrapName(f *testing.F) {
	f.Add("2026-11-1")
	f.Add("2026-12-4294967295")
	f.Fuzz(func(t *testing.T, s string) {
		if n, err := secret.ParseWrapName(s); err == nil && (n.String() != s || !n.Valid()) {
			t.Errorf("%q came back as %s", s, n)
		}
	})
}

// FuzzRingFile: bytes in the place of a key that the box did not seal are no key.
func FuzzRingFile(f *testing.F) {
	dir := f.TempDir()
	r := ring(f, dir)
	name := present(f, r, november)
	wrapped, err := r.Wrap(name, secret.NewKey(), nil)
	must(f, err)
	path := filepath.Join(dir, "keys", name.String()+".key")
	good, err := os.ReadFile(path)
	must(f, err)
	f.Add(good)
	f.Add([]byte(nil))
	f.Add(make([]byte, secret.WrappedSize))
	f.Fuzz(func(t *testing.T, b []byte) {
		must(t, os.WriteFile(path, b, 0o600))
		if _, err := ring(t, dir).Unwrap(name, wrapped, nil); (err == nil) != bytes.Equal(b, good) {
			t.Errorf("%x: %v", b, err)
		}
	})
}
