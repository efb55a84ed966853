package enrol

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/wire"
)

// The keys of what is logged.
const (
	logGateway = "gateway"
	logSite    = "site"
	logBy      = "by"
	logWhy     = "why"
	logCode    = "code"
	logAddr    = "addr"
	logUntil   = "until"
	logErr     = "err"
)

// RegistrarConfig is what a Registrar is made of. A zero duration or number means its default.
type RegistrarConfig struct {
	Authority *Authority
	Store     Store
	// Names are the DNS names and IP addresses under which gateways reach this hub.
	Names []string
	Now   func() time.Time // the wall clock, with its monotonic part; nil: time.Now
	Log   *slog.Logger

	Life      time.Duration // of a certificate; 90 days
	ClaimLife time.Duration // of a claim code; 72 h
	// Tolerance is how long after its end a certificate is still taken: hubs' clocks differ. 1 h.
	Tolerance time.Duration
	// Grace is how long the certificate before goes on after the newest was first used: until the
	// last connection that was opened with it is closed. 1 h.
	Grace time.Duration
	// Recheck is how long a gateway's state is believed before the store is asked again, and how
	// often a request under way is looked at: revocation holds after two of them. 10 s.
	Recheck time.Duration

	Limits Limits
}

// filled returns c with its defaults.
func (c RegistrarConfig) filled() RegistrarConfig {
	if c.Now == nil {
		c.Now = time.Now
	}
	c.Life = cmp.Or(c.Life, 90*24*time.Hour)
	c.ClaimLife = cmp.Or(c.ClaimLife, 72*time.Hour)
	c.Tolerance = cmp.Or(c.Tolerance, time.Hour)
	c.Grace = cmp.Or(c.Grace, time.Hour)
	c.Recheck = cmp.Or(c.Recheck, 10*time.Second)
	c.Limits = c.Limits.filled()
	return c
}

// Registrar decides who is a gateway of this hub. Its methods may be called from any goroutine,
// and several Registrars, in several processes, may share a Store and an Authority.
type Registrar struct {
	c        RegistrarConfig
	server   serverCert
	known    known
	underway underway
	wrong    *limiter // claim codes that were refused, by address
	renewed  *limiter // renewals, by gateway
	slots    chan struct{}
}

// NewRegistrar returns a Registrar. It is an error if the hub has no name.
func NewRegistrar(c RegistrarConfig) (*Registrar, error) {
	c = c.filled()
	r := &Registrar{
		c:       c,
		known:   known{gateways: map[wire.GatewayID]seen{}},
		wrong:   newLimiter(c.Limits.Wrong, c.Now),
		renewed: newLimiter(c.Limits.Renew, c.Now),
		slots:   make(chan struct{}, c.Limits.AtOnce),
	}
	r.server = serverCert{authority: c.Authority, names: c.Names, now: c.Now, life: c.Life}
	if _, err := r.server.get(nil); err != nil {
		return nil, fmt.Errorf("make the hub's certificate: %w", err)
	}
	return r, nil
}

// second is the time as records keep it.
func (r *Registrar) second() time.Time { return r.c.Now().Round(0).UTC().Truncate(time.Second) }

// Order is what a claim is made from.
type Order struct {
	Site kiosk.SiteCode
	By   string // who makes it, for the record
	// Replaces names the living gateway of the site that redeeming the claim shall end.
	Replaces wire.GatewayID
}

