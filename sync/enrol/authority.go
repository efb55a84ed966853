package enrol

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/motcua/gateway/kiosk/durable"
)

// The files of an authority.
const (
	authorityKey  = "ca.key"
	authorityCert = "ca.pem"
)

// authorityLife outlives every box: whoever has the key can end it sooner, and a new authority
// would mean a technician at every box of the province.
const authorityLife = 30 * 365 * 24 * time.Hour

// ErrAuthority means that the files of the authority are there and are not what they should be.
// They are never written anew: every gateway of the province would have to be enrolled again.
var ErrAuthority = errors.New("not a usable authority")

// Authority issues the certificates of one hub: those of its gateways and its own. Its methods
// may be called from any goroutine.
type Authority struct {
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
	pool *x509.CertPool
}

// OpenAuthority reads the authority from the folder dir, ca.key (0600) and ca.pem; where neither
// is there it makes them. Several hub processes may share the folder or hold copies of the files,
// and may start at the same moment. now is the wall clock.
func OpenAuthority(dir string, now time.Time) (*Authority, error) {
	if err := durable.MakeFolder(dir); err != nil {
		return nil, fmt.Errorf("authority's folder: %w", err)
	}
	keyPath, certPath := filepath.Join(dir, authorityKey), filepath.Join(dir, authorityCert)
	key, err := openAuthorityKey(keyPath, certPath)
	if err != nil {
		return nil, err
	}
	cert, err := readAuthorityCert(certPath)
	if errors.Is(err, fs.ErrNotExist) {
		// The first start, or one that a power cut ended between the two files.
		if err := makeAuthorityCert(certPath, key, now); err != nil {
			return nil, fmt.Errorf("make the authority's certificate: %w", err)
		}
		cert, err = readAuthorityCert(certPath)
	}
	if err != nil {
		return nil, err
	}
	if !key.PublicKey.Equal(cert.PublicKey) {
		return nil, badAuthority(certPath, "it belongs to another key than "+authorityKey)
	}
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return &Authority{key: key, cert: cert, pool: pool}, nil
}

// Certificate returns the authority's certificate.
func (a *Authority) Certificate() *x509.Certificate { return a.cert }

func openAuthorityKey(keyPath, certPath string) (*ecdsa.PrivateKey, error) {
	key, err := readAuthorityKey(keyPath)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if _, _, err := readSmall(certPath); !errors.Is(err, fs.ErrNotExist) {
		// Or another process has made both meanwhile.
		if key, again := readAuthorityKey(keyPath); !errors.Is(again, fs.ErrNotExist) {
			return key, again
		}
		return nil, badAuthority(keyPath, "it is missing, and "+authorityCert+" is there")
	}
	if err := makeAuthorityKey(keyPath); err != nil {
		return nil, fmt.Errorf("make the authority's key: %w", err)
	}
	return readAuthorityKey(keyPath)
}

func readAuthorityKey(path string) (*ecdsa.PrivateKey, error) {
	data, info, err := readSmall(path)
	if err != nil {
		return nil, fmt.Errorf("read the authority's key: %w", err)
	}
	if mode := info.Mode().Perm(); mode != 0o600 && mode != 0o400 {
		return nil, badAuthority(path, fmt.Sprintf("its mode is %04o, want 0600", mode))
	}
	key, err := parseKey(data)
	if err != nil {
		return nil, badAuthority(path, err.Error())
	}
	return key, nil
}

func makeAuthorityKey(path string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	text, err := writeKey(key)
	if err != nil {
		return err
	}
	return create(path, text, 0o600)
}

func readAuthorityCert(path string) (*x509.Certificate, error) {
	data, _, err := readSmall(path)
	if err != nil {
		return nil, fmt.Errorf("read the authority's certificate: %w", err)
	}
	cert, err := parseCertificate(data)
	if err != nil {
		return nil, badAuthority(path, err.Error())
	}
	if !cert.IsCA || cert.KeyUsage&x509.KeyUsageCertSign == 0 {
		return nil, badAuthority(path, "it is no authority's certificate")
	}
	return cert, nil
}

func makeAuthorityCert(path string, key *ecdsa.PrivateKey, now time.Time) error {
	spki, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return err
	}
	// A name of its own: two hubs' authorities shall not be taken for each other.
	sum := sha256.Sum256(spki)
	t := &x509.Certificate{
		SerialNumber:          newSerial(),
		Subject:               pkix.Name{CommonName: "Mot Cua hub authority " + hexDigits(sum[:4])},
		NotBefore:             now.Add(-early),
		NotAfter:              now.Add(authorityLife),
		IsCA:                  true,
		BasicConstraintsValid: true,
		MaxPathLenZero:        true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, t, t, key.Public(), key)
	if err != nil {
		return err
	}
	return create(path, writeCertificate(der), 0o644)
}

func badAuthority(path, why string) error {
	return fmt.Errorf("%w: %s: %s; put the right one back from the backup", ErrAuthority, path, why)
}

// parseKey reads a P-256 key in PKCS#8.
func parseKey(text []byte) (*ecdsa.PrivateKey, error) {
	block, _ := pem.Decode(text)
	if block == nil || block.Type != "PRIVATE KEY" {
		return nil, errors.New("no PRIVATE KEY in it")
	}
	any, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	key, ok := any.(*ecdsa.PrivateKey)
	if !ok || key.Curve != elliptic.P256() {
		return nil, errors.New("not a P-256 key")
	}
	return key, nil
}

func writeKey(key *ecdsa.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

func parseCertificate(text []byte) (*x509.Certificate, error) {
	block, _ := pem.Decode(text)
	if block == nil || block.Type != "CERTIFICATE" {
		return nil, errors.New("no CERTIFICATE in it")
	}
	return x509.ParseCertificate(block.Bytes)
}

func writeCertificate(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}
