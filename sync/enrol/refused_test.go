package enrol_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

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

// rsa1024 was made by: openssl req -new -newkey rsa:1024 -nodes -subj /CN=x -outform DER | base64
const rsa1024 = "MIIBSzCBtQIBADAMMQowCAYDVQQDDAF4MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC42+YQhRG/oJfMkcFm6MQqIeLsUwlw" +
	"V+GXd2HDMyfSQgcgxWQ02CGInRQkCZ2GzsPaVhEPhdtJx77Q8NJ0IHOtrd767S/W/scKd0sfvYFUzYLijtPco9jTau4vbq9N4g9v" +
	"T4ye3iWVuTX9CcsD3Y7ll3pc5zgeSz0VVsWj4r2UaQIDAQABoAAwDQYJKoZIhvcNAQELBQADgYEAFfC9ttESkj50tYFO5WDAKZCt" +
	"lZ3d/fghfkLPr+oCqMpDJQKEuaLmW7iH1UHGECVVggRZUwBNEh54c7YkmshrcMZEClKrRfmRU5NYv2gtGXmCGUlb/6EFjfV+kjxI" +
	"DYFWZFlFNZKM0IJeHUEHBqaDQOTHurVLJYYbVeMAn6JiuEg="
