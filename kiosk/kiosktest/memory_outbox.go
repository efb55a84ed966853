package kiosktest

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/motcua/gateway/kiosk"
)

var _ kiosk.Outbox = (*Memory)(nil)

// outboxState is what the province holds and what waits for it.
type outboxState struct {
	acked    kiosk.Position
	feed     uint64
	pruned   kiosk.ChainHead // the end of what is no longer kept
	dossiers map[dossierKey]kiosk.DossierRecord
	blobs    map[kiosk.BlobPlace]kiosk.BlobRecord
}

type dossierKey struct {
	site kiosk.SiteCode
	id   kiosk.DossierID
}

func newOutboxState() outboxState {
	return outboxState{dossiers: map[dossierKey]kiosk.DossierRecord{}, blobs: map[kiosk.BlobPlace]kiosk.BlobRecord{}}
}

// after returns the facts after a position, and their hashes.
func (m *Memory) after(p kiosk.Position) ([]kiosk.Record, [][32]byte) {
	i := slices.IndexFunc(m.records, func(r kiosk.Record) bool { return p.Before(r.Position) })
	if i < 0 {
		return nil, nil
	}
	return m.records[i:], m.hashes[i:]
}

// Outgoing implements [kiosk.Outbox].
func (m *Memory) Outgoing(ctx context.Context, after kiosk.Position, n int) ([]kiosk.Outgoing, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("read outgoing facts: %w", err)
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	records, hashes := m.after(after)
	var out []kiosk.Outgoing
	for i := range min(max(n, 0), len(records)) {
		out = append(out, kiosk.Outgoing{Record: cloneRecord(records[i]), Chain: hashes[i]})
	}
	return out, nil
}

// cloneRecord copies a record with everything in it.
func cloneRecord(r kiosk.Record) kiosk.Record {
	if f, ok := r.Fact.(kiosk.DossierReceived); ok {
		r.Fact = kiosk.DossierReceived{Dossier: cloneDossier(f.Dossier)}
	}
	return r
}

func cloneDossier(d kiosk.Dossier) kiosk.Dossier {
	d.Pages, d.Subject = slices.Clone(d.Pages), slices.Clone(d.Subject)
	return d
}

// waits returns the blobs that wait, in their order.
func (m *Memory) waits() []kiosk.BlobRecord {
	var out []kiosk.BlobRecord
	for _, b := range m.outbox.blobs {
		out = append(out, b)
	}
	slices.SortFunc(out, func(a, b kiosk.BlobRecord) int {
		return cmp.Or(cmp.Compare(a.Filed.Epoch, b.Filed.Epoch), cmp.Compare(a.Filed.Seq, b.Filed.Seq), cmp.Compare(a.Index, b.Index))
	})
	return out
}

// Pending implements [kiosk.Outbox].
func (m *Memory) Pending(ctx context.Context, after kiosk.BlobPlace, n int) ([]kiosk.BlobRecord, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("read pending blobs: %w", err)
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	out := slices.DeleteFunc(m.waits(), func(b kiosk.BlobRecord) bool { return !after.Before(b.BlobPlace) })
	if out = out[:min(max(n, 0), len(out))]; len(out) == 0 {
		return nil, nil
	}
	return out, nil
}

