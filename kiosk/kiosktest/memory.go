package kiosktest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/motcua/gateway/kiosk"
)

// Memory is a store that lasts as long as the process. Its zero value is not ready: use
// [NewMemory].
type Memory struct {
	mu       sync.RWMutex
	epoch    kiosk.Epoch
	records  []kiosk.Record
	hashes   [][32]byte      // of records, each over the one before it
	head     kiosk.ChainHead // as it was at the last commit
	shelves  map[string]map[string][]byte
	tickets  map[ticketKey]kiosk.Ticket
	counters map[counterKey]kiosk.CounterRecord
	halls    map[dayKey]kiosk.HallRecord
	boxes    map[kiosk.SiteCode]kiosk.BoxRecord
	numbers  map[numberKey]uint32 // the second file
	outbox   outboxState
	lost     bool // since the last opening
	replaced bool // at the last opening
	unknown  bool
}

type dayKey struct {
	site kiosk.SiteCode
	day  kiosk.Day
}

type ticketKey struct {
	dayKey
	service kiosk.ServiceCode
	seq     uint32
}

type counterKey struct {
	dayKey
	counter kiosk.CounterCode
}

type numberKey struct {
	dayKey
	service kiosk.ServiceCode
}

var (
	_ kiosk.Store   = (*Memory)(nil)
	_ kiosk.Archive = (*Memory)(nil)
)

// NewMemory returns an empty store in its first epoch.
func NewMemory() *Memory {
	m := &Memory{numbers: map[numberKey]uint32{}}
	m.begin()
	return m
}

func (m *Memory) begin() {
	m.epoch++
	m.records, m.hashes, m.head = nil, nil, kiosk.ChainHead{}
	m.shelves = map[string]map[string][]byte{}
	m.tickets = map[ticketKey]kiosk.Ticket{}
	m.counters = map[counterKey]kiosk.CounterRecord{}
	m.halls = map[dayKey]kiosk.HallRecord{}
	m.boxes = map[kiosk.SiteCode]kiosk.BoxRecord{}
	m.outbox = newOutboxState()
}

// SetEpoch makes an empty store one in its first epoch e.
func (m *Memory) SetEpoch(e kiosk.Epoch) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.epoch = e
}

// Lose does what a damaged database does: everything but the last numbers is gone and a new
// epoch begins; with numbersToo the second file is gone as well.
func (m *Memory) Lose(numbersToo bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.begin()
	m.lost = true
	if numbersToo {
		m.numbers = map[numberKey]uint32{}
		m.unknown = true
	}
}

// Load implements [kiosk.Store].
func (m *Memory) Load(ctx context.Context, site kiosk.SiteCode) (kiosk.Kept, error) {
	if err := ctx.Err(); err != nil {
		return kiosk.Kept{}, fmt.Errorf("load site %q: %w", site, err)
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	box := m.boxes[site]
	box.NumbersUnknown = slices.Clone(box.NumbersUnknown)
	k := kiosk.Kept{
		Last: m.last(), Box: box, Day: box.Day, Replaced: m.lost || m.replaced, NumbersUnknown: m.unknown,
		LastNumbers: map[kiosk.Day]map[kiosk.ServiceCode]uint32{},
	}
	if k.Day == 0 {
		k.Day = m.newestDay(site)
	}
	at := dayKey{site, k.Day}
	k.Tickets = m.of(at)
	for key, c := range m.counters {
		if key.dayKey == at {
			k.Counters = append(k.Counters, c)
		}
	}
	slices.SortFunc(k.Counters, func(a, b kiosk.CounterRecord) int { return cmp.Compare(a.Counter, b.Counter) })
	k.Hall = m.halls[at]
	k.Records = m.recordsOf(at)
	for key, n := range m.numbers {
		if key.site != site {
			continue
		}
		if k.LastNumbers[key.day] == nil {
			k.LastNumbers[key.day] = map[kiosk.ServiceCode]uint32{}
		}
		k.LastNumbers[key.day][key.service] = n
	}
	return k, nil
}

// newestDay returns the newest day of which a ticket, a counter or the hall is kept.
func (m *Memory) newestDay(site kiosk.SiteCode) kiosk.Day {
	var newest kiosk.Day
	see := func(k dayKey) {
		if k.site == site {
			newest = max(newest, k.day)
		}
	}
	for k := range m.tickets {
		see(k.dayKey)
	}
	for k := range m.counters {
		see(k.dayKey)
	}
	for k := range m.halls {
		see(k)
	}
	return newest
}

func (m *Memory) last() kiosk.Position {
	last := m.outbox.pruned.Last
	if n := len(m.records); n > 0 {
		last = m.records[n-1].Position
	}
	if last.Epoch < m.epoch {
		return kiosk.Position{Epoch: m.epoch}
	}
	return last
}

func (m *Memory) of(at dayKey) []kiosk.Ticket {
	var out []kiosk.Ticket
	for key, t := range m.tickets {
		if key.dayKey == at {
			out = append(out, t)
		}
	}
	slices.SortFunc(out, func(a, b kiosk.Ticket) int {
		return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.Service, b.Service), cmp.Compare(a.Seq, b.Seq))
	})
	return out
}

