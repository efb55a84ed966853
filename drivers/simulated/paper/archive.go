package paper

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Archive keeps slips as PNG files slip-0001.png, slip-0002.png … in a folder. Numbering
// goes on after the highest file that is already there, so that a restarted demo does not
// overwrite what came out before.
type Archive struct {
	dir  string
	last int
}

// OpenArchive makes dir where needed and finds the last number in it.
func OpenArchive(dir string) (*Archive, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("make slip folder: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("read slip folder: %w", err)
	}
	a := &Archive{dir: dir}
	for _, e := range entries {
		digits, ok := strings.CutPrefix(e.Name(), "slip-")
		digits, png := strings.CutSuffix(digits, ".png")
		if n, err := strconv.Atoi(digits); ok && png && err == nil {
			a.last = max(a.last, n)
		}
	}
	return a, nil
}

// Keep writes s under the next number and returns the file's path. The file appears whole
// or not at all: it is written beside its place and renamed.
func (a *Archive) Keep(s *Slip) (string, error) {
	name := filepath.Join(a.dir, fmt.Sprintf("slip-%04d.png", a.last+1))
	tmp, err := os.CreateTemp(a.dir, ".slip-*")
	if err != nil {
		return "", fmt.Errorf("keep slip: %w", err)
	}
	err = s.WritePNG(tmp)
	if e := tmp.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Chmod(tmp.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(tmp.Name(), name)
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
		return "", fmt.Errorf("keep slip: %w", err)
	}
	a.last++
	return name, nil
}
