package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// The bounds of the plain HTTP on loopback.
const (
	webReadTimeout  = 10 * time.Second
	webWriteTimeout = 30 * time.Second // the screen's stream sets its own, frame by frame
	webIdleTimeout  = 2 * time.Minute
	webStopTimeout  = 3 * time.Second
	webMaxHeader    = 16 << 10
	webMaxBody      = 64 << 10
	webMaxRequests  = 64 // at once; more than an office has browsers
)

// pages are what is served on loopback.
type pages struct {
	health  http.Handler
	slip    http.Handler
	metrics *prometheus.Registry
	screen  http.Handler // nil: this start has none
	// open is true where /screen needs no login: a demonstration on this machine.
	open bool
	log  *slog.Logger
}

func (p *pages) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /healthz", p.health)
	mux.Handle("GET /metrics", promhttp.HandlerFor(p.metrics, promhttp.HandlerOpts{
		ErrorLog: slog.NewLogLogger(p.log.Handler(), slog.LevelWarn),
		Registry: p.metrics,
	}))
	mux.Handle("GET /slip/{number}", p.slip)
	mux.HandleFunc("GET /slip.css", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		_, _ = w.Write([]byte(slipCSS))
	})
	screen := p.screen
	switch {
	case screen == nil:
		screen = sentence(http.StatusNotFound, "This gateway paints no screen into a browser: start it with -screen web or -screen window.")
	case !p.open:
		screen = sentence(http.StatusForbidden, "The screen needs a login, and logins come with a later version. With -demo it is open on this machine.")
	}
	mux.Handle("/screen", screen)
	mux.Handle("/screen/", screen)
	mux.Handle("/screen.png", screen)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/screen", http.StatusSeeOther)
	})
	return limitRequests(onlyHere(secured(http.NewCrossOriginProtection().Handler(mux))))
}

func sentence(status int, text string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Error(w, text, status) })
}

// secured sets what keeps a browser from doing more with a page than showing it. A page may
// set its own Content-Security-Policy.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		r.Body = http.MaxBytesReader(w, r.Body, webMaxBody)
		next.ServeHTTP(w, r)
	})
}

// onlyHere refuses a request that names another machine: a page elsewhere whose name was made
// to lead here must not reach the screen through the browser of this machine.
func onlyHere(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		} else if n := len(host); n > 1 && host[0] == '[' && host[n-1] == ']' {
			host = host[1 : n-1]
		}
		if ip, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !ip.IsLoopback()) {
			http.Error(w, "This address answers only as 127.0.0.1 or localhost.", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// limitRequests answers 503 to what comes beyond webMaxRequests at once.
func limitRequests(next http.Handler) http.Handler {
	room := make(chan struct{}, webMaxRequests)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case room <- struct{}{}:
			defer func() { <-room }()
			next.ServeHTTP(w, r)
		default:
			http.Error(w, "Too many requests at once.", http.StatusServiceUnavailable)
		}
	})
}

// run serves the pages on l until ctx ends, and closes it.
func (p *pages) run(ctx context.Context, l net.Listener) error {
	// Streams end with the gateway, before the server waits for them.
	requests, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	server := &http.Server{
		Handler:           p.handler(),
		ReadTimeout:       webReadTimeout,
		ReadHeaderTimeout: webReadTimeout,
		WriteTimeout:      webWriteTimeout,
		IdleTimeout:       webIdleTimeout,
		MaxHeaderBytes:    webMaxHeader,
		ErrorLog:          slog.NewLogLogger(p.log.Handler(), slog.LevelDebug),
		BaseContext:       func(net.Listener) context.Context { return requests },
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	select {
	case err := <-done:
		return fmt.Errorf("serve http: %w", err)
	case <-ctx.Done():
	}
	cancel()
	stop, release := context.WithTimeout(context.WithoutCancel(ctx), webStopTimeout)
	defer release()
	if err := server.Shutdown(stop); err != nil {
		p.log.Debug("http streams cut", "err", errors.Join(err, server.Close()))
	}
	<-done
	return nil
}
