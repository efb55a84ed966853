package enrol

import (
	"crypto/x509"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/motcua/gateway/sync/wire"
)

// PathEST is what the paths of EST begin with.
const PathEST = "/.well-known/est/"

// The operations of EST that the hub knows (RFC 7030, 3.2.2).
const (
	pathCACerts  = PathEST + "cacerts"
	pathEnroll   = PathEST + "simpleenroll"
	pathReenroll = PathEST + "simplereenroll"
)

// The media types of EST.
const (
	typeRequest = "application/pkcs10"
	typeCerts   = "application/pkcs7-mime"
	typeIssued  = "application/pkcs7-mime; smime-type=certs-only"
)

// claimUser is the user name that goes with a claim code as password.
const claimUser = "claim"

// bodyTime is how long a request's body may take: a kilobyte over the slowest line.
const bodyTime = 30 * time.Second

// Handler answers EST under [PathEST]. It bounds bodies, requests at once and wrong codes itself;
// headers and connections are the server's.
func (r *Registrar) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if err := r.serve(w, req); err != nil {
			r.turnAway(w, req, err)
		}
	})
}

func (r *Registrar) serve(w http.ResponseWriter, req *http.Request) error {
	switch req.URL.Path {
	case pathCACerts:
		if req.Method != http.MethodGet && req.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			return refuse(wire.CodeMethod, "")
		}
		return send(w, typeCerts, r.c.Authority.cert)
	case pathEnroll, pathReenroll:
		if req.Method != http.MethodPost {
			w.Header().Set("Allow", "POST")
			return refuse(wire.CodeMethod, "")
		}
	default:
		return refuse(wire.CodeNotFound, "of EST there are cacerts, simpleenroll and simplereenroll")
	}
	// Who may not ask is not read.
	issue, settle, err := r.admit(req)
	if err != nil {
		return err
	}
	cert, err := r.issueFor(w, req, issue)
	settle(err)
	if err != nil {
		return err
	}
	return send(w, typeIssued, cert)
}

// issuing decides over a request that was read.
type issuing func(csr *x509.CertificateRequest) (*x509.Certificate, error)

// admit finds out who asks. settle has to hear what became of it.
func (r *Registrar) admit(req *http.Request) (issue issuing, settle func(error), err error) {
	if req.URL.Path == pathReenroll {
		old, err := r.shown(req)
		if err != nil {
			return nil, nil, err
		}
		if wait := r.renewed.take(old.Subject.CommonName); wait > 0 {
			return nil, nil, tooMany(wait)
		}
		return func(csr *x509.CertificateRequest) (*x509.Certificate, error) {
			return r.renew(req.Context(), old, csr)
		}, func(error) {}, nil
	}
	user, typed, ok := req.BasicAuth()
	if !ok || user != claimUser {
		return nil, nil, refuse(CodeClaimUnknown, `the user is "claim", the password the claim code`)
	}
	addr := AddressOf(req.RemoteAddr)
	if wait := r.wrong.take(addr); wait > 0 {
		return nil, nil, tooMany(wait)
	}
	settle = func(err error) {
		// Only a refusal counts: who was let in has not guessed, and a hub in trouble is nobody's
		// guess either.
		if p := problemOf(err); p == nil || p.Code == wire.CodeBusy {
			r.wrong.give(addr)
		}
	}
	code, err := ParseCode(typed)
	if err != nil {
		return nil, nil, refuse(CodeClaimUnknown, err.Error())
	}
	return func(csr *x509.CertificateRequest) (*x509.Certificate, error) {
		return r.redeem(req.Context(), code, csr)
	}, settle, nil
}

func tooMany(wait time.Duration) *wire.Problem {
	p := refuse(wire.CodeBusy, "too many tries")
	p.Status = http.StatusTooManyRequests
	p.RetryAfter = wait
	return p
}

// issueFor reads a request and has it decided, as long as not too many are.
func (r *Registrar) issueFor(w http.ResponseWriter, req *http.Request, issue issuing) (*x509.Certificate, error) {
	csr, err := readRequest(w, req)
	if err != nil {
		return nil, err
	}
	select {
	case r.slots <- struct{}{}:
		defer func() { <-r.slots }()
	default:
		p := refuse(wire.CodeBusy, "")
		p.RetryAfter = 5 * time.Second
		return nil, p
	}
	return issue(csr)
}

func readRequest(w http.ResponseWriter, req *http.Request) (*x509.CertificateRequest, error) {
	if t, _, err := mime.ParseMediaType(req.Header.Get("Content-Type")); err != nil || !strings.EqualFold(t, typeRequest) {
		p := refuse(CodeBadRequest, "the body has to be "+typeRequest)
		p.Status = http.StatusUnsupportedMediaType
		return nil, p
	}
	// A server that knows no deadlines of requests has one for connections.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyTime))
	body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, maxRequest))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, refuse(wire.CodeTooLarge, "at most 8 KiB")
	case err != nil:
		return nil, refuse(CodeBadRequest, "the body broke off")
	}
	return parseRequest(body)
}

func send(w http.ResponseWriter, media string, cert *x509.Certificate) error {
	body, err := certsOnly(cert)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", media)
	// RFC 8951 does without it; clients of RFC 7030 look for it.
	h.Set("Content-Transfer-Encoding", "base64")
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(body) // who has hung up asks again
	return nil
}
