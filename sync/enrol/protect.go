package enrol

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/motcua/gateway/sync/wire"
)

// ServerTLS returns the TLS of the hub's door. Clients are asked for a certificate and may have
// none: EST's first request has none yet, and an ended one may still be renewed. Who they are is
// for [Registrar.Identify] to say, at every request.
func (r *Registrar) ServerTLS() *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS13, // in 1.2 the gateway's certificate, its site, travels in the clear
		NextProtos:     []string{"h2", "http/1.1"},
		GetCertificate: r.server.get,
		ClientAuth:     tls.RequestClientCert,
		ClientCAs:      r.c.Authority.pool,
		// A resumed session goes on with the certificate that began it, and its tickets, which hold
		// that certificate, cost more bytes than they save.
		SessionTicketsDisabled: true,
	}
}

// serverCert is the hub's own certificate: made in memory by each process, and anew when two
// thirds of its life are over.
type serverCert struct {
	authority *Authority
	names     []string
	now       func() time.Time
	life      time.Duration

	mu   sync.Mutex
	cert *tls.Certificate
}

// get is for tls.Config.
func (s *serverCert) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if s.cert != nil && now.Before(due(s.cert.Leaf)) && !now.Before(s.cert.Leaf.NotBefore) {
		return s.cert, nil
	}
	cert, err := s.authority.issueServer(s.names, now, s.life)
	if err != nil {
		return nil, err
	}
	s.cert = cert
	return cert, nil
}

// identityKey is the key of an Identity in a context.
type identityKey struct{}

// IdentityOf returns whose request it is, within [Registrar.Protect].
func IdentityOf(ctx context.Context) (Identity, bool) {
	who, ok := ctx.Value(identityKey{}).(Identity)
	return who, ok
}

// Protect lets only requests of gateways through to next, which finds the [Identity] in the
// context. A request that takes long, a page over a slow line or a question for the feed, is
// looked at again every Recheck: when its gateway was revoked meanwhile its context ends, and so
// does the reading of its body.
func (r *Registrar) Protect(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		who, err := r.Identify(req)
		if err != nil {
			r.turnAway(w, req, err)
			return
		}
		ctx, cancel := context.WithCancelCause(context.WithValue(req.Context(), identityKey{}, who))
		req = req.WithContext(ctx)
		// Nobody may touch w after the handler has returned.
		leave := r.underway.enter(r, who, func(err error) {
			cancel(err)
			// A server without deadlines has no body that could be held open either.
			_ = http.NewResponseController(w).SetReadDeadline(time.Unix(1, 0))
		})
		defer func() { leave(); cancel(nil) }()
		next.ServeHTTP(w, req)
	})
}

// turnAway answers a request of nobody.
func (r *Registrar) turnAway(w http.ResponseWriter, req *http.Request, err error) {
	addr := AddressOf(req.RemoteAddr)
	p := problemOf(err)
	switch {
	case p == nil && req.Context().Err() != nil:
		return // it has hung up
	case p == nil:
		r.c.Log.Error("request not decided", logAddr, addr, "path", req.URL.Path, logErr, err)
		p = refuse(wire.CodeBusy, "")
		p.RetryAfter = 5 * time.Second
	default:
		r.c.Log.Log(req.Context(), levelOf(p.Code), "request refused", logAddr, addr, "path", req.URL.Path, logCode, p.Code, logErr, err)
	}
	answer(w, p)
}

// levelOf says how loud a refusal is: somebody may hold what is another's, or only tries.
func levelOf(code wire.Code) slog.Level {
	switch code {
	case CodeClaimUsed, CodeSuperseded, wire.CodeRevoked:
		return slog.LevelWarn
	case wire.CodeBusy:
		return slog.LevelDebug
	default:
		return slog.LevelInfo
	}
}
