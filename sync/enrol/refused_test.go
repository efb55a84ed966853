package enrol_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/motcua/gateway/sync/enrol"
	"github.com/motcua/gateway/sync/wire"
)

// request makes a certificate request as EST wants it.
func request(t testing.TB, key crypto.Signer) []byte {
	t.Helper()
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func in64(der []byte) string { return base64.StdEncoding.EncodeToString(der) }

func ecKey(t testing.TB, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// stranger returns a client that trusts the hub and shows cert, if any.
func stranger(t testing.TB, h *testHub, cert *tls.Certificate) *http.Client {
	pool := x509.NewCertPool()
	pool.AddCert(h.c.Authority.Certificate())
	c := &tls.Config{RootCAs: pool, Time: h.clock.now}
	if cert != nil {
		// Also one that the hub has not asked for.
		c.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return cert, nil }
	}
	return clientOf(t, c)
}

// ask sends a request of EST and returns the status and the code of the refusal.
func ask(t testing.TB, c *http.Client, method, at string, body io.Reader, change func(*http.Request)) (*http.Response, wire.Code) {
	t.Helper()
	req, err := http.NewRequest(method, at, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/pkcs10")
	if change != nil {
		change(req)
	}
	res, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode == http.StatusOK {
		return res, noWord
	}
	var p wire.Problem
	if err := json.Unmarshal(answer, &p); err != nil || res.Header.Get("Content-Type") != wire.TypeProblem {
		t.Errorf("%s: %q is no refusal: %v", res.Status, answer, err)
	}
	return res, p.Code
}

func TestBadRequests(t *testing.T) {
	t.Parallel()
	h := newHub(t, func(c *enrol.RegistrarConfig) { c.Limits.Wrong = enrol.Rate{Each: 1000, All: 1000} })
	good := request(t, ecKey(t, elliptic.P256()))
	flipped := bytes.Clone(good)
	flipped[len(flipped)-1] ^= 1
	weak, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	withCode := func(code string) func(*http.Request) {
		return func(r *http.Request) { r.SetBasicAuth("claim", code) }
	}
	code := h.code(t, coTo, "")
	const enroll, reenroll = enrol.PathEST + "simpleenroll", enrol.PathEST + "simplereenroll"
	for name, v := range map[string]struct {
		method, path, body string
		change             func(*http.Request)
		status             int
		code               wire.Code
	}{
		"signature":         {"POST", enroll, in64(flipped), withCode(code), 400, enrol.CodeBadKey},
		"RSA":               {"POST", enroll, in64(request(t, weak)), withCode(code), 400, enrol.CodeBadKey},
		"RSA of 1024 bits":  {"POST", enroll, rsa1024, withCode(code), 400, enrol.CodeBadKey},
		"P-224":             {"POST", enroll, in64(request(t, ecKey(t, elliptic.P224()))), withCode(code), 400, enrol.CodeBadKey},
		"P-521":             {"POST", enroll, in64(request(t, ecKey(t, elliptic.P521()))), withCode(code), 400, enrol.CodeBadKey},
		"huge":              {"POST", enroll, strings.Repeat("A", 8<<10+1), withCode(code), 413, wire.CodeTooLarge},
		"empty":             {"POST", enroll, "", withCode(code), 400, enrol.CodeBadRequest},
		"no base64":         {"POST", enroll, "=?=", withCode(code), 400, enrol.CodeBadRequest},
		"no request":        {"POST", enroll, in64([]byte("hello")), withCode(code), 400, enrol.CodeBadRequest},
		"cut":               {"POST", enroll, in64(good[:len(good)-9]), withCode(code), 400, enrol.CodeBadRequest},
		"more behind it":    {"POST", enroll, in64(append(bytes.Clone(good), 0)), withCode(code), 400, enrol.CodeBadRequest},
		"a certificate":     {"POST", enroll, in64(h.c.Authority.Certificate().Raw), withCode(code), 400, enrol.CodeBadRequest},
		"another type":      {"POST", enroll, in64(good), func(r *http.Request) { withCode(code)(r); r.Header.Set("Content-Type", "text/plain") }, 415, enrol.CodeBadRequest},
		"no code":           {"POST", enroll, in64(good), nil, 401, enrol.CodeClaimUnknown},
		"another user":      {"POST", enroll, in64(good), func(r *http.Request) { r.SetBasicAuth("admin", code) }, 401, enrol.CodeClaimUnknown},
		"mistyped":          {"POST", enroll, in64(good), withCode(code[1:]), 401, enrol.CodeClaimUnknown},
		"unknown":           {"POST", enroll, in64(good), withCode(enrol.NewCode(h.c.Authority.Certificate().Raw).Reveal()), 401, enrol.CodeClaimUnknown},
		"of another hub":    {"POST", enroll, in64(good), withCode(enrol.NewCode([]byte("x")).Reveal()), 403, enrol.CodeForeignAuthority},
		"no certificate":    {"POST", reenroll, in64(good), withCode(code), 401, wire.CodeUnknown},
		"GET enroll":        {"GET", enroll, "", withCode(code), 405, wire.CodeMethod},
		"POST cacerts":      {"POST", enrol.PathEST + "cacerts", "", nil, 405, wire.CodeMethod},
		"server's own keys": {"POST", enrol.PathEST + "serverkeygen", in64(good), withCode(code), 404, wire.CodeNotFound},
	} {
		res, got := ask(t, stranger(t, h, nil), v.method, h.url+v.path, strings.NewReader(v.body), v.change)
		if res.StatusCode != v.status || got != v.code {
			t.Errorf("%s: %d %q, want %d %q", name, res.StatusCode, got, v.status, v.code)
		}
		if v.status == 401 && !strings.HasPrefix(res.Header.Get("WWW-Authenticate"), "Basic ") {
			t.Errorf("%s: nobody says how to authenticate", name)
		}
	}
	if g := h.living(t); len(g) != 0 {
		t.Errorf("somebody got in: %+v", g)
	}
	// After all that the code is as good as new, for a key of either kind.
	res, _ := ask(t, stranger(t, h, nil), "POST", h.url+enroll, strings.NewReader(in64(request(t, ecKey(t, elliptic.P384())))), withCode(code))
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "application/pkcs7-mime; smime-type=certs-only" {
		t.Errorf("a good request: %s %v", res.Status, res.Header)
	}
}

// rsa1024 was made by: openssl req -new -newkey rsa:1024 -nodes -subj /CN=x -outform DER | base64
const rsa1024 = "MIIBSzCBtQIBADAMMQowCAYDVQQDDAF4MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC42+YQhRG/oJfMkcFm6MQqIeLsUwlw" +
	"V+GXd2HDMyfSQgcgxWQ02CGInRQkCZ2GzsPaVhEPhdtJx77Q8NJ0IHOtrd767S/W/scKd0sfvYFUzYLijtPco9jTau4vbq9N4g9v" +
	"T4ye3iWVuTX9CcsD3Y7ll3pc5zgeSz0VVsWj4r2UaQIDAQABoAAwDQYJKoZIhvcNAQELBQADgYEAFfC9ttESkj50tYFO5WDAKZCt" +
	"lZ3d/fghfkLPr+oCqMpDJQKEuaLmW7iH1UHGECVVggRZUwBNEh54c7YkmshrcMZEClKrRfmRU5NYv2gtGXmCGUlb/6EFjfV+kjxI" +
	"DYFWZFlFNZKM0IJeHUEHBqaDQOTHurVLJYYbVeMAn6JiuEg="

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

// What a hub, or something in between, may answer.
func TestBadAnswers(t *testing.T) {
	t.Parallel()
	h := newHub(t, nil)
	b := enrolled(t, h, coTo)
	ours := b.leaf(t)
	certs := func(c ...*x509.Certificate) string {
		body, err := enrol.CertsOnly(c...)
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	for name, v := range map[string]struct {
		status int
		media  string
		body   string
		want   wire.Code
	}{
		"another box's certificate": {200, "application/pkcs7-mime; smime-type=certs-only", certs(ours), enrol.CodeBadAnswer},
		"two certificates":          {200, "application/pkcs7-mime", certs(ours, ours), enrol.CodeBadAnswer},
		"the authority's":           {200, "application/pkcs7-mime", certs(h.c.Authority.Certificate()), enrol.CodeBadAnswer},
		"rubbish":                   {200, "application/pkcs7-mime", "AAAA", enrol.CodeBadAnswer},
		"nothing":                   {200, "application/pkcs7-mime", "", enrol.CodeBadAnswer},
		"endless":                   {200, "application/pkcs7-mime", strings.Repeat("A", 1<<20), enrol.CodeBadAnswer},
		"a page":                    {200, "text/html", "<html>Đăng nhập Wi-Fi</html>", enrol.CodeBadAnswer},
		"a page of trouble":         {502, "text/html", "<html>Bad Gateway</html>", enrol.CodeBadAnswer},
		"elsewhere":                 {302, "text/html", "", enrol.CodeBadAnswer},
		"a refusal":                 {409, wire.TypeProblem, `{"code":"site-taken","title":"x"}`, enrol.CodeSiteTaken},
	} {
		url := serve(t, serverCert(t, h), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet {
				w.Header().Set("Content-Type", "application/pkcs7-mime")
				_, _ = io.WriteString(w, certs(h.c.Authority.Certificate()))
				return
			}
			w.Header().Set("Content-Type", v.media)
			w.Header().Set("Location", "https://127.0.0.1:1/")
			w.Header().Set("Retry-After", "90")
			w.WriteHeader(v.status)
			_, _ = io.WriteString(w, v.body)
		}))
		box := newBox(t, "")
		_, err := box.Enrol(t.Context(), url, enrol.NewCode(h.c.Authority.Certificate().Raw).Reveal())
		if enrol.CodeOf(err) != v.want {
			t.Errorf("%s: %v, want %s", name, err, v.want)
		}
		if s := box.Status(); s.Enrolled || s.Trouble != nil {
			t.Errorf("%s: the box believes it: %+v", name, s)
		}
	}
	for _, hub := range []string{"", "http://hub", "https://", "https://hub/path", "https://u:p@hub", "https://hub?x", "ftp://hub", "https://hub:x", "\x00"} {
		_, err := newBox(t, "").Enrol(t.Context(), hub, enrol.NewCode(nil).Reveal())
		if enrol.CodeOf(err) != enrol.CodeBadURL {
			t.Errorf("%q: %v", hub, err)
		}
	}
	_, err := newBox(t, "").Enrol(t.Context(), h.url, "0000")
	wantCode(t, err, enrol.CodeMistyped)
}

// Wrong codes by the thousand are bounded by address and in all, before the store is asked; who
// has the right one gets in as soon as there is room.
func TestWrongCodesByTheThousand(t *testing.T) {
	t.Parallel()
	store := &counting{}
	h := newHub(t, func(c *enrol.RegistrarConfig) { store.Store = c.Store; c.Store = store })
	code := h.code(t, coTo, "")
	body := in64(request(t, ecKey(t, elliptic.P256())))
	wrong := make([]string, 2000)
	for i := range wrong {
		wrong[i] = enrol.NewCode(h.c.Authority.Certificate().Raw).Reveal()
	}
	handler := h.Handler()
	var limited atomic.Int32
	try := func(from, code string) (int, http.Header) {
		req := newESTRequest(enrol.PathEST+"simpleenroll", body)
		req.RemoteAddr = from
		req.SetBasicAuth("claim", code)
		w := &recorder{header: http.Header{}}
		handler.ServeHTTP(w, req)
		return w.status, w.header
	}
	// Right ones are not counted, however often.
	for i := range 20 {
		if status, _ := try("192.0.2.7:1000", code); status != http.StatusOK {
			t.Errorf("the right code for the %dth time: %d", i+1, status)
		}
	}
	before := store.updates.Load()
	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() {
			for i := worker; i < 1000; i += 8 {
				if status, _ := try("192.0.2.7:1000", wrong[i]); status == http.StatusTooManyRequests {
					limited.Add(1)
				}
			}
		})
	}
	all.Wait()
	if asked := store.updates.Load() - before; asked != 10 || limited.Load() != 990 {
		t.Errorf("one address: the store was asked %d times, %d were limited", asked, limited.Load())
	}
	// A neighbour is not concerned, until there are very many of them.
	for i := range 1000 {
		try("[2001:db8:0:"+strconv.FormatInt(int64(i), 16)+"::1]:1000", wrong[1000+i])
	}
	if asked := store.updates.Load() - before; asked != 100 {
		t.Errorf("a thousand addresses: the store was asked %d times", asked)
	}
	status, header := try("198.51.100.1:1", code)
	wait, err := strconv.Atoi(header.Get("Retry-After"))
	if status != http.StatusTooManyRequests || err != nil || wait < 1 || wait > 10 {
		t.Errorf("with the right code: %d, Retry-After %q", status, header.Get("Retry-After"))
	}
	h.clock.pass(time.Duration(wait) * time.Second)
	if status, _ := try("198.51.100.1:1", code); status != http.StatusOK {
		t.Errorf("after Retry-After: %d", status)
	}
	// The same network with other addresses is one machine.
	for i := range 20 {
		h.clock.pass(time.Second)
		status, _ = try("[2001:db8:ffff:1::"+strconv.FormatInt(int64(i+1), 16)+"]:1", wrong[i])
	}
	if status != http.StatusTooManyRequests {
		t.Errorf("the 20th address of one network: %d", status)
	}
}

