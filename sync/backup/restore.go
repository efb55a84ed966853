package backup

import (
	"archive/tar"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"filippo.io/age"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/durable"
)

// newEnd is the end of the name of a file that is not in its place yet.
const newEnd = ".restoring"

// Restored is what a restore has done.
type Restored struct {
	Manifest Manifest
	// Aside are the names of files that were in the way. They are never deleted here.
	Aside []string
}

// Restore puts a backup that was sealed with a passphrase into the state folder of a box. It holds the
// folder's lock as a running kiosk does; where one runs the error wraps [ErrRunning]. What is in the way
// is set aside under another name; [Onto] says what else is. What is put there is the folder's owner's,
// because a technician restores as root and the kiosk runs as a user of its own. Where the box does not say by itself which one it is, the error
// wraps [ErrWhichBox]. After an error before the first file was moved, nothing has changed; it may
// be called again after a kill at any line.
func Restore(ctx context.Context, r io.Reader, passphrase, dir string, box Onto, now time.Time) (_ Restored, err error) {
	id, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return Restored{}, fmt.Errorf("open a backup: %w", err)
	}
	id.SetMaxWorkFactor(workFactor + 2)
	plain, err := age.Decrypt(r, id)
	if _, none := errors.AsType[*age.NoIdentityMatchError](err); none {
		return Restored{}, ErrPassphrase
	}
	if err != nil {
		return Restored{}, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return Restored{}, fmt.Errorf("restore: %w", err)
	}
	locked, err := durable.Lock(dir)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return Restored{}, ErrRunning
	}
	if err != nil {
		return Restored{}, fmt.Errorf("restore: %w", err)
	}
	defer func() { err = errors.Join(err, locked.Close()) }()
	m, err := unpack(&cancelled{ctx, plain}, dir)
	if err == nil {
		box, err = box.decide(dir)
	}
	if err != nil {
		for _, name := range append(keyNames(), databaseName) {
			err = errors.Join(err, durable.Remove(filepath.Join(dir, name+newEnd)))
		}
		return Restored{}, err
	}
	out := Restored{Manifest: m}
	out.Aside, err = place(m, dir, box, ".before-restore-"+now.In(kiosk.ICT()).Format("20060102T150405"))
	if err != nil {
		err = fmt.Errorf("restore: %w", err)
	}
	return out, err
}

// ErrRunning means that a kiosk works in the folder.
var ErrRunning = errors.New("a kiosk is running on this state folder: stop it first")

// unpack writes every file beside its place, synced, and checks it against the manifest.
func unpack(r io.Reader, dir string) (m Manifest, err error) {
	t := tar.NewReader(r)
	h, err := t.Next()
	if err != nil || h.Name != manifestName || h.Size > maxManifest {
		return m, fmt.Errorf("%w: it does not begin with its manifest", ErrDamaged)
	}
	text, err := io.ReadAll(t)
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err != nil {
		return m, fmt.Errorf("%w: its manifest: %w", ErrDamaged, err)
	}
	if m.Version != version {
		return m, fmt.Errorf("the backup is of version %d, this program knows %d", m.Version, version)
	}
	for _, f := range m.Files {
		most := int64(maxKeyFile)
		if f.Name == databaseName {
			most = maxDatabase
		}
		if f.Name != databaseName && !slices.Contains(keyNames(), f.Name) || f.Size < 0 || f.Size > most {
			return m, fmt.Errorf("%w: an entry %q of %d bytes", ErrDamaged, f.Name, f.Size)
		}
		h, err := t.Next()
		if err != nil || h.Name != f.Name || h.Size != f.Size {
			return m, fmt.Errorf("%w: %s is not where it should be", ErrDamaged, f.Name)
		}
		if err := unpackFile(t, filepath.Join(dir, f.Name+newEnd), f); err != nil {
			return m, err
		}
	}
	if _, err := t.Next(); !errors.Is(err, io.EOF) {
		return m, fmt.Errorf("%w: something follows its end", ErrDamaged)
	}
	if _, err := io.Copy(io.Discard, r); err != nil { // age vouches for the end only once it is read
		return m, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if !slices.ContainsFunc(m.Files, func(f File) bool { return f.Name == databaseName }) {
		return m, fmt.Errorf("%w: no database is in it", ErrDamaged)
	}
	return m, nil
}

func unpackFile(r io.Reader, path string, f File) (err error) {
	// What an earlier try has left goes, and is not written into: it may be a link.
	if err := durable.Remove(path); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	out, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	if err := giveToOwner(out, filepath.Dir(path)); err != nil {
		return fmt.Errorf("restore: %w", errors.Join(err, out.Close()))
	}
	sum := sha256.New()
	_, err = io.Copy(io.MultiWriter(out, sum), r)
	if err == nil {
		err = out.Sync()
	}
	if err = errors.Join(err, out.Close()); err != nil {
		return fmt.Errorf("restore %s: %w", f.Name, err)
	}
	if kiosk.Hash(sum.Sum(nil)) != f.Hash {
		return fmt.Errorf("%w: %s is not what was written", ErrDamaged, f.Name)
	}
	return nil
}

// place sets aside what is in the way and gives every file its name. The folder's keys go last: it
// is asked about again after a kill as long as they are there.
func place(m Manifest, dir string, box Onto, aside string) (moved []string, err error) {
	away := append(box.foreign(), databaseName)
	if box == OntoSame && hasKey(dir) {
		for _, name := range keyNames() {
			if err := durable.Remove(filepath.Join(dir, name+newEnd)); err != nil {
				return nil, err
			}
		}
	} else {
		away = append(away, keyNames()...)
	}
	for _, name := range away {
		to, err := setAside(dir, name, aside)
		if err != nil {
			return moved, err
		}
		if to != "" {
			moved = append(moved, to)
		}
	}
	for _, f := range m.Files {
		err := os.Rename(filepath.Join(dir, f.Name+newEnd), filepath.Join(dir, f.Name))
		if err != nil && !(errors.Is(err, os.ErrNotExist) && f.Name != databaseName) { // a key that stayed
			return moved, err
		}
	}
	return moved, durable.SyncFolder(dir)
}

// Passphrase returns a passphrase that is told a technician once: 80 random bits in groups of
// four, in letters and digits of which no two look alike.
func Passphrase() string {
	text := strings.ToLower(rand.Text())[:16]
	return strings.Join([]string{text[:4], text[4:8], text[8:12], text[12:]}, "-")
}
