package enrol

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/motcua/gateway/sync/wire"
)

// What a stranger may send is refused with a code, or is a request whose key is of a kind that we
// take.
func FuzzRequest(f *testing.F) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(writeBase64(der))
	f.Add(writeBase64(der[:50]))
	f.Add([]byte("MII=\r\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		csr, err := parseRequest(body)
		if err != nil {
			if p := problemOf(err); p == nil || p.Status < 400 || p.Status > 499 {
				t.Errorf("%q: %v", body, err)
			}
			return
		}
		if k, ok := csr.PublicKey.(*ecdsa.PublicKey); !ok || k.Curve != elliptic.P256() && k.Curve != elliptic.P384() {
			t.Errorf("a key that we do not take: %T", csr.PublicKey)
		}
		if csr.CheckSignature() != nil {
			t.Error("the signature is bad")
		}
	})
}

// What a false hub may answer is an error, or certificates that x509 has read.
func FuzzCertsOnly(f *testing.F) {
	a := openAuthority(f, filepath.Join(f.TempDir(), "ca"))
	good, err := certsOnly(a.cert, a.cert)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[:200])
	f.Add(writeBase64(bytes.Repeat([]byte{0x30, 0x80}, 3000))) // BER without end
	f.Add(writeBase64(bytes.Repeat([]byte{0x24, 0x80}, 3000)))
	f.Fuzz(func(t *testing.T, body []byte) {
		if len(body) > maxAnswer {
			return
		}
		certs, err := parseCertsOnly(body)
		if err == nil && len(certs) == 0 {
			t.Error("neither certificates nor an error")
		}
		for _, c := range certs {
			_, _, _ = readNames(c) // total
		}
	})
}

// The note on the disk, cut and flipped.
func FuzzNote(f *testing.F) {
	a := openAuthority(f, filepath.Join(f.TempDir(), "ca"))
	cert, err := a.issueGateway(wire.NewGatewayID(), "x", a.key.Public(), birth(), early)
	if err != nil {
		f.Fatal(err)
	}
	dir := folder{dir: f.TempDir()}
	l, err := newLine("https://hub.example:8443", ClaimKey{1}, a.cert, cert)
	if err != nil {
		f.Fatal(err)
	}
	if err := dir.save(l); err != nil {
		f.Fatal(err)
	}
	good, _, err := readSmall(dir.path(fileNote))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[:len(good)/2])
	f.Add([]byte(`{"version":1}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := readNote(data)
		if err == nil && (!l.id.Valid() || !validSite(l.site) || l.host == "" || l.cert.Leaf == nil) {
			t.Errorf("a line that is none: %+v", l)
		}
	})
}

// Whole requests, without a connection: nothing but answers.
func FuzzHandler(f *testing.F) {
	a := openAuthority(f, filepath.Join(f.TempDir(), "ca"))
	r, err := NewRegistrar(RegistrarConfig{Authority: a, Store: emptyStore{}, Names: []string{"x"}, Log: discard()})
	if err != nil {
		f.Fatal(err)
	}
	h := r.Handler()
	f.Add("POST", pathEnroll, "claim:"+newCode(a.cert.Raw).Reveal(), typeRequest, []byte("AAAA"))
	f.Add("GET", pathCACerts, "", "", []byte(nil))
	f.Add("POST", pathReenroll, "x", "application/pkcs10; charset=\xff", []byte("AAAA"))
	f.Fuzz(func(t *testing.T, method, path, user, media string, body []byte) {
		req := &http.Request{Method: method, Header: http.Header{}, RemoteAddr: "192.0.2.1:1", Body: http.NoBody}
		req = req.WithContext(t.Context())
		req.URL = httptest.NewRequest("GET", "/", nil).URL
		req.URL.Path = path
		req.Header.Set("Content-Type", media)
		req.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(user)))
		req.Body = readCloser{bytes.NewReader(body)}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, req)
		if ok := w.Code == 200; ok != (path == pathCACerts && (method == "GET" || method == "HEAD")) || w.Code >= 500 {
			t.Errorf("%s %q: %d %s", method, path, w.Code, w.Body)
		}
	})
}
