package lan

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestCertificateIsOneThatBrowsersTake(t *testing.T) {
	t.Parallel()
	c := certificate(t, nil)
	leaf := c.cur.Load().cert.Leaf
	if life := leaf.NotAfter.Sub(leaf.NotBefore); life > maxLife {
		t.Errorf("it lasts %v", life)
	}
	for _, name := range []string{"hop", "motcua.local", "localhost", "127.0.0.1", "192.168.1.10"} {
		if err := leaf.VerifyHostname(name); err != nil {
			t.Error(err)
		}
	}
	if leaf.IsCA || leaf.PublicKey.(*ecdsa.PublicKey).Curve != elliptic.P256() {
		t.Error("an authority, or another curve")
	}
	if f := c.Fingerprint(); len(f) != 95 || f != strings.ToUpper(f) || strings.Count(f, ":") != 31 {
		t.Errorf("fingerprint %q", f)
	}
	for _, name := range []string{keyFile, certFile} {
		info, err := os.Stat(filepath.Join(c.c.Dir, name))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", name, info, err)
		}
	}
}

func TestCertificateOverRealTLS(t *testing.T) {
	t.Parallel()
	s := run(t, &Server{Handler: hello(), Certificate: certificate(t, nil)})
	res, err := s.client(t, "127.0.0.1").Get(s.url("/"))
	if err != nil {
		t.Fatal(err)
	}
	if got := body(t, res); got != "xin chào" || res.ProtoMajor != 2 || res.TLS.Version < tls.VersionTLS12 {
		t.Errorf("%q over %s, TLS %x", got, res.Proto, res.TLS.Version)
	}
	old := s.client(t, "127.0.0.1")
	old.Transport.(*http.Transport).TLSClientConfig.MaxVersion = tls.VersionTLS11
	if res, err := old.Get(s.url("/")); err == nil {
		t.Errorf("TLS 1.1 was taken: %s", body(t, res))
	}
}

func TestCertificateIsKeptAndRenewedWithTheSameKey(t *testing.T) {
	t.Parallel()
	now, names := build().AddDate(0, 1, 0), boxNames("192.168.1.10")
	c := certificate(t, func(c *CertificateConfig) {
		c.Now, c.Names = func() time.Time { return now }, func() (Names, error) { return names, nil }
	})
	check := func(why string, renewed bool) {
		t.Helper()
		was, key := c.Fingerprint(), c.KeyFingerprint()
		if err := c.Check(); err != nil {
			t.Fatal(err)
		}
		again, err := OpenCertificate(c.c)
		if err != nil {
			t.Fatal(err)
		}
		if again.Fingerprint() != c.Fingerprint() {
			t.Errorf("%s: another one after a restart", why)
		}
		if c.KeyFingerprint() != key || (c.Fingerprint() != was) != renewed {
			t.Errorf("%s: renewed %v, want %v; same key %v", why, c.Fingerprint() != was, renewed, c.KeyFingerprint() == key)
		}
	}
	check("nothing changed", false)
	names = boxNames("10.0.0.7")
	check("another address", true)
	names = boxNames("192.168.1.10")
	check("the old address again", false)
	now = now.Add(ownLife - renewBefore - time.Hour)
	check("before its end draws near", false)
	now = now.Add(2 * time.Hour)
	check("its end draws near", true)
	now = now.AddDate(-10, 0, 0)
	check("a clock that was ten years ahead", true)
	if leaf := c.cur.Load().cert.Leaf; leaf.NotBefore.Before(build()) || leaf.NotAfter.Before(build().AddDate(1, 11, 0)) {
		t.Errorf("with a clock in the past: %v to %v", leaf.NotBefore, leaf.NotAfter)
	}
	check("a clock still in the past", false)
}

