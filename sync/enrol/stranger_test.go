package enrol_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/motcua/gateway/sync/enrol"
	"github.com/motcua/gateway/sync/wire"
)

// desk is a folder in which somebody works with openssl and curl.
type desk struct {
	t   *testing.T
	dir string
	hub string
}

// run runs a program and returns what it says.
func (d desk) run(stdin []byte, name string, args ...string) []byte {
	d.t.Helper()
	cmd := exec.CommandContext(d.t.Context(), name, args...)
	cmd.Dir = d.dir
	cmd.Stdin = bytes.NewReader(stdin)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		d.t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(args, " "), err, out, &stderr)
	}
	return out
}

func (d desk) curl(args ...string) []byte {
	d.t.Helper()
	return d.run(nil, "curl", append([]string{"--silent", "--show-error", "--max-time", "20", "--noproxy", "*"}, args...)...)
}

// status asks and returns the status and the body.
func (d desk) status(args ...string) string {
	d.t.Helper()
	return string(d.curl(append(args, "--write-out", " %{http_code}")...))
}

// certificates writes what an answer of EST holds as PEM, by openssl.
func (d desk) certificates(answer []byte, name string) {
	d.t.Helper()
	der := d.run(answer, "openssl", "base64", "-d")
	pem := d.run(der, "openssl", "pkcs7", "-inform", "DER", "-print_certs")
	if err := os.WriteFile(filepath.Join(d.dir, name), pem, 0o600); err != nil {
		d.t.Fatal(err)
	}
}

// request makes a key and a certificate request by openssl.
func (d desk) request(key, csr, curve string) {
	d.t.Helper()
	d.run(nil, "openssl", "ecparam", "-name", curve, "-genkey", "-noout", "-out", key)
	der := d.run(nil, "openssl", "req", "-new", "-key", key, "-subj", "/CN=whatever I like", "-outform", "DER")
	if err := os.WriteFile(filepath.Join(d.dir, csr), d.run(der, "openssl", "base64"), 0o600); err != nil {
		d.t.Fatal(err)
	}
}

const asRequest = "Content-Type: application/pkcs10"

