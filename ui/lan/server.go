package lan

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/words"
)

// The bounds of HTTP/2 on one connection.
const (
	maxConnStreams = 64
	pingAfter      = 15 * time.Second // a pulled cable sends no farewell
	pingTimeout    = 10 * time.Second
)

// Server serves one listener within bounds.
type Server struct {
	// Handler should be [Shield.Secured].
	Handler http.Handler
	// Certificate is presented under TLS; without one the server speaks plain HTTP.
	Certificate *Certificate
	Limits      Limits
	// BodyOf raises or lowers the limit of a request's body, where it returns more than 0: a
	// recorded clip is larger than any form. It may be nil.
	BodyOf func(*http.Request) int64
	Words  words.Words
	Log    *slog.Logger
}

// Run serves l until ctx ends, and closes it. What is at work then is told to end, and what has
// not after Limits.Stop is cut. It returns an error only when l fails.
func (s *Server) Run(ctx context.Context, l net.Listener) error {
	limits := s.Limits.filled()
	// Streams end with the gateway, before the server waits for them.
	requests, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	server := &http.Server{
		Handler:           s.metered(newMeter(limits)),
		ReadHeaderTimeout: limits.Header,
		ReadTimeout:       limits.Read,
		WriteTimeout:      limits.Write,
		IdleTimeout:       limits.Idle,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(s.Log.Handler(), slog.LevelDebug),
		BaseContext:       func(net.Listener) context.Context { return requests },
		HTTP2: &http.HTTP2Config{
			MaxConcurrentStreams: maxConnStreams,
			SendPingTimeout:      pingAfter,
			PingTimeout:          pingTimeout,
			WriteByteTimeout:     sendTimeout,
		},
	}
	seats := newPlaces(l, limits.Conns, limits.ConnsEach)
	done := make(chan error, 1)
	go func() { done <- s.serve(server, seats) }()
	select {
	case err := <-done:
		return fmt.Errorf("serve %s: %w", l.Addr(), err)
	case <-ctx.Done():
	}
	cancel()
	stop, release := context.WithTimeout(context.WithoutCancel(ctx), limits.Stop)
	defer release()
	if err := server.Shutdown(stop); err != nil {
		s.Log.Debug("connections cut", "addr", l.Addr().String(), "err", errors.Join(err, server.Close()))
	}
	<-done
	return nil
}

func (s *Server) serve(server *http.Server, l net.Listener) error {
	if s.Certificate == nil {
		return server.Serve(l)
	}
	server.TLSConfig = &tls.Config{
		MinVersion:     tls.VersionTLS12,
		GetCertificate: s.Certificate.GetCertificate,
	}
	return server.ServeTLS(l, "", "")
}

// metered lets requests in as the meter says and bounds their bodies.
func (s *Server) metered(m *meter) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		from := RemoteIP(r)
		switch m.enter(from) {
		case tooMany:
			s.turnAway(w, r, kiosk.CodeTooMany)
			return
		case tooFull, nameless:
			s.turnAway(w, r, CodeBusy)
			return
		}
		defer m.leave(from)
		limit := m.limits.Body
		if s.BodyOf != nil {
			if n := s.BodyOf(r); n > 0 {
				limit = n
			}
		}
		r = r.WithContext(context.WithValue(r.Context(), meterKey{}, m))
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		s.Handler.ServeHTTP(w, r)
	})
}

// turnAway refuses what exceeds a bound, with as little work as can be, and lets go of an
// HTTP/1 connection.
func (s *Server) turnAway(w http.ResponseWriter, r *http.Request, code kiosk.Code) {
	w.Header().Set("Connection", "close")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	Refuse(w, r, problem(code, s.Words), s.Words, s.Log)
}

// meterKey is where a request carries the meter that let it in, for its streams.
type meterKey struct{}