// Commit implements [kiosk.Store].
func (m *Memory) Commit(ctx context.Context, c kiosk.Change) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("commit change: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.check(c); err != nil {
		return fmt.Errorf("commit change: %w", err)
	}
	after := m.last()
	for i := range c.Records {
		m.chain(cloneRecord(c.Records[i]))
	}
	m.epoch = max(m.epoch, m.head.Last.Epoch)
	m.file(c, after)
	for _, t := range c.Tickets {
		m.tickets[ticketKey{dayKey{c.Site, t.Day}, t.Service, t.Seq}] = t
	}
	for _, v := range c.Counters {
		m.counters[counterKey{dayKey{c.Site, v.Day}, v.Counter}] = v
	}
	if c.Hall != nil {
		m.halls[dayKey{c.Site, c.Hall.Day}] = *c.Hall
	}
	if c.Box != nil {
		box := *c.Box
		box.NumbersUnknown = slices.Clone(box.NumbersUnknown)
		m.boxes[c.Site] = box
		if box.UnknownDay != 0 && len(box.NumbersUnknown) == 0 {
			m.unknown = false
		}
	}
	for _, r := range c.Records {
		switch f := r.Fact.(type) {
		case kiosk.TicketIssued:
			m.number(numberKey{dayKey{c.Site, f.Ticket.Day}, f.Ticket.Service}, f.Ticket.Seq)
		case kiosk.NumbersConfirmed:
			m.number(numberKey{dayKey{c.Site, r.Day}, f.Service}, f.Last)
		}
	}
	return nil
}

func (m *Memory) number(k numberKey, seq uint32) {
	if seq > 0 {
		m.numbers[k] = max(m.numbers[k], seq)
	}
}

func (m *Memory) check(c kiosk.Change) error {
	if c.Site == "" {
		return errors.New("change without a site")
	}
	want := m.last()
	if c.NewEpoch {
		if len(c.Records) == 0 || c.Records[0].Epoch <= want.Epoch || c.Records[0].Epoch > kiosk.MaxEpoch || c.Records[0].Seq != 1 {
			return fmt.Errorf("an epoch has to begin with a fact at 1 of one later than %d", want.Epoch)
		}
		want = kiosk.Position{Epoch: c.Records[0].Epoch}
	}
	for _, r := range c.Records {
		want = want.Next()
		switch {
		case r.Position != want:
			return fmt.Errorf("record at %d-%d: want %d-%d", r.Epoch, r.Seq, want.Epoch, want.Seq)
		case r.Site != c.Site:
			return fmt.Errorf("record of site %q in a change of %q", r.Site, c.Site)
		case r.Fact == nil:
			return fmt.Errorf("record at %d-%d without a fact", r.Epoch, r.Seq)
		}
	}
	for _, t := range c.Tickets {
		if t.Site != c.Site {
			return fmt.Errorf("ticket %s of site %q in a change of %q", t.Number, t.Site, c.Site)
		}
	}
	return checkOutbox(c, want)
}

// Reopen implements [kiosk.Store].
func (m *Memory) Reopen(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("reopen store: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.replaced, m.lost = m.lost, false
	return nil
}

// Records implements [kiosk.Store].
func (m *Memory) Records(ctx context.Context, after kiosk.Position, n int) ([]kiosk.Record, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("read records: %w", err)
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	i, found := slices.BinarySearchFunc(m.records, after, func(r kiosk.Record, p kiosk.Position) int {
		return cmp.Or(cmp.Compare(r.Epoch, p.Epoch), cmp.Compare(r.Seq, p.Seq))
	})
	if found {
		i++
	}
	rest := slices.Clone(m.records[i:])
	rest = rest[:min(max(n, 0), len(rest))]
	for i := range rest {
		rest[i] = cloneRecord(rest[i])
	}
	return rest, nil
}

// Tickets implements [kiosk.Store].
func (m *Memory) Tickets(ctx context.Context, site kiosk.SiteCode, day kiosk.Day) ([]kiosk.Ticket, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("read tickets: %w", err)
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.of(dayKey{site, day}), nil
}
