package secret_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/secret"
)

const (
	phrase = "bến đò chiều mưa tháng bảy"
	other  = "trăng lên đầu ngõ vàng hoe"
)

// locked opens a folder's lock; whatever it seals is cheap to try.
func locked(t testing.TB, dir string, u secret.Unlock) *secret.Lock {
	t.Helper()
	l, err := secret.Open(t.Context(), dir, u)
	if err != nil {
		t.Fatal(err)
	}
	return secret.Cheap(l)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// isOpen holds a lock to be open from a source, with a key that derives want.
func isOpen(t *testing.T, l *secret.Lock, from secret.Source, want [32]byte) {
	t.Helper()
	select {
	case <-l.Ready():
	default:
		t.Fatal("it is locked")
	}
	k, err := l.Wait(t.Context())
	if err != nil || k.Derive("a") != want || l.Key().Derive("a") != want || l.Source() != from || k.Source() != from {
		t.Errorf("open from %q, want %q; %v, or another key", l.Source(), from, err)
	}
}

func isLocked(t *testing.T, l *secret.Lock) {
	t.Helper()
	select {
	case <-l.Ready():
		t.Fatal("it is open")
	default:
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.Wait(ctx); !errors.Is(err, context.Canceled) || l.Key() != nil || l.Source() != "" {
		t.Errorf("locked: %v, %v, %q", err, l.Key(), l.Source())
	}
}

func TestAFileBecomesAPassphrase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	want := open(t, dir).Derive("a")
	l := locked(t, dir, secret.Unlock{New: secret.FromFile})
	isOpen(t, l, secret.FromFile, want)
	if err := l.Unlock(t.Context(), "anything"); err != nil {
		t.Errorf("unlock what is open: %v", err)
	}
	must(t, l.SetPassphrase(t.Context(), phrase))
	isOpen(t, l, secret.FromPassphrase, want)
	if names := folder(t, dir); len(names) != 1 || names[0] != "box.key.sealed" {
		t.Errorf("the folder holds %v", names)
	}
	info, err := os.Stat(filepath.Join(dir, "box.key.sealed"))
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	// The old way says what is the matter, and makes no other key.
	if _, err := secret.OpenKey(dir); !errors.Is(err, secret.ErrLocked) {
		t.Errorf("as a file: %v", err)
	}

	// The next start, whatever the config has for new boxes.
	for _, src := range []secret.Source{secret.FromFile, secret.FromPassphrase} {
		l = locked(t, dir, secret.Unlock{New: src})
		isLocked(t, l)
		for _, wrong := range []string{"", "x", phrase + " ", other, strings.Repeat("x", 10_000), "\xff"} {
			if err := l.Unlock(t.Context(), wrong); !errors.Is(err, secret.ErrPassphrase) {
				t.Errorf("%.20q: %v", wrong, err)
			}
		}
		isLocked(t, l)
		must(t, l.Unlock(t.Context(), strings.ReplaceAll(phrase, "ư", "u\u031b"))) // as other input methods give it
		isOpen(t, l, secret.FromPassphrase, want)
	}
	if err := l.SetPassphrase(t.Context(), other); !errors.Is(err, secret.ErrIsSet) {
		t.Errorf("set again: %v", err)
	}
	if names := folder(t, dir); len(names) != 1 {
		t.Errorf("the folder holds %v", names)
	}
}

func TestANewBoxWithAPassphrase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := locked(t, dir, secret.Unlock{New: secret.FromPassphrase})
	isLocked(t, l)
	if names := folder(t, dir); len(names) != 0 {
		t.Errorf("the folder holds %v", names)
	}
	if err := l.Unlock(t.Context(), phrase); !errors.Is(err, secret.ErrNoPassphrase) {
		t.Errorf("unlock: %v", err)
	}
	if err := l.ChangePassphrase(t.Context(), phrase, other); !errors.Is(err, secret.ErrNoPassphrase) {
		t.Errorf("change: %v", err)
	}
	must(t, l.SetPassphrase(t.Context(), phrase))
	want := l.Key().Derive("a")
	isOpen(t, l, secret.FromPassphrase, want)
	l = locked(t, dir, secret.Unlock{})
	isLocked(t, l)
	must(t, l.Unlock(t.Context(), phrase))
	isOpen(t, l, secret.FromPassphrase, want)

	isOpen(t, locked(t, t.TempDir(), secret.Unlock{New: secret.FromPassphrase, Chip: chip{raw: bytes.Repeat([]byte{7}, 32)}}), secret.FromChip, chipKey(t))
	file := locked(t, t.TempDir(), secret.Unlock{New: secret.FromFile})
	isOpen(t, file, secret.FromFile, file.Key().Derive("a"))
}

