package wire

import (
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/motcua/gateway/kiosk"
)

// The names in Upload-Metadata.
const (
	metaDossier = "dossier"
	metaHash    = "sha256"
	metaMedia   = "filetype"
)

// MaxMeta bounds Upload-Metadata, in bytes.
const MaxMeta = 1 << 10

// FormatMeta writes the Upload-Metadata of a page, as tus 1.0 has it: pairs of a name and a value
// in base64, with commas between them. The kind is left out where it is not said: the dossier's
// header names it.
func FormatMeta(m BlobMeta) string {
	pair := func(name, value string) string {
		return name + " " + base64.StdEncoding.EncodeToString([]byte(value))
	}
	pairs := []string{pair(metaDossier, string(m.Dossier)), pair(metaHash, m.Hash.String())}
	if m.Media != "" {
		pairs = append(pairs, pair(metaMedia, m.Media))
	}
	return strings.Join(pairs, ",")
}

// ParseMeta reads what FormatMeta writes, in any order and with unknown names beside it. A name
// that stands there twice is refused.
func ParseMeta(s string) (BlobMeta, error) {
	if len(s) > MaxMeta {
		return BlobMeta{}, fmt.Errorf("upload metadata of %d bytes, at most %d: %w", len(s), MaxMeta, ErrTooLarge)
	}
	said := map[string]string{}
	for _, pair := range strings.Split(s, ",") {
		name, packed, _ := strings.Cut(strings.Trim(pair, " "), " ")
		value, err := base64.StdEncoding.Strict().DecodeString(packed)
		if _, twice := said[name]; twice || name == "" || err != nil {
			return BlobMeta{}, fmt.Errorf("upload metadata: want names, each once, with values in base64: %w", ErrSyntax)
		}
		said[name] = string(value)
	}
	m := BlobMeta{Dossier: kiosk.DossierID(said[metaDossier]), Media: said[metaMedia]}
	var c checks
	c.that(m.Dossier.Valid(), metaDossier, "a dossier's ID")
	var err error
	m.Hash, err = kiosk.ParseHash(said[metaHash])
	c.that(err == nil, metaHash, "64 hexadecimal digits")
	code(&c, metaMedia, m.Media)
	if c.err != nil {
		return BlobMeta{}, fmt.Errorf("upload metadata: %w: %w", c.err, ErrSyntax)
	}
	return m, nil
}
