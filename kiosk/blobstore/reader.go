package blobstore

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/secret"
)

// Reader reads a page, from anywhere in it. It holds one chunk in memory, and gives no byte of a
// chunk that is not, bit for bit, what was put. It is for one goroutine. Once the dossier is
// forgotten it reads no more: ErrForgotten.
type Reader struct {
	store *Store
	id    kiosk.DossierID
	life  *life

	file  *os.File
	seal  sealer
	blob  Blob
	shape shape

	at    int64 // where the next Read begins
	index int   // of the chunk in plain; -1: none
	plain []byte
	buf   []byte
}

var _ io.ReadSeekCloser = (*Reader)(nil)

// Page opens a page of a dossier. The error wraps ErrNotFound, ErrForgotten, ErrDamaged or
// ErrUnreadable. The caller closes it.
func (s *Store) Page(ctx context.Context, id kiosk.DossierID, hash kiosk.Hash) (*Reader, error) {
	r, err := s.page(ctx, id, hash)
	if err != nil {
		return nil, fmt.Errorf("open page %s of %s: %w", hash, id, err)
	}
	return r, nil
}

func (s *Store) page(ctx context.Context, id kiosk.DossierID, hash kiosk.Hash) (*Reader, error) {
	if !id.Valid() {
		return nil, errBadID
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	l := s.enter(id)
	r, err := s.openPage(id, hash)
	if err != nil {
		s.leave(id, l)
		return nil, l.judge(s.folder(id), err)
	}
	r.store, r.life = s, l
	return r, nil
}

func (s *Store) openPage(id kiosk.DossierID, hash kiosk.Hash) (*Reader, error) {
	k, _, err := s.readKey(id)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(s.folder(id), hash.String())
	f, err := openFile(path)
	if err != nil {
		return nil, missing(path, err)
	}
	r := &Reader{id: id, file: f, blob: Blob{Hash: hash}}
	if err := r.begin(k); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return r, nil
}

// begin reads the head and the last chunk, which tells whether the file is this page's.
func (r *Reader) begin(k *secret.Key) error {
	info, err := r.file.Stat()
	if err != nil {
		return classify(r.file.Name(), err)
	}
	sh, ok := shapeOf(info.Size())
	if !ok {
		return damage(r.file.Name(), fmt.Sprintf("it has %d bytes, as no page has", info.Size()))
	}
	head := make([]byte, headSize)
	if _, err := r.file.ReadAt(head, 0); err != nil {
		return r.trouble(err)
	}
	salt, why := parseHead(head)
	if why != "" {
		return damage(r.file.Name(), why)
	}
	r.shape, r.blob.Size, r.index = sh, sh.size, -1
	r.seal = newSealer(k, r.id, salt)
	return r.load(sh.chunks - 1)
}

// load reads and opens the i-th chunk.
func (r *Reader) load(i int) error {
	if i == r.index {
		return nil
	}
	r.index = -1
	at, n := r.shape.chunk(i)
	if cap(r.buf) < n {
		r.buf = make([]byte, n)
	}
	if _, err := r.file.ReadAt(r.buf[:n], at); err != nil {
		return r.trouble(err)
	}
	var last *Blob
	if i == r.shape.chunks-1 {
		last = &r.blob
	}
	plain, ok := r.seal.open(r.buf[:n], i, last)
	if !ok {
		return damage(r.file.Name(), fmt.Sprintf("its bytes from %d on are not what was written", int64(i)*chunkSize))
	}
	r.index, r.plain = i, plain
	return nil
}

func (r *Reader) trouble(err error) error {
	if errors.Is(err, io.EOF) {
		return damage(r.file.Name(), "it was cut off while it was open")
	}
	return classify(r.file.Name(), err)
}

// Size returns the bytes of the page.
func (r *Reader) Size() int64 { return r.blob.Size }

// Read implements io.Reader.
func (r *Reader) Read(p []byte) (int, error) {
	if r.life.over.Load() {
		return 0, errOver(r.file.Name())
	}
	if r.at >= r.blob.Size {
		return 0, io.EOF
	}
	if len(p) == 0 {
		return 0, nil
	}
	if err := r.load(int(r.at / chunkSize)); err != nil {
		return 0, err
	}
	n := copy(p, r.plain[r.at%chunkSize:])
	r.at += int64(n)
	return n, nil
}

// Seek implements io.Seeker.
func (r *Reader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekStart:
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.blob.Size
	default:
		return 0, fmt.Errorf("seek in a page: whence %d", whence)
	}
	if offset < 0 {
		return 0, fmt.Errorf("seek in a page: to %d, before its beginning", offset)
	}
	r.at = offset
	return offset, nil
}

// Close implements io.Closer. A second one does nothing.
func (r *Reader) Close() error {
	if r.store == nil {
		return nil
	}
	r.store.leave(r.id, r.life)
	r.store = nil
	return r.file.Close()
}

// Verify reads a whole page and computes its hash again. A nil error says that it is all there.
func (s *Store) Verify(ctx context.Context, id kiosk.DossierID, hash kiosk.Hash) (err error) {
	r, err := s.Page(ctx, id, hash)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	sum := sha256.New()
	for n := int64(chunkSize); n == chunkSize; {
		if err := ctx.Err(); err != nil {
			return err
		}
		if n, err = io.CopyN(sum, r, chunkSize); err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("verify page %s of %s: %w", hash, id, err)
		}
	}
	if kiosk.Hash(sum.Sum(nil)) != hash {
		return fmt.Errorf("verify page %s of %s: %w", hash, id, damage(r.file.Name(), "it holds another page"))
	}
	return nil
}
