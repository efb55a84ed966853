package kiosktest

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/motcua/gateway/kiosk"
)

// link returns the hash of a record that follows a hash. What it covers is the record as JSON
// and the type of its fact: the store on disk has bytes of its own and so other hashes.
func link(before [32]byte, r kiosk.Record) [32]byte {
	text, err := json.Marshal(r)
	if err != nil {
		// A time beyond year 9999 has no JSON; any text that tells it apart will do.
		text = fmt.Appendf(nil, "%+v", r)
	}
	return sha256.Sum256(fmt.Appendf(before[:], "%T%s", r.Fact, text))
}

// chain takes a record in.
func (m *Memory) chain(r kiosk.Record) {
	hash := link(m.head.Hash, r)
	m.records, m.hashes = append(m.records, r), append(m.hashes, hash)
	m.head = kiosk.ChainHead{Last: r.Position, Facts: m.head.Facts + 1, Hash: hash}
}

func (m *Memory) recordsOf(at dayKey) []kiosk.Record {
	var out []kiosk.Record
	for _, r := range m.records {
		if r.Site == at.site && r.Day == at.day {
			out = append(out, cloneRecord(r))
		}
	}
	return out
}

// DayRecords implements [kiosk.Archive].
func (m *Memory) DayRecords(ctx context.Context, site kiosk.SiteCode, day kiosk.Day) ([]kiosk.Record, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("read records of %s: %w", day, err)
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.recordsOf(dayKey{site, day}), nil
}

// Days implements [kiosk.Archive].
func (m *Memory) Days(ctx context.Context, site kiosk.SiteCode) ([]kiosk.Day, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("list days: %w", err)
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	var out []kiosk.Day
	for _, r := range m.records {
		if r.Site == site {
			out = append(out, r.Day)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// Head implements [kiosk.Archive].
func (m *Memory) Head(ctx context.Context) (kiosk.ChainHead, error) {
	if err := ctx.Err(); err != nil {
		return kiosk.ChainHead{}, fmt.Errorf("read the head of the audit log: %w", err)
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.head, nil
}

// VerifyChain implements [kiosk.Archive].
func (m *Memory) VerifyChain(ctx context.Context) (kiosk.ChainHead, error) {
	if err := ctx.Err(); err != nil {
		return kiosk.ChainHead{}, fmt.Errorf("verify the audit log: %w", err)
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	at := m.outbox.pruned
	for i, r := range m.records {
		if r.Epoch != at.Last.Epoch && r.Seq != 1 {
			return at, &kiosk.ChainBreak{At: kiosk.Position{Epoch: r.Epoch, Seq: 1}, Why: "a fact is missing"}
		}
		if want := at.Last.Next(); r.Epoch == at.Last.Epoch && r.Position != want {
			return at, &kiosk.ChainBreak{At: want, Why: "a fact is missing"}
		}
		hash := link(at.Hash, r)
		if hash != m.hashes[i] {
			return at, &kiosk.ChainBreak{At: r.Position, Why: "it is not what was written after the fact before it"}
		}
		at = kiosk.ChainHead{Last: r.Position, Facts: at.Facts + 1, Hash: hash}
	}
	switch {
	case at == m.head:
		return at, nil
	case at.Facts > m.head.Facts:
		return at, &kiosk.ChainBreak{At: m.records[m.head.Facts-m.outbox.pruned.Facts].Position, Why: "it was not written by the store"}
	case at.Facts < m.head.Facts:
		return at, &kiosk.ChainBreak{At: at.Last.Next(), Why: "a fact is missing"}
	}
	return at, &kiosk.ChainBreak{At: at.Last, Why: "it is not the last fact that was written"}
}
