package speech

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"github.com/motcua/gateway/kiosk"
)

// MaxMemory bounds what the clips of one pack take in memory: six minutes of speech. Three
// languages of espeak-ng take about a sixth of it.
const MaxMemory = 16 << 20

// Pack is a voice in memory. It does not change.
type Pack struct {
	Name, Version, MadeBy string
	// Effective is the first day on which it is heard.
	Effective kiosk.Day
	// Damaged are the clips whose files are missing, changed or no sound, in order.
	Damaged []kiosk.ClipID

	clips map[kiosk.ClipID][]int16
}

// Open reads the pack in a folder whole. It fails with an error that wraps [fs.ErrNotExist]
// where no pack is, and if pack.json is damaged or the pack larger than [MaxMemory]; a clip
// that is damaged fails alone and stands in Damaged. Nothing outside the folder is read, whatever
// pack.json or links in the folder say.
func Open(dir string) (*Pack, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open pack: %w", err)
	}
	defer root.Close()
	m, err := readManifest(root)
	if err != nil {
		return nil, fmt.Errorf("open pack %s: %w", dir, err)
	}
	p, err := m.load(root)
	if err != nil {
		return nil, fmt.Errorf("open pack %s: %w", dir, err)
	}
	return p, nil
}

func readManifest(root *os.Root) (manifest, error) {
	b, err := readFile(root, manifestName, maxManifestBytes)
	if err != nil {
		return manifest{}, err
	}
	m, err := parseManifest(b)
	if err != nil {
		return manifest{}, fmt.Errorf("%s: %w", manifestName, err)
	}
	return m, nil
}

// load reads the clips that m names.
func (m manifest) load(root *os.Root) (*Pack, error) {
	day, err := m.effective()
	if err != nil {
		return nil, err
	}
	p := &Pack{Name: m.Name, Version: m.Version, MadeBy: m.MadeBy, Effective: day, clips: make(map[kiosk.ClipID][]int16, len(m.Clips))}
	total := 0
	for id, c := range m.Clips {
		pcm, err := c.load(root)
		if err != nil {
			p.Damaged = append(p.Damaged, id)
			continue
		}
		if total += 2 * len(pcm); total > MaxMemory {
			return nil, fmt.Errorf("its clips take more than %d bytes", MaxMemory)
		}
		p.clips[id] = pcm
	}
	slices.Sort(p.Damaged)
	return p, nil
}

var (
	errChanged = errors.New("its bytes are not those of its sha256")
	errNoVoice = errors.New("nothing is heard")
)

func (c fileClip) load(root *os.Root) ([]int16, error) {
	b, err := readFile(root, c.File, MaxClipBytes)
	if err != nil {
		return nil, err
	}
	if digest(b) != c.SHA256 {
		return nil, errChanged
	}
	s, err := decodeWAV(b)
	if err != nil {
		return nil, err
	}
	pcm := ready(s)
	if len(pcm) == 0 {
		return nil, errNoVoice
	}
	return pcm, nil
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// readFile reads a plain file of at most limit bytes. A pipe or a device in a pack's folder
// could keep the reader waiting for ever.
func readFile(root *os.Root, name string, limit int64) ([]byte, error) {
	info, err := root.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > limit {
		return nil, fmt.Errorf("%s: not a file of at most %d bytes", name, limit)
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, limit+1))
}

// Has reports whether the pack has a clip.
func (p *Pack) Has(id kiosk.ClipID) bool { _, ok := p.clips[id]; return ok }

// Clips lists what the pack has, in order.
func (p *Pack) Clips() []kiosk.ClipID {
	ids := make([]kiosk.ClipID, 0, len(p.clips))
	for id := range p.clips {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// openIfThere opens a pack; nil where there is none yet.
func openIfThere(dir string) (*Pack, error) {
	p, err := Open(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return p, err
}
