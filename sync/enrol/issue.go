package enrol

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/wire"
)

const (
	// early is how long before now a certificate begins: clocks of hubs and boxes differ.
	early = time.Hour
	// The two names that a gateway's certificate carries.
	urnGateway = "urn:motcua:gateway:"
	urnSite    = "urn:motcua:site:"
)

// newSerial returns 128 random bits with the topmost one clear, so that the number needs 16 bytes
// in DER and is positive.
func newSerial() *big.Int {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: it ends the program instead
	b[0] = b[0]&0x7f | 0x40
	return new(big.Int).SetBytes(b[:])
}

func serialOf(c *x509.Certificate) string { return fmt.Sprintf("%032x", c.SerialNumber) }

// keyHash is the hash of a public key (SubjectPublicKeyInfo).
func keyHash(public crypto.PublicKey) (Hash, error) {
	spki, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return Hash{}, err
	}
	return sha256.Sum256(spki), nil
}

// span is when a certificate that is issued now begins and ends: within its authority's life, also
// where a hub's clock was set back since that was made.
func (a *Authority) span(now time.Time, life time.Duration) (from, until time.Time) {
	if born := a.cert.NotBefore.Add(early); now.Before(born) {
		now = born
	}
	from, until = now.Add(-early), now.Add(life)
	if until.After(a.cert.NotAfter) {
		until = a.cert.NotAfter
	}
	return from, until
}

// issueGateway makes the certificate of a gateway. It can show a client and nothing else: no
// gateway can pass for the hub.
func (a *Authority) issueGateway(id wire.GatewayID, site kiosk.SiteCode, public crypto.PublicKey, now time.Time, life time.Duration) (*x509.Certificate, error) {
	from, until := a.span(now, life)
	t := &x509.Certificate{
		SerialNumber:          newSerial(),
		Subject:               pkix.Name{CommonName: string(id)},
		NotBefore:             from,
		NotAfter:              until,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		BasicConstraintsValid: true,
		URIs: []*url.URL{
			{Scheme: "urn", Opaque: strings.TrimPrefix(urnGateway, "urn:") + string(id)},
			{Scheme: "urn", Opaque: strings.TrimPrefix(urnSite, "urn:") + string(site)},
		},
	}
	return a.sign(t, public)
}

// issueServer makes the hub's own certificate with a key that lives in memory alone.
func (a *Authority) issueServer(names []string, now time.Time, life time.Duration) (*tls.Certificate, error) {
	if len(names) == 0 {
		return nil, errors.New("the hub needs at least one name or address")
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	from, until := a.span(now, life)
	t := &x509.Certificate{
		SerialNumber:          newSerial(),
		Subject:               pkix.Name{CommonName: names[0]},
		NotBefore:             from,
		NotAfter:              until,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
	}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			t.IPAddresses = append(t.IPAddresses, ip)
		} else {
			t.DNSNames = append(t.DNSNames, name)
		}
	}
	leaf, err := a.sign(t, key.Public())
	if err != nil {
		return nil, err
	}
	// The authority goes along: EST clients that trust its fingerprint alone find it there.
	return &tls.Certificate{Certificate: [][]byte{leaf.Raw, a.cert.Raw}, PrivateKey: key, Leaf: leaf}, nil
}

func (a *Authority) sign(t *x509.Certificate, public crypto.PublicKey) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, t, a.cert, public, a.key)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

// verify checks that a certificate was signed by one of the authorities for a use. Its times are
// not looked at: see the package's comment.
func verify(cert *x509.Certificate, pool *x509.CertPool, use x509.ExtKeyUsage) error {
	if cert.IsCA {
		return errors.New("it is an authority's, and nobody's own")
	}
	_, err := cert.Verify(x509.VerifyOptions{
		Roots:       pool,
		CurrentTime: cert.NotBefore, // a moment at which all that we issue is good
		KeyUsages:   []x509.ExtKeyUsage{use},
	})
	return err
}

// readNames takes a gateway's certificate apart.
func readNames(cert *x509.Certificate) (id wire.GatewayID, site kiosk.SiteCode, err error) {
	for _, u := range cert.URIs {
		text := u.String()
		if rest, ok := strings.CutPrefix(text, urnGateway); ok && id == "" {
			id = wire.GatewayID(rest)
		} else if rest, ok := strings.CutPrefix(text, urnSite); ok && site == "" {
			site = kiosk.SiteCode(rest)
		}
	}
	if len(cert.URIs) != 2 || !id.Valid() || !validSite(site) {
		return "", "", errors.New("it does not name one gateway and one site")
	}
	return id, site, nil
}

// validSite reports whether a code is one that an office may have (kiosk.Setup.Check).
func validSite(site kiosk.SiteCode) bool {
	if len(site) < 1 || len(site) > 32 {
		return false
	}
	return !strings.ContainsFunc(string(site), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-'
	})
}
