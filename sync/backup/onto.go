package backup

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// Onto is the box that a backup is put onto.
type Onto string

const (
	// OntoKnown is a box whose key tells which one it is: the backup's own, or none yet.
	OntoKnown Onto = ""
	// OntoSame is the box that was backed up. It keeps its key, which may lie under another
	// passphrase by now, its pages, its line and its last numbers.
	OntoSame Onto = "same"
	// OntoSpare is another box. What it has of its own is set aside: its key sealed that, and the
	// backup's key cannot open it; and its last numbers would answer for a hall that it has never
	// seen.
	OntoSpare Onto = "spare"
)

// ErrWhichBox means that the folder has a key that is not the backup's.
var ErrWhichBox = errors.New("this folder has another key than the backup: it is another box's, or the passphrase was set or changed since")

// decide looks at the unpacked keys beside those of the folder. A folder without any may be a new
// box, or the same one whose key was lost: what is in it stays, but not the numbers, unless
// somebody says that it is the same.
func (o Onto) decide(dir string) (Onto, error) {
	switch o {
	case OntoSame, OntoSpare:
		return o, nil
	case OntoKnown:
	default:
		return o, fmt.Errorf("restore onto %q: want %s or %s", o, OntoSame, OntoSpare)
	}
	for _, name := range keyNames() {
		there, err := same(filepath.Join(dir, name), filepath.Join(dir, name+newEnd))
		if err != nil {
			return o, fmt.Errorf("restore: %w", err)
		}
		if there {
			return OntoSame, nil
		}
	}
	if hasKey(dir) {
		return o, ErrWhichBox
	}
	return OntoKnown, nil
}

func hasKey(dir string) bool {
	return slices.ContainsFunc(keyNames(), func(name string) bool {
		_, err := os.Lstat(filepath.Join(dir, name))
		return err == nil
	})
}

// foreign lists what is set aside beside what the backup replaces.
func (o Onto) foreign() []string {
	switch o {
	case OntoSame:
		return nil
	case OntoSpare:
		return []string{"blobs", "keys", "line", numbersName}
	}
	return []string{numbersName}
}
