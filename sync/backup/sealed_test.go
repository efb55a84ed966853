package backup_test

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/boltstore"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/sync/backup"
	"github.com/motcua/gateway/sync/wire"
)

const gateway wire.GatewayID = "gw-0123456789abcdef"

// signer is a box's certificate and its key.
type signer struct {
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
}

func newSigner(t *testing.T) signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	must(t, err)
	cert, err := x509.ParseCertificate(der)
	must(t, err)
	return signer{key, cert}
}

// owner is a hub that has issued this certificate to the gateway, and no other.
func (s signer) owner(_ context.Context, chain []*x509.Certificate) (wire.GatewayID, kiosk.SiteCode, error) {
	if !chain[0].Equal(s.cert) {
		return "", "", errors.New("a certificate of nobody here")
	}
	return gateway, kiosktest.Site, nil
}

// write makes a backup of a box.
func (s signer) write(t *testing.T, dir string, store *boltstore.Store, hub *age.X25519Identity) []byte {
	t.Helper()
	src := &backup.Source{Dir: dir, Database: store.WriteTo, Signer: s.key, Manifest: backup.Manifest{
		Gateway: gateway, Site: kiosktest.Site, Made: time.Now(), Certificate: [][]byte{s.cert.Raw},
	}}
	var out bytes.Buffer
	must(t, src.Write(t.Context(), &out, []string{hub.Recipient().String()}))
	return out.Bytes()
}

// sealed makes a backup and seals it for a technician.
func sealed(t *testing.T, dir string, s *boltstore.Store, passphrase string) []byte {
	t.Helper()
	hub, err := age.GenerateX25519Identity()
	must(t, err)
	of := newSigner(t)
	forHub := of.write(t, dir, s, hub)
	if key, err := os.ReadFile(filepath.Join(dir, "box.key")); err != nil || bytes.Contains(forHub, key) || bytes.Contains(forHub, []byte("A001")) {
		t.Errorf("the backup can be read by whoever finds it, or there is no key: %v", err)
	}
	var out bytes.Buffer
	other, err := age.GenerateX25519Identity()
	must(t, err)
	if _, err := backup.Reseal(t.Context(), bytes.NewReader(forHub), &out, passphrase, of.owner, other); !errors.Is(err, backup.ErrForeign) {
		t.Errorf("another hub opens it: %v", err)
	}
	out.Reset()
	m, err := backup.Reseal(t.Context(), bytes.NewReader(forHub), &out, passphrase, of.owner, hub)
	must(t, err)
	if m.Gateway != gateway || m.Site != kiosktest.Site {
		t.Errorf("it is of %+v", m)
	}
	return out.Bytes()
}

// Whoever knows the hub's public key can seal something for it: what no box of this hub has signed
// goes to no technician.
func TestForged(t *testing.T) {
	t.Parallel()
	hub, err := age.GenerateX25519Identity()
	must(t, err)
	dir, s, _ := box(t, 1)
	of, stranger := newSigner(t), newSigner(t)
	good := of.write(t, dir, s, hub)
	strange := stranger.write(t, dir, s, hub)
	mixed := signer{stranger.key, of.cert}.write(t, dir, s, hub) // shows a certificate that it has no key of
	must(t, s.Close())
	for name, c := range map[string]struct {
		text []byte
		want error
	}{
		"a stranger's":        {strange, backup.ErrForeign},
		"another's signature": {mixed, backup.ErrForeign},
		"another manifest": {rewrite(t, good, hub, func(name string, text []byte) []byte {
			if name == "manifest.json" {
				var m backup.Manifest
				must(t, json.Unmarshal(text, &m))
				m.Made = m.Made.Add(time.Hour)
				text, err = json.Marshal(m)
				must(t, err)
			}
			return text
		}), backup.ErrForeign},
		"another key": {rewrite(t, good, hub, func(name string, text []byte) []byte {
			if name == "box.key" {
				text = bytes.Repeat([]byte{1}, len(text))
			}
			return text
		}), backup.ErrDamaged},
		"no signature": {rewrite(t, good, hub, func(name string, text []byte) []byte {
			if name == "signature" {
				text = nil
			}
			return text
		}), backup.ErrForeign},
	} {
		m, err := backup.Reseal(t.Context(), bytes.NewReader(c.text), io.Discard, backup.Passphrase(), of.owner, hub)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %+v, %v", name, m, err)
		}
	}
	elsewhere := func(context.Context, []*x509.Certificate) (wire.GatewayID, kiosk.SiteCode, error) {
		return "gw-zzzzzzzzzzzzzzzz", kiosktest.Site, nil
	}
	if _, err := backup.Reseal(t.Context(), bytes.NewReader(good), io.Discard, backup.Passphrase(), elsewhere, hub); !errors.Is(err, backup.ErrForeign) {
		t.Errorf("signed by another box than it says: %v", err)
	}
	if _, err := backup.Reseal(t.Context(), bytes.NewReader(rewrite(t, good, hub, nil)), io.Discard, backup.Passphrase(), of.owner, hub); err != nil {
		t.Errorf("written again as it was: %v", err)
	}
}

// rewrite opens a backup and seals it for the hub again, its entries changed, as somebody could who
// has got the hub's key of last year.
func rewrite(t *testing.T, file []byte, hub *age.X25519Identity, change func(name string, text []byte) []byte) []byte {
	t.Helper()
	plain, err := age.Decrypt(bytes.NewReader(file), hub)
	must(t, err)
	var out bytes.Buffer
	sealed, err := age.Encrypt(&out, hub.Recipient())
	must(t, err)
	to := tar.NewWriter(sealed)
	for from := tar.NewReader(plain); ; {
		h, err := from.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		must(t, err)
		text, err := io.ReadAll(from)
		must(t, err)
		if change != nil {
			text = change(h.Name, text)
		}
		must(t, to.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: h.Name, Size: int64(len(text)), Mode: 0o600, Format: tar.FormatPAX}))
		_, err = to.Write(text)
		must(t, err)
	}
	must(t, errors.Join(to.Close(), sealed.Close()))
	return out.Bytes()
}
