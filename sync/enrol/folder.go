package enrol

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/durable"
	"github.com/motcua/gateway/sync/wire"
)

// Sealer seals what lies on the disk of this box; a Key of package secret is one.
type Sealer interface {
	Seal(purpose string, plain, aad []byte) []byte
	Open(purpose string, sealed, aad []byte) ([]byte, error)
}

// The files of an Enrolment. The note is what makes a box enrolled: everything else is there
// before it is written.
const (
	fileKey     = "gateway.key"      // sealed
	fileNext    = "gateway.key.next" // sealed; the key of a renewal that is under way
	fileNote    = "line.json"
	fileLeaving = "leaving" // what the note is called while it is being forgotten
)

// sealPurpose and sealPlace are what the key is sealed for. Both files have one place, because
// the second becomes the first.
const (
	sealPurpose = "line/gateway-key"
	sealPlace   = "line/gateway.key"
)

// note is the form of line.json.
type note struct {
	Version     int    `json:"version"` // 1
	Hub         string `json:"hub"`
	Claim       string `json:"claim"`       // SHA-256 of the code's secret
	Authority   string `json:"authority"`   // PEM
	Certificate string `json:"certificate"` // PEM
}

// line is an enrolment as it is held in memory. It is never changed.
type line struct {
	hub   string
	host  string // of hub, without the port
	claim ClaimKey
	ca    *x509.Certificate
	pool  *x509.CertPool
	cert  *tls.Certificate
	id    wire.GatewayID
	site  kiosk.SiteCode
}

// folder is where an Enrolment lies.
type folder struct {
	dir    string
	sealer Sealer
}

func (f folder) path(name string) string { return filepath.Join(f.dir, name) }

// load returns what is kept; nil without an error for a box that is nobody's. It finishes what a
// kill has left half done.
func (f folder) load() (*line, error) {
	if err := durable.MakeFolder(f.dir); err != nil {
		return nil, err
	}
	if err := durable.TidyUp(f.dir, "*"); err != nil {
		return nil, err
	}
	if _, err := os.Lstat(f.path(fileLeaving)); err == nil {
		if err := f.forget(); err != nil {
			return nil, err
		}
	}
	data, _, err := readSmall(f.path(fileNote))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	l, err := readNote(data)
	if err != nil {
		return nil, damaged(fileNote, err)
	}
	if err := f.findKey(l); err != nil {
		return nil, err
	}
	return l, nil
}

func damaged(name string, err error) error {
	return &Trouble{CodeDamaged, name + " cannot be used: put it back from the backup, or leave and enrol again", err}
}

func readNote(data []byte) (*line, error) {
	var n note
	if err := json.Unmarshal(data, &n); err != nil {
		return nil, err
	}
	if n.Version != 1 {
		return nil, fmt.Errorf("version %d, want 1", n.Version)
	}
	ca, err := parseCertificate([]byte(n.Authority))
	if err != nil {
		return nil, fmt.Errorf("authority: %w", err)
	}
	cert, err := parseCertificate([]byte(n.Certificate))
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	claim, err := hex.DecodeString(n.Claim)
	if err != nil || len(claim) != len(ClaimKey{}) {
		return nil, errors.New("claim: want 64 hexadecimal digits")
	}
	return newLine(n.Hub, ClaimKey(claim), ca, cert)
}

// newLine puts a line together, without its key, and checks that its parts belong together.
func newLine(hub string, claim ClaimKey, ca, cert *x509.Certificate) (*line, error) {
	hub, host, err := parseHub(hub)
	if err != nil {
		return nil, err
	}
	l := &line{hub: hub, host: host, claim: claim, ca: ca, pool: x509.NewCertPool()}
	l.pool.AddCert(ca)
	if err := verify(cert, l.pool, x509.ExtKeyUsageClientAuth); err != nil {
		return nil, err
	}
	if l.id, l.site, err = readNames(cert); err != nil {
		return nil, err
	}
	l.cert = &tls.Certificate{Certificate: [][]byte{cert.Raw}, Leaf: cert}
	return l, nil
}

// findKey gives a line the key that its certificate was made for. That of a renewal takes the
// place of the old one only here, when the note with its certificate is durable.
func (f folder) findKey(l *line) error {
	next, err := f.readKey(fileNext)
	if err == nil && next.PublicKey.Equal(l.cert.Leaf.PublicKey) {
		l.cert.PrivateKey = next
		return f.promote()
	}
	// A key of a renewal that cannot be read is no loss: it has no certificate.
	key, err := f.readKey(fileKey)
	if err != nil {
		return damaged(fileKey, err)
	}
	if !key.PublicKey.Equal(l.cert.Leaf.PublicKey) {
		return damaged(fileKey, errors.New("the certificate was made for another key"))
	}
	l.cert.PrivateKey = key
	return nil
}

func (f folder) promote() error {
	return durable.Rename(f.path(fileNext), f.path(fileKey))
}

// save makes a line that has its key the one of this box.
func (f folder) save(l *line) error {
	data, err := json.MarshalIndent(note{
		Version: 1, Hub: l.hub, Claim: hexDigits(l.claim[:]),
		Authority:   string(writeCertificate(l.ca.Raw)),
		Certificate: string(writeCertificate(l.cert.Leaf.Raw)),
	}, "", "  ")
	if err != nil {
		return err
	}
	return durable.WriteFile(f.path(fileNote), append(data, '\n'), 0o600)
}

// openKey returns the key of a file, or makes one: the first half of an enrolment, which is
// resumed with the same key however often it is cut.
func (f folder) openKey(name string) (*ecdsa.PrivateKey, error) {
	key, err := f.readKey(name)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return nil, err
	}
	plain, err := writeKey(key)
	if err != nil {
		return nil, err
	}
	sealed := f.sealer.Seal(sealPurpose, plain, []byte(sealPlace))
	clear(plain)
	return key, durable.WriteFile(f.path(name), sealed, 0o600)
}

func (f folder) readKey(name string) (*ecdsa.PrivateKey, error) {
	sealed, _, err := readSmall(f.path(name))
	if err != nil {
		return nil, err
	}
	plain, err := f.sealer.Open(sealPurpose, sealed, []byte(sealPlace))
	if err != nil {
		return nil, err
	}
	defer clear(plain)
	return parseKey(plain)
}

// forget removes everything. The note goes first, under another name that says what is going on:
// a kill in between leaves no box that is half somebody's.
func (f folder) forget() error {
	err := durable.Rename(f.path(fileNote), f.path(fileLeaving))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, name := range []string{fileKey, fileNext, fileLeaving} {
		if err := durable.Remove(f.path(name)); err != nil {
			return err
		}
	}
	return nil
}
