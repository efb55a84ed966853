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
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/durable"
	"github.com/motcua/gateway/sync/wire"
)

// writer writes one file of a trip. It has its name only once all of it is on the stick.
type writer struct {
	path   string
	file   *durable.File
	buffer *bufio.Writer
	sealed io.WriteCloser
	tar    *tar.Writer
	m      manifest
	bytes  int64 // of pages
}

// create begins a file.
func create(path string, m manifest, to ...age.Recipient) (_ *writer, err error) {
	w := &writer{path: path, m: m}
	if w.file, err = durable.New(filepath.Dir(path), filepath.Base(path)); err != nil {
		return nil, fmt.Errorf("make a file on the stick: %w", err)
	}
	w.buffer = bufio.NewWriterSize(w.file, 256<<10)
	if w.sealed, err = age.Encrypt(w.buffer, to...); err != nil {
		return nil, errors.Join(fmt.Errorf("seal for the hub: %w", err), w.file.Drop())
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
		return errors.Join(err, w.file.Drop())
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
	for _, end := range []func() error{w.tar.Close, w.sealed.Close, w.buffer.Flush} {
		if err == nil {
			err = end()
		}
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write to the stick: %w", err), w.file.Drop())
	}
	err = w.file.Create(w.path)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("another trip was written here at the same moment, do it once more: %w", err)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write to the stick: %w", err), w.file.Drop())
	}
	return nil
}

// tripPrefix is how the names of a trip's files begin.
func tripPrefix(gateway wire.GatewayID, made time.Time) string {
	return fmt.Sprintf("%s%s-%s-", filePrefix, gateway, made.In(kiosk.ICT()).Format("20060102T150405"))
}

// freeMoment returns the first moment from now on under which no file of a trip lies: two trips may
// begin in one second, and a clock that was cut off begins again where it was.
func freeMoment(dir string, gateway wire.GatewayID, now time.Time) (time.Time, error) {
	entries, err := os.ReadDir(dir)
	taken := func(e os.DirEntry) bool { return strings.HasPrefix(e.Name(), tripPrefix(gateway, now)) }
	for slices.ContainsFunc(entries, taken) {
		now = now.Add(time.Second)
	}
	return now, err
}
