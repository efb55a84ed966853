package blobstore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/durable"
	"github.com/motcua/gateway/kiosk/secret"
)

// readKey returns a dossier's key and the name of the one that wraps it. The error wraps
// ErrNotFound where there is no such dossier.
func (s *Store) readKey(id kiosk.DossierID) (*secret.Key, secret.WrapName, error) {
	path := filepath.Join(s.folder(id), keyName)
	w, err := readWrapped(path)
	if errors.Is(err, fs.ErrNotExist) {
		if _, e := os.Lstat(s.folder(id)); e == nil {
			// A folder gets its name with the key in it: it came this moment, or the key is lost.
			if w, err = readWrapped(path); errors.Is(err, fs.ErrNotExist) {
				err = &Trouble{ErrDamaged, path, "the dossier's key is missing and without it none of its pages opens: look for it in lost+found", nil}
			}
		}
	}
	if err != nil {
		return nil, secret.WrapName{}, missing(path, err)
	}
	k, err := s.ring.Unwrap(w.by, w.text, wrapAAD(id))
	switch {
	case errors.Is(err, secret.ErrNoKey):
		return nil, w.by, &Trouble{ErrForgotten, path, "an old copy was put back; nothing opens it", err}
	case errors.Is(err, syscall.EIO): // of the wrapping key
		return nil, w.by, classify(path, err)
	case err != nil:
		return nil, w.by, &Trouble{ErrDamaged, path, "the dossier's key does not open", err}
	}
	return k, w.by, nil
}

func readWrapped(path string) (wrapped, error) {
	b, err := readFile(path, keyFileSize)
	if err != nil {
		return wrapped{}, err
	}
	w, why := parseWrapped(b)
	if why != "" {
		return wrapped{}, damage(path, why)
	}
	return w, nil
}

// keyOf returns a dossier's key, and makes one for a dossier that has none.
func (s *Store) keyOf(id kiosk.DossierID, l *life) (*secret.Key, error) {
	k, _, err := s.readKey(id)
	if !errors.Is(err, ErrNotFound) {
		return k, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if l.over.Load() {
		return nil, errOver(s.folder(id))
	}
	// Somebody else may have made it meanwhile.
	if k, _, err = s.readKey(id); !errors.Is(err, ErrNotFound) {
		return k, err
	}
	return s.makeKey(id)
}

// makeKey makes the folder of a dossier with its key in it: both are there, or neither. The caller
// holds the lock.
func (s *Store) makeKey(id kiosk.DossierID) (*secret.Key, error) {
	k := secret.NewKey()
	w, err := s.wrap(id, k)
	if err != nil {
		return nil, err
	}
	fresh, err := os.MkdirTemp(s.path(newName), "dossier-") // 0700
	if err != nil {
		return nil, classify(s.dir, err)
	}
	err = durable.WriteFile(filepath.Join(fresh, keyName), w.bytes(), 0o600)
	if err == nil {
		err = os.Rename(fresh, s.folder(id))
	}
	if err != nil {
		return nil, classify(s.dir, errors.Join(err, os.RemoveAll(fresh)))
	}
	return k, classify(s.dir, durable.SyncFolder(s.dir))
}

// wrap wraps a key by the ring's present one.
func (s *Store) wrap(id kiosk.DossierID, k *secret.Key) (wrapped, error) {
	by, err := s.ring.Present(s.now())
	if err != nil {
		return wrapped{}, classify(s.dir, err)
	}
	text, err := s.ring.Wrap(by, k, wrapAAD(id))
	if err != nil {
		return wrapped{}, err
	}
	return wrapped{by, text}, nil
}

// replaceKey puts a key file in the place of the one that is there.
func (s *Store) replaceKey(id kiosk.DossierID, w wrapped) (err error) {
	defer func() { err = classify(s.folder(id), err) }()
	f, err := durable.New(s.path(newName), string(id)+"."+keyName)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Drop()) }()
	if _, err := f.Write(w.bytes()); err != nil {
		return err
	}
	return f.Replace(filepath.Join(s.folder(id), keyName))
}

// errOver is what those get who had a dossier in use when it was forgotten.
func errOver(path string) error {
	return &Trouble{ErrForgotten, path, "it was forgotten while it was in use", nil}
}

// SealSubject seals the little that a dossier's header says about a person with the dossier's
// key, for the database and the log of facts: forgetting the dossier forgets it in every copy of
// them. At most kiosk.MaxSubject bytes come out.
func (s *Store) SealSubject(id kiosk.DossierID, plain []byte) ([]byte, error) {
	sealed, err := s.sealSubject(id, plain)
	if err != nil {
		return nil, fmt.Errorf("seal subject of %s: %w", id, err)
	}
	return sealed, nil
}

func (s *Store) sealSubject(id kiosk.DossierID, plain []byte) ([]byte, error) {
	if !id.Valid() {
		return nil, errBadID
	}
	l := s.enter(id)
	defer s.leave(id, l)
	k, err := s.keyOf(id, l)
	if err != nil {
		return nil, err
	}
	sealed := k.Seal("subject", plain, []byte(id))
	if len(sealed) > kiosk.MaxSubject {
		return nil, fmt.Errorf("%d bytes sealed, at most %d are kept", len(sealed), kiosk.MaxSubject)
	}
	return sealed, nil
}

// OpenSubject opens what SealSubject made. The error wraps ErrNotFound or ErrForgotten where the
// dossier was forgotten, and secret.ErrSealed for other bytes.
func (s *Store) OpenSubject(id kiosk.DossierID, sealed []byte) ([]byte, error) {
	plain, err := s.openSubject(id, sealed)
	if err != nil {
		return nil, fmt.Errorf("open subject of %s: %w", id, err)
	}
	return plain, nil
}

func (s *Store) openSubject(id kiosk.DossierID, sealed []byte) ([]byte, error) {
	if !id.Valid() {
		return nil, errBadID
	}
	k, _, err := s.readKey(id)
	if err != nil {
		return nil, err
	}
	return k.Open("subject", sealed, []byte(id))
}
