package enrol

import (
	"context"
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/durable"
	"github.com/motcua/gateway/sync/wire"
)

// Config is what an Enrolment is made of.
type Config struct {
	Dir    string // DIR/line of the state folder; made with mode 0700
	Sealer Sealer
	// Site is the one that the box was set up for; empty: whichever the claim code is for.
	Site kiosk.SiteCode
	// Time is the latest of the wall clock while it is sure, the last second that was sure, and
	// the program's build.
	Time func() time.Time
	// Dial opens the connection beneath TLS; nil: the network's own.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	Log  *slog.Logger
}

// Enrolment is whose gateway this box is: nobody's at first. Its methods may be called from any
// goroutine.
type Enrolment struct {
	c      Config
	folder folder
	work   chan struct{} // held by who changes something

	mu      sync.Mutex
	line    *line // nil: nobody's
	trouble error // why what is kept cannot be used, or the last renewal failed
	changed chan struct{}
}

// Open reads what is kept. What is there and cannot be used is no error: the hall runs without a
// hub, Status says what is wrong, and Leave makes room.
func Open(c Config) (*Enrolment, error) {
	e := &Enrolment{
		c: c, folder: folder{c.Dir, c.Sealer},
		work: make(chan struct{}, 1), changed: make(chan struct{}),
	}
	l, err := e.folder.load()
	if err != nil && CodeOf(err) != CodeDamaged {
		return nil, fmt.Errorf("open the enrolment: %w", err)
	}
	e.line, e.trouble = l, err
	return e, nil
}

// Status is how it stands.
type Status struct {
	Enrolled    bool
	Gateway     wire.GatewayID
	Site        kiosk.SiteCode
	Hub         string // "https://hub.example:8443"
	From, Until time.Time
	Renews      time.Time // when a new certificate is asked for
	// Trouble is why the line cannot be used, or why the last renewal failed; nil: none.
	Trouble error
}

// Status returns how it stands now.
func (e *Enrolment) Status() Status {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.line == nil {
		return Status{Trouble: e.trouble}
	}
	leaf := e.line.cert.Leaf
	return Status{
		Enrolled: true, Gateway: e.line.id, Site: e.line.site, Hub: e.line.hub,
		From: leaf.NotBefore, Until: leaf.NotAfter, Renews: due(leaf), Trouble: e.trouble,
	}
}

// Changed is closed when whose gateway the box is has changed, or its certificate.
func (e *Enrolment) Changed() <-chan struct{} {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.changed
}

func (e *Enrolment) now() *line {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.line
}

func (e *Enrolment) set(l *line) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.line, e.trouble = l, nil
	close(e.changed)
	e.changed = make(chan struct{})
}

func (e *Enrolment) fail(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.trouble = err
}

