package hub

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/wire"
)

// Identity is who stands behind a request.
type Identity struct {
	Gateway wire.GatewayID
	Site    kiosk.SiteCode
}

// Config is what a Hub needs.
type Config struct {
	Store Store
	Pages Pages
	// Identify tells whose a request is. Its refusals are *wire.Problem; any other error is the
	// hub's own trouble.
	Identify func(*http.Request) (Identity, error)
	Signer   *wire.Signer
	// PackKeys are the province's further keys, by which packs are checked.
	PackKeys []wire.Key
	// Recipients are the hub's public keys for what comes on a stick, in age's text form.
	Recipients []string
	// OpenAPI is the document that describes all this; nil: it is not served.
	OpenAPI []byte
	Log     *slog.Logger
	Limits  Limits
}

// Hub is the province's end of the line, as an http.Handler. Its Run commits what the requests
// bring, so that none is answered before Run runs.
type Hub struct {
	Config
	mux     *http.ServeMux
	entry   *entry
	commits *committer
	watch   *watch
	metrics *metrics
	uploads *Uploads
	pulse   pulse
}

// The keys under which a hub logs.
const (
	LogGateway = "gateway"
	LogPath    = "path"
	LogCode    = "code"
	LogError   = "err"
	LogAt      = "at"
)

// New returns a Hub.
func New(c Config) *Hub {
	c.Limits = c.Limits.filled()
	h := &Hub{Config: c, mux: http.NewServeMux(), entry: newEntry(c.Limits), watch: newWatch(c.Store, c.Log), metrics: newMetrics()}
	h.commits = newCommitter(c.Store, h.sign, c.Limits, h.metrics, c.Log)
	h.route(http.MethodPost, wire.PathEvents, h.events)
	h.route(http.MethodGet, wire.PathMarks, h.marks)
	h.route(http.MethodGet, wire.PathNumbers, h.numbers)
	h.route(http.MethodGet, wire.PathFeed, h.feed)
	h.route(http.MethodPut, wire.PathHealth, h.health)
	h.route(http.MethodGet, wire.PathKeys, h.keys)
	h.uploads = NewUploads(UploadsConfig{
		Store: c.Store, Pages: c.Pages, Identify: c.Identify, Sign: h.sign, Log: c.Log, Limits: c.Limits.Uploads,
		Completed: func(g wire.GatewayID) { h.watch.wake(g) },
	})
	h.mux.Handle(wire.PathBlobs, h.uploads)
	h.mux.Handle(wire.PathBlobs+"/", h.uploads)
	h.mux.HandleFunc("GET "+wire.PathOpenAPI, h.openAPI)
	h.mux.HandleFunc("GET /healthz", h.healthz)
	h.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		h.refuse(w, r, notHere())
	})
	return h
}

// Run commits what comes and watches the feed until ctx ends; then it finishes what was taken
// over. A server that stands before it is shut down first.
func (h *Hub) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		h.watch.run(ctx)
	}()
	h.commits.run(ctx)
	<-watched
	return nil
}

// Quiet ends the questions that wait for the feed, so that a server can be shut down.
func (h *Hub) Quiet() { h.watch.close() }

// ServeHTTP implements http.Handler.
func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.mux.ServeHTTP(w, r) }

// route leads a path to a handler, which is called for a known gateway and the right method only.
// What it returns is the refusal.
func (h *Hub) route(method, path string, do func(http.ResponseWriter, *http.Request, Identity) error) {
	h.mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != method {
			w.Header().Set("Allow", method)
			h.refuse(w, r, &wire.Problem{Status: http.StatusMethodNotAllowed, Code: wire.CodeMethod, Title: "this path takes " + method})
			return
		}
		who, err := h.Identify(r)
		if err == nil {
			err = do(w, r, who)
		}
		if err != nil {
			h.refuse(w, r, err)
			return
		}
		h.metrics.served(path)
	})
}

// refuse answers with a refusal. What is the hub's own trouble is logged, and the gateway is asked
// to come again.
func (h *Hub) refuse(w http.ResponseWriter, r *http.Request, err error) {
	p, ok := errors.AsType[*wire.Problem](err)
	if !ok { // whoever let the request in may have ended it: a gateway was revoked while it asked
		p, ok = errors.AsType[*wire.Problem](context.Cause(r.Context()))
	}
	switch {
	case ok:
		h.Log.Debug("request refused", LogPath, r.URL.Path, LogCode, p.Code)
	case r.Context().Err() != nil:
		return // nobody is there to read it
	default:
		h.Log.Error("request failed", LogPath, r.URL.Path, LogError, err)
		p = &wire.Problem{
			Status: http.StatusServiceUnavailable, Code: wire.CodeInternal, Title: "the hub has trouble of its own; nothing was lost",
			RetryAfter: jitter(failedWait),
		}
	}
	h.metrics.refused(p.Code)
	wire.WriteProblem(w, p)
}

// sign makes the statement of a dossier.
func (h *Hub) sign(st wire.Statement) (string, error) { return h.Signer.Sign(st) }