// NewClaim makes a claim code. It is given out once and kept as a hash. A code that was made for
// the site before and not redeemed ends with it: only the newest one counts.
func (r *Registrar) NewClaim(ctx context.Context, o Order) (Code, Claim, error) {
	if !validSite(o.Site) {
		return Code{}, Claim{}, refuse(CodeBadSite, "want 1 to 32 of A–Z, a–z, 0–9 and '-'")
	}
	code := newCode(r.c.Authority.cert.Raw)
	var claim Claim
	err := r.c.Store.Update(ctx, func(tx Tx) error {
		now := r.second()
		if err := mayClaim(tx, o); err != nil {
			return err
		}
		older, err := tx.OpenClaims(o.Site)
		if err != nil {
			return err
		}
		for _, c := range older {
			if c.Until.After(now) {
				c.Until = now
				if err := tx.PutClaim(c); err != nil {
					return err
				}
			}
		}
		claim = Claim{
			Key: code.key(), Site: o.Site, By: o.By, Made: now,
			Until: now.Add(r.c.ClaimLife), Replaces: o.Replaces,
		}
		return tx.PutClaim(claim)
	})
	if err != nil {
		return Code{}, Claim{}, fmt.Errorf("make a claim: %w", err)
	}
	r.c.Log.Info("claim made", logSite, o.Site, logBy, o.By, logUntil, claim.Until, "replaces", o.Replaces)
	return code, claim, nil
}

// mayClaim refuses a claim for a site with a living gateway, unless it replaces just that one.
func mayClaim(tx Tx, o Order) error {
	living, err := tx.LivingAt(o.Site)
	switch {
	case errors.Is(err, ErrNotFound) && o.Replaces != "":
		return refuse(CodeUnknownGateway, fmt.Sprintf("%s is no living gateway of %s", o.Replaces, o.Site))
	case errors.Is(err, ErrNotFound):
		return nil
	case err != nil:
		return err
	case o.Replaces == "":
		return refuse(CodeSiteTaken, fmt.Sprintf("%s is the gateway of %s: replace it by name, or revoke it", living.ID, o.Site))
	case o.Replaces != living.ID:
		return refuse(CodeSiteTaken, fmt.Sprintf("the gateway of %s is %s, not %s", o.Site, living.ID, o.Replaces))
	}
	return nil
}

// maxWhy bounds the reason of a revocation, in runes.
const maxWhy = 500

// Revoke ends a gateway for good, durable when it returns nil. It holds in this process at once,
// in others and for requests under way after at most two Recheck. Revoking again changes nothing.
func (r *Registrar) Revoke(ctx context.Context, id wire.GatewayID, why, by string) (Gateway, error) {
	why = strings.TrimSpace(why)
	if n := utf8.RuneCountInString(why); n == 0 || n > maxWhy || !utf8.ValidString(why) {
		return Gateway{}, refuse(CodeBadRequest, fmt.Sprintf("a reason of 1 to %d characters is wanted", maxWhy))
	}
	var g Gateway
	err := r.c.Store.Update(ctx, func(tx Tx) (err error) {
		g, err = tx.Gateway(id)
		if errors.Is(err, ErrNotFound) {
			return refuse(CodeUnknownGateway, string(id))
		}
		if err != nil || !g.Living() {
			return err
		}
		g.Revoked, g.RevokedBy, g.Why = r.second(), by, why
		return tx.PutGateway(g)
	})
	r.known.drop(id)
	if err != nil {
		return Gateway{}, fmt.Errorf("revoke %s: %w", id, err)
	}
	r.c.Log.Warn("gateway revoked", logGateway, id, logSite, g.Site, logBy, g.RevokedBy, logWhy, g.Why)
	return g, nil
}

// Gateways lists all gateways, revoked ones included, by ID.
func (r *Registrar) Gateways(ctx context.Context) (all []Gateway, err error) {
	err = r.c.Store.View(ctx, func(tx Reader) (err error) {
		all, err = tx.Gateways()
		return err
	})
	return all, err
}

// Gateway returns one gateway; ErrNotFound where there is none.
func (r *Registrar) Gateway(ctx context.Context, id wire.GatewayID) (g Gateway, err error) {
	err = r.c.Store.View(ctx, func(tx Reader) (err error) {
		g, err = tx.Gateway(id)
		return err
	})
	return g, err
}

// due is when two thirds of a certificate's life are over.
func due(cert *x509.Certificate) time.Time {
	return cert.NotBefore.Add(cert.NotAfter.Sub(cert.NotBefore) / 3 * 2)
}
