package uplink

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
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
	pieceSlack = 10 * time.Second
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
func (s *session) upload(ctx context.Context, b kiosk.BlobRecord, fresh bool) (again time.Duration, parked bool, err error) {
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
		err = s.uploadOnce(ctx, b, page, fresh)
		fresh = false
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

// uploadOnce creates the upload, which tells where it stands, and sends what is missing. Of a
// fresh page, one that nothing can have come of yet, the first piece goes along.
func (s *session) uploadOnce(ctx context.Context, b kiosk.BlobRecord, page io.ReadSeeker, fresh bool) error {
	at, offset, err := s.create(ctx, b, page, fresh)
	if err != nil {
		return err
	}
	for offset < b.Size {
		if s.shut() > 0 {
			return errShut
		}
		if offset, err = s.patch(ctx, at, page, offset, b.Size); err != nil {
			return err
		}
	}
	return nil
}

const tusVersion = "1.0.0"

// create makes the upload, or finds the one that was begun.
func (s *session) create(ctx context.Context, b kiosk.BlobRecord, page io.ReadSeeker, fresh bool) (at string, offset int64, err error) {
	header := http.Header{
		"Tus-Resumable": {tusVersion}, "Upload-Length": {strconv.FormatInt(b.Size, 10)},
		"Upload-Metadata": {wire.FormatMeta(wire.BlobMeta{Dossier: b.Dossier, Hash: b.Hash})},
	}
	var a http.Header
	var sent int64
	if fresh {
		header["Content-Type"] = []string{wire.TypeTus}
		a, sent, err = s.carry(ctx, http.MethodPost, wire.PathBlobs, header, page, 0, b.Size)
	} else {
		ctx, cancel := context.WithTimeout(ctx, smallTimeout)
		defer cancel()
		a, err = s.conn.tell(ctx, http.MethodPost, wire.PathBlobs, header, nil, 0)
	}
	if err != nil {
		return "", 0, err
	}
	offset, err = strconv.ParseInt(a.Get("Upload-Offset"), 10, 64)
	if err != nil || offset < 0 || offset > b.Size || fresh && offset == 0 {
		return "", 0, lie("an upload of %d bytes, of which %d were sent, stands at %q", b.Size, sent, a.Get("Upload-Offset"))
	}
	s.conn.acked.Add(min(offset, sent))
	// Where it leads, the connection stays the hub's: nothing follows an address to another host.
	to, err := s.conn.base.Parse(a.Get("Location"))
	if err != nil || to.Host != s.conn.base.Host || to.Scheme != s.conn.base.Scheme {
		return "", 0, lie("an upload at %q", a.Get("Location"))
	}
	return to.RequestURI(), offset, nil
}

// patch sends the next piece and returns how much of the page the hub has then made durable.
func (s *session) patch(ctx context.Context, at string, page io.ReadSeeker, offset, size int64) (int64, error) {
	a, n, err := s.carry(ctx, http.MethodPatch, at, http.Header{
		"Tus-Resumable": {tusVersion}, "Upload-Offset": {strconv.FormatInt(offset, 10)}, "Content-Type": {wire.TypeTus},
	}, page, offset, size)
	if err != nil {
		return 0, err
	}
	now, err := strconv.ParseInt(a.Get("Upload-Offset"), 10, 64)
	if err != nil || now <= offset || now > offset+n {
		return 0, lie("after %d bytes at %d an upload stands at %q", n, offset, a.Get("Upload-Offset"))
	}
	s.conn.acked.Add(now - offset)
	return now, nil
}

// carry sends as much of a page as may be under way, and returns the answer's header and how much
// that was.
func (s *session) carry(ctx context.Context, method, path string, header http.Header, page io.ReadSeeker, offset, size int64) (http.Header, int64, error) {
	piece, err := s.conn.pace.begin(ctx, int(min(size-offset, pieceMost)))
	if err != nil {
		return nil, 0, err
	}
	durable := 0
	defer func() { piece.end(durable) }()
	buf := make([]byte, piece.bytes)
	if _, err := page.Seek(offset, io.SeekStart); err != nil {
		return nil, 0, fmt.Errorf("%w: %w", errPage, err)
	}
	if _, err := io.ReadFull(page, buf); err != nil {
		return nil, 0, fmt.Errorf("%w: %w", errPage, err)
	}
	if err := s.spent.add(ctx, kiosk.DayOf(s.cfg.Office.Time()), int64(len(buf))); err != nil {
		s.cfg.Log.Warn("bytes of the day", LogError, err)
	}
	limited, cancel := context.WithTimeout(ctx, piece.patience())
	defer cancel()
	body := &pieceBody{ctx: limited, gate: &s.conn.first, piece: piece, sent: &s.conn.sent}
	body.rest.Reset(buf)
	traced := httptrace.WithClientTrace(limited, &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) { piece.pass() }})
	a, err := s.conn.tell(traced, method, path, header, body, int64(len(buf)))
	if err != nil {
		if _, refused := errors.AsType[*wire.Problem](err); !refused && ctx.Err() == nil && limited.Err() != nil {
			err = errSlow
		}
		return nil, 0, err
	}
	durable = len(buf)
	return a, int64(len(buf)), nil
}
