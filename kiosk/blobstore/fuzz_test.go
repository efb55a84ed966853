package blobstore_test

import (
	"bytes"
	"errors"
	"os"
	"testing"

	"github.com/motcua/gateway/kiosk/blobstore"
)

// FuzzPageFile: a page's file is any bytes of at most 64 MiB and a little, and none but the ones
// that were written give a byte of the page.
func FuzzPageFile(f *testing.F) {
	b := newBox(f)
	id := newID()
	page := scan(1, blobstore.ChunkSize+100)
	hash := b.put(id, page).Hash
	path := b.file(id, hash.String())
	good, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(nil))
	f.Add(good)
	f.Add(good[:blobstore.HeadSize+blobstore.ChunkSize+blobstore.TagSize])
	f.Add(good[:blobstore.HeadSize+17])
	f.Fuzz(func(t *testing.T, text []byte) {
		b.TB = t
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := b.get(id, hash)
		if bytes.Equal(text, good) {
			if err != nil || !bytes.Equal(got, page) {
				t.Errorf("the right file: %v", err)
			}
			return
		}
		if !errors.Is(err, blobstore.ErrDamaged) || !bytes.HasPrefix(page, got) {
			t.Errorf("%d bytes, %v", len(got), err)
		}
	})
}

// FuzzKeyFile: what is taken for a key file is exactly what would be written, 81 bytes.
func FuzzKeyFile(f *testing.F) {
	b := newBox(f)
	id := newID()
	b.put(id, scan(1, 10))
	good, err := os.ReadFile(b.file(id, "key"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(nil))
	f.Add(append([]byte(blobstore.KeyMagic), make([]byte, blobstore.KeyFileSize-len(blobstore.KeyMagic))...))
	f.Fuzz(func(t *testing.T, text []byte) {
		by, wrapped, back, why := blobstore.ParseKeyFile(text)
		if why != "" {
			return
		}
		if !bytes.Equal(back, text) {
			t.Errorf("%x came back as %x", text, back)
		}
		if _, err := b.ring.Unwrap(by, wrapped, blobstore.WrapAAD(id)); err == nil && !bytes.Equal(text, good) {
			t.Error("a forged key opens")
		}
	})
}
