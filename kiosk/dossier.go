package kiosk

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// DossierID names a dossier from its first moment on, at the box and at the province: it is the
// idempotency key of everything that is said of it. 26 characters of Crockford's base32 in lower
// case: 48 bits of milliseconds, so that a list stands in the order of receipt, and 80 random bits.
type DossierID string

// crockford is base32 without the letters that are taken for digits.
var crockford = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// NewDossierID returns an ID that nobody else has.
func NewDossierID(now time.Time) DossierID {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(now.UnixMilli())<<16)
	_, _ = rand.Read(b[6:]) // never fails: it ends the program instead
	return DossierID(crockford.EncodeToString(b[:]))
}

// Valid reports whether the ID is well formed. One that is valid is also a safe name of a file.
func (id DossierID) Valid() bool {
	if len(id) != 26 {
		return false
	}
	b, err := crockford.DecodeString(string(id))
	// 26 characters hold two bits more than the ID: one ID must have one name.
	return err == nil && crockford.EncodeToString(b) == string(id)
}

// Time returns when the ID was made, by the clock of the box; the zero time for one that is not
// valid.
func (id DossierID) Time() time.Time {
	if !id.Valid() {
		return time.Time{}
	}
	b, _ := crockford.DecodeString(string(id))
	return time.UnixMilli(int64(binary.BigEndian.Uint64(b[:8]) >> 16))
}

// Hash is the SHA-256 of bytes as a person would see them, before any encryption.
type Hash [sha256.Size]byte

// HashOf returns the hash of b.
func HashOf(b []byte) Hash { return sha256.Sum256(b) }

// String returns 64 hexadecimal digits in lower case.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// MarshalText writes what String returns.
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads what MarshalText writes, and nothing else.
func (h *Hash) UnmarshalText(b []byte) error {
	v, err := ParseHash(string(b))
	*h = v
	return err
}

// ParseHash reads 64 hexadecimal digits in lower case.
func ParseHash(s string) (h Hash, err error) {
	if len(s) == 2*len(h) && !strings.ContainsAny(s, "ABCDEF") {
		if _, err := hex.Decode(h[:], []byte(s)); err == nil {
			return h, nil
		}
	}
	return Hash{}, errors.New("parse hash: want 64 hexadecimal digits in lower case")
}

type (
	// DossierCode (mã hồ sơ) is the official code of a dossier, "H49.22-261123-0001". The province
	// gives it; it may come later, or with the receipt.
	DossierCode string
	// ProcedureCode (mã thủ tục) is the national code of a procedure, "2.000815".
	ProcedureCode string
	// ComponentCode names a paper that a procedure asks for.
	ComponentCode string
)

// Dossier (hồ sơ) is one application under one procedure, as it was received: the header that
// travels before its pages.
type Dossier struct {
	ID        DossierID
	Procedure ProcedureCode
	Code      DossierCode // empty until the province has given one
	Ticket    Number      // of the visit; may be empty
	Counter   CounterCode
	Officer   OfficerCode
	// Pages in the order of the paper, each component's together. Empty: nothing was scanned.
	Pages []Page
	// Subject is who applies: sealed with the dossier's own key, so that destroying the key
	// forgets it in every copy of the log. Only kiosk/blobstore can open it.
	Subject []byte
}

// Page (trang quét) is one scanned image.
type Page struct {
	Component ComponentCode
	Hash      Hash
	Size      int64  // bytes
	Media     string // "image/jpeg", "image/png", "application/pdf"
}

// The bounds of a dossier.
const (
	MaxPages     = 2000
	MaxPageBytes = 64 << 20
	MaxSubject   = 4 << 10 // sealed
)

// Check returns what is wrong with a dossier, or nil.
func (d *Dossier) Check() error {
	switch {
	case !d.ID.Valid():
		return errors.New("dossier: bad ID")
	case !goodCode(string(d.Procedure), 1, 48) || !goodCode(string(d.Code), 0, 48):
		return errors.New("dossier: bad code of the procedure or of the dossier")
	case !goodCode(string(d.Ticket), 0, 32) || !goodCode(string(d.Counter), 0, 48) || !goodCode(string(d.Officer), 0, 48):
		return errors.New("dossier: bad ticket, counter or officer")
	case len(d.Pages) > MaxPages:
		return fmt.Errorf("dossier: %d pages, at most %d", len(d.Pages), MaxPages)
	case len(d.Subject) > MaxSubject:
		return fmt.Errorf("dossier: %d bytes about the applicant, at most %d", len(d.Subject), MaxSubject)
	}
	sizes := make(map[Hash]int64, len(d.Pages))
	for i, p := range d.Pages {
		if p.Size <= 0 || p.Size > MaxPageBytes || p.Hash == (Hash{}) || !goodCode(string(p.Component), 0, 48) || !goodCode(p.Media, 1, 64) {
			return fmt.Errorf("dossier: page %d has no size, hash or kind that can be", i+1)
		}
		if size, seen := sizes[p.Hash]; seen && size != p.Size {
			return fmt.Errorf("dossier: page %d has another size than the same bytes before it", i+1)
		}
		sizes[p.Hash] = p.Size
	}
	return nil
}

// goodCode reports whether a code has least to most bytes of text in one piece: nothing in it can
// be taken for the end of a field or of a line of the manifest.
func goodCode(s string, least, most int) bool {
	return len(s) >= least && len(s) <= most && utf8.ValidString(s) &&
		!strings.ContainsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
}

// Manifest is what a dossier consists of, as one hash: SHA-256 over a line "ID" and one line
// "component TAB hash TAB size TAB media" a page, each ended by LF. The province signs it once it
// holds every page.
func (d *Dossier) Manifest() Hash {
	b := append([]byte(d.ID), '\n')
	for _, p := range d.Pages {
		b = append(append(b, p.Component...), '\t')
		b = append(append(b, p.Hash.String()...), '\t')
		b = append(strconv.AppendInt(b, p.Size, 10), '\t')
		b = append(append(b, p.Media...), '\n')
	}
	return HashOf(b)
}

// Blobs returns the pages' distinct bytes in their order: the same page twice is one blob.
func (d *Dossier) Blobs() []Page {
	seen := make(map[Hash]bool, len(d.Pages))
	out := make([]Page, 0, len(d.Pages))
	for _, p := range d.Pages {
		if !seen[p.Hash] {
			seen[p.Hash] = true
			out = append(out, p)
		}
	}
	return out
}

// DossierState is how far a dossier has come at the box. The values are stable.
type DossierState string

// The states of a dossier.
const (
	DossierFiled     DossierState = "filed"     // kept here, on its way
	DossierConfirmed DossierState = "confirmed" // the province holds every page and has signed for it
	DossierForgotten DossierState = "forgotten" // its key is destroyed here
)

// DossierRecord is the kept state of a dossier.
type DossierRecord struct {
	Dossier     Dossier
	Day         Day // on which it was received
	State       DossierState
	At          Position // of the fact that filed it
	ConfirmedOn Day      // the day of the province's word
	Statement   string   // that word as it was signed, for whoever wants to check it again
}

// ErrGone means that a page, or what a header says of a person, cannot be had any more, however
// often it is tried: it was forgotten, or it is damaged for good.
var ErrGone = errors.New("gone for good")
