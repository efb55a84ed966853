package backup

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"filippo.io/age"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/durable"
)

// Source is a running box.
type Source struct {
	Dir string // its state folder
	// Database writes a copy of the database as of one moment.
	Database func(ctx context.Context, w io.Writer) (int64, error)
	Manifest Manifest      // without Version and Files
	Signer   crypto.Signer // of the manifest's certificate
}

// ErrNoHub means that the box does not know yet for whom to seal.
var ErrNoHub = errors.New("the hub's key is not known: this box has to be online once before it can be backed up")

// Write writes a backup, signed by the box and sealed for the hub's keys.
func (s *Source) Write(ctx context.Context, w io.Writer, recipients []string) (err error) {
	var to []age.Recipient
	for _, text := range recipients {
		r, err := age.ParseX25519Recipient(text)
		if err != nil {
			return fmt.Errorf("a key of the hub's: %w", err)
		}
		to = append(to, r)
	}
	if len(to) == 0 {
		return ErrNoHub
	}
	m := s.Manifest
	m.Version = version
	files, err := s.files(ctx)
	defer func() {
		for _, f := range files {
			err = errors.Join(err, f.Close())
		}
	}()
	if err != nil {
		return err
	}
	for _, f := range files {
		size, hash, err := measure(f.File)
		if err != nil {
			return err
		}
		m.Files = append(m.Files, File{Name: f.name, Size: size, Hash: hash})
	}
	text, signature, err := m.sign(s.Signer)
	if err != nil {
		return err
	}
	entries := []entry{
		{manifestName, int64(len(text)), bytes.NewReader(text)}, {signatureName, int64(len(signature)), bytes.NewReader(signature)},
	}
	for i, f := range files {
		entries = append(entries, entry{f.name, m.Files[i].Size, f})
	}
	return write(w, entries, to...)
}

// source is a file under the name that it has in the backup.
type source struct {
	name string
	*os.File
}

// files opens what goes in: a copy of the database that lies nowhere by name, and the box's key.
// What was opened is returned with an error too.
func (s *Source) files(ctx context.Context) (out []source, err error) {
	spool, err := durable.New(s.Dir, ".backup") // which clears away what a kill has left of one
	if err != nil {
		return nil, fmt.Errorf("copy the database: %w", err)
	}
	out = append(out, source{databaseName, spool.File})
	if err := os.Remove(spool.Name()); err != nil {
		return out, fmt.Errorf("copy the database: %w", err)
	}
	if _, err := s.Database(ctx, spool); err != nil {
		return out, fmt.Errorf("copy the database: %w", err)
	}
	for _, name := range keyNames() {
		f, err := os.Open(filepath.Join(s.Dir, name))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return out, fmt.Errorf("copy the box's key: %w", err)
		}
		out = append(out, source{name, f})
	}
	return out, nil
}

func measure(f *os.File) (size int64, hash kiosk.Hash, err error) {
	sum := sha256.New()
	if _, err = f.Seek(0, io.SeekStart); err == nil {
		size, err = io.Copy(sum, f)
	}
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return 0, hash, fmt.Errorf("read %s: %w", f.Name(), err)
	}
	return size, kiosk.Hash(sum.Sum(nil)), nil
}

// entry is one entry of the archive.
type entry struct {
	name string
	size int64
	body io.Reader
}

// write writes the archive: whoever reads knows from the first entry what is to come.
func write(w io.Writer, entries []entry, to ...age.Recipient) error {
	plain, err := age.Encrypt(w, to...)
	if err != nil {
		return fmt.Errorf("seal a backup: %w", err)
	}
	t := tar.NewWriter(plain)
	for _, e := range entries {
		if err == nil {
			err = t.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: e.name, Size: e.size, Mode: 0o600, Format: tar.FormatPAX})
		}
		if err == nil {
			_, err = io.CopyN(t, e.body, e.size)
		}
	}
	if err == nil {
		err = t.Close()
	}
	if err == nil {
		err = plain.Close()
	}
	if err != nil {
		return fmt.Errorf("write a backup: %w", err)
	}
	return nil
}
