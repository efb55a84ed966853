package main

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/net/netutil"

	"github.com/motcua/gateway/sync/enrol"
	"github.com/motcua/gateway/sync/wire"
)

// share bounds the connections of the gateways' door, in all and by address, so that one machine
// cannot take them all. Strictly counted are those that have not shown yet whose they are: anybody
// opens them. A gateway's are counted loosely: a carrier may bring a whole province through one
// address. An address that has its share is told nothing: its next connection is closed at once.
type share struct {
	most lineConfig
	log  *slog.Logger

	mu sync.Mutex
	of map[string]*crowd
}

// crowd is the connections of an address.
type crowd struct {
	strangers, gateways int
	told                time.Time // when its being turned away was logged
}

// toldEvery is how often the log has that an address is turned away.
const toldEvery = time.Minute

func newShare(most lineConfig, log *slog.Logger) *share {
	return &share{most: most, log: log, of: map[string]*crowd{}}
}

// at stands before a listener.
func (s *share) at(l net.Listener) net.Listener {
	return &sharedListener{netutil.LimitListener(l, s.most.Connections), s}
}

type sharedListener struct {
	net.Listener
	share *share
}

// Accept returns the next connection of an address that has not its share yet.
func (l *sharedListener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if v := l.share.enter(c); v != nil {
			return v, nil
		}
		_ = c.Close() // nothing was said on it
	}
}

// enter counts a connection as a stranger's; nil where its address has its share of them.
func (s *share) enter(c net.Conn) *visitor {
	address := enrol.AddressOf(c.RemoteAddr().String())
	s.mu.Lock()
	defer s.mu.Unlock()
	of := s.of[address]
	if of == nil {
		of = &crowd{}
		s.of[address] = of
	}
	if of.strangers >= s.most.Strangers {
		s.tell(address, of)
		return nil
	}
	of.strangers++
	return &visitor{Conn: c, share: s, address: address}
}

// tell logs that an address is turned away. Its caller holds the lock.
func (s *share) tell(address string, of *crowd) {
	if now := time.Now(); now.Sub(of.told) >= toldEvery {
		of.told = now
		s.log.Warn("an address has its share of the line's connections", logAddr, address, "strangers", of.strangers, "gateways", of.gateways)
	}
}

// visitor is a connection that is counted until it is closed.
type visitor struct {
	net.Conn
	share   *share
	address string
	gateway bool // under the share's lock, as is left
	left    bool
}

// greet counts the connection as a gateway's from now on; false where its address has its share of
// these too.
func (v *visitor) greet() bool {
	s := v.share
	s.mu.Lock()
	defer s.mu.Unlock()
	if v.gateway || v.left { // what is asked on one that was closed meanwhile, nobody counts
		return true
	}
	of := s.of[v.address]
	if of.gateways >= s.most.Gateways {
		s.tell(v.address, of)
		return false
	}
	v.gateway = true
	of.strangers--
	of.gateways++
	return true
}

// Close closes the connection and makes room for another one of its address.
func (v *visitor) Close() error {
	v.leave()
	return v.Conn.Close()
}

func (v *visitor) leave() {
	s := v.share
	s.mu.Lock()
	defer s.mu.Unlock()
	if v.left {
		return
	}
	v.left = true
	of := s.of[v.address]
	if v.gateway {
		of.gateways--
	} else {
		of.strangers--
	}
	if of.strangers == 0 && of.gateways == 0 {
		delete(s.of, v.address)
	}
}

// visitorKey is the key of a request's visitor in its context.
type visitorKey struct{}

// withVisitor is for http.Server: it lets a request know on which connection it came.
func withVisitor(ctx context.Context, c net.Conn) context.Context {
	if t, ok := c.(*tls.Conn); ok {
		return context.WithValue(ctx, visitorKey{}, t.NetConn())
	}
	return ctx
}

// greeted counts the connections of requests that a gateway makes as a gateway's. It stands behind
// [enrol.Registrar.Protect]: a certificate alone is public, and its owner may be revoked.
func greeted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if v, ok := r.Context().Value(visitorKey{}).(*visitor); ok && !v.greet() {
			wire.WriteProblem(w, &wire.Problem{
				Status: http.StatusServiceUnavailable, Code: wire.CodeBusy, Title: "too many connections come from this address", RetryAfter: toldEvery,
			})
			return
		}
		next.ServeHTTP(w, r)
	})
}
