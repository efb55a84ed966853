package enrol

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/motcua/gateway/sync/wire"
)

// askTime is how long a request to the hub may take, answer and handshake included.
const askTime = time.Minute

// parseHub reads a hub's address and writes it as "https://HOST[:PORT]".
func parseHub(typed string) (hub, host string, err error) {
	typed = strings.TrimSpace(typed)
	if !strings.Contains(typed, "://") {
		typed = "https://" + typed
	}
	u, err := url.Parse(typed)
	if err != nil {
		return "", "", &Trouble{CodeBadURL, "want https://HOST:PORT", err}
	}
	if u.Scheme != "https" || u.Hostname() == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return "", "", &Trouble{CodeBadURL, fmt.Sprintf("%q: want https://HOST:PORT", u.Redacted()), nil}
	}
	return "https://" + u.Host, u.Hostname(), nil
}

func badAnswer(err error) error {
	return &Trouble{CodeBadAnswer, "the hub's answer is not to be used", err}
}

// fetchAuthority gets the authority's certificate from a hub that nobody has vouched for, and
// believes it if its fingerprint is the one of the claim code.
func (e *Enrolment) fetchAuthority(ctx context.Context, hub string, want [half]byte) (*x509.Certificate, error) {
	blind := &tls.Config{MinVersion: tls.VersionTLS13, InsecureSkipVerify: true, Time: e.c.Time}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, hub+pathCACerts, nil)
	if err != nil {
		return nil, err
	}
	certs, err := e.ask(req, blind)
	if err != nil {
		return nil, err
	}
	for _, c := range certs {
		if fingerprint(c.Raw) == want && c.IsCA {
			return c, nil
		}
	}
	return nil, &Trouble{CodeForeignAuthority, "this hub is not the one that has made the claim code", nil}
}

// requestFirst redeems a claim code.
func (e *Enrolment) requestFirst(ctx context.Context, hub string, ca *x509.Certificate, code Code, key *ecdsa.PrivateKey) (*x509.Certificate, error) {
	_, host, err := parseHub(hub)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AddCert(ca)
	csr, err := e.writeRequest(key)
	if err != nil {
		return nil, err
	}
	req, err := newRequest(ctx, hub+pathEnroll, csr)
	if err != nil {
		return nil, err
	}
	req.SetBasicAuth(claimUser, code.Reveal())
	return e.askOne(req, hubTLS(host, pool, e.c.Time))
}

// requestNext renews by the certificate of a line.
func (e *Enrolment) requestNext(ctx context.Context, old *line, key *ecdsa.PrivateKey) (*x509.Certificate, error) {
	csr, err := e.writeRequest(key)
	if err != nil {
		return nil, err
	}
	req, err := newRequest(ctx, old.hub+pathReenroll, csr)
	if err != nil {
		return nil, err
	}
	c := hubTLS(old.host, old.pool, e.c.Time)
	c.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return old.cert, nil }
	return e.askOne(req, c)
}

// writeRequest makes a certificate request: the key, and the site that the box was set up for.
func (e *Enrolment) writeRequest(key *ecdsa.PrivateKey) ([]byte, error) {
	t := &x509.CertificateRequest{}
	if e.c.Site != "" {
		t.URIs = []*url.URL{{Scheme: "urn", Opaque: strings.TrimPrefix(urnSite, "urn:") + string(e.c.Site)}}
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, t, key)
	if err != nil {
		return nil, fmt.Errorf("write a certificate request: %w", err)
	}
	return writeBase64(der), nil
}

func newRequest(ctx context.Context, to string, csr []byte) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(csr))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", typeRequest)
	return req, nil
}

func (e *Enrolment) askOne(req *http.Request, c *tls.Config) (*x509.Certificate, error) {
	certs, err := e.ask(req, c)
	if err != nil {
		return nil, err
	}
	if len(certs) != 1 {
		return nil, badAnswer(fmt.Errorf("%d certificates, want one", len(certs)))
	}
	return certs[0], nil
}

// ask sends one request on a connection of its own and reads the certificates of the answer. A
// refusal is a *wire.Problem, anything else a *Trouble.
func (e *Enrolment) ask(req *http.Request, c *tls.Config) (_ []*x509.Certificate, err error) {
	ctx, cancel := context.WithTimeout(req.Context(), askTime)
	defer cancel()
	client := &http.Client{
		// No proxy: what stands between could not pass a client certificate on.
		Transport: &http.Transport{DialContext: e.c.Dial, TLSClientConfig: c, DisableKeepAlives: true, MaxResponseHeaderBytes: maxAnswer},
		// Nobody sends a claim code elsewhere.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	res, err := client.Do(req.WithContext(ctx))
	if err != nil {
		return nil, unreachable(err)
	}
	defer func() { _ = res.Body.Close() }() // it was read; what is behind it is of no use
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, unreachable(err)
	case len(body) > maxAnswer:
		return nil, badAnswer(fmt.Errorf("more than %d bytes", maxAnswer))
	case res.StatusCode != http.StatusOK:
		return nil, readRefusal(res, body)
	}
	if t, _, err := mime.ParseMediaType(res.Header.Get("Content-Type")); err != nil || t != typeCerts {
		return nil, badAnswer(fmt.Errorf("its type is %.80q, want %s", res.Header.Get("Content-Type"), typeCerts))
	}
	certs, err := parseCertsOnly(body)
	if err != nil {
		return nil, badAnswer(err)
	}
	return certs, nil
}

// unreachable says of a failed request that nobody answered, unless it was us who hung up: then
// the trouble beneath says why.
func unreachable(err error) error {
	var t *Trouble
	if errors.As(err, &t) {
		return t
	}
	return &Trouble{CodeUnreachable, "no answer from the hub", err}
}

// readRefusal reads why the hub has refused. What is not in the hub's words comes from something
// in between.
func readRefusal(res *http.Response, body []byte) error {
	if t, _, err := mime.ParseMediaType(res.Header.Get("Content-Type")); err != nil || t != wire.TypeProblem {
		return badAnswer(fmt.Errorf("status %d", res.StatusCode))
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	return wire.ReadProblem(res)
}
