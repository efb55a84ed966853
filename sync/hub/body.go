package hub

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/motcua/gateway/sync/wire"
)

// zstdWindow is the largest window of a packed batch: no larger than what it unpacks to.
const zstdWindow = 1 << 20

// readBatch reads a batch's bytes, at most [wire.MaxBatchBytes] as they travel and as many when
// they are unpacked. leave has to be called when the batch is done with.
func (h *Hub) readBatch(w http.ResponseWriter, r *http.Request) (b []byte, leave func(), err error) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != wire.TypeBatch {
		return nil, nil, notBatch(http.StatusUnsupportedMediaType, "want "+wire.TypeBatch)
	}
	packing := strings.ToLower(r.Header.Get("Content-Encoding"))
	if packing != "" && packing != "identity" && packing != "zstd" {
		return nil, nil, notBatch(http.StatusUnsupportedMediaType, "want a plain body, or one packed with zstd")
	}
	if r.ContentLength > wire.MaxBatchBytes {
		return nil, nil, tooLarge()
	}
	size := r.ContentLength
	if size < 0 {
		size = wire.MaxBatchBytes
	}
	// Room before the first byte, for as long as the line takes; and only then a place among those
	// that are worked on, which the slow lines must not hold.
	release, err := h.entry.body(r.Context(), max(size, 1))
	if err != nil {
		return nil, nil, err
	}
	defer release()
	raw, err := readSlowly(w, r, h.Limits.Idle, h.Limits.Uploads.Slowest)
	if err != nil {
		return nil, nil, err
	}
	leave, err = h.entry.slot(r.Context())
	if err != nil {
		return nil, nil, err
	}
	if packing != "zstd" {
		return raw, leave, nil
	}
	if b, err = unpack(raw); err != nil {
		leave()
		return nil, nil, err
	}
	return b, leave, nil
}

// readSlowly reads a body from a slow line. Something has to come within idle, and from idle on it
// has to have come at slowest bytes a second on the whole: otherwise one byte now and then would
// hold the room of a megabyte for months.
func readSlowly(w http.ResponseWriter, r *http.Request, idle time.Duration, slowest int64) ([]byte, error) {
	control := http.NewResponseController(w)
	late := time.Now().Add(idle) // when what has come so far is too little
	var b bytes.Buffer
	piece := make([]byte, 32<<10)
	for {
		next := time.Now().Add(idle)
		if late.Before(next) {
			next = late
		}
		// A server that knows no deadlines, in tests, has no strangers either.
		if err := control.SetReadDeadline(next); err != nil && !errors.Is(err, http.ErrNotSupported) {
			return nil, fmt.Errorf("bound the reading: %w", err)
		}
		n, err := r.Body.Read(piece)
		if b.Write(piece[:n]); b.Len() > wire.MaxBatchBytes {
			return nil, tooLarge()
		}
		late = late.Add(time.Duration(n) * time.Second / time.Duration(slowest))
		switch {
		case err == io.EOF:
			return b.Bytes(), nil
		case err != nil:
			// Nobody has seen the events: nothing is said against them, or a fact that stands alone
			// in its batch would be taken for the reason.
			return nil, busy(http.StatusRequestTimeout, "the body did not come to its end")
		}
	}
}

// unpack undoes zstd. What unpacks to more than a batch may have is a bomb.
func unpack(raw []byte) ([]byte, error) {
	d, err := zstd.NewReader(bytes.NewReader(raw), zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(zstdWindow), zstd.WithDecoderMaxMemory(wire.MaxBatchBytes+1))
	if err != nil {
		return nil, fmt.Errorf("unpack: %w", err)
	}
	defer d.Close()
	b, err := wire.ReadAll(d, wire.MaxBatchBytes)
	switch {
	case errors.Is(err, wire.ErrTooLarge), errors.Is(err, zstd.ErrDecoderSizeExceeded), errors.Is(err, zstd.ErrWindowSizeExceeded):
		return nil, tooLarge()
	case err != nil:
		return nil, notBatch(http.StatusBadRequest, "the body is not zstd, or was damaged on its way")
	}
	return b, nil
}

func notBatch(status int, detail string) *wire.Problem {
	return &wire.Problem{Status: status, Code: wire.CodeSyntax, Title: "this is no batch of events", Detail: detail}
}

func tooLarge() *wire.Problem {
	return &wire.Problem{
		Status: http.StatusRequestEntityTooLarge, Code: wire.CodeTooLarge, Title: "beyond the bounds",
		Detail: fmt.Sprintf("a batch has at most %d events and %d bytes, unpacked too", wire.MaxEvents, wire.MaxBatchBytes),
	}
}
