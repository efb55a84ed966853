package enrol_test

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"
	"time"

	"github.com/motcua/gateway/sync/enrol"
	"github.com/motcua/gateway/sync/wire"
)

// Revocation holds on an HTTP/2 connection that stays open: in the process that has revoked at
// once, in another one when what it knows is ten seconds old.
func TestRevokingOnAnOpenConnection(t *testing.T) {
	t.Parallel()
	h := newHub(t, nil)
	second, err := enrol.NewRegistrar(h.c)
	if err != nil {
		t.Fatal(err)
	}
	other := h.open(t, second)
	b := enrolled(t, h, coTo)
	here, there := b.client(t), b.client(t)
	for _, v := range []struct {
		c   *http.Client
		url string
	}{{here, h.url}, {here, h.url}, {there, other}, {there, other}} { // the second time it is known
		if got, code := who(t, v.c, v.url); !strings.HasSuffix(got, "HTTP/2.0") {
			t.Fatalf("%q %q", got, code)
		}
	}
	if _, err := h.Revoke(t.Context(), b.Status().Gateway, "stolen on the ferry", byNga); err != nil {
		t.Fatal(err)
	}
	if code := onOpen(t, here, h.url); code != wire.CodeRevoked {
		t.Errorf("in this process: %q", code)
	}
	if code := onOpen(t, there, other); code != noWord {
		t.Errorf("in the other one it is looked up at every request: %q", code)
	}
	h.clock.pass(10 * time.Second)
	if code := onOpen(t, there, other); code != wire.CodeRevoked {
		t.Errorf("in the other one after ten seconds: %q", code)
	}
	wantCode(t, b.Renew(t.Context()), wire.CodeRevoked)
	all, err := h.Gateways(t.Context())
	if err != nil || len(all) != 1 || all[0].Why != "stolen on the ferry" || all[0].RevokedBy != byNga || !all[0].Revoked.Equal(newClock(testDay).now()) {
		t.Errorf("the list: %v %+v", err, all)
	}
	// Again changes nothing, not even who and why; what is unknown or without a reason is refused.
	if g, err := h.Revoke(t.Context(), b.Status().Gateway, "again", "minh"); err != nil || g.Why != "stolen on the ferry" {
		t.Errorf("revoking again: %v %+v", err, g)
	}
	_, err = h.Revoke(t.Context(), wire.NewGatewayID(), "x", byNga)
	wantCode(t, err, enrol.CodeUnknownGateway)
	_, err = h.Revoke(t.Context(), b.Status().Gateway, "  ", byNga)
	wantCode(t, err, enrol.CodeBadRequest)
	// The site is free again.
	enrolled(t, h, coTo).works(t, h)
}

// onOpen asks on a connection that must be the one from before.
func onOpen(t *testing.T, c *http.Client, url string) wire.Code {
	t.Helper()
	reused := false
	trace := &httptrace.ClientTrace{GotConn: func(i httptrace.GotConnInfo) { reused = i.Reused }}
	req, err := http.NewRequestWithContext(httptrace.WithClientTrace(t.Context(), trace), http.MethodGet, url+"/who", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil || !reused {
		t.Errorf("a new connection: %v", err)
	}
	for _, code := range []wire.Code{wire.CodeRevoked, enrol.CodeSuperseded} {
		if strings.Contains(string(body), string(code)) {
			return code
		}
	}
	return noWord
}

// A page that crawls for hours ends when its gateway is revoked, over HTTP/2 and HTTP/1.1.
func TestRevokingDuringARequest(t *testing.T) {
	t.Parallel()
	h := newHub(t, func(c *enrol.RegistrarConfig) { c.Recheck = 5 * time.Millisecond; c.Now = nil })
	for _, proto := range []string{"HTTP/2.0", "HTTP/1.1"} {
		b := enrolled(t, h, siteOf(strings.ToLower(proto[5:6])+"x"+map[string]string{"HTTP/2.0": "two", "HTTP/1.1": "one"}[proto]))
		c, _ := b.ClientTLS()
		tr := &http.Transport{TLSClientConfig: c, ForceAttemptHTTP2: proto == "HTTP/2.0"}
		t.Cleanup(tr.CloseIdleConnections)
		body, feed := io.Pipe()
		t.Cleanup(func() { _ = feed.Close() })
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url+"/pages", body)
		if err != nil {
			t.Fatal(err)
		}
		go func() { _, _ = feed.Write([]byte("the first bytes of a page")) }()
		res, err := tr.RoundTrip(req)
		if err != nil || res.Proto != proto {
			t.Fatalf("%s: %v %v", proto, err, res)
		}
		if _, err := h.Revoke(t.Context(), b.Status().Gateway, "stolen", byNga); err != nil {
			t.Fatal(err)
		}
		// Nothing more comes and nobody hangs up; the hub has to end it by itself.
		said, err := bufio.NewReader(res.Body).ReadString(';')
		if err != nil && !errors.Is(err, io.EOF) {
			t.Errorf("%s: %v", proto, err)
		}
		if !strings.Contains(said, "timeout") {
			t.Errorf("%s: the handler read on until %q", proto, said)
		}
		_ = res.Body.Close()
	}
}

