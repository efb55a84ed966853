package secret_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/motcua/gateway/kiosk/secret"
)

func open(t testing.TB, dir string) *secret.Key {
	t.Helper()
	k, err := secret.OpenKey(dir)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestTheKeyStays(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	k := open(t, dir)
	info, err := os.Stat(filepath.Join(dir, "box.key"))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode() != 0o600 || info.Size() != 32 {
		t.Errorf("the file is %v, %d bytes", info.Mode(), info.Size())
	}
	if k.Derive("a") != open(t, dir).Derive("a") {
		t.Error("opened again, the key is another one")
	}
	if k.Derive("a") == k.Derive("b") || k.Derive("a") == open(t, t.TempDir()).Derive("a") {
		t.Error("two purposes or two boxes have one key")
	}
	if names := folder(t, dir); len(names) != 1 {
		t.Errorf("the folder holds %v", names)
	}
}

func folder(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestABadFileIsRefusedAndKept(t *testing.T) {
	t.Parallel()
	good := bytes.Repeat([]byte{7}, 32)
	for _, c := range []struct {
		name string
		make func(path string) error
		says string
	}{
		{"short", func(p string) error { return os.WriteFile(p, good[:31], 0o600) }, "31 bytes"},
		{"empty", func(p string) error { return os.WriteFile(p, nil, 0o600) }, "0 bytes"},
		{"long", func(p string) error { return os.WriteFile(p, append(good, 1), 0o600) }, "33 bytes"},
		{"zeros", func(p string) error { return os.WriteFile(p, make([]byte, 32), 0o600) }, "zeros"},
		{"open to others", func(p string) error {
			return errors.Join(os.WriteFile(p, good, 0o600), os.Chmod(p, 0o644))
		}, "0644"},
		{"folder", func(p string) error { return os.Mkdir(p, 0o700) }, "no ordinary file"},
		{"link", func(p string) error {
			return errors.Join(os.WriteFile(p+".other", good, 0o600), os.Symlink(p+".other", p))
		}, "link"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			path := filepath.Join(dir, "box.key")
			if err := c.make(path); err != nil {
				t.Fatal(err)
			}
			before, _ := os.Lstat(path)
			_, err := secret.OpenKey(dir)
			if !errors.Is(err, secret.ErrKey) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error %v, want ErrKey and %q", err, c.says)
			}
			after, err := os.Lstat(path)
			if err != nil || !os.SameFile(before, after) || before.Size() != after.Size() || before.Mode() != after.Mode() {
				t.Error("the file was touched")
			}
		})
	}
}

func TestAReadOnlyKeyIsFine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := open(t, dir).Derive("a")
	if err := os.Chmod(filepath.Join(dir, "box.key"), 0o400); err != nil {
		t.Fatal(err)
	}
	if open(t, dir).Derive("a") != first {
		t.Error("another key")
	}
}

func TestThereMustBeAFolder(t *testing.T) {
	t.Parallel()
	if _, err := secret.OpenKey(filepath.Join(t.TempDir(), "none")); err == nil || errors.Is(err, secret.ErrKey) {
		t.Errorf("error %v", err)
	}
}

// TestAPowerCutWhileTheKeyIsMade: half a key under the other name is no key, and a whole one that
// got its name does not lie there twice.
func TestAPowerCutWhileTheKeyIsMade(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fresh := filepath.Join(dir, "box.key.new-1")
	if err := os.WriteFile(fresh, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	first := open(t, dir).Derive("a")
	if err := os.Link(filepath.Join(dir, "box.key"), fresh); err != nil {
		t.Fatal(err)
	}
	if open(t, dir).Derive("a") != first {
		t.Error("another key")
	}
	if names := folder(t, dir); len(names) != 1 {
		t.Errorf("the folder holds %v", names)
	}
}

func TestTheKeyMasksItself(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	k := open(t, dir)
	raw, err := os.ReadFile(filepath.Join(dir, "box.key"))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	holder := struct {
		hidden secret.Key
		Key    *secret.Key
	}{*k, k}
	hasher := secret.NewHasher(k)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%o", "%t"} {
		for _, v := range []any{k, *k, holder, &holder, hasher, *hasher} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
	}
	log := slog.New(slog.NewJSONHandler(&out, nil))
	log.Info("json", "key", k, "value", *k, "holder", holder)
	slog.New(slog.NewTextHandler(&out, nil)).Info("text", "key", k, "value", *k, "holder", holder)
	if err := json.NewEncoder(&out).Encode(holder); err != nil {
		t.Fatal(err)
	}
	// Four bytes in a row, in any usual form, would be the key.
	for _, form := range []string{"%s", "%x", "%X", "%d", "%v"} {
		if part := strings.Trim(fmt.Sprintf(form, raw[:4]), "[]"); strings.Contains(out.String(), part) {
			t.Errorf("the output shows the key as %s: %q", form, part)
		}
	}
	if got := fmt.Sprint(k); got != "[key]" {
		t.Errorf("it shows as %q", got)
	}
}

func TestOneFolderOneKey(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const many = 8
	var got [many][32]byte
	var wg sync.WaitGroup
	for i := range many {
		wg.Go(func() {
			k, err := secret.OpenKey(dir)
			if err == nil { // the temporary name may be another's: a clear error is fine
				got[i] = k.Derive("a")
			}
		})
	}
	wg.Wait()
	want := open(t, dir).Derive("a")
	for _, g := range got {
		if g != ([32]byte{}) && g != want {
			t.Fatal("somebody had a key that was replaced")
		}
	}
}
