package secret

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/motcua/gateway/kiosk/durable"
)

// hubKeyName is the name in a hub's state folder.
const hubKeyName = "hub.key"

// OpenHubKey returns the key of a hub whose state folder is dir, from dir/hub.key, under the same
// rules as [OpenKey]; a new hub makes one. Processes that stand side by side are given the same
// file: each would open nothing that another has sealed.
func OpenHubKey(dir string) (*Key, error) {
	path := filepath.Join(dir, hubKeyName)
	k, err := readKey(path)
	if errors.Is(err, fs.ErrNotExist) {
		raw := NewKey().raw()
		if err = durable.CreateFile(path, raw[:], 0o600); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, fmt.Errorf("make the hub's key: %w", err)
		}
		k, err = readKey(path)
	}
	if err == nil {
		err = durable.TidyUp(dir, hubKeyName)
	}
	if err != nil {
		return nil, fmt.Errorf("read the hub's key: %w", err)
	}
	return k, nil
}
