package blobstore

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/durable"
	"github.com/motcua/gateway/kiosk/secret"
)

// Put keeps a page of a dossier, read from r to its end, and returns what it is kept as. It is on
// the disk when Put returns. A page that is kept already is written again and takes the place of
// the old copy, which may have rotted: the same bytes twice are one page. It holds two chunks in
// memory, however large the page is; one of more than kiosk.MaxPageBytes is ErrTooLarge.
//
// A dossier that was forgotten is a new one to Put. Whoever keeps dossiers knows which are.
func (s *Store) Put(ctx context.Context, id kiosk.DossierID, r io.Reader) (Blob, error) {
	b, err := s.put(ctx, id, r)
	if err != nil {
		return Blob{}, fmt.Errorf("keep a page of %s: %w", id, err)
	}
	return b, nil
}

func (s *Store) put(ctx context.Context, id kiosk.DossierID, r io.Reader) (Blob, error) {
	if !id.Valid() {
		return Blob{}, errBadID
	}
	if err := s.room(); err != nil {
		return Blob{}, err
	}
	l := s.enter(id)
	defer s.leave(id, l)
	k, err := s.keyOf(id, l)
	if err != nil {
		return Blob{}, l.judge(s.folder(id), err)
	}
	fresh, err := durable.New(s.path(newName), "page")
	if err != nil {
		return Blob{}, classify(s.dir, err)
	}
	b, err := encrypt(ctx, fresh, r, k, id)
	if err == nil {
		err = fresh.Sync()
	}
	if err == nil {
		err = s.name(fresh, filepath.Join(s.folder(id), b.Hash.String()), l)
	}
	return b, l.judge(s.folder(id), classify(s.dir, errors.Join(err, fresh.Drop())))
}

// room refuses a page where the disk is needed for numbers.
func (s *Store) room() error {
	n, err := free(s.dir)
	if err != nil {
		return classify(s.dir, err)
	}
	if n < s.reserve {
		return &Trouble{ErrFull, s.dir, fmt.Sprintf("%d MB are free and %d MB are kept for numbers: delete what is not the kiosk's, or let the line send what waits", n/1e6, s.reserve/1e6), nil}
	}
	return nil
}

// encrypt writes a page's file to w.
func encrypt(ctx context.Context, w io.Writer, r io.Reader, k *secret.Key, id kiosk.DossierID) (Blob, error) {
	var salt [saltSize]byte
	_, _ = rand.Read(salt[:]) // never fails: it ends the program instead
	seal := newSealer(k, id, salt)
	hash := sha256.New()
	var size int64
	// out begins with the file's head, so that a small page is one write.
	out := make([]byte, 0, headSize+sealedSize)
	out = append(append(out, pageMagic...), salt[:]...)
	chunk, next := make([]byte, chunkSize), make([]byte, chunkSize)
	n, err := read(ctx, r, chunk)
	if err == nil && n == 0 {
		err = ErrEmpty
	}
	for i := 0; err == nil; i++ {
		hash.Write(chunk[:n])
		size += int64(n)
		if size > kiosk.MaxPageBytes {
			return Blob{}, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, kiosk.MaxPageBytes)
		}
		// Whether this chunk is the last shows only when there is no other.
		more := 0
		if n == chunkSize {
			if more, err = read(ctx, r, next); err != nil {
				break
			}
		}
		if more > 0 {
			if _, err = w.Write(seal.seal(out, chunk[:n], i, nil)); err != nil {
				break
			}
			out, chunk, next, n = out[:0], next, chunk, more
			continue
		}
		b := Blob{Size: size}
		hash.Sum(b.Hash[:0])
		_, err = w.Write(seal.seal(out, chunk[:n], i, &b))
		return b, err
	}
	return Blob{}, err
}

// read fills b as far as r goes. It is not io.ReadFull, whose io.ErrUnexpectedEOF may as well be
// r's own: an upload that was cut off must not become a page.
func read(ctx context.Context, r io.Reader, b []byte) (n int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	for n < len(b) && err == nil {
		var more int
		more, err = r.Read(b[n:])
		n += more
	}
	if err == io.EOF { // and nothing that wraps it
		err = nil
	}
	return n, err
}

// name gives a durable page its name and waits for the disk, the latter without the lock.
func (s *Store) name(fresh *durable.File, path string, l *life) error {
	s.mu.Lock()
	if l.over.Load() {
		s.mu.Unlock()
		return errOver(path)
	}
	err := os.Rename(fresh.Name(), path)
	s.mu.Unlock()
	if err != nil {
		return classify(path, err)
	}
	return classify(path, durable.SyncFolder(filepath.Dir(path)))
}
