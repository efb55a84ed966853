package enrol

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/wire"
)

// Identity is who stands behind a request.
type Identity struct {
	Gateway wire.GatewayID
	Site    kiosk.SiteCode
	Serial  string // of the certificate
	// Expired says that the certificate has ended: nothing is open to it but renewing.
	Expired bool
}

// Identify tells whose a request is, by the certificate of its connection: signed by this hub's
// authority, of a gateway that is living, its newest one or the one before. The state of the
// gateway is at most Recheck old, also on a connection that has been open for days.
//
// A refusal wraps a *wire.Problem: unknown, foreign-authority, revoked, superseded, expired. With
// expired the Identity is given all the same. Any other error is the store's.
func (r *Registrar) Identify(req *http.Request) (Identity, error) {
	cert, err := r.shown(req)
	if err != nil {
		return Identity{}, err
	}
	id, site, err := readNames(cert)
	if err != nil {
		return Identity{}, refuse(wire.CodeUnknown, err.Error())
	}
	who := Identity{Gateway: id, Site: site, Serial: serialOf(cert)}
	g, err := r.state(req.Context(), who)
	if err != nil {
		return Identity{}, err
	}
	now := r.c.Now()
	if err := r.refusal(g, who, now); err != nil {
		return Identity{}, err
	}
	if now.After(cert.NotAfter.Add(r.c.Tolerance)) {
		who.Expired = true
		return who, refuse(wire.CodeExpired, "renew it: it ended "+cert.NotAfter.UTC().Format(time.RFC3339))
	}
	if who.Serial == g.Serial && g.Used.IsZero() {
		if err := r.firstUse(req.Context(), who); err != nil {
			return Identity{}, err
		}
	}
	return who, nil
}

// refusal says why a gateway is not to be let in as who it says; nil where it is.
func (r *Registrar) refusal(g Gateway, who Identity, now time.Time) error {
	switch {
	case !g.Living():
		return g.refuse(wire.CodeRevoked, "")
	case g.Site != who.Site:
		return refuse(wire.CodeUnknown, "the certificate is of another site")
	case !g.holds(who.Serial, now, r.c.Grace):
		return g.refuse(CodeSuperseded, "")
	}
	return nil
}

// shown returns the certificate of a request's connection, once it is known to be of this hub's
// authority. That the other end has its key TLS has seen to.
func (r *Registrar) shown(req *http.Request) (*x509.Certificate, error) {
	if req.TLS == nil || len(req.TLS.PeerCertificates) == 0 {
		return nil, refuse(wire.CodeUnknown, "the connection shows no certificate")
	}
	cert := req.TLS.PeerCertificates[0]
	return cert, r.issued(cert)
}

func (r *Registrar) issued(cert *x509.Certificate) error {
	if err := verify(cert, r.c.Authority.pool, x509.ExtKeyUsageClientAuth); err != nil {
		// The error holds names out of the certificate, as long as a stranger likes.
		return refuse(CodeForeignAuthority, "the certificate is none that this hub has issued to a gateway")
	}
	return nil
}

// Owner returns the gateway that a certificate was issued to, whatever has become of both since:
// a backup is opened because its box was lost, and may be older than a renewal.
func (r *Registrar) Owner(ctx context.Context, cert *x509.Certificate) (Gateway, error) {
	if err := r.issued(cert); err != nil {
		return Gateway{}, err
	}
	id, site, err := readNames(cert)
	if err != nil {
		return Gateway{}, refuse(wire.CodeUnknown, err.Error())
	}
	g, err := r.Gateway(ctx, id)
	if err != nil {
		return Gateway{}, notHere(err)
	}
	if g.Site != site {
		return Gateway{}, refuse(wire.CodeUnknown, "the certificate is of another site")
	}
	return g, nil
}

// holds reports whether a serial is that of a certificate which the gateway may show.
func (g Gateway) holds(serial string, now time.Time, grace time.Duration) bool {
	switch serial {
	case g.Serial:
		return true
	case g.Previous:
		return g.Used.IsZero() || now.Before(g.Used.Add(grace))
	}
	return false
}

// firstUse notes that a gateway has got its newest certificate: from now on nobody renews by the
// one before.
func (r *Registrar) firstUse(ctx context.Context, who Identity) error {
	err := r.c.Store.Update(ctx, func(tx Tx) error {
		g, err := tx.Gateway(who.Gateway)
		if err != nil {
			return err
		}
		if g.Serial != who.Serial || !g.Used.IsZero() {
			return nil
		}
		g.Used = r.second()
		return tx.PutGateway(g)
	})
	r.known.drop(who.Gateway)
	if err != nil {
		return fmt.Errorf("note a certificate's first use: %w", err)
	}
	return nil
}

// known is what was read of gateways lately.
type known struct {
	mu       sync.Mutex
	gateways map[wire.GatewayID]seen
	drops    uint64 // how often something was dropped
}

type seen struct {
	gateway Gateway
	at      time.Time
}

func (k *known) get(id wire.GatewayID, now time.Time, most time.Duration) (g Gateway, drops uint64, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	s, ok := k.gateways[id]
	return s.gateway, k.drops, ok && now.Sub(s.at).Abs() < most
}

// dropped returns how often something was dropped, for put.
func (k *known) dropped() uint64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.drops
}

// put keeps what was read, unless something was dropped since the reading began: it might be what
// was read.
func (k *known) put(g Gateway, at time.Time, drops uint64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if drops == k.drops {
		g.Certificate = nil // nobody asks for it here
		k.gateways[g.ID] = seen{g, at}
	}
}

func (k *known) drop(id wire.GatewayID) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.gateways, id)
	k.drops++
}

// state returns what is known of a gateway. A serial that what is known would refuse is looked up
// again: another process may have renewed it a moment ago.
func (r *Registrar) state(ctx context.Context, who Identity) (Gateway, error) {
	now := r.c.Now()
	g, drops, ok := r.known.get(who.Gateway, now, r.c.Recheck)
	if ok && (!g.Living() || g.holds(who.Serial, now, r.c.Grace)) {
		return g, nil
	}
	g, err := r.Gateway(ctx, who.Gateway)
	if errors.Is(err, ErrNotFound) {
		return Gateway{}, notHere(err)
	}
	if err != nil {
		return Gateway{}, fmt.Errorf("look a gateway up: %w", err)
	}
	r.known.put(g, now, drops)
	return g, nil
}