func TestChangePassphrase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	want := open(t, dir).Derive("a")
	must(t, locked(t, dir, secret.Unlock{}).SetPassphrase(t.Context(), phrase))
	l := locked(t, dir, secret.Unlock{})
	if err := l.ChangePassphrase(t.Context(), other, other); !errors.Is(err, secret.ErrPassphrase) {
		t.Errorf("with a wrong one: %v", err)
	}
	isLocked(t, l)
	must(t, l.ChangePassphrase(t.Context(), phrase, other))
	isOpen(t, l, secret.FromPassphrase, want)
	l = locked(t, dir, secret.Unlock{})
	if err := l.Unlock(t.Context(), phrase); !errors.Is(err, secret.ErrPassphrase) {
		t.Errorf("the old one: %v", err)
	}
	must(t, l.Unlock(t.Context(), other))
	isOpen(t, l, secret.FromPassphrase, want)
}

func TestWhatIsNoBoxPassphrase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := locked(t, dir, secret.Unlock{New: secret.FromPassphrase})
	for _, p := range []string{
		"", "mười bốn chữ a", "\ufdfa\ufdfa", "abcdefghijklmnopqrst", "aaaaaaaaaaaaaaaaaaaa", "matkhaumatkhaumatkhau",
		strings.Repeat("bến đò chiều mưa ", 20), "bến đò chiều\nmưa tháng bảy", "bến đò \xff chiều mưa tháng",
	} {
		for what, err := range map[string]error{"set": l.SetPassphrase(t.Context(), p), "change": l.ChangePassphrase(t.Context(), phrase, p)} {
			var r *kiosk.Refusal
			if !errors.As(err, &r) || r.Code != kiosk.CodeBadSecret || r.Hint == "" || r.Subject != "" {
				t.Errorf("%s %q: %v", what, p, err)
			}
		}
	}
	if names := folder(t, dir); len(names) != 0 {
		t.Errorf("the folder holds %v", names)
	}
}

// TestCutOffMigrations: each state that a power cut can leave between the two files opens, and the
// same passphrase finishes.
func TestCutOffMigrations(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	want := open(t, dir).Derive("a")
	plain, err := os.ReadFile(filepath.Join(dir, "box.key"))
	must(t, err)
	must(t, locked(t, dir, secret.Unlock{}).SetPassphrase(t.Context(), phrase))
	sealed, err := os.ReadFile(filepath.Join(dir, "box.key.sealed"))
	must(t, err)
	for name, files := range map[string]map[string][]byte{
		"sealed half written":   {"box.key": plain, "box.key.sealed.new-1": sealed[:20]},
		"sealed not named":      {"box.key": plain, "box.key.sealed.new-1": sealed},
		"both":                  {"box.key": plain, "box.key.sealed": sealed, "box.key.sealed.new-1": sealed},
		"both, and another new": {"box.key": plain, "box.key.new-1": plain, "box.key.sealed": sealed},
	} {
		dir := t.TempDir()
		for n, b := range files {
			must(t, os.WriteFile(filepath.Join(dir, n), b, 0o600))
		}
		l := locked(t, dir, secret.Unlock{New: secret.FromPassphrase})
		isOpen(t, l, secret.FromFile, want)
		if _, half := files["box.key.sealed"]; half {
			if err := l.SetPassphrase(t.Context(), other); !errors.Is(err, secret.ErrPassphrase) {
				t.Errorf("%s: another passphrase: %v", name, err)
			}
			isOpen(t, l, secret.FromFile, want)
		}
		must(t, l.SetPassphrase(t.Context(), phrase))
		isOpen(t, l, secret.FromPassphrase, want)
		if names := folder(t, dir); len(names) != 1 {
			t.Errorf("%s: the folder holds %v", name, names)
		}
	}
	// The zeros of a destruction.
	dir = t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "box.key"), make([]byte, 32), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "box.key.sealed"), sealed, 0o600))
	l := locked(t, dir, secret.Unlock{})
	isLocked(t, l)
	must(t, l.Unlock(t.Context(), phrase))
	isOpen(t, l, secret.FromPassphrase, want)
	if names := folder(t, dir); len(names) != 1 {
		t.Errorf("zeros: the folder holds %v", names)
	}
	// Two different keys: nothing is destroyed, whichever is the right one.
	dir = t.TempDir()
	open(t, dir)
	must(t, os.WriteFile(filepath.Join(dir, "box.key.sealed"), sealed, 0o600))
	l = locked(t, dir, secret.Unlock{})
	if err := l.SetPassphrase(t.Context(), phrase); !errors.Is(err, secret.ErrKey) {
		t.Errorf("two keys: %v", err)
	}
	if err := l.ChangePassphrase(t.Context(), phrase, other); !errors.Is(err, secret.ErrKey) {
		t.Errorf("two keys: %v", err)
	}
	if names := folder(t, dir); len(names) != 2 {
		t.Errorf("two keys: the folder holds %v", names)
	}
}

