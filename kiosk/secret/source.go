package secret

import (
	"context"
	"fmt"
)

// Source is where the box's key came from. The values are stable.
type Source string

// The sources, the best first.
const (
	// FromChip is a TPM or a secure element: the key opens on this board alone, without anybody.
	FromChip Source = "chip"
	// FromPassphrase is box.key.sealed, and a lead who knows what opens it.
	FromPassphrase Source = "passphrase"
	// FromFile is box.key: whoever carries the box away has it. The office shows the lasting fault
	// kiosk.FaultWeakKey.
	FromFile Source = "file"
)

// Chip is a TPM or a secure element that holds the box's key. How it was put there, and on what
// state of the machine it hangs, is the chip's business; no board has one by default.
type Chip interface {
	// Unseal returns the 32 bytes of the key.
	Unseal(ctx context.Context) ([]byte, error)
}

// OpenChip returns the key that a chip holds. Where the chip fails there is no key: another one,
// made in its place, would open nothing that is there.
func OpenChip(ctx context.Context, chip Chip) (*Key, error) {
	raw, err := chip.Unseal(ctx)
	if err != nil {
		return nil, fmt.Errorf("box key from the chip: %w", err)
	}
	if len(raw) != keySize || [keySize]byte(raw) == [keySize]byte{} {
		return nil, fmt.Errorf("box key from the chip: %w: want %d bytes that are not zeros", ErrKey, keySize)
	}
	return asKey([keySize]byte(raw), FromChip), nil
}
