package wire_test

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/sync/wire"
)

// rfc8037 is the private key of RFC 8037, appendix A.1.
func rfc8037(t testing.TB) ed25519.PrivateKey {
	t.Helper()
	seed, err := base64.RawURLEncoding.DecodeString("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")
	if err != nil {
		t.Fatal(err)
	}
	return ed25519.NewKeyFromSeed(seed)
}

func statement() wire.Statement {
	return wire.Statement{
		Gateway: gateway, Site: kiosktest.Site, Dossier: dossierID, Manifest: kiosk.HashOf([]byte("manifest")),
		Pages: 20, Bytes: 1_234_567, At: kiosktest.At(time.Hour),
	}
}

func keysOf(signers ...*wire.Signer) (k wire.Keys) {
	for _, s := range signers {
		k.Keys = append(k.Keys, s.Key())
	}
	return k
}

func signed(t testing.TB, s *wire.Signer, payload any) string {
	t.Helper()
	jws, err := s.Sign(payload)
	if err != nil {
		t.Fatal(err)
	}
	return jws
}

// The name of a key is what RFC 8037, appendix A.3, computes for it.
func TestThumbprint(t *testing.T) {
	t.Parallel()
	if got := wire.NewSigner(rfc8037(t)).Key(); got.ID != "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k" {
		t.Errorf("thumbprint %s", got.ID)
	}
}

