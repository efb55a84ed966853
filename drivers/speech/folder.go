package speech

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/motcua/gateway/kiosk"
)

// folder is a pack on disk that is being written. One goroutine at a time may use it.
//
// A clip's file is named by its contents and is there before pack.json names it; pack.json is
// replaced in one step. So whoever opens the pack finds the old clip or the new one, at any
// moment and after any power cut. Files that nothing names any more go last.
type folder struct {
	root *os.Root
	manifest
}

// writeFolder opens the pack in dir for writing; what is not there begins empty. A pack.json
// that cannot be read is an error: it is not written over.
func writeFolder(dir string, fresh manifest) (*folder, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("write pack: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("write pack: %w", err)
	}
	m, err := readManifest(root)
	if errors.Is(err, fs.ErrNotExist) {
		m, err = fresh, nil
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("write pack %s: %w", dir, err), root.Close())
	}
	if m.Clips == nil {
		m.Clips = map[kiosk.ClipID]fileClip{}
	}
	return &folder{root, m}, nil
}

func (f *folder) close() error { return f.root.Close() }

// put makes a clip's file durable. The pack has the clip after commit.
func (f *folder) put(id kiosk.ClipID, wav []byte, text string) error {
	if !id.Valid() {
		return fmt.Errorf("write clip: %q names none", id)
	}
	sum := digest(wav)
	c := fileClip{File: strings.ReplaceAll(string(id), "/", "_") + "-" + sum[:16] + ".wav", SHA256: sum, Text: text}
	if err := f.write(c.File, wav); err != nil {
		return fmt.Errorf("write clip %s: %w", id, err)
	}
	f.Clips[id] = c
	return nil
}

// commit makes the pack what was put, and clears away what no longer belongs to it.
func (f *folder) commit() error {
	languages := map[kiosk.Language]bool{}
	for id := range f.Clips {
		languages[id.Language()] = true
	}
	f.Languages, f.Rate = slices.Sorted(maps.Keys(languages)), Rate
	if err := f.check(); err != nil {
		return fmt.Errorf("write pack: %w", err)
	}
	b, err := json.MarshalIndent(f.manifest, "", "  ")
	if err != nil {
		return fmt.Errorf("write pack: %w", err)
	}
	// The names of the clips have to be durable before the one that names them.
	if err := f.sync(); err != nil {
		return fmt.Errorf("write pack: %w", err)
	}
	if err := f.write(manifestName, append(b, '\n')); err != nil {
		return fmt.Errorf("write pack: %w", err)
	}
	if err := f.sync(); err != nil {
		return fmt.Errorf("write pack: %w", err)
	}
	f.sweep()
	return nil
}

// tempSuffix marks a file that is being written.
const tempSuffix = ".part"

// write replaces a file in one step, durable but for its name.
func (f *folder) write(name string, b []byte) (err error) {
	temp := name + tempSuffix
	defer func() {
		if err != nil {
			_ = f.root.Remove(temp) // the error that counts is the one before
		}
	}()
	out, err := f.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640)
	if err != nil {
		return err
	}
	_, err = out.Write(b)
	if err == nil {
		err = out.Sync()
	}
	if err = errors.Join(err, out.Close()); err != nil {
		return err
	}
	return f.root.Rename(temp, name)
}

// sync makes the folder's names durable.
func (f *folder) sync() error {
	d, err := f.root.Open(".")
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// sweep removes clips that nothing names and what a power cut left. It does what it can: a
// file too many harms nobody and the next commit tries again.
func (f *folder) sweep() {
	named := map[string]bool{}
	for _, c := range f.Clips {
		named[c.File] = true
	}
	entries, err := fs.ReadDir(f.root.FS(), ".")
	if err != nil {
		return
	}
	for _, e := range entries {
		old := strings.HasSuffix(e.Name(), ".wav") && !named[e.Name()]
		if e.Type().IsRegular() && (old || strings.HasSuffix(e.Name(), tempSuffix)) {
			_ = f.root.Remove(e.Name())
		}
	}
}
