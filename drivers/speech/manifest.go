package speech

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/motcua/gateway/kiosk"
)

// manifestName is the file that tells what a pack holds.
const manifestName = "pack.json"

const (
	manifestForm     = 1         // the one form of pack.json so far
	maxManifestBytes = 256 << 10 // of pack.json
	maxClips         = 600       // of one pack: nine languages with all their prompts
)

// manifest is pack.json.
type manifest struct {
	Form int `json:"form"`
	// Version tells one delivery of the pack from another; any text without control characters.
	Version string `json:"version"`
	Name    string `json:"name"`
	// MadeBy is "person" or "espeak-ng".
	MadeBy string `json:"made_by"`
	// Effective is the first day on which the pack is heard, "2026-11-24"; empty: always.
	Effective string `json:"effective,omitempty"`
	// Languages and Rate repeat what the clips show, for people; the clips count.
	Languages []kiosk.Language          `json:"languages"`
	Rate      int                       `json:"rate"`
	Clips     map[kiosk.ClipID]fileClip `json:"clips"`
}

// fileClip is one clip's file.
type fileClip struct {
	File   string `json:"file"`
	SHA256 string `json:"sha256"` // of the file, in hexadecimal
	// Text is what a program read; a changed prompt is read again.
	Text string `json:"text,omitempty"`
}

// Who makes packs.
const (
	byPerson = "person"
	byEspeak = "espeak-ng"
)

// parseManifest reads pack.json and checks all that can be checked without the clips.
func parseManifest(b []byte) (manifest, error) {
	var m manifest
	if len(b) > maxManifestBytes {
		return m, fmt.Errorf("larger than %d bytes", maxManifestBytes)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		return m, err
	}
	if d.More() {
		return m, errors.New("something follows the end")
	}
	return m, m.check()
}

func (m manifest) check() error {
	switch {
	case m.Form != manifestForm:
		return fmt.Errorf("form %d, want %d", m.Form, manifestForm)
	case m.MadeBy != byPerson && m.MadeBy != byEspeak:
		return fmt.Errorf("made_by %q, want %q or %q", m.MadeBy, byPerson, byEspeak)
	case badLine(m.Name) || badLine(m.Version):
		return errors.New("name and version are lines of at most 120 bytes")
	case m.Rate < 8000 || m.Rate > 48000:
		return fmt.Errorf("rate %d, want 8000 to 48000", m.Rate)
	case len(m.Clips) > maxClips:
		return fmt.Errorf("%d clips, at most %d", len(m.Clips), maxClips)
	}
	if _, err := m.effective(); err != nil {
		return fmt.Errorf("effective: %w", err)
	}
	for id, c := range m.Clips {
		switch {
		case !id.Valid():
			return fmt.Errorf("%q names no clip", id)
		case !plainFile(c.File):
			return fmt.Errorf("clip %s: %q is no name of a WAV file in the folder", id, c.File)
		case len(c.SHA256) != 64 || strings.Trim(c.SHA256, "0123456789abcdef") != "":
			return fmt.Errorf("clip %s: sha256 wants 64 digits of 0-9 and a-f", id)
		}
	}
	return nil
}

func badLine(s string) bool {
	return len(s) > 120 || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
}

// plainFile reports whether name is one of a–z, A–Z, 0–9, '-', '_' and '.', and ends in .wav.
func plainFile(name string) bool {
	base, ok := strings.CutSuffix(name, ".wav")
	return ok && base != "" && len(name) <= 100 && base[0] != '.' && !strings.ContainsFunc(base, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_' && r != '.'
	})
}

// effective returns the first day of the pack, 0 if it was always there.
func (m manifest) effective() (kiosk.Day, error) {
	if m.Effective == "" {
		return 0, nil
	}
	return kiosk.ParseDay(m.Effective)
}
