package ferry

import (
	"archive/tar"
	"bufio"
	"crypto"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"

	"github.com/motcua/gateway/kiosk"
)

// writer writes one file of a trip. It has its name only once all of it is on the stick.
type writer struct {
	path   string // without the end of a partial one
	file   *os.File
	buffer *bufio.Writer
	sealed io.WriteCloser
	tar    *tar.Writer
	m      manifest
	bytes  int64 // of pages
}

// create begins a file.
func create(path string, m manifest, to ...age.Recipient) (_ *writer, err error) {
	w := &writer{path: path, m: m}
	if w.file, err = os.OpenFile(path+partialEnd, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600); err != nil {
		return nil, fmt.Errorf("make a file on the stick: %w", err)
	}
	w.buffer = bufio.NewWriterSize(w.file, 256<<10)
	if w.sealed, err = age.Encrypt(w.buffer, to...); err != nil {
		return nil, errors.Join(fmt.Errorf("seal for the hub: %w", err), w.drop())
	}
	w.tar = tar.NewWriter(w.sealed)
	return w, nil
}

// add writes an entry of exactly size bytes.
func (w *writer) add(name string, size int64, r io.Reader) error {
	sum := sha256.New()
	if err := w.put(name, size, r, sum); err != nil {
		return err
	}
	w.m.Entries = append(w.m.Entries, entry{Name: name, Size: size, Hash: kiosk.Hash(sum.Sum(nil))})
	return nil
}

func (w *writer) put(name string, size int64, r io.Reader, sum hash.Hash) error {
	if err := w.tar.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o400, Format: tar.FormatPAX}); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	n, err := io.Copy(io.MultiWriter(w.tar, sum), io.LimitReader(r, size))
	if err == nil && n != size {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

// finish signs, closes, and gives the file its name once it is on the stick.
func (w *writer) finish(key crypto.Signer) error {
	text, signature, err := w.m.sign(key)
	if err != nil {
		return errors.Join(err, w.drop())
	}
	for _, e := range []struct {
		name string
		text []byte
	}{{manifestName, text}, {signatureName, signature}} {
		if err == nil {
			err = w.tar.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: e.name, Size: int64(len(e.text)), Mode: 0o400, Format: tar.FormatPAX})
		}
		if err == nil {
			_, err = w.tar.Write(e.text)
		}
	}
	for _, end := range []func() error{w.tar.Close, w.sealed.Close, w.buffer.Flush, w.file.Sync} {
		if err == nil {
			err = end()
		}
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write to the stick: %w", err), w.drop())
	}
	if err := w.file.Close(); err != nil {
		return fmt.Errorf("write to the stick: %w", err)
	}
	if err := os.Rename(w.path+partialEnd, w.path); err != nil {
		return fmt.Errorf("name a file on the stick: %w", err)
	}
	return syncFolder(filepath.Dir(w.path))
}

// drop takes a file away that was not finished.
func (w *writer) drop() error {
	return errors.Join(w.file.Close(), os.Remove(w.path+partialEnd))
}

// writeWhole writes a small file: temporary, synced, named.
func writeWhole(path string, text []byte) (err error) {
	f, err := os.OpenFile(path+partialEnd, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write to the stick: %w", err)
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(path+partialEnd, path)
	}
	if err != nil {
		return fmt.Errorf("write to the stick: %w", err)
	}
	return syncFolder(filepath.Dir(path))
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync the stick: %w", err)
	}
	if err = errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("sync the stick: %w", err)
	}
	return nil
}

// stamp is a moment in a file's name.
func stamp(t time.Time) string { return t.In(kiosk.ICT()).Format("20060102T150405") }