// After a renewal the connection that was opened before goes on for an hour.
func TestOldConnectionAfterRenewal(t *testing.T) {
	t.Parallel()
	h := newHub(t, nil)
	b := enrolled(t, h, coTo)
	old := b.client(t)
	if _, code := who(t, old, h.url); code != noWord {
		t.Fatal(code)
	}
	if err := b.Renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.works(t, h)
	h.clock.pass(59 * time.Minute)
	if code := onOpen(t, old, h.url); code != noWord {
		t.Errorf("within the hour: %q", code)
	}
	h.clock.pass(time.Minute)
	if code := onOpen(t, old, h.url); code != enrol.CodeSuperseded {
		t.Errorf("after it: %q", code)
	}
	b.works(t, h)
}

// No session is resumed: it would go on with the certificate that began it.
func TestNothingIsResumed(t *testing.T) {
	t.Parallel()
	// crypto/tls resumes nothing by a certificate that has ended on its own clock.
	h := newHub(t, func(c *enrol.RegistrarConfig) { c.Now = nil })
	b := enrolled(t, h, coTo)
	c, _ := b.ClientTLS()
	c.ClientSessionCache = tls.NewLRUClientSessionCache(8)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: c, DisableKeepAlives: true}}
	for range 3 {
		res, err := client.Get(h.url + "/who")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, res.Body) // tickets come behind the handshake
		_ = res.Body.Close()
		if res.TLS.DidResume {
			t.Error("a session was resumed")
		}
	}
}

// A store that cannot be asked is busy, and no reason to let anybody in.
func TestStoreInTrouble(t *testing.T) {
	t.Parallel()
	var store *failing
	h := newHub(t, func(c *enrol.RegistrarConfig) { store = &failing{Store: c.Store}; c.Store = store })
	b := enrolled(t, h, coTo)
	b.works(t, h)
	h.clock.pass(time.Minute)
	store.broken.Store(true)
	if _, code := who(t, b.client(t), h.url); code != wire.CodeBusy {
		t.Errorf("with a broken store: %q", code)
	}
	wantCode(t, b.Renew(t.Context()), wire.CodeBusy)
	_, err := newBox(t, vanDon).Enrol(t.Context(), h.url, enrol.NewCode(h.c.Authority.Certificate().Raw).Reveal())
	wantCode(t, err, wire.CodeBusy)
	store.broken.Store(false)
	b.works(t, h)
	if err := b.Renew(t.Context()); err != nil {
		t.Error(err)
	}
}

// Whose a certificate is can be told when it was renewed, has ended, and its gateway was revoked;
// of a certificate that this hub has not issued nothing is told.
func TestOwner(t *testing.T) {
	t.Parallel()
	h := newHub(t, nil)
	b := enrolled(t, h, coTo)
	shown := func(b *enrol.Enrolment) *x509.Certificate {
		conf, ok := b.ClientTLS()
		if !ok {
			t.Fatal("not enrolled")
		}
		cert, err := conf.GetClientCertificate(&tls.CertificateRequestInfo{})
		if err != nil {
			t.Fatal(err)
		}
		return cert.Leaf
	}
	first := shown(b.Enrolment)
	if err := b.Renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Revoke(t.Context(), b.Status().Gateway, "stolen on the ferry", byNga); err != nil {
		t.Fatal(err)
	}
	h.clock.pass(20 * 365 * 24 * time.Hour)
	for _, cert := range []*x509.Certificate{first, shown(b.Enrolment)} {
		g, err := h.Owner(t.Context(), cert)
		if err != nil || g.ID != b.Status().Gateway || g.Site != coTo || g.Living() {
			t.Errorf("owner %+v, %v", g, err)
		}
	}
	_, err := h.Owner(t.Context(), shown(enrolled(t, newHub(t, nil), coTo).Enrolment))
	wantCode(t, err, enrol.CodeForeignAuthority)
}
