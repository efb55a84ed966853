package kiosktest

import (
	"slices"

	"github.com/motcua/gateway/kiosk"
)

// Forgery is what somebody with the disk in hand does to the facts behind the store's back,
// with every checksum put right again.
type Forgery int

// The forgeries. Each is done to the fact at a position.
const (
	// ForgeChange says that somebody else did it, and leaves the hash as it was.
	ForgeChange Forgery = iota + 1
	// ForgeRehash does the same and computes that fact's hash anew: what follows no longer fits.
	ForgeRehash
	// ForgeRemove takes it away.
	ForgeRemove
	// ForgeSwap exchanges it with the one that follows, each under the other's position.
	ForgeSwap
	// ForgeAppend puts a fact behind it, which has to be the last, with a hash that fits.
	ForgeAppend
)

// Forger is By of a record that was forged.
const Forger = "forger"

// Forge does a forgery to the facts in memory. It reports whether there is a fact at that
// position.
func (m *Memory) Forge(how Forgery, at kiosk.Position) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	i := slices.IndexFunc(m.records, func(r kiosk.Record) bool { return r.Position == at })
	if i < 0 || how == ForgeSwap && i+1 == len(m.records) {
		return false
	}
	switch how {
	case ForgeChange:
		m.records[i].By = Forger
	case ForgeRehash:
		m.records[i].By = Forger
		m.hashes[i] = link(m.hashBefore(i), m.records[i])
	case ForgeRemove:
		m.records, m.hashes = slices.Delete(m.records, i, i+1), slices.Delete(m.hashes, i, i+1)
	case ForgeSwap:
		a, b := &m.records[i], &m.records[i+1]
		*a, *b = *b, *a
		a.Position, b.Position = b.Position, a.Position
		m.hashes[i], m.hashes[i+1] = m.hashes[i+1], m.hashes[i]
	case ForgeAppend:
		r := m.records[i]
		r.Position, r.By = at.Next(), Forger
		m.records, m.hashes = append(m.records, r), append(m.hashes, link(m.hashes[i], r))
	}
	return true
}

func (m *Memory) hashBefore(i int) [32]byte {
	if i > 0 {
		return m.hashes[i-1]
	}
	return m.outbox.pruned.Hash
}
