package lan

import (
	"context"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/motcua/gateway/kiosk/durable"
)

// The files in the folder of the certificate.
const (
	keyFile  = "key.pem"
	certFile = "cert.pem"
	// ProvinceFile holds the province's certificate with its chain, and its key unless it was
	// issued for the key of the box.
	ProvinceFile = "province.pem"
)

// checkEvery is how often the certificate is looked at: its end, the addresses of the box and
// the province's file.
const checkEvery = time.Minute

// CertificateConfig is what a certificate needs.
type CertificateConfig struct {
	Dir string // DIR/lan of the state folder; made with mode 0700
	// Build is when the program was built. The box has no clock of its own: a time before that
	// is not believed.
	Build time.Time
	Now   func() time.Time
	// Names tells the names and addresses of the box as they are now; see [BoxNames].
	Names func() (Names, error)
	Log   *slog.Logger
}

// Certificate is what the box shows of itself under TLS: the province's certificate where
// there is one that can be used, else its own.
type Certificate struct {
	c   CertificateConfig
	mu  sync.Mutex // over Check
	key *ecdsa.PrivateKey
	cur atomic.Pointer[shown]
}

// shown is the certificate in use.
type shown struct {
	cert     *tls.Certificate
	province bool
	trouble  error // why the province's is not used
}

// OpenCertificate reads the certificate of the folder, or makes one.
func OpenCertificate(c CertificateConfig) (*Certificate, error) {
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("certificate folder: %w", err)
	}
	key, err := loadKey(filepath.Join(c.Dir, keyFile))
	if err != nil {
		return nil, err
	}
	cert := &Certificate{c: c, key: key}
	if err := cert.Check(); err != nil {
		return nil, err
	}
	return cert, nil
}

// Run keeps the certificate right until ctx ends.
func (c *Certificate) Run(ctx context.Context) error {
	tick := time.NewTicker(checkEvery)
	defer tick.Stop()
	last := ""
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
		// The certificate in use goes on serving; a full disk would say the same every minute.
		said := ""
		if err := c.Check(); err != nil {
			said = err.Error()
			if said != last {
				c.c.Log.Warn("certificate not renewed", "err", err)
			}
		}
		last = said
	}
}

// Check looks at the folder, the clock and the addresses of the box and changes the certificate
// in use where they ask for it; who is connected stays so. After an error the one in use stays.
func (c *Certificate) Check() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	names, err := c.c.Names()
	if err != nil {
		return fmt.Errorf("names of the box: %w", err)
	}
	now := c.now()
	province, trouble := loadProvince(filepath.Join(c.c.Dir, ProvinceFile), c.key, names, now)
	if errors.Is(trouble, fs.ErrNotExist) {
		trouble = nil
	}
	if province != nil {
		c.show(&shown{cert: province, province: true})
		return nil
	}
	own, err := c.own(names, now)
	if err != nil {
		return err
	}
	c.show(&shown{cert: own, trouble: trouble})
	return nil
}

// now is the time, but never before the program was built.
func (c *Certificate) now() time.Time {
	if now := c.c.Now(); now.After(c.c.Build) {
		return now
	}
	return c.c.Build
}

// show puts a certificate into use and says so when it is another one.
func (c *Certificate) show(s *shown) {
	old := c.cur.Swap(s)
	if s.trouble != nil && (old == nil || old.trouble == nil || old.trouble.Error() != s.trouble.Error()) {
		c.c.Log.Warn("the province's certificate is not used", "err", s.trouble)
	}
	if old == nil || fingerprint(old.cert.Leaf.Raw) != fingerprint(s.cert.Leaf.Raw) {
		c.c.Log.Info("certificate in use", "province", s.province,
			"fingerprint", fingerprint(s.cert.Leaf.Raw), "until", s.cert.Leaf.NotAfter.Format(time.DateOnly))
	}
}

// own returns the box's own certificate, the one in the folder as long as it will do.
func (c *Certificate) own(names Names, now time.Time) (*tls.Certificate, error) {
	file := filepath.Join(c.c.Dir, certFile)
	old, err := loadOwn(file, c.key)
	if err == nil && fits(old.Leaf, names, now) {
		return old, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		c.c.Log.Warn("own certificate is made anew", "err", err)
	}
	var was *x509.Certificate
	if old != nil {
		was = old.Leaf
	}
	cert, text, err := issue(c.key, names.with(was), now, c.c.Build)
	if err != nil {
		return nil, fmt.Errorf("make certificate: %w", err)
	}
	if err := durable.WriteFile(file, text, 0o600); err != nil {
		return nil, fmt.Errorf("keep certificate: %w", err)
	}
	return cert, nil
}

// GetCertificate is for tls.Config.
func (c *Certificate) GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	return c.cur.Load().cert, nil
}

// Fingerprint is the SHA-256 of the certificate in use as browsers show it: pairs of capital
// hexadecimal digits with colons between, 95 characters. It changes with every renewal.
func (c *Certificate) Fingerprint() string { return fingerprint(c.cur.Load().cert.Leaf.Raw) }

// KeyFingerprint is the SHA-256 of the public key in use (SubjectPublicKeyInfo) in the same
// form. A renewal of the box's own certificate keeps it.
func (c *Certificate) KeyFingerprint() string {
	return fingerprint(c.cur.Load().cert.Leaf.RawSubjectPublicKeyInfo)
}

// Until is when the certificate in use ends.
func (c *Certificate) Until() time.Time { return c.cur.Load().cert.Leaf.NotAfter }

// Province reports whether the province's certificate is in use, and why not where there is one.
func (c *Certificate) Province() (bool, error) {
	s := c.cur.Load()
	return s.province, s.trouble
}

func fingerprint(der []byte) string {
	sum := sha256.Sum256(der)
	pairs := make([]string, len(sum))
	for i, b := range sum {
		pairs[i] = strings.ToUpper(hex.EncodeToString([]byte{b}))
	}
	return strings.Join(pairs, ":")
}
