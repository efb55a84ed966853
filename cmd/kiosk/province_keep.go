package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"

	"github.com/motcua/gateway/kiosk/durable"
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
	if err := durable.MakeFolder(dir); err != nil {
		return fmt.Errorf("keep a pack: %w", err)
	}
	if err := durable.WriteFile(filepath.Join(dir, fmt.Sprintf("%x-%d.json", pack.Name, pack.Version)), text, 0o600); err != nil {
		return fmt.Errorf("keep a pack: %w", err)
	}
	return nil
}
