package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/motcua/gateway/sync/wire"
)

// keepPack writes a pack into STATE/packs, whole and durable. Its name was checked with its
// signature, and is made harmless all the same: it becomes the name of a file.
func keepPack(state string, pack wire.Pack) error {
	text, err := json.Marshal(pack)
	if err != nil {
		return fmt.Errorf("keep a pack: %w", err)
	}
	dir := filepath.Join(state, "packs")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("keep a pack: %w", err)
	}
	return writeDurable(filepath.Join(dir, fmt.Sprintf("%x-%d.json", pack.Name, pack.Version)), text)
}

// writeDurable writes a file that appears whole or not at all, and is on the disk when it returns:
// a temporary one, its fsync, its name, the folder's fsync.
func writeDurable(path string, text []byte) (err error) {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, errors.Join(err, os.Remove(f.Name())))
	}
	return syncDir(dir)
}

// syncDir makes the names in a folder durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	if err = errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	return nil
}