// Somebody else's EST client, openssl and curl alone, is enrolled, works, renews and is revoked.
func TestStranger(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"openssl", "curl", "sh"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed: build/needs openssl curl", program)
		}
	}
	// openssl has no clock that we could set.
	h := newHub(t, func(c *enrol.RegistrarConfig) { c.Now = nil })
	d := desk{t, t.TempDir(), h.url}
	est := h.url + strings.TrimSuffix(enrol.PathEST, "/")
	code := h.code(t, coTo, "")

	// Trust: the authority's fingerprint is in the code.
	d.certificates(d.curl("--insecure", est+"/cacerts"), "ca.pem")
	sum := d.run(nil, "openssl", "x509", "-in", "ca.pem", "-noout", "-fingerprint", "-sha256")
	if want := enrol.Fingerprint(t, code); !strings.Contains(strings.ReplaceAll(string(sum), ":", ""), want) {
		t.Errorf("the authority is %s, the code names %s", sum, want)
	}
	if got := d.run(nil, "openssl", "verify", "-check_ss_sig", "-x509_strict", "-CAfile", "ca.pem", "ca.pem"); !strings.Contains(string(got), "OK") {
		t.Errorf("the authority: %s", got)
	}

	// Enrolment, by the trust just won and the code in small letters.
	d.request("box.key", "box.csr", "prime256v1")
	d.certificates(d.curl("--fail", "--cacert", "ca.pem", "--user", "claim:"+strings.ToLower(code), "-H", asRequest,
		"--data-binary", "@box.csr", est+"/simpleenroll"), "box.pem")
	for _, args := range [][]string{
		{"-purpose", "sslclient"},
		{"-purpose", "sslclient", "-partial_chain"},
	} {
		args = append([]string{"verify", "-x509_strict", "-CAfile", "ca.pem"}, append(args, "box.pem")...)
		if got := d.run(nil, "openssl", args...); !strings.Contains(string(got), "box.pem: OK") {
			t.Errorf("openssl %v: %s", args, got)
		}
	}
	g := h.living(t)[0]
	text := string(d.run(nil, "openssl", "x509", "-in", "box.pem", "-noout", "-text"))
	for _, want := range []string{
		"Subject: CN = " + string(g.ID), "URI:urn:motcua:gateway:" + string(g.ID), "URI:urn:motcua:site:" + string(coTo),
		"TLS Web Client Authentication", "CA:FALSE", "ASN1 OID: prime256v1",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the certificate does not say %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "whatever") || strings.Contains(text, "TLS Web Server") {
		t.Errorf("the request was listened to:\n%s", text)
	}

	// At work, over HTTP/2 and without it; without a certificate nobody is.
	mine := []string{"--cacert", "ca.pem", "--cert", "box.pem", "--key", "box.key"}
	for flag, proto := range map[string]string{"--http2": "HTTP/2.0", "--http1.1": "HTTP/1.1"} {
		want := fmt.Sprintf("%s %s %s 200", g.ID, coTo, proto)
		if got := d.status(append(mine, flag, h.url+"/who")...); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := d.status("--cacert", "ca.pem", h.url+"/who"); !strings.Contains(got, `"code":"unknown"`) || !strings.HasSuffix(got, " 401") {
		t.Errorf("without a certificate: %s", got)
	}

	// The code again with another key is refused; with the same key it is answered again.
	d.request("other.key", "other.csr", "prime256v1")
	again := func(csr string) string {
		return d.status("--cacert", "ca.pem", "--user", "claim:"+code, "-H", asRequest, "--data-binary", "@"+csr, est+"/simpleenroll")
	}
	if got := again("other.csr"); !strings.Contains(got, `"code":"claim-used"`) {
		t.Errorf("another key: %s", got)
	}
	if got := again("box.csr"); !strings.HasSuffix(got, " 200") {
		t.Errorf("the same key: %s", got)
	}

	// Renewal with a new key of the other curve; the new pair works and the old one does not renew.
	d.request("next.key", "next.csr", "secp384r1")
	renew := append(mine, "--fail", "-H", asRequest, "--data-binary", "@next.csr", est+"/simplereenroll")
	d.certificates(d.curl(renew...), "next.pem")
	next := []string{"--cacert", "ca.pem", "--cert", "next.pem", "--key", "next.key"}
	if got := d.status(append(next, h.url+"/who")...); !strings.HasPrefix(got, string(g.ID)) {
		t.Errorf("by the new certificate: %s", got)
	}
	if got := d.status(append(mine, "-H", asRequest, "--data-binary", "@next.csr", est+"/simplereenroll")...); !strings.Contains(got, `"code":"superseded"`) {
		t.Errorf("renewing by the old one: %s", got)
	}

	if _, err := h.Revoke(t.Context(), g.ID, "stolen", byNga); err != nil {
		t.Fatal(err)
	}
	if got := d.status(append(next, h.url+"/who")...); !strings.Contains(got, `"code":"revoked"`) || !strings.HasSuffix(got, " 403") {
		t.Errorf("after revoking: %s", got)
	}
}

// curl renews by a certificate that ended long ago.
func TestStrangerRenewsAfterTheEnd(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("curl is not installed: build/needs openssl curl")
	}
	// A hub that lived a year ago, for openssl believes in today.
	h := newHub(t, func(c *enrol.RegistrarConfig) {
		c.Now = func() time.Time { return time.Now().Add(-365 * 24 * time.Hour) }
	})
	d := desk{t, t.TempDir(), h.url}
	est := strings.TrimSuffix(enrol.PathEST, "/")
	d.request("box.key", "box.csr", "prime256v1")
	d.certificates(d.curl("--fail", "--insecure", "--user", "claim:"+h.code(t, coTo, ""), "-H", asRequest,
		"--data-binary", "@box.csr", h.url+est+"/simpleenroll"), "box.pem")
	// The same hub today.
	c := h.c
	c.Now = nil
	now, err := enrol.NewRegistrar(c)
	if err != nil {
		t.Fatal(err)
	}
	today := h.open(t, now)
	d.certificates(d.curl("--insecure", today+est+"/cacerts"), "ca.pem")
	mine := []string{"--cacert", "ca.pem", "--cert", "box.pem", "--key", "box.key"}
	if got := d.status(append(mine, today+"/who")...); !strings.Contains(got, string(wire.CodeExpired)) {
		t.Errorf("by the old one: %s", got)
	}
	d.certificates(d.curl(append(mine, "--fail", "-H", asRequest, "--data-binary", "@box.csr", today+est+"/simplereenroll")...), "next.pem")
	if got := d.status("--cacert", "ca.pem", "--cert", "next.pem", "--key", "box.key", today+"/who"); !strings.HasSuffix(got, " 200") {
		t.Errorf("by the new one: %s", got)
	}
}
