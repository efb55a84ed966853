//go:build soak

package main_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/smallstep/pkcs7"
)

// stranger is a gateway written apart, by the documents of package wire and RFC 7030 alone. It
// counts what it is told.
type stranger struct {
	base   string // https://HOST:PORT
	id     string
	client *http.Client
	told   *tally
}

// fetchCA asks a hub for its authority's certificate. A technician would hold its fingerprint
// against the claim code.
func fetchCA(ctx context.Context, base string) (*x509.CertPool, error) {
	tr := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS13}, DisableKeepAlives: true}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/.well-known/est/cacerts", nil)
	if err != nil {
		return nil, err
	}
	certs, err := askEST(&http.Client{Transport: tr}, req)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	for _, c := range certs {
		pool.AddCert(c)
	}
	return pool, nil
}

// askEST sends a request of EST and reads the certificates of the answer. One that is busy is
// asked again when it says.
func askEST(client *http.Client, req *http.Request) ([]*x509.Certificate, error) {
	for {
		res, err := client.Do(req)
		if err != nil {
			return nil, err
		}
		body, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil {
			return nil, err
		}
		if res.StatusCode == http.StatusTooManyRequests || res.StatusCode == http.StatusServiceUnavailable {
			if err := obey(req.Context(), res); err != nil {
				return nil, err
			}
			if req.Body, err = req.GetBody(); err != nil {
				return nil, err
			}
			continue
		}
		if res.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("%s: %s: %s", req.URL, res.Status, body)
		}
		der, err := base64.StdEncoding.DecodeString(string(bytes.Join(bytes.Fields(body), nil)))
		if err != nil {
			return nil, err
		}
		p, err := pkcs7.Parse(der)
		if err != nil {
			return nil, err
		}
		return p.Certificates, nil
	}
}

// obey waits as long as a refusal asks for. One that does not say how long is a breach.
func obey(ctx context.Context, res *http.Response) error {
	s, err := strconv.Atoi(res.Header.Get("Retry-After"))
	if err != nil || s < 0 {
		return fmt.Errorf("%s %s without a Retry-After that can be read", res.Request.URL.Path, res.Status)
	}
	select {
	case <-time.After(time.Duration(s) * time.Second):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// newStranger redeems a claim code. From is the address of this machine that it comes from, nil for any.
func newStranger(ctx context.Context, base, code string, from net.IP, authority *x509.CertPool, told *tally) (*stranger, error) {
	dial := (&net.Dialer{LocalAddr: &net.TCPAddr{IP: from}}).DialContext
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	csr, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/.well-known/est/simpleenroll", bytes.NewReader([]byte(base64.StdEncoding.EncodeToString(csr))))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/pkcs10")
	req.SetBasicAuth("claim", code)
	tr := &http.Transport{DialContext: dial, TLSClientConfig: &tls.Config{RootCAs: authority, MinVersion: tls.VersionTLS13}, DisableKeepAlives: true}
	certs, err := askEST(&http.Client{Transport: tr}, req)
	if err != nil {
		return nil, err
	}
	if len(certs) != 1 {
		return nil, fmt.Errorf("%d certificates, want one", len(certs))
	}
	line := &http.Transport{
		DialContext: dial, ForceAttemptHTTP2: true, MaxConnsPerHost: 1,
		TLSClientConfig: &tls.Config{
			RootCAs: authority, MinVersion: tls.VersionTLS13, NextProtos: []string{"h2"},
			Certificates: []tls.Certificate{{Certificate: [][]byte{certs[0].Raw}, PrivateKey: key}},
		},
	}
	return &stranger{base: base, id: certs[0].Subject.CommonName, client: &http.Client{Transport: line}, told: told}, nil
}

func (s *stranger) close() { s.client.CloseIdleConnections() }

const pathEvents = "/v1/events"

// request is one to be made as often as it takes.
type request struct {
	method, path string
	head         map[string]string
	body         []byte
}

// do makes a request until it is taken, and obeys the hub's word for when to come again. A
// connection that breaks is made anew.
func (s *stranger) do(ctx context.Context, r request) (*http.Response, []byte, error) {
	for {
		sent := time.Now()
		res, body, err := s.once(ctx, r)
		switch {
		case ctx.Err() != nil:
			return nil, nil, ctx.Err()
		case err != nil:
			if s.told.broke() {
				return nil, nil, fmt.Errorf("%s %s: broken off too often: %w", r.method, r.path, err)
			}
			select {
			case <-time.After(200 * time.Millisecond):
			case <-ctx.Done():
				return nil, nil, ctx.Err()
			}
		case res.StatusCode == http.StatusTooManyRequests, res.StatusCode == http.StatusServiceUnavailable,
			res.StatusCode == http.StatusLocked, res.StatusCode == http.StatusRequestTimeout:
			s.told.refused(res.StatusCode)
			if err := obey(ctx, res); err != nil {
				return nil, nil, err
			}
		case res.ProtoMajor != 2:
			return nil, nil, fmt.Errorf("the hub speaks %s, want HTTP/2", res.Proto)
		default:
			if r.path == pathEvents {
				s.told.answered(time.Since(sent))
			}
			return res, body, nil
		}
	}
}

func (s *stranger) once(ctx context.Context, r request) (*http.Response, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, r.method, s.base+r.path, bytes.NewReader(r.body))
	if err != nil {
		return nil, nil, err
	}
	for name, value := range r.head {
		req.Header.Set(name, value)
	}
	res, err := s.client.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 2<<20))
	return res, body, err
}

