package blobstore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/durable"
	"github.com/motcua/gateway/kiosk/secret"
)

// Forget takes a dossier away: no page of it opens here any more, nor does its subject, also for
// those who have it open. One that is not here is fine. Against copies of the disk it holds only
// after the next [Store.Rewrap], and NeedsRewrap is true until then.
//
// The folder's new name is the moment of forgetting. After an error it may have come, and the next
// Forget, Rewrap or Open goes on.
func (s *Store) Forget(ctx context.Context, id kiosk.DossierID) error {
	if err := s.forget(ctx, id); err != nil {
		return fmt.Errorf("forget %s: %w", id, err)
	}
	return nil
}

func (s *Store) forget(ctx context.Context, id kiosk.DossierID) error {
	if !id.Valid() {
		return errBadID
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.doom(id)
}

// doom is Forget. The caller holds the lock.
func (s *Store) doom(id kiosk.DossierID) error {
	doomed := s.folder(id) + forgotten
	if err := s.finish(doomed); err != nil { // of an earlier life
		return err
	}
	err := os.Rename(s.folder(id), doomed)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return classify(s.folder(id), err)
	}
	if l := s.lives[id]; l != nil {
		l.over.Store(true)
		delete(s.lives, id)
	}
	if err := durable.SyncFolder(s.dir); err != nil {
		return classify(s.dir, err)
	}
	return s.finish(doomed)
}

// finish removes a folder that was renamed by Forget. Pages go first, because they are the way out
// of a full disk, on which no key could be turned. The caller holds the lock.
func (s *Store) finish(doomed string) error {
	entries, err := os.ReadDir(doomed)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return classify(doomed, err)
	}
	for _, e := range entries {
		if e.Name() != keyName {
			if err := os.RemoveAll(filepath.Join(doomed, e.Name())); err != nil {
				return classify(doomed, err)
			}
		}
	}
	if err := s.turnFor(filepath.Join(doomed, keyName)); err != nil {
		return classify(s.dir, err)
	}
	err = durable.Destroy(filepath.Join(doomed, keyName))
	if err == nil || errors.Is(err, fs.ErrNotExist) { // the latter: it was gone already
		err = os.Remove(doomed)
	}
	if err == nil {
		err = durable.SyncFolder(s.dir)
	}
	return classify(doomed, err)
}

// turnFor makes a fresh wrapping key if the present one wraps the key at path, or may have. From
// then on there is an older one, and that is how it is remembered that Rewrap has work to do.
func (s *Store) turnFor(path string) error {
	w, err := readWrapped(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // it was turned before the key went
	}
	names := s.ring.Names()
	if err == nil && len(names) > 0 && w.by.Before(names[len(names)-1]) {
		return nil
	}
	_, err = s.ring.Turn(s.now())
	return err
}

// finishAll finishes every forgetting that was cut off.
func (s *Store) finishAll() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	doomed, err := s.doomed()
	for _, name := range doomed {
		err = errors.Join(err, s.finish(s.path(name)))
	}
	return err
}

func (s *Store) doomed() ([]string, error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return nil, classify(s.dir, err)
	}
	var names []string
	for _, e := range entries {
		if id, ok := strings.CutSuffix(e.Name(), forgotten); ok && kiosk.DossierID(id).Valid() {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// NeedsRewrap reports whether Rewrap has work to do: a dossier was forgotten, or a month ended.
func (s *Store) NeedsRewrap() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	doomed, err := s.doomed()
	return len(doomed) > 0 || err != nil || len(s.ring.Names()) > 1
}

// Rewrap wraps the keys of all dossiers by the ring's present key and destroys the older ones. It
// returns how many keys it wrapped anew. Pages come and go meanwhile as ever.
//
// It may be cut off anywhere and called again. Where one dossier's key cannot be read, all others
// are wrapped, but the older keys stay, and the error names the dossier: a technician puts its key
// file right, or it is forgotten, before anything else that was forgotten is gone for good.
func (s *Store) Rewrap(ctx context.Context) (int, error) {
	s.turning.Lock()
	defer s.turning.Unlock()
	n, err := s.rewrap(ctx)
	if err != nil {
		return n, fmt.Errorf("wrap keys anew: %w", err)
	}
	return n, nil
}

func (s *Store) rewrap(ctx context.Context) (n int, err error) {
	if err := s.finishAll(); err != nil {
		return 0, err
	}
	names, ids, err := s.census()
	if err != nil || len(names) < 2 {
		return 0, err
	}
	present := names[len(names)-1]
	for _, id := range ids {
		if err := ctx.Err(); err != nil {
			return n, err
		}
		done, one := s.rewrapOne(id, present)
		if one != nil {
			err = errors.Join(err, fmt.Errorf("dossier %s: %w", id, one))
		}
		if done {
			n++
		}
	}
	if err != nil {
		return n, err
	}
	for _, name := range names[:len(names)-1] {
		if err := s.ring.Destroy(name); err != nil {
			return n, classify(s.dir, err)
		}
		s.log.Info("wrapping key destroyed", "key", name.String(), "wrapped_anew", n)
	}
	return n, nil
}

// census returns the keys of the ring and every dossier that an older one than the last may wrap:
// who comes later is wrapped by the last or by one that is still to be made.
func (s *Store) census() ([]secret.WrapName, []kiosk.DossierID, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.ring.Names()) == 0 {
		return nil, nil, nil // no dossier yet
	}
	if _, err := s.ring.Present(s.now()); err != nil {
		return nil, nil, classify(s.dir, err)
	}
	ids, err := s.dossiers()
	return s.ring.Names(), ids, err
}

// rewrapOne wraps the key of one dossier by the present key, if an older one has it.
func (s *Store) rewrapOne(id kiosk.DossierID, present secret.WrapName) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, by, err := s.readKey(id)
	switch {
	case errors.Is(err, ErrNotFound), errors.Is(err, ErrForgotten):
		return false, nil // forgotten meanwhile, or an old copy that nothing opens
	case err != nil:
		return false, err
	case !by.Before(present):
		return false, nil
	}
	w, err := s.wrap(id, k)
	if err != nil {
		return false, err
	}
	return true, s.replaceKey(id, w)
}
