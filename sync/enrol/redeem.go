package enrol

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/wire"
)

// redeem makes a claim code and a box's key into a gateway: the certificate is issued, the claim
// is used up and the gateway that it replaces ends in one transaction.
func (r *Registrar) redeem(ctx context.Context, code Code, csr *x509.CertificateRequest) (*x509.Certificate, error) {
	if code.authority != fingerprint(r.c.Authority.cert.Raw) {
		return nil, refuse(CodeForeignAuthority, "the claim code was made by another hub")
	}
	public, err := keyHash(csr.PublicKey)
	if err != nil {
		return nil, refuse(CodeBadKey, err.Error())
	}
	var cert *x509.Certificate
	var g Gateway
	var ended wire.GatewayID
	err = r.c.Store.Update(ctx, func(tx Tx) error {
		now := r.second()
		claim, err := tx.Claim(code.key())
		switch {
		case errors.Is(err, ErrNotFound):
			return refuse(CodeClaimUnknown, "")
		case err != nil:
			return err
		case !claim.Used.IsZero():
			cert, g, err = r.again(tx, claim, public, now)
			return err
		case !now.Before(claim.Until):
			return refuse(CodeClaimExpired, "it ended "+claim.Until.Format(time.RFC3339))
		case !asksFor(csr, claim.Site):
			return refuse(CodeOtherSite, "the claim code is for "+string(claim.Site))
		}
		id := wire.NewGatewayID()
		if ended, err = r.makeRoom(tx, claim, id, now); err != nil {
			return err
		}
		cert, err = r.c.Authority.issueGateway(id, claim.Site, csr.PublicKey, now, r.c.Life)
		if err != nil {
			return fmt.Errorf("issue a certificate: %w", err)
		}
		g = Gateway{ID: id, Site: claim.Site, By: claim.By, Made: now}
		g.hold(cert, public, now)
		if err := tx.PutGateway(g); err != nil {
			return err
		}
		claim.Used, claim.Gateway, claim.PublicKey = now, id, public
		return tx.PutClaim(claim)
	})
	if err != nil {
		return nil, err
	}
	if ended != "" {
		r.known.drop(ended)
		r.c.Log.Warn("gateway replaced", logGateway, ended, logSite, g.Site, logBy, g.By)
	}
	r.c.Log.Info("gateway enrolled", logGateway, g.ID, logSite, g.Site, logBy, g.By, logUntil, g.Until)
	return cert, nil
}

// hold gives a gateway its newest certificate.
func (g *Gateway) hold(cert *x509.Certificate, public Hash, now time.Time) {
	g.Serial, g.Certificate, g.PublicKey = serialOf(cert), cert.Raw, public
	g.Issued, g.Until, g.Used = now, cert.NotAfter.UTC(), time.Time{}
}

// makeRoom ends the gateway that a claim replaces, and returns it. The site may have got another
// gateway since the claim was made.
func (r *Registrar) makeRoom(tx Tx, claim Claim, by wire.GatewayID, now time.Time) (wire.GatewayID, error) {
	living, err := tx.LivingAt(claim.Site)
	switch {
	case errors.Is(err, ErrNotFound):
		return "", nil
	case err != nil:
		return "", err
	case living.ID != claim.Replaces:
		return "", refuse(CodeSiteTaken, "revoke the gateway there, or make a claim that replaces it")
	}
	living.Revoked, living.RevokedBy, living.Why = now, claim.By, "replaced by "+string(by)
	return living.ID, tx.PutGateway(living)
}

