package blobstore_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"pgregory.net/rapid"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/blobstore"
)

// TestAFullDisk: what was kept is there, what was refused leaves nothing, and forgetting is a way
// out, although it needs a new key.
func TestAFullDisk(t *testing.T) {
	t.Parallel()
	if !ownMounts(t) {
		return
	}
	b := &box{TB: t, dir: t.TempDir(), day: november}
	mount(t, b.dir, 0, "size=2m")
	b.open()
	ids := []kiosk.DossierID{newID(), newID()}
	var pages [][]byte
	var err error
	for i := range 100 {
		page := scan(uint64(i), 50_000)
		if _, err = b.store.Put(t.Context(), ids[i%2], bytes.NewReader(page)); err != nil {
			break
		}
		pages = append(pages, page)
	}
	var trouble *blobstore.Trouble
	if !errors.Is(err, blobstore.ErrFull) || !errors.As(err, &trouble) || trouble.Hint == "" {
		t.Fatalf("%d pages, then %v", len(pages), err)
	}
	// The last byte of it, too.
	ballast := filepath.Join(b.dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 2<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	if _, err := b.store.Put(t.Context(), newID(), bytes.NewReader(pages[0])); !errors.Is(err, blobstore.ErrFull) {
		t.Errorf("the first page of a dossier: %v", err)
	}
	b.open()
	for i, page := range pages {
		b.has(ids[i%2], page)
	}
	if left, err := os.ReadDir(filepath.Join(b.dir, "blobs", ".new")); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	b.forget(ids[0])
	b.rewrap(1)
	b.put(ids[1], scan(1000, 50_000))
	b.has(ids[1], pages[1])
}

func TestTheReserveIsForNumbers(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	id := newID()
	b.put(id, scan(1, 100))
	s, err := blobstore.Open(t.Context(), blobstore.Config{Dir: b.dir, Ring: b.ring, Now: func() kiosk.Day { return november }, Reserve: 1 << 60})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Put(t.Context(), id, bytes.NewReader(scan(2, 100))); !errors.Is(err, blobstore.ErrFull) {
		t.Errorf("put: %v", err)
	}
	if err := s.Verify(t.Context(), id, kiosk.HashOf(scan(1, 100))); err != nil {
		t.Error(err)
	}
}

// TestAReadOnlyDisk: everything can be read, nothing is half forgotten.
func TestAReadOnlyDisk(t *testing.T) {
	t.Parallel()
	if !ownMounts(t) {
		return
	}
	b := &box{TB: t, dir: t.TempDir(), day: november}
	mount(t, b.dir, 0, "size=2m")
	b.open()
	id, page := newID(), scan(1, 70_000)
	b.put(id, page)
	mount(t, b.dir, syscall.MS_REMOUNT|syscall.MS_RDONLY, "")
	if _, err := b.store.Put(t.Context(), id, bytes.NewReader(page)); !errors.Is(err, blobstore.ErrReadOnly) {
		t.Errorf("put: %v", err)
	}
	if err := b.store.Forget(t.Context(), id); !errors.Is(err, blobstore.ErrReadOnly) {
		t.Errorf("forget: %v", err)
	}
	b.open() // a start is no trouble either
	b.has(id, page)
	mount(t, b.dir, syscall.MS_REMOUNT, "")
	b.forget(id)
	b.rewrap(0)
}

// TestRot: whatever happens to a file, its reader gets the page or an error, and no byte that was
// not put.
func TestRot(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	one, two := newID(), newID()
	page, other := scan(1, 2*blobstore.ChunkSize+500), scan(2, 2*blobstore.ChunkSize+500)
	hash := b.put(one, page).Hash
	otherHash := b.put(one, other).Hash
	b.put(two, page)
	path := b.file(one, hash.String())
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	elsewhere, err := os.ReadFile(b.file(two, hash.String()))
	if err != nil {
		t.Fatal(err)
	}
	neighbour, err := os.ReadFile(b.file(one, otherHash.String()))
	if err != nil {
		t.Fatal(err)
	}
	const sealed = blobstore.ChunkSize + blobstore.TagSize
	body := good[blobstore.HeadSize:]
	swapped := bytes.Clone(good)
	copy(swapped[blobstore.HeadSize:], body[sealed:2*sealed])
	copy(swapped[blobstore.HeadSize+sealed:], body[:sealed])
	for name, text := range map[string][]byte{
		"of another dossier":  elsewhere,
		"another page":        neighbour,
		"chunks exchanged":    swapped,
		"a chunk less":        append(bytes.Clone(good[:blobstore.HeadSize]), body[sealed:]...),
		"the last chunk less": good[:blobstore.HeadSize+2*sealed],
		"a chunk more":        append(bytes.Clone(good[:blobstore.HeadSize+sealed]), body...),
		"another's head":      append(bytes.Clone(neighbour[:blobstore.HeadSize]), body...),
		"another's end":       append(bytes.Clone(good[:blobstore.HeadSize+2*sealed]), neighbour[blobstore.HeadSize+2*sealed:]...),
		"empty":               {},
		"a byte more":         append(bytes.Clone(good), 0),
		"zeros":               make([]byte, len(good)),
	} {
		write(t, path, text)
		if got, err := b.get(one, hash); !errors.Is(err, blobstore.ErrDamaged) || !bytes.HasPrefix(page, got) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		text := bytes.Clone(good)
		bit := rapid.IntRange(0, 8*len(text)-1).Draw(rt, "bit")
		text[bit/8] ^= 1 << (bit % 8)
		write(t, path, text[:len(text)-rapid.SampledFrom([]int{0, 0, 1, 16, 17}).Draw(rt, "cut")])
		got, err := b.get(one, hash)
		if !errors.Is(err, blobstore.ErrDamaged) || !bytes.HasPrefix(page, got) {
			rt.Fatalf("%d bytes, %v", len(got), err)
		}
		if err := b.store.Verify(t.Context(), one, hash); !errors.Is(err, blobstore.ErrDamaged) {
			rt.Fatalf("verify: %v", err)
		}
	})
	// Cut off while it is open.
	write(t, path, good)
	r, err := b.store.Page(t.Context(), one, hash)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := os.Truncate(path, 1000); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Read(make([]byte, 10)); !errors.Is(err, blobstore.ErrDamaged) {
		t.Errorf("cut off: %v", err)
	}
	for name, make := range map[string]func() error{
		"link":   func() error { return os.Symlink(b.file(two, hash.String()), path) },
		"folder": func() error { return os.Mkdir(path, 0o700) },
		"pipe":   func() error { return syscall.Mkfifo(path, 0o600) },
	} {
		removeAll(t, path)
		if err := make(); err != nil {
			t.Fatal(err)
		}
		if _, err := b.get(one, hash); !errors.Is(err, blobstore.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
	b.has(one, other)
	b.has(two, page)
}

// TestAnotherBoxesKey: with the wrong box key nothing opens, and nothing is written over.
func TestAnotherBoxesKey(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	id, page := newID(), scan(1, 100)
	b.put(id, page)
	path := filepath.Join(b.dir, "box.key")
	right, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, bytes.Repeat([]byte{7}, 32))
	b.open()
	if _, err := b.get(id, kiosk.HashOf(page)); !errors.Is(err, blobstore.ErrDamaged) {
		t.Errorf("open: %v", err)
	}
	if _, err := b.store.Put(t.Context(), newID(), bytes.NewReader(page)); err == nil {
		t.Error("a page was kept that the right key will not open")
	}
	write(t, path, right)
	b.open()
	b.has(id, page)
}

// ownMounts reports whether this process may mount file systems. If not, it runs the test again in
// namespaces of its own and returns false.
func ownMounts(t *testing.T) bool {
	t.Helper()
	const inside = "BLOBSTORE_OWN_MOUNTS"
	probe := t.TempDir()
	err := syscall.Mount("tmpfs", probe, "tmpfs", 0, "size=64k")
	if err == nil {
		if err := syscall.Unmount(probe, 0); err != nil {
			t.Fatalf("unmount: %v", err)
		}
		return true
	}
	if os.Getenv(inside) != "" {
		t.Skipf("cannot mount a small file system here: %v", err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.v", "-test.run", "^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), inside+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Geteuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getegid(), Size: 1}},
	}
	out, runErr := cmd.CombinedOutput()
	switch {
	case len(out) == 0 && runErr != nil || strings.Contains(string(out), "--- SKIP"):
		t.Skipf("cannot mount a small file system here: %v, nor in a user namespace: %v", err, runErr)
	case runErr != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()):
		t.Fatalf("in a user namespace: %v\n%s", runErr, out)
	}
	return false
}

// mount makes a folder a small file system of its own, or changes the one that it is.
func mount(t *testing.T, dir string, flags uintptr, options string) {
	t.Helper()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", flags, options); err != nil {
		t.Fatalf("mount: %v", err)
	}
	if flags == 0 {
		t.Cleanup(func() {
			if err := syscall.Unmount(dir, 0); err != nil {
				t.Errorf("unmount: %v", err)
			}
		})
	}
}