// TestADamagedSealedFile: it is refused at the start, with a reason, and not when somebody has
// typed a passphrase; nothing is made in its place.
func TestADamagedSealedFile(t *testing.T) {
	t.Parallel()
	from := t.TempDir()
	must(t, locked(t, from, secret.Unlock{New: secret.FromPassphrase}).SetPassphrase(t.Context(), phrase))
	good, err := os.ReadFile(filepath.Join(from, "box.key.sealed"))
	must(t, err)
	changed := func(at int, b ...byte) []byte {
		c := bytes.Clone(good)
		copy(c[at:], b)
		return checked(c)
	}
	rotten := bytes.Clone(good)
	rotten[50] ^= 1
	for says, b := range map[string][]byte{
		"0 bytes":                        {},
		"96 bytes":                       good[:len(good)-2],
		"checksum does not match":        rotten,
		`begins with "boxkey\x00\x02"`:   changed(7, 2),
		"4194304 KiB and 1 passes":       changed(8, 0, 0x40, 0, 0),
		"131073 KiB":                     changed(8, 0, 2, 0, 1),
		"8 KiB and 4294967295 passes":    changed(12, 0xff, 0xff, 0xff, 0xff),
		"8 KiB and 13 passes":            changed(12, 0, 0, 0, 13),
		"8 KiB and 0 passes":             changed(12, 0, 0, 0, 0),
		"passes of 0 threads":            changed(16, 0),
		"passes of 5 threads":            changed(16, 5),
		"7 KiB":                          changed(8, 0, 0, 0, 7),
		"0 KiB and 0 passes of 0 thread": checked(append(append([]byte("boxkey\x00\x01"), make([]byte, len(good)-12)...), 0, 0, 0, 0)),
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, "box.key.sealed")
		must(t, os.WriteFile(path, b, 0o600))
		if _, err := secret.Open(t.Context(), dir, secret.Unlock{}); !errors.Is(err, secret.ErrKey) || !strings.Contains(err.Error(), says) {
			t.Errorf("want %q: %v", says, err)
		}
		if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, b) || len(folder(t, dir)) != 1 {
			t.Errorf("%s: the folder was touched: %v", says, folder(t, dir))
		}
	}
	// Forged with a right checksum it is one more wrong passphrase.
	for _, at := range []int{20, 33 + 1, 33 + 40, 93} {
		dir := t.TempDir()
		must(t, os.WriteFile(filepath.Join(dir, "box.key.sealed"), changed(at, good[at]^1), 0o600))
		if err := locked(t, dir, secret.Unlock{}).Unlock(t.Context(), phrase); !errors.Is(err, secret.ErrPassphrase) {
			t.Errorf("byte %d: %v", at, err)
		}
	}
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "box.key.sealed"), good, 0o644))
	if _, err := secret.Open(t.Context(), dir, secret.Unlock{}); !errors.Is(err, secret.ErrKey) || !strings.Contains(err.Error(), "0644") {
		t.Errorf("open to others: %v", err)
	}
}

