package sealed

import (
	"context"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"

	"github.com/motcua/gateway/sync/hub"
)

// age seals in chunks of 64 KiB, each with a tag of 16 bytes, behind a header that is of the same
// length for every X25519 recipient. Stores have to know a size before they take the bytes.
const (
	chunk = 64 << 10
	tag   = 16
)

// sealedSize returns how long n bytes become, over the length that none become.
func sealedSize(none, n int64) int64 { return none - tag + n + tag*max(1, (n+chunk-1)/chunk) }

// sealedNone returns how long no bytes become.
func sealedNone() (int64, error) {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return 0, err
	}
	var n counter
	w, err := age.Encrypt(&n, id.Recipient())
	if err != nil {
		return 0, err
	}
	err = w.Close()
	return int64(n), err
}

// counter counts what is written to it.
type counter int64

// Write counts.
func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}

// put seals size bytes of r into an object.
func (p *Pages) put(ctx context.Context, name string, size int64, r io.Reader, state hub.PageState) error {
	recipient, err := age.ParseX25519Recipient(state.Recipient)
	if err != nil {
		return errors.New("the dossier's key is none") // age's error would quote it
	}
	sealed, err := age.EncryptReader(r, recipient)
	if err != nil {
		return fmt.Errorf("seal: %w", err)
	}
	return p.objects.Put(ctx, name, sealedSize(p.none, size), sealed)
}

// open gives the plain bytes of an object. Bytes that are not what was sealed are
// [hub.ErrDamaged], a store that fails is not.
func (p *Pages) open(ctx context.Context, name string, state hub.PageState) (io.ReadCloser, error) {
	identity, err := age.ParseX25519Identity(state.Identity)
	if err != nil {
		return nil, errors.New("the dossier's key is none")
	}
	kept, err := p.objects.Get(ctx, name)
	if err != nil {
		return nil, err
	}
	src := &source{Reader: kept}
	plain, err := age.Decrypt(src, identity)
	if err != nil {
		return nil, errors.Join(src.judge(err), kept.Close())
	}
	return &opened{plain, src, kept}, nil
}

// source remembers how the store failed: what fails otherwise are the bytes.
type source struct {
	io.Reader
	failed error
}

// Read remembers.
func (s *source) Read(b []byte) (int, error) {
	n, err := s.Reader.Read(b)
	if err != nil && err != io.EOF {
		s.failed = err
	}
	return n, err
}

// judge says whose an error of age is.
func (s *source) judge(err error) error {
	if s.failed != nil {
		return fmt.Errorf("read what is kept: %w", s.failed)
	}
	return fmt.Errorf("%w: %v", hub.ErrDamaged, err)
}

// opened is an object that is being read.
type opened struct {
	plain io.Reader
	src   *source
	io.Closer
}

// Read gives plain bytes.
func (o *opened) Read(b []byte) (int, error) {
	n, err := o.plain.Read(b)
	if err != nil && err != io.EOF {
		err = o.src.judge(err)
	}
	return n, err
}
