package blobstore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/durable"
)

// Orphans says which pages nobody will ask for: they were kept, and then the program was killed,
// or the officer changed their mind, before a dossier named them.
type Orphans struct {
	// After is when whoever Names began to know every dossier. What was begun before stays: a
	// database that was lost, or put back from a backup, knows less than there is.
	After time.Time
	// Before is the last moment of writing: what was written later may still be named.
	Before time.Time
	// Names returns the pages that a dossier names; false where there is no such dossier. Where it
	// fails, that dossier stays as it is.
	Names func(ctx context.Context, id kiosk.DossierID) (pages []kiosk.Hash, known bool, err error)
	// Most is how many pages and dossiers are removed at most.
	Most int
}

// Sweep removes orphans and returns how many pages and dossiers it removed: of a dossier that
// nobody knows all of it, as Forget does, of others the pages that they do not name. Those that
// somebody is reading or writing just now stay. It may be cut off anywhere and called again.
func (s *Store) Sweep(ctx context.Context, o Orphans) (n int, err error) {
	ids, err := s.dossiers()
	for _, id := range ids {
		if n >= o.Most || ctx.Err() != nil {
			break
		}
		if born := id.Time(); born.Before(o.After) || !born.Before(o.Before) {
			continue
		}
		removed, one := s.sweepOne(ctx, id, o, o.Most-n)
		if n += removed; one != nil {
			err = errors.Join(err, fmt.Errorf("dossier %s: %w", id, one))
		}
	}
	if err = errors.Join(err, ctx.Err()); err != nil {
		return n, fmt.Errorf("sweep orphans: %w", err)
	}
	return n, nil
}

func (s *Store) sweepOne(ctx context.Context, id kiosk.DossierID, o Orphans, most int) (int, error) {
	pages, known, err := o.Names(ctx, id)
	if err != nil {
		return 0, err
	}
	named := map[string]bool{}
	for _, hash := range pages {
		named[hash.String()] = true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lives[id] != nil {
		return 0, nil
	}
	orphans, young, err := s.orphans(id, named, o.Before)
	switch {
	case err != nil:
		return 0, err
	case !known && young:
		return 0, nil // somebody is at it
	case !known:
		return 1, s.doom(id)
	}
	orphans = orphans[:min(len(orphans), most)]
	for i, path := range orphans {
		if err := os.Remove(path); err != nil {
			return i, classify(path, err)
		}
	}
	if len(orphans) > 0 {
		err = classify(s.folder(id), durable.SyncFolder(s.folder(id)))
	}
	return len(orphans), err
}

// orphans returns the files of pages that no name stands for, and whether there are any that were
// written too late to be judged. What is no page is nobody's to remove.
func (s *Store) orphans(id kiosk.DossierID, named map[string]bool, before time.Time) (paths []string, young bool, err error) {
	entries, err := os.ReadDir(s.folder(id))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, false, classify(s.folder(id), err)
	}
	for _, e := range entries {
		if _, err := kiosk.ParseHash(e.Name()); err != nil || named[e.Name()] {
			continue
		}
		info, err := e.Info()
		if err != nil {
			return nil, false, classify(s.folder(id), err)
		}
		if !info.ModTime().Before(before) {
			young = true
			continue
		}
		paths = append(paths, filepath.Join(s.folder(id), e.Name()))
	}
	return paths, young, nil
}
