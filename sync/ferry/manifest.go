package ferry

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/wire"
)

// The bounds of a file.
const (
	// PartBytes is how many bytes of pages one file holds.
	PartBytes    = 512 << 20
	maxEntries   = 80_000
	maxManifest  = 16 << 20 // of maxEntries, the longest there are
	maxSignature = 1 << 10
	version      = 1
)

// The names of entries.
const (
	manifestName  = "manifest.json"
	signatureName = "signature"
	factsFolder   = "facts/"
	pagesFolder   = "pages/"
)

// The ends of the names of files.
const (
	fileEnd    = ".ferry"
	ackEnd     = ".ack"
	filePrefix = "motcua-"
)

// manifest is what the box signs.
type manifest struct {
	Version int            `json:"version"`
	Gateway wire.GatewayID `json:"gateway"`
	Site    kiosk.SiteCode `json:"site"`
	Made    time.Time      `json:"made"`
	Part    int            `json:"part"` // from 1
	// Certificate is the box's, in DER, with those that lead to the authority.
	Certificate [][]byte `json:"certificate"`
	Entries     []entry  `json:"entries"`
}

// entry is one entry of the archive.
type entry struct {
	Name string     `json:"name"`
	Size int64      `json:"size"`
	Hash kiosk.Hash `json:"sha256"`
}

// sign returns the manifest's bytes and the signature over them.
func (m *manifest) sign(key crypto.Signer) (text, signature []byte, err error) {
	if text, err = json.Marshal(m); err != nil {
		return nil, nil, fmt.Errorf("write the manifest: %w", err)
	}
	sum := sha256.Sum256(text)
	if signature, err = key.Sign(rand.Reader, sum[:], crypto.SHA256); err != nil {
		return nil, nil, fmt.Errorf("sign the manifest: %w", err)
	}
	return text, signature, nil
}

// readManifest reads a manifest and checks its signature against its own certificate. Whether
// that certificate is worth anything is for the caller to find out.
func readManifest(text, signature []byte) (*manifest, *x509.Certificate, error) {
	m := &manifest{}
	if err := json.Unmarshal(text, m); err != nil {
		return nil, nil, fmt.Errorf("%w: its manifest: %w", ErrDamaged, err)
	}
	switch {
	case m.Version != version:
		return nil, nil, fmt.Errorf("%w: version %d, this program knows %d", ErrForeign, m.Version, version)
	case !m.Gateway.Valid() || m.Part < 1 || len(m.Certificate) == 0 || len(m.Certificate) > 4:
		return nil, nil, fmt.Errorf("%w: its manifest makes no sense", ErrDamaged)
	}
	cert, err := x509.ParseCertificate(m.Certificate[0])
	if err != nil {
		return nil, nil, fmt.Errorf("%w: its certificate: %w", ErrDamaged, err)
	}
	key, ok := cert.PublicKey.(*ecdsa.PublicKey)
	sum := sha256.Sum256(text)
	if !ok || !ecdsa.VerifyASN1(key, sum[:], signature) {
		return nil, nil, fmt.Errorf("%w: it was not signed by the certificate that it shows", ErrForeign)
	}
	return m, cert, nil
}

// pageName is the name of a page's entry.
func pageName(dossier kiosk.DossierID, hash kiosk.Hash) string {
	return pagesFolder + string(dossier) + "/" + hash.String()
}

// parsePageName reads what pageName writes.
func parsePageName(name string) (PageName, error) {
	rest, ok := strings.CutPrefix(name, pagesFolder)
	id, digits, _ := strings.Cut(rest, "/")
	hash, err := kiosk.ParseHash(digits)
	if p := (PageName{kiosk.DossierID(id), hash}); ok && err == nil && p.Dossier.Valid() {
		return p, nil
	}
	return PageName{}, fmt.Errorf("%w: an entry named %q", ErrDamaged, name)
}

// The errors of a file.
var (
	// ErrDamaged means that a file is not whole or was changed: make it again.
	ErrDamaged = errors.New("the file is damaged")
	// ErrForeign means that it is not for this hub, or not from a box of this hub.
	ErrForeign = errors.New("the file is not for us")
)
