package lan

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"time"

	"github.com/motcua/gateway/kiosk/durable"
)

const (
	// ownLife is how long the box's own certificate lasts. Apple's systems refuse every server
	// certificate of more than 825 days, one of a root that the user added included (Apple
	// support HT210176); browsers hold public roots alone to 398.
	ownLife = 2 * 365 * 24 * time.Hour
	maxLife = 825 * 24 * time.Hour
	// renewBefore leaves a box that is off for a holiday time to renew.
	renewBefore = 60 * 24 * time.Hour
)

// loadKey reads the key of the box, or makes one. A key that cannot be read is an error and not
// replaced: the technician has compared its fingerprint.
func loadKey(file string) (*ecdsa.PrivateKey, error) {
	data, err := readSmall(file)
	if errors.Is(err, fs.ErrNotExist) {
		return makeKey(file)
	}
	if err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, fmt.Errorf("read key %s: no PEM in it; move it away to get a new key", file)
	}
	any, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("read key %s: %w; move it away to get a new key", file, err)
	}
	key, ok := any.(*ecdsa.PrivateKey)
	if !ok || key.Curve != elliptic.P256() {
		return nil, fmt.Errorf("read key %s: not a P-256 key; move it away to get a new key", file)
	}
	return key, nil
}

func makeKey(file string) (*ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	if err := durable.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		return nil, fmt.Errorf("keep key: %w", err)
	}
	return key, nil
}

// issue makes a certificate of the box for itself. It is no authority: who trusts it trusts this
// box and nothing that a stolen one could sign.
func issue(key *ecdsa.PrivateKey, names Names, now, build time.Time) (*tls.Certificate, []byte, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, nil, err
	}
	until := now.Add(ownLife)
	// As early as the limit allows and the program can have run: an officer's PC may be behind.
	from := until.Add(time.Second - maxLife)
	if from.Before(build) {
		from = build
	}
	ips := make([]net.IP, len(names.Addrs))
	for i, a := range names.Addrs {
		ips[i] = a.AsSlice()
	}
	t := &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{CommonName: names.common()},
		NotBefore:             from,
		NotAfter:              until,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		DNSNames:              names.Hosts,
		IPAddresses:           ips,
	}
	der, err := x509.CreateCertificate(rand.Reader, t, t, key.Public(), key)
	if err != nil {
		return nil, nil, err
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, nil, err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, text, nil
}

// loadOwn reads the certificate that the box made for its key.
func loadOwn(file string, key *ecdsa.PrivateKey) (*tls.Certificate, error) {
	data, err := readSmall(file)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(data)
	if block == nil || block.Type != "CERTIFICATE" {
		return nil, fmt.Errorf("%s: no certificate in it", file)
	}
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if !sameKey(leaf, key) {
		return nil, fmt.Errorf("%s: made for another key", file)
	}
	return &tls.Certificate{Certificate: [][]byte{block.Bytes}, PrivateKey: key, Leaf: leaf}, nil
}

// fits reports whether a certificate of the box will do: it lasts a while yet, has begun, and
// names all that the box is called now. One that begins in the future was made under a clock
// that ran ahead.
func fits(leaf *x509.Certificate, names Names, now time.Time) bool {
	return leaf.NotAfter.Sub(now) >= renewBefore && !leaf.NotBefore.After(now) && names.covered(leaf)
}

// sameKey reports whether a certificate is of this key.
func sameKey(leaf *x509.Certificate, key crypto.Signer) bool {
	public, ok := key.Public().(interface{ Equal(crypto.PublicKey) bool })
	return ok && public.Equal(leaf.PublicKey)
}