func TestCertificateSurvivesRubbish(t *testing.T) {
	t.Parallel()
	c := certificate(t, nil)
	key := c.KeyFingerprint()
	for _, rubbish := range []string{"", "-----BEGIN CERTIFICATE-----\n", strings.Repeat("x", maxFile+1)} {
		if err := os.WriteFile(filepath.Join(c.c.Dir, certFile), []byte(rubbish), 0o600); err != nil {
			t.Fatal(err)
		}
		again, err := OpenCertificate(c.c)
		if err != nil || again.KeyFingerprint() != key {
			t.Errorf("%.30q: %v", rubbish, err)
		}
	}
	if err := os.WriteFile(filepath.Join(c.c.Dir, keyFile), []byte("no key"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenCertificate(c.c); err == nil || !strings.Contains(err.Error(), "move it away") {
		t.Errorf("a broken key: %v", err)
	}
}

// provincePEM is a certificate as a province would send it, self-signed for the test.
func provincePEM(t *testing.T, names Names, now time.Time, withKey bool, own *ecdsa.PrivateKey) []byte {
	t.Helper()
	key := own
	if key == nil {
		var err error
		if key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
			t.Fatal(err)
		}
	}
	_, text, err := issue(key, names, now, now)
	if err != nil {
		t.Fatal(err)
	}
	if withKey {
		der, err := x509.MarshalECPrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der})...)
	}
	return text
}

func TestProvinceCertificate(t *testing.T) {
	t.Parallel()
	c := certificate(t, nil)
	own, now := c.Fingerprint(), c.now()
	for _, test := range []struct {
		name string
		text []byte
		want string // of the reason; "" means it is used
	}{
		{"with its key", provincePEM(t, boxNames("192.168.1.10"), now, true, nil), ""},
		{"for the key of the box", provincePEM(t, boxNames("192.168.1.10"), now, false, c.key), ""},
		{"of a box that is ahead", provincePEM(t, boxNames(), now.AddDate(0, 6, 0), true, nil), ""},
		{"of another key", provincePEM(t, boxNames(), now, false, nil), "of another key"},
		{"ended", provincePEM(t, boxNames(), now.AddDate(-3, 0, 0), true, nil), "it ended on 20"},
		{"of another box", provincePEM(t, Names{Hosts: []string{"tinh.example"}}, now, true, nil), "names nothing"},
		{"rubbish", []byte("hello"), "no certificate"},
		{"large", make([]byte, maxFile+1), "more than"},
	} {
		file := filepath.Join(c.c.Dir, ProvinceFile)
		if err := os.WriteFile(file, test.text, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := c.Check(); err != nil {
			t.Fatal(err)
		}
		used, why := c.Province()
		switch {
		case test.want == "" && (!used || c.Fingerprint() == own):
			t.Errorf("%s: not used: %v", test.name, why)
		case test.want != "" && (used || c.Fingerprint() != own || why == nil || !strings.Contains(why.Error(), test.want)):
			t.Errorf("%s: used %v: %v", test.name, used, why)
		}
	}
	if err := os.Remove(filepath.Join(c.c.Dir, ProvinceFile)); err != nil {
		t.Fatal(err)
	}
	if err := c.Check(); err != nil {
		t.Fatal(err)
	}
	if used, why := c.Province(); used || why != nil || c.Fingerprint() != own {
		t.Errorf("taken away: used %v, %v", used, why)
	}
}

func TestBoxNamesAreOnesThatACertificateCanHold(t *testing.T) {
	t.Parallel()
	n, err := BoxNames("Một Cửa", "motcua.xa.example", "203.0.113.9", "fe80::1", "a b")
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(n.all(), " ")
	for _, want := range []string{LocalName, "localhost", "motcua.xa.example", "203.0.113.9", "127.0.0.1"} {
		if !strings.Contains(all, want) {
			t.Errorf("%s is missing in %s", want, all)
		}
	}
	if strings.Contains(all, "fe80") || strings.Contains(all, "Cửa") {
		t.Errorf("names: %s", all)
	}
}

func FuzzProvince(f *testing.F) {
	f.Add([]byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"))
	f.Add([]byte("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if chain, _, err := parseProvince(data); err == nil && (len(chain) == 0 || len(chain) > maxChain) {
			t.Errorf("%d certificates and no error", len(chain))
		}
	})
}
