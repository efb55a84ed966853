package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/motcua/gateway/sync/enrol"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/wire"
)

// The bounds of a connection, against those who hold one open without saying anything.
const (
	headTime   = 15 * time.Second
	idleTime   = 3 * time.Minute
	writeTime  = time.Minute // without a byte that can be written
	maxHead    = 16 << 10
	maxStreams = 32 // of one connection; a gateway uses about ten
	// maxUnread bounds what of one connection's bodies waits to be read: a province on slow lines
	// fills none of it, and one on fast lines not the hub's memory.
	maxUnread   = 256 << 10
	maxWatchers = 20
)

// newLine is the gateways' door. EST answers those who are nobody yet; behind everything else
// stands a certificate.
func newLine(h *hub.Hub, r *enrol.Registrar, log *slog.Logger) *http.Server {
	mux := http.NewServeMux()
	mux.Handle("/.well-known/est/", r.Handler())
	mux.Handle("/v1/", r.Protect(greeted(h)))
	mux.Handle(wire.PathOpenAPI, h)
	mux.Handle("/healthz", h)
	mux.Handle("/", h) // which says that nothing is there
	s := newServer(mux, log)
	s.TLSConfig, s.ConnContext = r.ServerTLS(), withVisitor
	return s
}

// newStatus is for whoever watches this machine.
func newStatus(h *hub.Hub, log *slog.Logger) *http.Server {
	mux := http.NewServeMux()
	mux.Handle("GET /healthz", h)
	mux.Handle("GET /metrics", promhttp.HandlerFor(h.Metrics(), promhttp.HandlerOpts{ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn)}))
	return newServer(mux, log)
}

func newServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: handler, ReadHeaderTimeout: headTime, IdleTimeout: idleTime, MaxHeaderBytes: maxHead,
		HTTP2: &http.HTTP2Config{
			MaxConcurrentStreams: maxStreams, WriteByteTimeout: writeTime, SendPingTimeout: idleTime / 3, PingTimeout: headTime,
			MaxReceiveBufferPerConnection: maxUnread, MaxReceiveBufferPerStream: maxUnread,
		},
		// Strangers make errors in any number: whoever looks for one turns debugging on.
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

// serve answers until ctx ends, then lets what is under way come to its end. quiet ends those who
// only wait.
func serve(ctx context.Context, s *http.Server, l net.Listener, quiet func()) error {
	done := make(chan error, 1)
	go func() {
		if s.TLSConfig == nil {
			done <- s.Serve(l)
			return
		}
		done <- s.ServeTLS(l, "", "")
	}()
	select {
	case err := <-done:
		return fmt.Errorf("serve %s: %w", l.Addr(), err)
	case <-ctx.Done():
	}
	quiet()
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	err := s.Shutdown(stop)
	if errors.Is(err, context.DeadlineExceeded) {
		err = s.Close() // a slow line goes on at the next start
	}
	if served := <-done; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

// announce says where everything is.
func announce(w io.Writer, c *config, gateways, status net.Addr, page *page) {
	_, port, _ := net.SplitHostPort(gateways.String()) // it is an address
	fmt.Fprintf(w, "for gateways   https://%s\n", net.JoinHostPort(c.Names[0], port))
	fmt.Fprintf(w, "on this machine  http://%s/healthz  http://%s/metrics\n", status, status)
	if page != nil {
		fmt.Fprintf(w, "the page       https://%s  certificate %s\n", page.listener.Addr(), page.certificate.Fingerprint())
	}
}

func newLogger(w io.Writer, form string) *slog.Logger {
	if form == "json" {
		return slog.New(slog.NewJSONHandler(w, nil))
	}
	return slog.New(slog.NewTextHandler(w, nil))
}
