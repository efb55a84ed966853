package blobstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/durable"
	"github.com/motcua/gateway/kiosk/secret"
)

// The names in the state folder.
const (
	folderName = "blobs"
	newName    = ".new"
	keyName    = "key"
	forgotten  = ".forgotten"
)

// defaultReserve is what of the disk is left free: weeks of numbers.
const defaultReserve = 256 << 20

// Config is what a Store is made of.
type Config struct {
	Dir  string           // the state folder
	Ring *secret.Ring     // of the same folder
	Now  func() kiosk.Day // the office's day, for the month of new wrapping keys
	Log  *slog.Logger     // nil: nothing is logged
	// Reserve is how many bytes of the disk pages leave free; 0 means 256 MiB.
	Reserve int64
}

// Blob is a page as it is kept.
type Blob struct {
	Hash kiosk.Hash
	Size int64 // bytes of the page
}

// Store keeps pages. Its methods may be called from any goroutine.
type Store struct {
	dir     string // DIR/blobs
	ring    *secret.Ring
	now     func() kiosk.Day
	log     *slog.Logger
	reserve int64

	turning sync.Mutex // held by Rewrap from beginning to end

	// mu is held while a dossier's key is made, wrapped anew or destroyed, and while a page gets
	// its name: a key that Rewrap has not seen is always wrapped by one that it does not destroy.
	mu    sync.Mutex
	lives map[kiosk.DossierID]*life
}

// life is a dossier while somebody reads or writes its pages.
type life struct {
	users int
	over  atomic.Bool // it was forgotten meanwhile
}

// judge returns err, or the reason for it: whoever is overtaken by Forget finds files gone, or
// those of another dossier of the same ID.
func (l *life) judge(path string, err error) error {
	if err != nil && l.over.Load() {
		return errOver(path)
	}
	return err
}

// Open opens the store and finishes what a power cut left: files in the making are removed, and
// what Forget had begun is forgotten. Dossiers are not looked at, however many there are.
func Open(ctx context.Context, c Config) (*Store, error) {
	s := &Store{
		dir: filepath.Join(c.Dir, folderName), ring: c.Ring, now: c.Now, log: c.Log,
		reserve: cmp.Or(c.Reserve, defaultReserve), lives: map[kiosk.DossierID]*life{},
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if err := s.begin(ctx); err != nil {
		return nil, fmt.Errorf("open pages: %w", err)
	}
	return s, nil
}

func (s *Store) begin(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, dir := range []string{s.dir, s.path(newName)} {
		if err := durable.MakeFolder(dir); err != nil {
			return classify(dir, err)
		}
	}
	left, err := os.ReadDir(s.path(newName))
	for _, e := range left {
		err = errors.Join(err, os.RemoveAll(s.path(newName, e.Name())))
	}
	if err != nil {
		return classify(s.path(newName), err)
	}
	// Where that fails the office opens all the same: it stays to be done, NeedsRewrap says so.
	if err := s.finishAll(); err != nil {
		s.log.Error("finish forgetting", kiosk.LogError, err)
	}
	return nil
}

func (s *Store) path(names ...string) string {
	return filepath.Join(append([]string{s.dir}, names...)...)
}

func (s *Store) folder(id kiosk.DossierID) string { return s.path(string(id)) }

// enter says that somebody reads or writes pages of a dossier. The caller leaves.
func (s *Store) enter(id kiosk.DossierID) *life {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.lives[id]
	if l == nil {
		l = &life{}
		s.lives[id] = l
	}
	l.users++
	return l
}

func (s *Store) leave(id kiosk.DossierID, l *life) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l.users--; l.users == 0 && s.lives[id] == l {
		delete(s.lives, id)
	}
}

// Dossiers returns the dossiers that have a key here, in their order.
func (s *Store) Dossiers(ctx context.Context) ([]kiosk.DossierID, error) {
	ids, err := s.dossiers()
	if err = errors.Join(err, ctx.Err()); err != nil {
		return nil, fmt.Errorf("list dossiers: %w", err)
	}
	return ids, nil
}

func (s *Store) dossiers() ([]kiosk.DossierID, error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return nil, classify(s.dir, err)
	}
	var ids []kiosk.DossierID
	for _, e := range entries {
		if id := kiosk.DossierID(e.Name()); id.Valid() {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// List returns the pages of a dossier that are kept, in the order of their hashes; none for a
// dossier that is not here. A file whose length no page could have is left out: Page says what is
// wrong with it.
func (s *Store) List(ctx context.Context, id kiosk.DossierID) ([]Blob, error) {
	out, err := s.list(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("list pages of %s: %w", id, err)
	}
	return out, nil
}

func (s *Store) list(ctx context.Context, id kiosk.DossierID) ([]Blob, error) {
	if !id.Valid() {
		return nil, errBadID
	}
	entries, err := os.ReadDir(s.folder(id))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, classify(s.folder(id), err)
	}
	var out []Blob
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		hash, err := kiosk.ParseHash(e.Name())
		if err != nil {
			continue
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // forgotten meanwhile
		}
		if err != nil {
			return nil, classify(s.folder(id), err)
		}
		if sh, ok := shapeOf(info.Size()); ok {
			out = append(out, Blob{hash, sh.size})
		}
	}
	slices.SortFunc(out, func(a, b Blob) int { return slices.Compare(a.Hash[:], b.Hash[:]) })
	return out, nil
}

// Usage is what the pages take.
type Usage struct {
	Dossiers, Pages int
	Bytes           int64 // of the files
}

// Usage walks through all folders: ask it now and then, not every second.
func (s *Store) Usage(ctx context.Context) (u Usage, err error) {
	err = filepath.WalkDir(s.dir, func(path string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err = errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		if e.IsDir() {
			if kiosk.DossierID(e.Name()).Valid() {
				u.Dossiers++
			}
			return nil
		}
		info, err := e.Info()
		if err != nil {
			return nil // gone meanwhile
		}
		u.Bytes += info.Size()
		if _, err := kiosk.ParseHash(e.Name()); err == nil && !strings.HasSuffix(filepath.Dir(path), forgotten) {
			u.Pages++
		}
		return nil
	})
	if err != nil {
		return Usage{}, fmt.Errorf("count pages: %w", classify(s.dir, err))
	}
	return u, nil
}

var errBadID = errors.New("not the ID of a dossier")
