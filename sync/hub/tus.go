package hub

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/wire"
)

// Uploads takes pages as tus 1.0 uploads (tus.io/protocols/resumable-upload), with the extensions
// creation, creation-with-upload and termination. It is an http.Handler for [wire.PathBlobs] and
// what lies below. It leaves out tus's checksums: TLS guards the way, and the hash that the
// dossier's header names guards the whole, from the box's disk to the hub's.
//
// An upload is named by its page, so that creating it again is finding it again: the answer says
// how much of it is durable, 201 with Upload-Offset, and all of it where the page is kept. A page
// that its dossier's header does not name cannot be begun.
//
// There is no lock on an upload that a dead request could hold. Within a process a later request
// for a page stops the earlier one and waits until what came of it is durable; in two processes
// they may write side by side, and what one has made durable the other skips.
type Uploads struct {
	cfg     UploadsConfig
	places  *uploadPlaces
	crowd   crowd // of those who want one
	takers  takers
	buffers sync.Pool
}

// UploadsConfig is what Uploads stands on.
type UploadsConfig struct {
	Store PageStore
	Pages Pages
	// Identify tells whose a request is. Its refusals are *wire.Problem.
	Identify func(*http.Request) (Identity, error)
	Sign     SignFunc
	// Completed is told whose feed has something new; nil for nobody.
	Completed func(wire.GatewayID)
	Log       *slog.Logger
	Limits    UploadLimits
}

// PageStore is the part of [Store] that knows pages.
type PageStore interface {
	Page(ctx context.Context, gateway wire.GatewayID, page PageKey) (PageState, error)
	PageKept(ctx context.Context, gateway wire.GatewayID, page PageKey, sign SignFunc) (complete bool, err error)
}

// UploadLimits bound what uploads may take; zero means the default.
type UploadLimits struct {
	// Bodies are taken at once, of all gateways and of one; of one fewer, down to a single body, when
	// more than half of all are taken. Each holds up to MaxPiece bytes.
	Bodies, OfOne int
	// Idle is how long a body may bring nothing, Slowest how many bytes a second it has to bring
	// on the whole: whoever trickles holds a place that others need.
	Idle    time.Duration
	Slowest int64
	// Flush is how long bytes that have come may wait for more before they are made durable.
	Flush time.Duration
}

// The defaults. A line has 64 kbit/s, 8 on bad days: 1,000 bytes a second, of which a body that
// shares it with others gets half. Below that the gateway gives up by itself, so that half of it
// again is nobody's who means well. What a killed process can lose of a line of 64 kbit/s in Flush
// is 16 kB.
const (
	defaultBodies  = 256
	defaultOfOne   = 8
	defaultIdle    = 30 * time.Second
	defaultSlowest = 250
	defaultFlush   = 2 * time.Second
)

// The longest that a store may take for an answer, and for bytes.
const (
	lookTimeout = 15 * time.Second
	keepTimeout = 2 * time.Minute
)

func (l UploadLimits) filled() UploadLimits {
	l.Bodies = cmp.Or(l.Bodies, defaultBodies)
	l.OfOne = cmp.Or(l.OfOne, defaultOfOne)
	l.Idle = cmp.Or(l.Idle, defaultIdle)
	l.Slowest = cmp.Or(l.Slowest, defaultSlowest)
	l.Flush = cmp.Or(l.Flush, defaultFlush)
	return l
}

// NewUploads returns a handler.
func NewUploads(cfg UploadsConfig) *Uploads {
	cfg.Limits = cfg.Limits.filled()
	l := cfg.Limits
	return &Uploads{
		cfg: cfg, places: newUploadPlaces(l.Bodies, l.OfOne), takers: takers{of: map[PageKey]*taker{}},
		buffers: sync.Pool{New: func() any { return new([MaxPiece]byte) }},
	}
}

// The headers of tus.
const (
	tusVersion   = "1.0.0"
	headTus      = "Tus-Resumable"
	headOffset   = "Upload-Offset"
	headLength   = "Upload-Length"
	headMeta     = "Upload-Metadata"
	headOverride = "X-Http-Method-Override"
)

// ServeHTTP answers a request of tus.
func (u *Uploads) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set(headTus, tusVersion)
	w.Header().Set("Cache-Control", "no-store")
	if err := u.serve(w, r); err != nil {
		u.refuse(w, r, err)
	}
}

// serve answers or returns why not.
func (u *Uploads) serve(w http.ResponseWriter, r *http.Request) error {
	method := r.Method
	if m := r.Header.Get(headOverride); m != "" { // tus has it for clients behind proxies that know GET and POST only
		method = m
	}
	name := strings.Trim(strings.TrimPrefix(r.URL.Path, wire.PathBlobs), "/")
	if method == http.MethodOptions {
		h := w.Header()
		h.Set("Tus-Version", tusVersion)
		h.Set("Tus-Extension", "creation,creation-with-upload,termination")
		h.Set("Tus-Max-Size", strconv.Itoa(kiosk.MaxPageBytes))
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	if v := r.Header.Get(headTus); v != tusVersion {
		w.Header().Set("Tus-Version", tusVersion)
		return &wire.Problem{Status: http.StatusPreconditionFailed, Code: wire.CodeSyntax, Title: "not tus 1.0.0"}
	}
	who, err := u.cfg.Identify(r)
	if err != nil {
		return err
	}
	if name == "" {
		if method != http.MethodPost {
			return wrongMethod(w, "OPTIONS, POST")
		}
		return u.create(w, r, who.Gateway)
	}
	page, err := ParsePageKey(name)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotFound, err)
	}
	switch method {
	case http.MethodHead:
		return u.head(w, r, who.Gateway, page)
	case http.MethodPatch:
		return u.patch(w, r, who.Gateway, page)
	case http.MethodDelete:
		return u.terminate(w, r, who.Gateway, page)
	}
	return wrongMethod(w, "DELETE, HEAD, OPTIONS, PATCH")
}