// again answers a claim that was used before: the box that used it did not get the answer, or
// another one has the code.
func (r *Registrar) again(tx Tx, claim Claim, public Hash, now time.Time) (*x509.Certificate, Gateway, error) {
	g, err := tx.Gateway(claim.Gateway)
	switch {
	case err != nil:
		return nil, g, fmt.Errorf("gateway of a used claim: %w", err)
	case claim.PublicKey != public:
		return nil, g, fmt.Errorf("a second box at the claim of %s at %s: %w", g.ID, g.Site, refuse(CodeClaimUsed, ""))
	case !now.Before(claim.Until):
		return nil, g, refuse(CodeClaimExpired, "it ended "+claim.Until.Format(time.RFC3339))
	case !g.Living():
		return nil, g, g.refuse(wire.CodeRevoked, "")
	case g.PublicKey != public: // the box has renewed since: it has its answer
		return nil, g, refuse(CodeClaimUsed, "by this box, which has renewed its key since")
	}
	cert, err := x509.ParseCertificate(g.Certificate)
	return cert, g, err
}

// renew gives the gateway behind a certificate of ours a new one, however long the old one has
// ended. public is that of the request and may be a new key.
func (r *Registrar) renew(ctx context.Context, old *x509.Certificate, csr *x509.CertificateRequest) (*x509.Certificate, error) {
	id, _, err := readNames(old)
	if err != nil {
		return nil, refuse(wire.CodeUnknown, err.Error())
	}
	public, err := keyHash(csr.PublicKey)
	if err != nil {
		return nil, refuse(CodeBadKey, err.Error())
	}
	var cert *x509.Certificate
	var g Gateway
	err = r.c.Store.Update(ctx, func(tx Tx) (err error) {
		now := r.second()
		if g, err = tx.Gateway(id); err != nil {
			return notHere(err)
		}
		if err := g.mayRenew(old); err != nil {
			return err
		}
		if serialOf(old) == g.Previous {
			// The answer to the last renewal was lost. The same one again, if it will do: a line
			// that loses answers makes no heap of certificates.
			if cert, err = x509.ParseCertificate(g.Certificate); err != nil {
				return err
			}
			if g.PublicKey == public && now.Before(due(cert)) {
				return nil
			}
		} else {
			g.Previous = g.Serial
		}
		cert, err = r.c.Authority.issueGateway(g.ID, g.Site, csr.PublicKey, now, r.c.Life)
		if err != nil {
			return fmt.Errorf("issue a certificate: %w", err)
		}
		g.hold(cert, public, now)
		return tx.PutGateway(g)
	})
	r.known.drop(id)
	if err != nil {
		return nil, err
	}
	r.c.Log.Info("certificate renewed", logGateway, id, logSite, g.Site, logUntil, cert.NotAfter)
	return cert, nil
}

// mayRenew holds a certificate against what is known of its gateway.
func (g Gateway) mayRenew(cert *x509.Certificate) error {
	if !g.Living() {
		return g.refuse(wire.CodeRevoked, "")
	}
	switch serialOf(cert) {
	case g.Serial:
		return nil
	case g.Previous:
		if g.Used.IsZero() {
			return nil
		}
	}
	return g.refuse(CodeSuperseded, "a copy of this box may be at work: revoke the gateway and enrol the box again")
}

// refuse refuses a gateway; its name is for the log.
func (g Gateway) refuse(code wire.Code, detail string) error {
	return fmt.Errorf("%s at %s: %w", g.ID, g.Site, refuse(code, detail))
}

// asksFor reports whether a request is for a site. A box says in its request for which it was set
// up, so that a code in the wrong commune's envelope is not used up; strangers' requests need not.
func asksFor(csr *x509.CertificateRequest, site kiosk.SiteCode) bool {
	for _, u := range csr.URIs {
		if rest, ok := strings.CutPrefix(u.String(), urnSite); ok && rest != string(site) {
			return false
		}
	}
	return true
}

// notHere says of a gateway that the store does not know: its certificate is ours, so the store
// is an older one than it should be, or the gateway was never in it.
func notHere(err error) error {
	if errors.Is(err, ErrNotFound) {
		return refuse(wire.CodeUnknown, "this hub does not know the gateway")
	}
	return err
}
