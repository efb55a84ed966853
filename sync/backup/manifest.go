package backup

import (
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/wire"
)

// The names of entries, in this order. Keys are those of the state folder.
const (
	manifestName  = "manifest.json"
	signatureName = "signature"
	databaseName  = "kiosk.db"
)

// numbersName is the second file of last numbers in the state folder.
const numbersName = "numbers"

// keyNames lists the files in which the box's key may lie.
func keyNames() []string { return []string{"box.key", "box.key.sealed"} }

const version = 2

// The bounds of a backup.
const (
	maxManifest     = 64 << 10
	maxSignature    = 1 << 10
	maxCertificates = 4
	maxKeyFile      = 64 << 10
	maxDatabase     = 64 << 30
)

// Manifest says what a backup is of.
type Manifest struct {
	Version int            `json:"version"`
	Gateway wire.GatewayID `json:"gateway"`
	Site    kiosk.SiteCode `json:"site"`
	Made    time.Time      `json:"made"`
	Last    string         `json:"last"` // the last fact in it, EPOCH-SEQ
	Files   []File         `json:"files"`
	// Certificate is the box's, in DER, with those that lead to the authority.
	Certificate [][]byte `json:"certificate"`
}

// File is an entry.
type File struct {
	Name string     `json:"name"`
	Size int64      `json:"size"`
	Hash kiosk.Hash `json:"sha256"`
}

// signedAs stands before the manifest where it is signed: the same key signs other things.
const signedAs = "mot cua gateway, backup\n"

// sign returns the manifest's bytes and the box's signature over them.
func (m *Manifest) sign(key crypto.Signer) (text, signature []byte, err error) {
	if text, err = json.Marshal(m); err != nil {
		return nil, nil, fmt.Errorf("write the manifest: %w", err)
	}
	sum := sha256.Sum256(append([]byte(signedAs), text...))
	if signature, err = key.Sign(rand.Reader, sum[:], crypto.SHA256); err != nil {
		return nil, nil, fmt.Errorf("sign the manifest: %w", err)
	}
	return text, signature, nil
}

// parse reads a manifest.
func parse(text []byte) (m Manifest, err error) {
	if err := json.Unmarshal(text, &m); err != nil {
		return m, fmt.Errorf("%w: its manifest: %w", ErrDamaged, err)
	}
	if m.Version != version {
		return m, fmt.Errorf("the backup is of version %d, this program knows %d", m.Version, version)
	}
	if _, err := wire.ParseEventID(m.Last); m.Last != "" && err != nil || !m.Gateway.Valid() {
		return m, fmt.Errorf("%w: its manifest makes no sense", ErrDamaged)
	}
	for i, f := range m.Files {
		most := int64(maxKeyFile)
		if f.Name == databaseName {
			most = maxDatabase
		}
		if f.Name != databaseName && !slices.Contains(keyNames(), f.Name) || f.Size < 0 || f.Size > most || named(m.Files[:i], f.Name) {
			return m, fmt.Errorf("%w: an entry %q of %d bytes", ErrDamaged, f.Name, f.Size)
		}
	}
	if !named(m.Files, databaseName) {
		return m, fmt.Errorf("%w: no database is in it", ErrDamaged)
	}
	return m, nil
}

func named(files []File, name string) bool {
	return slices.ContainsFunc(files, func(f File) bool { return f.Name == name })
}

// signer returns the chain of the certificate that has signed a manifest. Whether it is worth
// anything is for the caller to find out.
func (m *Manifest) signer(text, signature []byte) (chain []*x509.Certificate, err error) {
	if n := len(m.Certificate); n == 0 || n > maxCertificates {
		return nil, fmt.Errorf("%w: it shows %d certificates", ErrDamaged, n)
	}
	for _, der := range m.Certificate {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, fmt.Errorf("%w: its certificate: %w", ErrDamaged, err)
		}
		chain = append(chain, c)
	}
	if err := chain[0].CheckSignature(x509.ECDSAWithSHA256, append([]byte(signedAs), text...), signature); err != nil {
		return nil, fmt.Errorf("%w: it was not signed by the certificate that it shows", ErrForeign)
	}
	return chain, nil
}