// found is a page that a gateway may send, and how far it has come.
type found struct {
	gateway wire.GatewayID
	page    PageKey
	state   PageState
	offset  int64
}

// find says how a page stands.
func (u *Uploads) find(ctx context.Context, gateway wire.GatewayID, page PageKey) (found, error) {
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	f := found{gateway: gateway, page: page}
	var err error
	f.state, err = u.cfg.Store.Page(ctx, gateway, page)
	if err == nil && !f.state.Kept && u.takers.settle(ctx, page) {
		f.state, err = u.cfg.Store.Page(ctx, gateway, page) // it may have been finished
	}
	if err != nil {
		return f, err
	}
	if f.state.Kept {
		f.offset = f.state.Size
		return f, nil
	}
	f.offset, err = u.cfg.Pages.Offset(ctx, page)
	return f, err
}

// create begins an upload, or finds the one that was begun.
func (u *Uploads) create(w http.ResponseWriter, r *http.Request, gateway wire.GatewayID) error {
	if r.Header.Get("Upload-Defer-Length") != "" {
		return notTus("the length of a page is known from the start")
	}
	length, err := number(r, headLength)
	if err != nil {
		return err
	}
	if length > kiosk.MaxPageBytes {
		return &wire.Problem{Status: http.StatusRequestEntityTooLarge, Code: wire.CodeTooLarge, Title: "a page has at most 64 MiB"}
	}
	meta, err := wire.ParseMeta(r.Header.Get(headMeta))
	if err != nil {
		return notTus(err.Error())
	}
	f, err := u.find(r.Context(), gateway, PageKey{meta.Dossier, meta.Hash})
	if err != nil {
		return err
	}
	if f.state.Size != length {
		return fmt.Errorf("%w: it names one of %d bytes", ErrNotNamed, f.state.Size)
	}
	at := f.offset
	if hasBody(r) && !f.state.Kept {
		if !isTus(r) {
			return wrongType()
		}
		// The body is the page from its beginning, whatever has come of it before.
		came, err := u.take(w, r, f, 0)
		if err != nil {
			return err
		}
		at = max(at, came)
	}
	h := w.Header()
	h.Set("Location", wire.PathBlobs+"/"+f.page.String())
	h.Set(headOffset, strconv.FormatInt(at, 10))
	h.Set(headLength, strconv.FormatInt(f.state.Size, 10))
	w.WriteHeader(http.StatusCreated)
	return nil
}

// head says how far an upload has come.
func (u *Uploads) head(w http.ResponseWriter, r *http.Request, gateway wire.GatewayID, page PageKey) error {
	f, err := u.find(r.Context(), gateway, page)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set(headOffset, strconv.FormatInt(f.offset, 10))
	h.Set(headLength, strconv.FormatInt(f.state.Size, 10))
	w.WriteHeader(http.StatusOK)
	return nil
}

// patch takes more of a page.
func (u *Uploads) patch(w http.ResponseWriter, r *http.Request, gateway wire.GatewayID, page PageKey) error {
	if !isTus(r) {
		return wrongType()
	}
	at, err := number(r, headOffset)
	if err != nil {
		return err
	}
	f, err := u.find(r.Context(), gateway, page)
	if err != nil {
		return err
	}
	if at != f.offset {
		return &OffsetError{f.offset}
	}
	if r.ContentLength > f.state.Size-at {
		return &wire.Problem{Status: http.StatusRequestEntityTooLarge, Code: wire.CodeTooLarge, Title: "the body goes on beyond the page's end"}
	}
	if !f.state.Kept {
		if at, err = u.take(w, r, f, at); err != nil {
			return err
		}
	}
	w.Header().Set(headOffset, strconv.FormatInt(at, 10))
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// terminate forgets what came of a page. A kept one is the province's: no gateway takes it back.
func (u *Uploads) terminate(w http.ResponseWriter, r *http.Request, gateway wire.GatewayID, page PageKey) error {
	f, err := u.find(r.Context(), gateway, page)
	if err != nil {
		return err
	}
	if f.state.Kept {
		return &wire.Problem{Status: http.StatusForbidden, Code: wire.CodeMethod, Title: "the page is kept, and only the province erases it"}
	}
	ctx, cancel := context.WithTimeout(r.Context(), keepTimeout)
	defer cancel()
	if err := u.cfg.Pages.Drop(ctx, page); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// number reads a header that is a count of bytes: decimal digits, and nothing else.
func number(r *http.Request, name string) (int64, error) {
	s := r.Header.Get(name)
	n, err := strconv.ParseUint(s, 10, 63)
	if err != nil && !errors.Is(err, strconv.ErrRange) || err == nil && strconv.FormatUint(n, 10) != s {
		return 0, notTus(name + ": want a count of bytes")
	}
	return int64(n), nil // beyond the range it is beyond every bound as well
}

func isTus(r *http.Request) bool { return r.Header.Get("Content-Type") == wire.TypeTus }

// hasBody reports whether bytes come along. Of a body whose length is not said that is not known:
// who says its type means one.
func hasBody(r *http.Request) bool {
	return r.ContentLength > 0 || r.ContentLength < 0 && r.Header.Get("Content-Type") != ""
}