// Blob implements [kiosk.Outbox].
func (m *Memory) Blob(ctx context.Context, place kiosk.BlobPlace) (kiosk.BlobRecord, bool, error) {
	if err := ctx.Err(); err != nil {
		return kiosk.BlobRecord{}, false, fmt.Errorf("read blob: %w", err)
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	b, ok := m.outbox.blobs[place]
	return b, ok, nil
}

// Settle implements [kiosk.Outbox].
func (m *Memory) Settle(ctx context.Context, s kiosk.Settled) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("settle: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	o := &m.outbox
	none := s.Facts == kiosk.Position{} || s.Facts == o.acked
	switch {
	case s.Feed != 0 && s.Feed < o.feed, !none && s.Facts.Before(o.acked):
		return fmt.Errorf("settle: %w", kiosk.ErrSettledBack)
	case !none && !slices.ContainsFunc(m.records, func(r kiosk.Record) bool { return r.Position == s.Facts }):
		return fmt.Errorf("settle: %w", kiosk.ErrSettledTooMuch)
	}
	if !none {
		o.acked = s.Facts
	}
	o.feed = max(o.feed, s.Feed)
	for _, place := range s.Blobs {
		delete(o.blobs, place)
	}
	return nil
}

// Waiting implements [kiosk.Outbox].
func (m *Memory) Waiting(ctx context.Context) (kiosk.Backlog, error) {
	if err := ctx.Err(); err != nil {
		return kiosk.Backlog{}, fmt.Errorf("look at the outbox: %w", err)
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	b := kiosk.Backlog{Acked: m.outbox.acked, Last: m.last(), Feed: m.outbox.feed, Pruned: m.outbox.pruned.Last}
	if waiting, _ := m.after(b.Acked); len(waiting) > 0 {
		b.Facts, b.OldestFact = uint64(len(waiting)), waiting[0].At
	}
	for _, blob := range m.waits() {
		b.Blobs++
		switch {
		case blob.State == kiosk.BlobParked:
			b.Parked++
			continue
		case b.BlobBytes == 0:
			b.OldestBlob = blob.FiledAt
		}
		b.BlobBytes += blob.Size
	}
	return b, nil
}

// Dossiers implements [kiosk.Outbox].
func (m *Memory) Dossiers(ctx context.Context, site kiosk.SiteCode, after kiosk.DossierID, n int) ([]kiosk.DossierRecord, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("list dossiers: %w", err)
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	var out []kiosk.DossierRecord
	for key, d := range m.outbox.dossiers {
		if key.site == site && key.id > after {
			d.Dossier = cloneDossier(d.Dossier)
			out = append(out, d)
		}
	}
	slices.SortFunc(out, func(a, b kiosk.DossierRecord) int { return cmp.Compare(a.Dossier.ID, b.Dossier.ID) })
	if out = out[:min(max(n, 0), len(out))]; len(out) == 0 {
		return nil, nil
	}
	return out, nil
}

// Dossier implements [kiosk.Outbox].
func (m *Memory) Dossier(ctx context.Context, site kiosk.SiteCode, id kiosk.DossierID) (kiosk.DossierRecord, bool, error) {
	if err := ctx.Err(); err != nil {
		return kiosk.DossierRecord{}, false, fmt.Errorf("read dossier %s: %w", id, err)
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	d, ok := m.outbox.dossiers[dossierKey{site, id}]
	d.Dossier = cloneDossier(d.Dossier)
	return d, ok, nil
}

// checkOutbox checks what a change does to dossiers and blobs. last is where its facts end.
func checkOutbox(c kiosk.Change, last kiosk.Position) error {
	kept := func(at kiosk.Position) bool { return at.Seq > 0 && !last.Before(at) }
	for _, d := range c.Dossiers {
		known := d.State == kiosk.DossierFiled || d.State == kiosk.DossierConfirmed || d.State == kiosk.DossierForgotten
		if !d.Dossier.ID.Valid() || !known || !kept(d.At) || len(d.Dossier.Pages) > kiosk.MaxPages {
			return fmt.Errorf("no record of a dossier: %+v", d)
		}
	}
	for _, b := range c.Blobs {
		known := b.State == kiosk.BlobPending || b.State == kiosk.BlobParked
		if !known || !kept(b.Filed) || b.Index >= kiosk.MaxPages || !b.Dossier.Valid() || b.Hash == (kiosk.Hash{}) || b.Size <= 0 {
			return fmt.Errorf("no record of a blob: %+v", b)
		}
	}
	return nil
}

// file takes the dossiers and blobs of a change in that follows the fact at after.
func (m *Memory) file(c kiosk.Change, after kiosk.Position) {
	for _, d := range c.Dossiers {
		d.Dossier = cloneDossier(d.Dossier)
		m.outbox.dossiers[dossierKey{c.Site, d.Dossier.ID}] = d
	}
	for _, place := range c.Dropped {
		delete(m.outbox.blobs, place)
	}
	for _, b := range c.Blobs {
		if _, waits := m.outbox.blobs[b.BlobPlace]; waits || after.Before(b.Filed) {
			m.outbox.blobs[b.BlobPlace] = b
		}
	}
}

// Prune implements [kiosk.Outbox].
func (m *Memory) Prune(ctx context.Context, before kiosk.Day, n int) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, fmt.Errorf("prune: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	stays := map[dayKey]bool{}
	for _, r := range m.records {
		present := m.boxes[r.Site].Day
		if present == 0 {
			present = m.newestDay(r.Site)
		}
		if m.outbox.acked.Before(r.Position) || r.Day >= before || r.Day == present {
			stays[dayKey{r.Site, r.Day}] = true
		}
	}
	gone := slices.IndexFunc(m.records, func(r kiosk.Record) bool { return stays[dayKey{r.Site, r.Day}] })
	if gone < 0 {
		gone = len(m.records)
	}
	if gone = min(gone, max(n, 0)); gone == 0 {
		return 0, nil
	}
	went := m.records[:gone]
	m.outbox.pruned = kiosk.ChainHead{Last: went[gone-1].Position, Facts: m.outbox.pruned.Facts + uint64(gone), Hash: m.hashes[gone-1]}
	m.records, m.hashes = slices.Clone(m.records[gone:]), slices.Clone(m.hashes[gone:])
	for _, r := range went {
		if f, ok := r.Fact.(kiosk.DossierSettled); ok && f.State == kiosk.DossierForgotten && m.outbox.dossiers[dossierKey{r.Site, f.ID}].State == kiosk.DossierForgotten {
			delete(m.outbox.dossiers, dossierKey{r.Site, f.ID})
		}
		at := dayKey{r.Site, r.Day}
		if len(m.recordsOf(at)) == 0 {
			m.forgetDay(at)
		}
	}
	return gone, nil
}

// forgetDay takes away what is kept of a day.
func (m *Memory) forgetDay(at dayKey) {
	delete(m.halls, at)
	for k := range m.tickets {
		if k.dayKey == at {
			delete(m.tickets, k)
		}
	}
	for k := range m.counters {
		if k.dayKey == at {
			delete(m.counters, k)
		}
	}
}
