package uplink

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/wire"
)

const (
	// againSoon is when a page is tried anew that the hub could not take just now.
	againSoon = 5 * time.Second
	// damagedTries is how often a page is sent whose bytes the hub finds to be others, before it
	// is parked: a box in the middle may change them.
	damagedTries = 3
	// pieceSlack is how much longer than expected the hub may take over a piece.
	pieceSlack = 20 * time.Second
)

// Reasons of our own for parking a page, beside the hub's codes.
const (
	parkedGone    = "gone-here"      // it is not in the box any more, or damaged
	parkedAltered = "altered-on-way" // it arrives as something else each time
)

// upload brings one page to the hub. again is not 0 where it should be tried again on this
// connection; an error ends the connection.
func (s *session) upload(ctx context.Context, b kiosk.BlobRecord) (again time.Duration, err error) {
	page, err := s.cfg.Pages.Open(ctx, b.Dossier, b.Hash)
	if errors.Is(err, kiosk.ErrGone) {
		return 0, s.park(ctx, b, parkedGone)
	}
	if err != nil {
		s.cfg.Log.Warn("open a page", LogError, err)
		return againSoon, nil
	}
	defer page.Close()
	for range damagedTries {
		err = s.uploadOnce(ctx, b, page)
		p, refused := errors.AsType[*wire.Problem](err)
		switch {
		case err == nil:
			s.settler.blob(b.BlobPlace)
			return 0, nil
		case errors.Is(err, errPage):
			s.cfg.Log.Warn("read a page", LogError, err)
			return 0, s.park(ctx, b, parkedGone)
		case !refused:
			return 0, err
		case p.Code.Final():
			return 0, s.park(ctx, b, string(p.Code))
		case p.Code == wire.CodeHashMismatch, p.Code == wire.CodeNotFound, p.Code == wire.CodeOffset:
			// It begins anew, where the hub says.
		case p.Code == wire.CodeRevoked, p.Code == wire.CodeUnknown, p.Code == wire.CodeExpired:
			return 0, err
		default: // header-first, busy, locked, its own trouble
			return max(p.RetryAfter, againSoon), nil
		}
	}
	if p, _ := errors.AsType[*wire.Problem](err); p.Code == wire.CodeHashMismatch {
		return 0, s.park(ctx, b, parkedAltered)
	}
	return againSoon, nil
}

// park sets a page aside under a fault.
func (s *session) park(ctx context.Context, b kiosk.BlobRecord, why string) error {
	s.cfg.Log.Warn("a page is parked", "dossier", b.Dossier, "why", why)
	if err := s.cfg.Office.ParkBlob(ctx, b.BlobPlace, why); err != nil {
		return fmt.Errorf("park a page: %w", err)
	}
	return nil
}

// errPage is a page that cannot be read in the box.
var errPage = errors.New("the page cannot be read here")

// uploadOnce creates the upload, which tells where it stands, and sends what is missing.
func (s *session) uploadOnce(ctx context.Context, b kiosk.BlobRecord, page io.ReadSeeker) error {
	at, offset, err := s.create(ctx, b)
	if err != nil {
		return err
	}
	if _, err := page.Seek(offset, io.SeekStart); err != nil {
		return fmt.Errorf("%w: %w", errPage, err)
	}
	for offset < b.Size {
		n, err := s.piece(ctx, at, page, offset, b.Size)
		if err != nil {
			return err
		}
		offset += n
	}
	return nil
}

// create makes the upload, or finds the one that was begun.
func (s *session) create(ctx context.Context, b kiosk.BlobRecord) (at string, offset int64, err error) {
	ctx, cancel := context.WithTimeout(ctx, smallTimeout)
	defer cancel()
	meta := wire.BlobMeta{Dossier: b.Dossier, Hash: b.Hash}
	began := time.Now()
	a, err := s.conn.send(ctx, http.MethodPost, wire.PathBlobs, http.Header{
		"Tus-Resumable": {"1.0.0"}, "Upload-Length": {strconv.FormatInt(b.Size, 10)}, "Upload-Metadata": {wire.FormatMeta(meta)},
	}, nil, 0)
	if err != nil {
		return "", 0, err
	}
	s.conn.pace.answered(time.Since(began))
	if err := a.Body.Close(); err != nil {
		return "", 0, fmt.Errorf("read the hub's answer: %w", err)
	}
	offset, err = strconv.ParseInt(a.Header.Get("Upload-Offset"), 10, 64)
	if err != nil || offset < 0 || offset > b.Size {
		return "", 0, lie("an upload of %d bytes stands at %q", b.Size, a.Header.Get("Upload-Offset"))
	}
	// Where it leads, the connection stays the hub's: nothing follows an address to another host.
	to, err := s.conn.base.Parse(a.Header.Get("Location"))
	if err != nil || to.Host != s.conn.base.Host {
		return "", 0, lie("an upload at %q", a.Header.Get("Location"))
	}
	return to.RequestURI(), offset, nil
}

// piece sends as much as may be under way and returns how much of it the hub has made durable.
func (s *session) piece(ctx context.Context, at string, page io.Reader, offset, size int64) (int64, error) {
	n, err := s.conn.pace.acquire(ctx, int(min(size-offset, pieceMost)))
	if err != nil {
		return 0, err
	}
	durable := 0
	defer func() { s.conn.pace.release(n, durable) }()
	buf := make([]byte, n)
	if _, err := io.ReadFull(page, buf); err != nil {
		return 0, fmt.Errorf("%w: %w", errPage, err)
	}
	limit := pieceSlack
	if rate := s.conn.pace.bytesPerSecond(); rate > 0 {
		limit += time.Duration(4 * float64(s.conn.pace.room()) / rate * float64(time.Second))
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	a, err := s.conn.send(ctx, http.MethodPatch, at, http.Header{
		"Tus-Resumable": {"1.0.0"}, "Upload-Offset": {strconv.FormatInt(offset, 10)}, "Content-Type": {wire.TypeTus},
	}, bytes.NewReader(buf), int64(n))
	if err != nil {
		return 0, err
	}
	if err := a.Body.Close(); err != nil {
		return 0, fmt.Errorf("read the hub's answer: %w", err)
	}
	now, err := strconv.ParseInt(a.Header.Get("Upload-Offset"), 10, 64)
	if err != nil || now != offset+int64(n) {
		return 0, lie("after %d bytes at %d an upload stands at %q", n, offset, a.Header.Get("Upload-Offset"))
	}
	durable = n
	s.conn.acked.Add(int64(n))
	if err := s.spent.add(ctx, kiosk.DayOf(s.cfg.Office.Time()), int64(n)); err != nil {
		s.cfg.Log.Warn("bytes of the day", LogError, err)
	}
	return int64(n), nil
}
