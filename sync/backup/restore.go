package backup

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
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

// Restore puts a backup that was sealed with a passphrase into the state folder of a box. It holds
// the folder's lock as a running kiosk does; where one runs the error wraps [ErrRunning]. What is in
// the way is set aside under another name; [Onto] says what else is. What is put there is the
// folder's owner's, because a technician restores as root and the kiosk runs as a user of its own.
// Where the box does not say by itself which one it is, the error wraps [ErrWhichBox]. After an error
// before the first file was moved, nothing has changed; it may be called again after a kill at any
// line.
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
	m, err := read(&unsealed{ctx, plain}, told, func(f File, body io.Reader) error { return unpack(body, dir, f.Name) })
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

// told vouches for what a passphrase has opened: the province knows who signed it and has told the
// passphrase; this box may be one that knows no authority yet.
func told(Manifest, []*x509.Certificate) error { return nil }

// unpack writes a file beside its place, synced.
func unpack(r io.Reader, dir, name string) error {
	path := filepath.Join(dir, name+newEnd)
	// What an earlier try has left goes, and is not written into: it may be a link.
	if err := durable.Remove(path); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	out, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	err = giveToOwner(out, dir)
	if err == nil {
		_, err = io.Copy(out, r)
	}
	if err == nil {
		err = out.Sync()
	}
	if err = errors.Join(err, out.Close()); err != nil {
		return fmt.Errorf("restore %s: %w", name, err)
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
