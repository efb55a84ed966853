package backup

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/durable"
	"github.com/motcua/gateway/sync/wire"
)

// The names of entries. Keys are those of the state folder.
const (
	manifestName = "manifest.json"
	databaseName = "kiosk.db"
)

// numbersName is the second file of last numbers in the state folder.
const numbersName = "numbers"

// keyNames lists the files in which the box's key may lie.
func keyNames() []string { return []string{"box.key", "box.key.sealed"} }

const version = 1

// The bounds of a backup.
const (
	maxManifest = 64 << 10
	maxKeyFile  = 64 << 10
	maxDatabase = 64 << 30
)

// Manifest says what a backup is of.
type Manifest struct {
	Version int            `json:"version"`
	Gateway wire.GatewayID `json:"gateway"` // empty: the box was not enrolled
	Site    kiosk.SiteCode `json:"site"`
	Made    time.Time      `json:"made"`
	Last    string         `json:"last"` // the last fact in it, EPOCH-SEQ
	Files   []File         `json:"files"`
}

// File is an entry.
type File struct {
	Name string     `json:"name"`
	Size int64      `json:"size"`
	Hash kiosk.Hash `json:"sha256"`
}

// Source is a running box.
type Source struct {
	Dir string // its state folder
	// Database writes a copy of the database as of one moment.
	Database func(ctx context.Context, w io.Writer) (int64, error)
	Manifest Manifest // without Version and Files
}

// ErrNoHub means that the box does not know yet for whom to seal.
var ErrNoHub = errors.New("the hub's key is not known: this box has to be online once before it can be backed up")

// Write writes a backup, sealed for the hub's keys.
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
	return write(w, m, files, to...)
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

// write writes the manifest first: whoever reads knows what is to come.
func write(w io.Writer, m Manifest, files []source, to ...age.Recipient) error {
	text, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("write a backup: %w", err)
	}
	plain, err := age.Encrypt(w, to...)
	if err != nil {
		return fmt.Errorf("seal a backup: %w", err)
	}
	t := tar.NewWriter(plain)
	put := func(name string, size int64) error {
		return t.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, Format: tar.FormatPAX})
	}
	if err = put(manifestName, int64(len(text))); err == nil {
		_, err = t.Write(text)
	}
	for i, f := range files {
		if err == nil {
			err = put(f.name, m.Files[i].Size)
		}
		if err == nil {
			_, err = io.CopyN(t, f, m.Files[i].Size)
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
