package sealed

import (
	"crypto/sha256"
	"hash"
	"io"

	"github.com/motcua/gateway/kiosk"
)

// whole gives bytes on and, where they end, checks that they were all of a page: else its error is
// wrong and not io.EOF, so that nobody who reads on to the end can take them for it.
type whole struct {
	r     io.Reader
	sum   hash.Hash
	left  int64
	want  kiosk.Hash
	wrong error
	err   error // how it ended
}

func newWhole(r io.Reader, size int64, want kiosk.Hash, wrong error) *whole {
	return &whole{r: r, sum: sha256.New(), left: size, want: want, wrong: wrong}
}

// Read gives and counts.
func (w *whole) Read(b []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	n, err := w.r.Read(b)
	_, _ = w.sum.Write(b[:n]) // a hash takes everything
	w.left -= int64(n)
	switch {
	case w.left < 0, err == io.EOF && w.left > 0, err == io.EOF && kiosk.Hash(w.sum.Sum(nil)) != w.want:
		n, err = 0, w.wrong
	}
	w.err = err
	return n, err
}