func TestSignAndVerify(t *testing.T) {
	t.Parallel()
	old, now := wire.NewSigner(rfc8037(t)), wire.NewSigner(ed25519.NewKeyFromSeed(make([]byte, 32)))
	keys := keysOf(now, old)
	if err := keys.Check(); err != nil {
		t.Fatal(err)
	}
	for _, s := range []*wire.Signer{old, now} {
		var got wire.Statement
		if err := keys.Verify(signed(t, s, statement()), &got); err != nil {
			t.Fatal(err)
		}
		if want := statement(); !got.At.Equal(want.At) || got.Manifest != want.Manifest || got.Dossier != want.Dossier {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}

// openssl finds our signatures good, and we find its.
func TestAStrangerAgrees(t *testing.T) {
	t.Parallel()
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("no openssl here")
	}
	dir := t.TempDir()
	file := func(name string, b []byte) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	private := rfc8037(t)
	signer := wire.NewSigner(private)
	jws := signed(t, signer, statement())
	cut := strings.LastIndexByte(jws, '.')
	signature, err := base64.RawURLEncoding.DecodeString(jws[cut+1:])
	if err != nil {
		t.Fatal(err)
	}
	pub, err := x509.MarshalPKIXPublicKey(private.Public())
	if err != nil {
		t.Fatal(err)
	}
	words := file("words", []byte(jws[:cut]))
	out, err := exec.Command(openssl, "pkeyutl", "-verify", "-rawin", "-in", words, "-pubin",
		"-inkey", file("pub.pem", pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: pub})),
		"-sigfile", file("signature", signature)).CombinedOutput()
	if err != nil {
		t.Fatalf("openssl: %v\n%s", err, out)
	}

	// Another order of the header's members is as good.
	header := base64.RawURLEncoding.EncodeToString([]byte(`{ "typ":"motcua-statement+jws", "kid":"` + signer.Key().ID + `","alg":"EdDSA" }`))
	theirs := header + "." + strings.Split(jws, ".")[1]
	priv, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	made := filepath.Join(dir, "made")
	out, err = exec.Command(openssl, "pkeyutl", "-sign", "-rawin", "-in", file("theirs", []byte(theirs)), "-out", made,
		"-inkey", file("priv.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: priv}))).CombinedOutput()
	if err != nil {
		t.Fatalf("openssl: %v\n%s", err, out)
	}
	b, err := os.ReadFile(made)
	if err != nil {
		t.Fatal(err)
	}
	var got wire.Statement
	if err := keysOf(signer).Verify(theirs+"."+base64.RawURLEncoding.EncodeToString(b), &got); err != nil {
		t.Error(err)
	}
}

// What is not exactly a statement of a known key is none.
func TestBadSignatures(t *testing.T) {
	t.Parallel()
	signer, other := wire.NewSigner(rfc8037(t)), wire.NewSigner(ed25519.NewKeyFromSeed(make([]byte, 32)))
	keys := keysOf(signer)
	good := signed(t, signer, statement())
	parts := strings.Split(good, ".")
	b64 := base64.RawURLEncoding.EncodeToString
	// Signed by the key itself, but with a header of somebody's own.
	headed := func(header string) string {
		s := b64([]byte(header)) + "." + parts[1]
		return s + "." + b64(ed25519.Sign(rfc8037(t), []byte(s)))
	}
	kid := signer.Key().ID
	for name, jws := range map[string]string{
		"nothing":           "",
		"two parts":         parts[0] + "." + parts[1],
		"four parts":        good + ".x",
		"of another key":    signed(t, other, statement()),
		"a pack's":          signed(t, signer, wire.PackClaim{Name: "a", Version: 1, From: "2026-11-24"}),
		"a stick's":         signed(t, signer, wire.FerryWord{Gateway: gateway}),
		"another payload":   parts[0] + "." + b64([]byte(`{"pages":21}`)) + "." + parts[2],
		"padded":            good + "=",
		"a line end in it":  parts[0] + ".\n" + parts[1] + "." + parts[2],
		"second spelling":   good[:len(good)-1] + string(good[len(good)-1]+1),
		"short signature":   parts[0] + "." + parts[1] + "." + b64(make([]byte, 63)),
		"alg none":          headed(`{"alg":"none","kid":"` + kid + `","typ":"motcua-statement+jws"}`),
		"alg HS256":         headed(`{"alg":"HS256","kid":"` + kid + `","typ":"motcua-statement+jws"}`),
		"a member more":     headed(`{"alg":"EdDSA","kid":"` + kid + `","typ":"motcua-statement+jws","crit":["x"]}`),
		"a member twice":    headed(`{"alg":"EdDSA","alg":"EdDSA","kid":"` + kid + `","typ":"motcua-statement+jws"}`),
		"no typ":            headed(`{"alg":"EdDSA","kid":"` + kid + `"}`),
		"no object":         headed(`["EdDSA"]`),
		"no JSON":           headed(`{`),
		"beyond the bounds": headed(`{"alg":"EdDSA","kid":"` + strings.Repeat("k", wire.MaxJWS) + `","typ":"motcua-statement+jws"}`),
	} {
		got := wire.Statement{Pages: 7}
		if err := keys.Verify(jws, &got); !errors.Is(err, wire.ErrSignature) || got != (wire.Statement{Pages: 7}) {
			t.Errorf("%s: %v, and it reads %+v", name, err, got)
		}
	}
	var got wire.Statement
	if err := keys.Verify(headed(`{"alg":"EdDSA","kid":"`+kid+`","typ":"motcua-statement+jws"}`), &got); err != nil {
		t.Errorf("the header as it has to be: %v", err)
	}
	var word wire.FerryWord
	if err := keys.Verify(signed(t, signer, wire.FerryWord{Gateway: gateway}), &word); err != nil || word.Gateway != gateway {
		t.Errorf("a stick's word: %+v, %v", word, err)
	}
	if err := keys.Verify(good, &word); !errors.Is(err, wire.ErrSignature) {
		t.Errorf("a statement is a stick's word: %v", err)
	}
	if _, err := signer.Sign(wire.Notice{}); err == nil {
		t.Error("a notice is signed")
	}
	if err := keys.Verify(good, wire.Statement{}); err == nil {
		t.Error("read into a value that nobody sees")
	}
}

// A key under another's name, or of another kind, checks nothing.
func TestBadKeys(t *testing.T) {
	t.Parallel()
	signer := wire.NewSigner(rfc8037(t))
	jws := signed(t, signer, statement())
	for name, spoil := range map[string]func(*wire.Key){
		"of another": func(k *wire.Key) {
			k.X = wire.NewSigner(ed25519.NewKeyFromSeed(make([]byte, 32))).Key().X
		},
		"RSA":      func(k *wire.Key) { k.Type = "RSA" },
		"X25519":   func(k *wire.Key) { k.Curve = "X25519" },
		"for keys": func(k *wire.Key) { k.Use = "enc" },
		"short":    func(k *wire.Key) { k.X = k.X[:40] },
	} {
		keys := keysOf(signer)
		spoil(&keys.Keys[0])
		var got wire.Statement
		if err := keys.Verify(jws, &got); !errors.Is(err, wire.ErrSignature) || keys.Check() == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if (wire.Keys{}).Check() == nil || keysOf(slices.Repeat([]*wire.Signer{signer}, wire.MaxKeys+1)...).Check() == nil {
		t.Error("no keys, or too many, are right")
	}
	keys := keysOf(signer)
	keys.Recipients = []string{"age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"}
	if err := keys.Check(); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{"", "age1", "ssh-ed25519 AAAA", "age1\n", "AGE1QL3", "age1" + strings.Repeat("q", 200)} {
		keys.Recipients = []string{bad}
		if keys.Check() == nil {
			t.Errorf("%q is a recipient", bad)
		}
	}
	if keys.Recipients = slices.Repeat([]string{"age1q"}, wire.MaxKeys+1); keys.Check() == nil {
		t.Error("too many recipients are right")
	}
}

func pack(t testing.TB, s *wire.Signer) wire.Pack {
	t.Helper()
	p := wire.Pack{Name: "thu-tuc", Version: 12, From: "2026-12-01", Bytes: []byte(`{"procedures":[]}`)}
	p.Hash = kiosk.HashOf(p.Bytes)
	p.Signature = signed(t, s, wire.PackClaim{Name: p.Name, Version: p.Version, From: p.From, Hash: p.Hash})
	return p
}

func TestVerifyPack(t *testing.T) {
	t.Parallel()
	signer := wire.NewSigner(rfc8037(t))
	keys := keysOf(signer)
	b, err := json.Marshal(pack(t, signer))
	if err != nil {
		t.Fatal(err)
	}
	var p wire.Pack
	if err := json.Unmarshal(b, &p); err != nil || !reflect.DeepEqual(p, pack(t, signer)) {
		t.Fatalf("%+v, %v", p, err)
	}
	if err := wire.VerifyPack(keys, p); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		spoil func(*wire.Pack)
		want  error
	}{
		"a byte":          {func(p *wire.Pack) { p.Bytes[3] ^= 1 }, wire.ErrSyntax},
		"bytes and hash":  {func(p *wire.Pack) { p.Bytes[3] ^= 1; p.Hash = kiosk.HashOf(p.Bytes) }, wire.ErrSignature},
		"an older number": {func(p *wire.Pack) { p.Version = 11 }, wire.ErrSignature},
		"no number":       {func(p *wire.Pack) { p.Version = 0 }, wire.ErrSyntax},
		"another name":    {func(p *wire.Pack) { p.Name = "phi" }, wire.ErrSignature},
		"a path":          {func(p *wire.Pack) { p.Name = "../phi" }, wire.ErrSyntax},
		"another day":     {func(p *wire.Pack) { p.From = "2026-12-02" }, wire.ErrSignature},
		"no day":          {func(p *wire.Pack) { p.From = "2026-13-02" }, wire.ErrSyntax},
		"a statement's":   {func(p *wire.Pack) { p.Signature = signed(t, signer, statement()) }, wire.ErrSignature},
		"no signature":    {func(p *wire.Pack) { p.Signature = "" }, wire.ErrSignature},
		"too large":       {func(p *wire.Pack) { p.Bytes = make([]byte, wire.MaxPack+1) }, wire.ErrTooLarge},
	} {
		p := pack(t, signer)
		c.spoil(&p)
		if err := wire.VerifyPack(keys, p); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}
