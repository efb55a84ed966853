package uplink

import (
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
	// againSoon is when a page is tried anew that the hub could not take just now, againLate when
	// it has been so for long.
	againSoon = 5 * time.Second
	againLate = 10 * time.Minute
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

// The ends of an attempt that are no refusals.
var (
	errPage = errors.New("the page cannot be read here")
	errSlow = errors.New("a piece took too long")
	errShut = errors.New("the office's hours or bytes are used up")
)

// upload brings one page to the hub. again is not 0 where it has to be tried again on this
// connection, parked says that it never can be; an error ends the connection.
func (s *session) upload(ctx context.Context, b kiosk.BlobRecord) (again time.Duration, parked bool, err error) {
	page, err := s.cfg.Pages.Open(ctx, b.Dossier, b.Hash)
	if errors.Is(err, kiosk.ErrGone) {
		return 0, true, s.park(ctx, b, parkedGone)
	}
	if err != nil {
		s.cfg.Log.Warn("open a page", LogError, err)
		return againSoon, false, nil
	}
	defer func() { err = errors.Join(err, page.Close()) }()
	for range damagedTries {
		err = s.uploadOnce(ctx, b, page)
		if p, refused := errors.AsType[*wire.Problem](err); refused {
			switch p.Code {
			case wire.CodeHashMismatch, wire.CodeNotFound, wire.CodeOffset:
				continue // it begins anew, where the hub says
			}
			return s.refusedPage(ctx, b, p)
		}
		switch {
		case err == nil:
			s.settler.blob(b.BlobPlace)
			return 0, false, nil
		case errors.Is(err, errPage):
			s.cfg.Log.Warn("read a page", LogError, err)
			return 0, true, s.park(ctx, b, parkedGone)
		case errors.Is(err, errShut):
			return againSoon, false, nil
		case !errors.Is(err, errSlow):
			return 0, false, err
		}
	}
	if p, ok := errors.AsType[*wire.Problem](err); ok && p.Code == wire.CodeHashMismatch {
		return 0, true, s.park(ctx, b, parkedAltered)
	}
	return againSoon, false, nil
}

// refusedPage does what a refusal of a page asks for.
func (s *session) refusedPage(ctx context.Context, b kiosk.BlobRecord, p *wire.Problem) (again time.Duration, parked bool, err error) {
	switch {
	case p.Code.Final():
		return 0, true, s.park(ctx, b, string(p.Code))
	case ends(p.Code), p.RetryAfter > patienceMost:
		return 0, false, p
	}
	// Its header is still under way, the hub is busy, another request has it, or it has trouble of
	// its own.
	s.cfg.Log.Debug("a page has to wait", "dossier", b.Dossier, LogError, p)
	return max(p.RetryAfter, againSoon), false, nil
}

// park sets a page aside under a fault.
func (s *session) park(ctx context.Context, b kiosk.BlobRecord, why string) error {
	s.cfg.Log.Warn("a page is parked", "dossier", b.Dossier, "why", why)
	if err := s.cfg.Office.ParkBlob(ctx, b.BlobPlace, why); err != nil {
		return fmt.Errorf("park a page: %w", err)
	}
	return nil
}

// uploadOnce creates the upload, which tells where it stands, and sends what is missing.
func (s *session) uploadOnce(ctx context.Context, b kiosk.BlobRecord, page io.ReadSeeker) error {
	at, offset, err := s.create(ctx, b)
	if err != nil {
		return err
	}
	for offset < b.Size {
		if s.shut() > 0 {
			return errShut
		}
		if _, err := page.Seek(offset, io.SeekStart); err != nil {
			return fmt.Errorf("%w: %w", errPage, err)
		}
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
	a, err := s.conn.send(ctx, http.MethodPost, wire.PathBlobs, http.Header{
		"Tus-Resumable": {"1.0.0"}, "Upload-Length": {strconv.FormatInt(b.Size, 10)}, "Upload-Metadata": {wire.FormatMeta(meta)},
	}, nil, 0)
	if err != nil {
		return "", 0, err
	}
	if err := a.Body.Close(); err != nil {
		return "", 0, fmt.Errorf("read the hub's answer: %w", err)
	}
	offset, err = strconv.ParseInt(a.Header.Get("Upload-Offset"), 10, 64)
	if err != nil || offset < 0 || offset > b.Size {
		return "", 0, lie("an upload of %d bytes stands at %q", b.Size, a.Header.Get("Upload-Offset"))
	}
	// Where it leads, the connection stays the hub's: nothing follows an address to another host.
	to, err := s.conn.base.Parse(a.Header.Get("Location"))
	if err != nil || to.Host != s.conn.base.Host || to.Scheme != s.conn.base.Scheme {
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
	durable := int64(0)
	defer func() { s.conn.pace.release(n, int(durable)) }()
	buf := make([]byte, n)
	if _, err := io.ReadFull(page, buf); err != nil {
		return 0, fmt.Errorf("%w: %w", errPage, err)
	}
	if err := s.spent.add(ctx, kiosk.DayOf(s.cfg.Office.Time()), int64(n)); err != nil {
		s.cfg.Log.Warn("bytes of the day", LogError, err)
	}
	limited, cancel := context.WithTimeout(ctx, s.conn.pace.patience())
	defer cancel()
	body := &pieceBody{ctx: limited, gate: &s.conn.first, sent: &s.conn.sent}
	body.rest.Reset(buf)
	a, err := s.conn.send(limited, http.MethodPatch, at, http.Header{
		"Tus-Resumable": {"1.0.0"}, "Upload-Offset": {strconv.FormatInt(offset, 10)}, "Content-Type": {wire.TypeTus},
	}, body, int64(n))
	switch {
	case err != nil && ctx.Err() == nil && limited.Err() != nil:
		return 0, errSlow
	case err != nil:
		return 0, err
	}
	if err := a.Body.Close(); err != nil {
		return 0, fmt.Errorf("read the hub's answer: %w", err)
	}
	now, err := strconv.ParseInt(a.Header.Get("Upload-Offset"), 10, 64)
	if err != nil || now <= offset || now > offset+int64(n) {
		return 0, lie("after %d bytes at %d an upload stands at %q", n, offset, a.Header.Get("Upload-Offset"))
	}
	durable = now - offset
	s.conn.acked.Add(durable)
	return durable, nil
}