// begin waits until nobody else changes something.
func (e *Enrolment) begin(ctx context.Context) error {
	select {
	case e.work <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (e *Enrolment) end() { <-e.work }

// Enrol makes this box the gateway that a claim code is for, durable when it returns nil. What
// was cut in the middle goes on when it is called again with the same code, also after a kill;
// with the code that it was enrolled by it changes nothing. hub is "https://HOST:PORT" or
// "HOST:PORT".
func (e *Enrolment) Enrol(ctx context.Context, hub, typed string) (Status, error) {
	code, err := ParseCode(typed)
	if err != nil {
		return Status{}, &Trouble{CodeMistyped, "look at the code again", err}
	}
	hub, _, err = parseHub(hub)
	if err != nil {
		return Status{}, err
	}
	if err := e.begin(ctx); err != nil {
		return Status{}, err
	}
	defer e.end()
	switch s := e.Status(); {
	case s.Enrolled && e.now().claim == code.key():
		return s, nil
	case s.Enrolled:
		return s, &Trouble{CodeEnrolled, fmt.Sprintf("this box is %s of %s: leave first", s.Gateway, s.Hub), nil}
	case s.Trouble != nil:
		return s, s.Trouble
	}
	key, err := e.folder.openKey(fileKey)
	if err != nil {
		return Status{}, damaged(fileKey, err)
	}
	l, err := e.claim(ctx, hub, code, key)
	if err != nil {
		return Status{}, err
	}
	if err := e.folder.save(l); err != nil {
		return Status{}, fmt.Errorf("keep the enrolment: %w", err)
	}
	e.set(l)
	e.c.Log.Info("enrolled", logGateway, l.id, logSite, l.site, "hub", l.hub, logUntil, l.cert.Leaf.NotAfter)
	return e.Status(), nil
}

// claim finds out whether the hub is the one of the code, and only then shows it the code.
func (e *Enrolment) claim(ctx context.Context, hub string, code Code, key *ecdsa.PrivateKey) (*line, error) {
	ca, err := e.fetchAuthority(ctx, hub, code.authority)
	if err != nil {
		return nil, err
	}
	cert, err := e.requestFirst(ctx, hub, ca, code, key)
	if err != nil {
		return nil, err
	}
	l, err := newLine(hub, code.key(), ca, cert)
	if err != nil {
		return nil, badAnswer(err)
	}
	if !key.PublicKey.Equal(cert.PublicKey) {
		return nil, badAnswer(errors.New("a certificate for another key"))
	}
	if e.c.Site != "" && l.site != e.c.Site {
		return nil, badAnswer(fmt.Errorf("a certificate for %s, this box is at %s", l.site, e.c.Site))
	}
	l.cert.PrivateKey = key
	return l, nil
}

// Renew asks the hub for a new certificate with a new key, however long the old one has ended.
// It is durable when it returns nil. What was cut in the middle goes on with the same key.
func (e *Enrolment) Renew(ctx context.Context) error {
	if err := e.begin(ctx); err != nil {
		return err
	}
	defer e.end()
	old := e.now()
	if old == nil {
		return &Trouble{CodeNotEnrolled, "this box is nobody's gateway", nil}
	}
	fresh, err := e.renewal(ctx, old)
	if err != nil {
		err = fmt.Errorf("renew the certificate: %w", err)
		if ctx.Err() == nil {
			e.fail(err)
		}
		return err
	}
	e.set(fresh)
	e.c.Log.Info("certificate renewed", logGateway, fresh.id, logUntil, fresh.cert.Leaf.NotAfter)
	return nil
}

func (e *Enrolment) renewal(ctx context.Context, old *line) (*line, error) {
	key, err := e.folder.openKey(fileNext)
	if err != nil {
		// One that cannot be opened has no certificate: nothing is lost with it.
		if err = durable.Remove(e.folder.path(fileNext)); err == nil {
			key, err = e.folder.openKey(fileNext)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	cert, err := e.requestNext(ctx, old, key)
	if err != nil {
		return nil, err
	}
	fresh, err := newLine(old.hub, old.claim, old.ca, cert)
	switch {
	case err != nil:
		return nil, badAnswer(err)
	case !key.PublicKey.Equal(cert.PublicKey):
		return nil, badAnswer(errors.New("a certificate for another key"))
	case fresh.id != old.id || fresh.site != old.site:
		return nil, badAnswer(errors.New("a certificate of another gateway"))
	}
	fresh.cert.PrivateKey = key
	if err := e.folder.save(fresh); err != nil {
		return nil, fmt.Errorf("keep the certificate: %w", err)
	}
	// The note is durable and says which key is the right one: should the renaming fail, the next
	// start makes up for it, and a renewal before that goes on with this key.
	if err := e.folder.promote(); err != nil {
		e.c.Log.Warn("the key of the certificate keeps its second name", logErr, err)
	}
	return fresh, nil
}

// Leave forgets everything: the key, the certificate, the authority and the hub. The hub does not
// hear of it; revoke the gateway there.
func (e *Enrolment) Leave(ctx context.Context) error {
	if err := e.begin(ctx); err != nil {
		return err
	}
	defer e.end()
	if err := e.folder.forget(); err != nil {
		return fmt.Errorf("forget the enrolment: %w", err)
	}
	e.set(nil)
	e.c.Log.Info("the enrolment was forgotten")
	return nil
}

// ClientTLS returns the TLS for connections to the hub; false before the box was enrolled. It
// shows the newest certificate at each handshake; after Leave it shows none.
func (e *Enrolment) ClientTLS() (*tls.Config, bool) {
	l := e.now()
	if l == nil {
		return nil, false
	}
	c := hubTLS(l.host, l.pool, e.c.Time)
	c.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		if l := e.now(); l != nil {
			return l.cert, nil
		}
		return &tls.Certificate{}, nil
	}
	return c, true
}

// hubTLS is the TLS towards a hub of an authority. crypto/tls would hold the beginning of the
// hub's certificate against a clock that may stand in 1970, so we verify it.
func hubTLS(host string, pool *x509.CertPool, now func() time.Time) *tls.Config {
	return &tls.Config{
		MinVersion:         tls.VersionTLS13,
		ServerName:         host,
		Time:               now,
		InsecureSkipVerify: true, // VerifyConnection does it
		VerifyConnection: func(cs tls.ConnectionState) error {
			leaf := cs.PeerCertificates[0] // TLS has seen to it that there is one
			if err := verify(leaf, pool, x509.ExtKeyUsageServerAuth); err != nil {
				return &Trouble{CodeForeignAuthority, "the hub's certificate is not of its authority", err}
			}
			// Not cs.ServerName, which is empty for an address.
			if err := leaf.VerifyHostname(host); err != nil {
				return &Trouble{CodeForeignAuthority, "the hub has another name", err}
			}
			if t := now(); t.After(leaf.NotAfter) {
				return &Trouble{CodeClock, fmt.Sprintf("the hub's certificate ended %s, and it is %s here: is the date right?",
					leaf.NotAfter.Format(time.DateOnly), t.Format(time.DateOnly)), nil}
			}
			return nil
		},
	}
}