// A gateway that renews without end is bounded too.
func TestRenewingWithoutEnd(t *testing.T) {
	t.Parallel()
	h := newHub(t, nil)
	b := enrolled(t, h, coTo)
	var err error
	for range 6 {
		if err = b.Renew(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	err = b.Renew(t.Context())
	wantCode(t, err, wire.CodeBusy)
	h.clock.pass(time.Minute)
	if err := b.Renew(t.Context()); err != nil {
		t.Error(err)
	}
	b.works(t, h)
}

// Clocks of the box: 1970, and ten years ahead.
func TestClocksOfTheBox(t *testing.T) {
	t.Parallel()
	h := newHub(t, nil)
	past := newBox(t, coTo)
	past.clock.pass(-time.Duration(past.clock.now().Unix()) * time.Second)
	if _, err := past.Enrol(t.Context(), h.url, h.code(t, coTo, "")); err != nil {
		t.Fatal(err)
	}
	past.works(t, h)
	if err := past.Renew(t.Context()); err != nil {
		t.Error(err)
	}

	ahead := newBox(t, vanDon)
	ahead.clock.pass(10 * 365 * 24 * time.Hour)
	code := h.code(t, vanDon, "")
	_, err := ahead.Enrol(t.Context(), h.url, code)
	wantCode(t, err, enrol.CodeClock)
	if err == nil || !strings.Contains(err.Error(), "2036-02-28") {
		t.Errorf("it does not name the dates: %v", err)
	}
	ahead.clock.pass(-10 * 365 * 24 * time.Hour) // an officer has confirmed the date
	if _, err := ahead.Enrol(t.Context(), h.url, code); err != nil {
		t.Fatal(err)
	}
	ahead.clock.pass(10 * 365 * 24 * time.Hour)
	wantCode(t, ahead.Renew(t.Context()), enrol.CodeClock)
	ahead.clock.pass(-10 * 365 * 24 * time.Hour)
	ahead.works(t, h)
}

// The hub's own certificate is made anew in time, and gateways do not notice.
func TestHubsCertificateIsRenewed(t *testing.T) {
	t.Parallel()
	h := newHub(t, nil)
	b := enrolled(t, h, coTo)
	first := serverCert(t, h).Leaf
	for range 6 {
		h.clock.pass(20 * 24 * time.Hour)
		b.clock.pass(20 * 24 * time.Hour)
		if err := b.Renew(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	b.works(t, h)
	if now := serverCert(t, h).Leaf; now.Equal(first) || now.NotAfter.Before(h.clock.now()) {
		t.Errorf("the hub shows a certificate until %s", now.NotAfter)
	}
	if _, err := enrol.NewRegistrar(enrol.RegistrarConfig{Authority: h.c.Authority, Store: h.store}); err == nil {
		t.Error("a hub without a name")
	}
}
