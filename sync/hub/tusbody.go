package hub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/motcua/gateway/sync/wire"
)

// take reads a body that begins at a place of a page, makes it durable piece by piece, and returns
// where it ended. A body that breaks off is kept as far as it came. The piece that ends the page
// finishes it.
func (u *Uploads) take(w http.ResponseWriter, r *http.Request, f found, at int64) (int64, error) {
	leave, ok := u.places.enter(f.gateway)
	if !ok {
		return at, u.crowd.refusal("too many pages come at once")
	}
	u.crowd.entered()
	defer leave()
	l := u.cfg.Limits
	b := &uploadBody{
		Reader: r.Body, idle: l.Idle, deadline: http.NewResponseController(w).SetReadDeadline,
		until: time.Now().Add(l.Idle + time.Duration((f.state.Size-at)/l.Slowest)*time.Second),
	}
	// Bytes that have come are kept, whether their sender is still there or not.
	in := &intake{ctx: context.WithoutCancel(r.Context()), uploads: u, found: f, body: b, at: at}
	end, ok := u.takers.begin(f.page, b.stop)
	if !ok {
		return at, ErrBusy
	}
	defer end()
	defer b.over()
	buf := u.buffers.Get().(*[MaxPiece]byte)
	defer u.buffers.Put(buf)
	for {
		in.buf = buf[:min(MaxPiece, f.state.Size-in.at)]
		ended := in.fill(l.Flush)
		switch in.keep(true); {
		case in.err != nil:
			return in.at, in.err
		case in.whole, ended == io.EOF:
			return in.at, nil
		case in.at == f.state.Size: // all of it came before, from somebody who is finishing it now
			return in.at, ErrBusy
		case ended != nil:
			w.Header().Set(headOffset, fmt.Sprint(in.at))
			return in.at, broken(ended)
		}
	}
}

// intake is the bytes of a body on their way into the store.
type intake struct {
	ctx     context.Context // of the store's calls
	uploads *Uploads
	found
	body *uploadBody

	mu    sync.Mutex
	buf   []byte
	n     int   // bytes of buf that have come and are not durable
	at    int64 // of the page, where they begin
	from  int   // of buf, likewise
	timed bool  // somebody is going to call keep
	whole bool  // the page is finished
	err   error
}

// fill reads until buf is full or the body ends. What has come does not wait for the rest for
// longer than flush: a line that is dead may hold it back for long, and its gateway may come back
// through another process, which knows only what is durable.
func (in *intake) fill(flush time.Duration) error {
	in.mu.Lock()
	in.from, in.n = 0, 0
	in.mu.Unlock()
	for have := 0; have < len(in.buf); {
		m, err := in.body.read(in.buf[have:])
		have += m
		in.mu.Lock()
		in.n += m
		if in.n > 0 && !in.timed && have < len(in.buf) && err == nil {
			in.timed = true
			time.AfterFunc(flush, func() { in.keep(false) })
		}
		in.mu.Unlock()
		if err != nil && (err != io.EOF || have < len(in.buf)) { // a full one says so again
			return err
		}
	}
	return nil
}

// keep makes durable what has come. What fills the buffer is left to the one who reads.
func (in *intake) keep(last bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.timed = in.timed && last
	if in.err != nil || in.n == 0 || !last && in.from+in.n == len(in.buf) {
		return
	}
	in.whole, in.err = in.uploads.keep(in.ctx, in.found, in.at, in.buf[in.from:in.from+in.n])
	if in.err != nil {
		in.body.stop()
		return
	}
	in.at, in.from, in.n = in.at+int64(in.n), in.from+in.n, 0
}

// keep makes a piece durable, and the page where it is the last one. What somebody else has made
// durable of it meanwhile is skipped: it is the same page.
func (u *Uploads) keep(ctx context.Context, f found, at int64, piece []byte) (whole bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, keepTimeout)
	defer cancel()
	for len(piece) > 0 {
		whole = at+int64(len(piece)) == f.state.Size
		if whole {
			err = u.finish(ctx, f, at, piece)
		} else {
			err = u.cfg.Pages.Append(ctx, f.page, at, piece, f.state)
		}
		moved, ok := errors.AsType[*OffsetError](err)
		if !ok || moved.Ends <= at {
			return whole && err == nil, err
		}
		skip := min(moved.Ends-at, int64(len(piece)))
		at, piece = at+skip, piece[skip:]
	}
	return false, nil
}

// finish makes a page of the pieces and the last one, and says so to the store.
func (u *Uploads) finish(ctx context.Context, f found, at int64, tail []byte) error {
	err := u.cfg.Pages.Finish(ctx, f.page, tail, f.state)
	if errors.Is(err, ErrHash) {
		return errors.Join(err, u.cfg.Pages.Drop(ctx, f.page))
	}
	if err != nil {
		return err
	}
	complete, err := u.cfg.Store.PageKept(ctx, f.gateway, f.page, u.cfg.Sign)
	if errors.Is(err, ErrErased) { // while it came
		return errors.Join(err, u.cfg.Pages.Remove(ctx, f.page.Dossier))
	}
	if err != nil {
		return err
	}
	if complete && u.cfg.Completed != nil {
		u.cfg.Completed(f.gateway)
	}
	if at > 0 {
		// The page is kept; its pieces are only in the way, and Sweep finds them as well.
		if err := u.cfg.Pages.Drop(ctx, f.page); err != nil {
			u.cfg.Log.Warn("the pieces of a kept page are still there", logPage, f.page, LogError, err)
		}
	}
	return nil
}

// uploadBody is the body of a request, read against time, until somebody stops it.
type uploadBody struct {
	io.Reader
	idle  time.Duration // for each read
	until time.Time     // for all of it

	mu       sync.Mutex
	deadline func(time.Time) error // nil once the request is over
	stopped  bool
}

// errStopped is a body that another request for the same page has stopped.
var errStopped = fmt.Errorf("another request has come for this page: %w", ErrBusy)

// read reads what comes next.
func (b *uploadBody) read(p []byte) (int, error) {
	if err := b.wait(); err != nil {
		return 0, err
	}
	n, err := b.Read(p)
	if err != nil && err != io.EOF && b.wait() == errStopped {
		err = errStopped
	}
	return n, err
}

// wait sets the deadline of the next read.
func (b *uploadBody) wait() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.stopped {
		return errStopped
	}
	next := time.Now().Add(b.idle)
	if b.until.Before(next) {
		next = b.until
	}
	if err := b.deadline(next); err != nil {
		return fmt.Errorf("set a deadline: %w", err)
	}
	return nil
}

// stop ends a read that waits, and the ones to come.
func (b *uploadBody) stop() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stopped = true
	if b.deadline != nil {
		_ = b.deadline(time.Unix(1, 0)) // one that knows none fails by itself, in wait
	}
}

// over says that the request is answered: nothing may be said to its line any more.
func (b *uploadBody) over() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.deadline = nil
}

// broken is a body that did not come to its end. Mostly nobody is left to hear it.
func broken(err error) error {
	switch {
	case err == errStopped, errors.Is(err, http.ErrNotSupported):
		return err // a writer in between that hides its line is a fault of ours
	case errors.Is(err, os.ErrDeadlineExceeded):
		return &wire.Problem{Status: http.StatusRequestTimeout, Code: wire.CodeBusy, Title: "the body stopped coming"}
	}
	return &wire.Problem{Status: http.StatusBadRequest, Code: wire.CodeSyntax, Title: "the body broke off"}
}
