package main

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/counter"
	"github.com/motcua/gateway/ui/lan"
	"github.com/motcua/gateway/ui/words"
)

// pages are what is served to browsers: on this machine all of it, on the office's network what
// has a login.
type pages struct {
	health  http.Handler
	slip    http.Handler
	metrics *prometheus.Registry
	screen  http.Handler // nil: this start has none
	// open is true where /screen needs no login: a demonstration on this machine.
	open  bool
	board http.Handler // nil in tests without it
	// office returns the pages of officers, leads and ratings, nil while the box's key is locked;
	// it is nil itself in tests without them.
	office func() *officePages
	unlock *counter.Unlock // the page that opens the key, and the way there
	words  words.Words
	log    *slog.Logger
}

// handler is what this machine sees.
func (p *pages) handler() http.Handler {
	return p.shield(lan.NewHosts("localhost", "127.0.0.1", "::1")).Secured(p.late(p.here))
}

func (p *pages) here(office *officePages) http.Handler {
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
	front := "/screen"
	if p.screen == nil && p.office != nil {
		front = "/counter"
	}
	p.mount(mux, office, p.open, front)
	return mux
}

// network is what the office's network sees.
func (p *pages) network(hosts *lan.Hosts) http.Handler {
	return p.shield(hosts).Secured(p.late(func(office *officePages) http.Handler {
		mux := http.NewServeMux()
		p.mount(mux, office, false, "/counter")
		return mux
	}))
}

// late serves what needs no key until the key is there, and everything from then on.
func (p *pages) late(build func(*officePages) http.Handler) http.Handler {
	if p.office == nil {
		return build(nil)
	}
	locked, whole := build(nil), sync.OnceValue(func() http.Handler { return build(p.office()) })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.office() == nil {
			locked.ServeHTTP(w, r)
			return
		}
		whole().ServeHTTP(w, r)
	})
}

func (p *pages) shield(hosts *lan.Hosts) lan.Shield {
	return lan.Shield{Hosts: hosts, Words: p.words, Log: p.log}
}

// mount adds what both have.
func (p *pages) mount(mux *http.ServeMux, office *officePages, open bool, front string) {
	if p.board != nil {
		mux.Handle("/board", p.board)
		mux.Handle("/board/", p.board)
	}
	switch {
	case office != nil:
		office.mount(mux)
		counter.Unlocked(mux)
	case p.office != nil:
		p.unlock.Routes(mux)
	}
	screen := p.screen
	switch {
	case screen == nil:
		screen = sentence(http.StatusNotFound, "This gateway paints no screen into a browser: start it with -screen web or -screen window.")
	case open:
	case office != nil:
		// Who answers for the office, or mends the box, may help at the screen from afar. An officer
		// may not: a lead may be in staff mode there.
		screen = office.gate.Around(screen, office.signedIn, kiosk.RoleLead, kiosk.RoleTechnician)
	case p.office != nil:
		screen = http.HandlerFunc(p.unlock.Locked)
	default:
		screen = sentence(http.StatusForbidden, "The screen needs a login.")
	}
	mux.Handle("/screen", screen)
	mux.Handle("/screen/", screen)
	mux.Handle("/screen.png", screen)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, front, http.StatusSeeOther)
	})
}

func sentence(status int, text string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Error(w, text, status) })
}

// here are the bounds of what this machine itself may take: it is one address, and a
// demonstration has all its counters and boards on it.
func here() lan.Limits {
	return lan.Limits{ConnsEach: 256, RequestsEach: 192, StreamsEach: 64, Rate: 500, Burst: 2000}
}

// run serves this machine on l until ctx ends, and closes it.
func (p *pages) run(ctx context.Context, l net.Listener) error {
	s := &lan.Server{Handler: p.handler(), Limits: here(), BodyOf: bodyOf, Words: p.words, Log: p.log}
	return s.Run(ctx, l)
}