// keys asks by which key the hub's statements are checked.
func (s *stranger) keys(ctx context.Context) (ed25519.PublicKey, error) {
	res, body, err := s.do(ctx, request{method: http.MethodGet, path: "/v1/keys"})
	if err != nil {
		return nil, err
	}
	var v struct {
		Keys []struct{ Kty, Crv, X string }
	}
	if err := json.Unmarshal(body, &v); err != nil || res.StatusCode != http.StatusOK || len(v.Keys) != 1 || v.Keys[0].Crv != "Ed25519" {
		return nil, fmt.Errorf("GET /v1/keys: %s: %s", res.Status, body)
	}
	key, err := base64.RawURLEncoding.DecodeString(v.Keys[0].X)
	if err == nil && len(key) != ed25519.PublicKeySize {
		err = errors.New("no key of Ed25519")
	}
	return key, err
}

// send sends events, and returns the hub's mark: its place, and how many of them were new.
func (s *stranger) send(ctx context.Context, batch []byte, packed bool) (mark spot, accepted int, err error) {
	head := map[string]string{"Content-Type": "application/cloudevents-batch+json"}
	if packed {
		head["Content-Encoding"] = "zstd"
	}
	res, body, err := s.do(ctx, request{http.MethodPost, pathEvents, head, batch})
	if err != nil {
		return spot{}, 0, err
	}
	var ack struct {
		Mark                            struct{ Epoch, Seq uint64 }
		Accepted, Replayed, Quarantined int
		Forked                          bool
	}
	if err := json.Unmarshal(body, &ack); err != nil || res.StatusCode != http.StatusOK || ack.Quarantined > 0 || ack.Forked {
		return spot{}, 0, fmt.Errorf("POST /v1/events: %s: %s", res.Status, body)
	}
	return spot{ack.Mark.Epoch, ack.Mark.Seq}, ack.Accepted, nil
}

// upload sends a page as a tus upload: half of it when it is created, the rest as a patch, as a
// gateway does whose line was cut in between.
func (s *stranger) upload(ctx context.Context, dossier string, page []byte) error {
	pair := func(name, value string) string { return name + " " + base64.StdEncoding.EncodeToString([]byte(value)) }
	res, body, err := s.do(ctx, request{http.MethodPost, "/v1/blobs", map[string]string{
		"Tus-Resumable": "1.0.0", "Upload-Length": strconv.Itoa(len(page)), "Content-Type": "application/offset+octet-stream",
		"Upload-Metadata": pair("dossier", dossier) + "," + pair("sha256", sum(page)),
	}, page[:len(page)/2]})
	if err != nil {
		return err
	}
	at, bad := strconv.Atoi(res.Header.Get("Upload-Offset"))
	if res.StatusCode != http.StatusCreated || bad != nil || at > len(page) {
		return fmt.Errorf("POST /v1/blobs: %s: %s", res.Status, body)
	}
	place := res.Header.Get("Location")
	for at < len(page) {
		res, body, err = s.do(ctx, request{http.MethodPatch, place, map[string]string{
			"Tus-Resumable": "1.0.0", "Upload-Offset": strconv.Itoa(at), "Content-Type": "application/offset+octet-stream",
		}, page[at:]})
		if err != nil {
			return err
		}
		next, bad := strconv.Atoi(res.Header.Get("Upload-Offset"))
		if res.StatusCode != http.StatusNoContent && res.StatusCode != http.StatusConflict || bad != nil || next > len(page) {
			return fmt.Errorf("PATCH: %s: %s", res.Status, body)
		}
		at = next
	}
	return nil
}

// feed reads the feed from its beginning until it has so many items, and returns the dossiers that
// it tells of.
func (s *stranger) feed(ctx context.Context, items int) (dossiers []string, err error) {
	for cursor := uint64(0); len(dossiers) < items; {
		res, body, err := s.do(ctx, request{method: http.MethodGet, path: "/v1/feed?after=" + strconv.FormatUint(cursor, 10)})
		if err != nil {
			return nil, err
		}
		var v struct {
			Events []struct {
				ID, Type string
				Data     struct{ Dossier string }
			}
			Cursor uint64
		}
		if err := json.Unmarshal(body, &v); err != nil || res.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("GET /v1/feed: %s: %s", res.Status, body)
		}
		for _, e := range v.Events {
			if cursor++; e.ID != strconv.FormatUint(cursor, 10) {
				return nil, fmt.Errorf("the feed goes on with %s, want %d", e.ID, cursor)
			}
			dossiers = append(dossiers, e.Data.Dossier)
		}
	}
	return dossiers, nil
}
