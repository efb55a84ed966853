package enrol_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/motcua/gateway/sync/enrol"
	"github.com/motcua/gateway/sync/wire"
)

// forger is somebody else's authority with our name on it.
type forger struct {
	ca  *x509.Certificate
	key *ecdsa.PrivateKey
}

func newForger(t testing.TB, h *testHub) forger {
	t.Helper()
	key := ecKey(t, elliptic.P256())
	tmpl := *h.c.Authority.Certificate()
	tmpl.SignatureAlgorithm, tmpl.PublicKey = 0, nil
	der, err := x509.CreateCertificate(rand.Reader, &tmpl, &tmpl, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	ca, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return forger{ca, key}
}

// make makes a certificate with the names of another; signed by itself without an authority.
func (f forger) make(t testing.TB, like *x509.Certificate) *tls.Certificate {
	t.Helper()
	key := ecKey(t, elliptic.P256())
	tmpl := &x509.Certificate{
		SerialNumber: like.SerialNumber, Subject: like.Subject, NotBefore: like.NotBefore, NotAfter: like.NotAfter,
		KeyUsage: like.KeyUsage, ExtKeyUsage: like.ExtKeyUsage, URIs: like.URIs,
	}
	parent, signer := f.ca, f.key
	if parent == nil {
		parent, signer = tmpl, key
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func TestForgedCertificates(t *testing.T) {
	t.Parallel()
	h := newHub(t, nil)
	b := enrolled(t, h, coTo)
	like := b.leaf(t)
	hubs, err := h.ServerTLS().GetCertificate(nil)
	if err != nil {
		t.Fatal(err)
	}
	below := b.pair(t) // a gateway signs another one
	underGateway := forger{below.Leaf, below.PrivateKey.(*ecdsa.PrivateKey)}.make(t, like)
	underGateway.Certificate = append(underGateway.Certificate, below.Leaf.Raw, h.c.Authority.Certificate().Raw)
	for name, v := range map[string]struct {
		cert *tls.Certificate
		code wire.Code
	}{
		"none":                 {nil, wire.CodeUnknown},
		"of another authority": {newForger(t, h).make(t, like), enrol.CodeForeignAuthority},
		"signed by itself":     {forger{}.make(t, like), enrol.CodeForeignAuthority},
		"signed by a gateway":  {underGateway, enrol.CodeForeignAuthority},
		"the hub's own":        {hubs, enrol.CodeForeignAuthority},
		"the authority's":      {&tls.Certificate{Certificate: [][]byte{h.c.Authority.Certificate().Raw}, PrivateKey: authorityKey(t, h)}, enrol.CodeForeignAuthority},
	} {
		c := stranger(t, h, v.cert)
		if _, code := who(t, c, h.url); code != v.code {
			t.Errorf("%s: %q, want %q", name, code, v.code)
		}
		body := in64(request(t, ecKey(t, elliptic.P256())))
		if _, code := ask(t, c, "POST", h.url+enrol.PathEST+"simplereenroll", strings.NewReader(body), nil); code != v.code {
			t.Errorf("%s, renewing: %q, want %q", name, code, v.code)
		}
	}
	// A gateway of an older copy of the hub's database, and one with another site in it.
	g, err := h.Gateway(t.Context(), b.Status().Gateway)
	if err != nil {
		t.Fatal(err)
	}
	h.clock.pass(time.Minute) // what is known of it is looked up again
	moved := g
	moved.Site = vanDon
	put(t, h.store, moved)
	if _, code := who(t, b.client(t), h.url); code != wire.CodeUnknown {
		t.Errorf("of another site: %q", code)
	}
	lost := newHub(t, func(c *enrol.RegistrarConfig) { c.Authority = h.c.Authority })
	if _, code := who(t, b.client(t), lost.url); code != wire.CodeUnknown {
		t.Errorf("of a gateway that nobody knows: %q", code)
	}
}

func put(t testing.TB, s enrol.Store, g enrol.Gateway) {
	t.Helper()
	if err := s.Update(context.Background(), func(tx enrol.Tx) error { return tx.PutGateway(g) }); err != nil {
		t.Fatal(err)
	}
}

// A gateway's certificate does not pass for the hub's, nor does one of another authority; the box
// shows its code to neither.
func TestFalseHubs(t *testing.T) {
	t.Parallel()
	h := newHub(t, nil)
	b := enrolled(t, h, coTo)
	other := newHub(t, nil)
	for name, cert := range map[string]*tls.Certificate{"a gateway": b.pair(t), "another authority": serverCert(t, other)} {
		var asked atomic.Int32
		url := serve(t, cert, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if _, _, ok := r.BasicAuth(); ok {
				asked.Add(1)
			}
			w.Header().Set("Content-Type", "application/pkcs7-mime")
			body, err := enrol.CertsOnly(h.c.Authority.Certificate()) // the right one: anybody can have it
			if err != nil {
				t.Error(err)
			}
			_, _ = w.Write(body)
		}))
		_, err := newBox(t, vanDon).Enrol(t.Context(), url, h.code(t, vanDon, ""))
		wantCode(t, err, enrol.CodeForeignAuthority)
		if asked.Load() != 0 {
			t.Errorf("%s: it was shown the code", name)
		}
	}
	// A hub that is another one altogether.
	_, err := newBox(t, vanDon).Enrol(t.Context(), other.url, h.code(t, vanDon, ""))
	wantCode(t, err, enrol.CodeForeignAuthority)
	var own *enrol.Trouble
	if !errors.As(err, &own) {
		t.Errorf("it was the hub that found it, and not the box: %v", err)
	}
	// The right authority under another name.
	names := newHub(t, func(c *enrol.RegistrarConfig) { c.Authority = h.c.Authority; c.Names = []string{"elsewhere.example"} })
	_, err = newBox(t, vanDon).Enrol(t.Context(), names.url, h.code(t, vanDon, ""))
	wantCode(t, err, enrol.CodeForeignAuthority)
}

// A hub that renews by the certificate of another gateway, or of another site, is not believed.
func TestRenewedAsAnother(t *testing.T) {
	t.Parallel()
	h := newHub(t, nil)
	b := enrolled(t, h, coTo)
	was := b.Status()
	for _, uris := range [][]string{
		{"urn:motcua:gateway:" + string(wire.NewGatewayID()), "urn:motcua:site:" + string(coTo)},
		{"urn:motcua:gateway:" + string(was.Gateway), "urn:motcua:site:" + string(vanDon)},
	} {
		lying := serve(t, serverCert(t, h), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, r.Body))
			if err != nil {
				t.Error(err)
			}
			csr, err := x509.ParseCertificateRequest(body)
			if err != nil {
				t.Error(err)
				return
			}
			tmpl := *b.leaf(t)
			tmpl.URIs = nil
			for _, text := range uris {
				u, err := url.Parse(text)
				if err != nil {
					t.Error(err)
				}
				tmpl.URIs = append(tmpl.URIs, u)
			}
			tmpl.ExtraExtensions = nil
			der, err := x509.CreateCertificate(rand.Reader, &tmpl, h.c.Authority.Certificate(), csr.PublicKey, authorityKey(t, h))
			if err != nil {
				t.Error(err)
			}
			cert, err := x509.ParseCertificate(der)
			if err != nil {
				t.Error(err)
			}
			answer, err := enrol.CertsOnly(cert)
			if err != nil {
				t.Error(err)
			}
			w.Header().Set("Content-Type", "application/pkcs7-mime")
			_, _ = w.Write(answer)
		}))
		c := b.c
		c.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, strings.TrimPrefix(lying, "https://"))
		}
		liedTo, err := enrol.Open(c)
		if err != nil {
			t.Fatal(err)
		}
		wantCode(t, liedTo.Renew(t.Context()), enrol.CodeBadAnswer)
		if s := liedTo.Status(); s.Gateway != was.Gateway || s.Site != coTo {
			t.Errorf("the box is %+v", s)
		}
	}
	b.again(t)
	b.works(t, h)
}