// checked writes the checksum that belongs to the bytes before it.
func checked(b []byte) []byte {
	n := len(b) - 4
	binary.BigEndian.PutUint32(b[n:], crc32.Checksum(b[:n], crc32.MakeTable(crc32.Castagnoli)))
	return b
}

func FuzzSealed(f *testing.F) {
	dir := f.TempDir()
	must(f, locked(f, dir, secret.Unlock{New: secret.FromPassphrase}).SetPassphrase(f.Context(), phrase))
	good, err := os.ReadFile(filepath.Join(dir, "box.key.sealed"))
	must(f, err)
	f.Add(good)
	f.Add([]byte(nil))
	f.Add(make([]byte, secret.SealedSize))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) == secret.SealedSize && b[0] == 'b' {
			b = checked(bytes.Clone(b)) // or nothing would come past it
		}
		back, memory, passes, why := secret.ParseSealed(b)
		if why == "" && (!bytes.Equal(back, b) || memory > 128<<10 || passes > 12) {
			t.Errorf("%x came back as %x, %d KiB, %d passes", b, back, memory, passes)
		}
	})
}

// TestRealCosts: what is sealed in an office costs what the file says, and no less.
func TestRealCosts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l, err := secret.Open(t.Context(), dir, secret.Unlock{New: secret.FromPassphrase})
	must(t, err)
	must(t, l.SetPassphrase(t.Context(), phrase))
	b, err := os.ReadFile(filepath.Join(dir, "box.key.sealed"))
	must(t, err)
	if _, memory, passes, why := secret.ParseSealed(b); memory != 32<<10 || passes != 5 || why != "" {
		t.Errorf("%d KiB, %d passes, %s", memory, passes, why)
	}
}

// TestManyUnlockAtOnce: one of them opens it, the others find it open, and who waits can leave.
func TestManyUnlockAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	must(t, locked(t, dir, secret.Unlock{New: secret.FromPassphrase}).SetPassphrase(t.Context(), phrase))
	l := locked(t, dir, secret.Unlock{})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if err := l.Unlock(t.Context(), phrase); err != nil {
				t.Error(err)
			}
		})
		all.Go(func() {
			if k, err := l.Wait(t.Context()); err != nil || k == nil {
				t.Error(k, err)
			}
		})
	}
	all.Wait()
}

// chip is a secure element of the test's own.
type chip struct {
	raw []byte
	err error
}

func (c chip) Unseal(context.Context) ([]byte, error) { return c.raw, c.err }

func chipKey(t *testing.T) [32]byte {
	t.Helper()
	k, err := secret.OpenChip(t.Context(), chip{raw: bytes.Repeat([]byte{7}, 32)})
	must(t, err)
	return k.Derive("a")
}

func TestChip(t *testing.T) {
	t.Parallel()
	broken := errors.New("the bus is dead")
	for name, c := range map[string]chip{
		"broken": {err: broken}, "short": {raw: make([]byte, 31)}, "zeros": {raw: make([]byte, 32)}, "nothing": {},
	} {
		dir := t.TempDir()
		_, err := secret.Open(t.Context(), dir, secret.Unlock{Chip: c, New: secret.FromFile})
		if err == nil || c.err != nil && !errors.Is(err, broken) || c.err == nil && !errors.Is(err, secret.ErrKey) {
			t.Errorf("%s: %v", name, err)
		}
		if names := folder(t, dir); len(names) != 0 {
			t.Errorf("%s: a key was made instead: %v", name, names)
		}
	}
	l := locked(t, t.TempDir(), secret.Unlock{Chip: chip{raw: bytes.Repeat([]byte{7}, 32)}})
	if err := l.SetPassphrase(t.Context(), phrase); err == nil {
		t.Error("a passphrase beside a chip")
	}
}
