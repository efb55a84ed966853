package sqlstore

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/hub"
)

// The tables that Append writes, in this order.
const (
	intoMarks table = `INSERT INTO marks (gateway, epoch, seq, was, chain, at) ROWS
		ON CONFLICT (gateway, epoch) DO UPDATE SET seq = excluded.seq, was = excluded.was, chain = excluded.chain, at = excluded.at
		WHERE marks.seq = excluded.was`
	intoEvents     table = `INSERT INTO events (gateway, epoch, seq, site, type, day, at, chain, about, data) ROWS`
	intoQuarantine table = `INSERT INTO quarantine (gateway, epoch, seq, why, chain, at, data) ROWS ON CONFLICT DO NOTHING`
	intoSeals      table = `INSERT INTO seals (gateway, epoch, seq, day, at_epoch, at_seq, hash) ROWS ON CONFLICT DO NOTHING`
	intoNumbers    table = `INSERT INTO numbers (site, day, service, seq) ROWS
		ON CONFLICT (site, day, service) DO UPDATE SET seq = excluded.seq WHERE numbers.seq < excluded.seq`
	intoTallies table = `INSERT INTO tallies (day, site, service, what, n) ROWS
		ON CONFLICT (day, site, service, what) DO UPDATE SET n = tallies.n + excluded.n`
)

// keep writes a plan. The marks come first: whoever has them has the right to the rest.
func (t *tx) keep(p *plan, sign hub.SignFunc) error {
	if p.fresh == 0 && len(p.forks) == 0 {
		return nil // a replay changes nothing
	}
	keys := sorted(p.lines)
	if err := t.moveMarks(p, keys); err != nil {
		return err
	}
	w := writes{t: t, now: t.s.Now().Unix(), numbers: map[numberKey]uint32{}, tallies: map[tallyKey]int{}}
	w.events = make([]any, 0, p.fresh*intoEvents.columns())
	for _, key := range keys {
		l := p.lines[key]
		for _, v := range l.new {
			w.fact(key, v)
		}
		if err := w.compareSeals(l); err != nil {
			return err
		}
	}
	for _, f := range p.forks {
		w.project(f.placed)
		w.asides = append(w.asides, aside{f.line, f.event, hub.OddFork})
	}
	return w.write(sign)
}

// moveMarks moves all marks by compare-and-set, and fails with errRaced where one has moved.
func (t *tx) moveMarks(p *plan, keys []line) error {
	now := t.s.Now().Unix()
	args := make([]any, 0, len(keys)*intoMarks.columns())
	moved := int64(0)
	for _, key := range keys {
		if l := p.lines[key]; len(l.new) > 0 {
			args = append(args, key.gateway, key.epoch, l.mark.Seq, l.was, l.mark.Chain, now)
			moved++
		}
	}
	n, err := t.insert(intoMarks, args)
	if err != nil {
		return fmt.Errorf("move marks: %w", err)
	}
	if n != moved {
		return fmt.Errorf("move marks: %w", errRaced)
	}
	return nil
}

type numberKey struct {
	site    kiosk.SiteCode
	day     kiosk.Day
	service kiosk.ServiceCode
}

type tallyKey struct {
	day     kiosk.Day
	site    kiosk.SiteCode
	service kiosk.ServiceCode
	what    hub.TallyKind
}

// writes gathers rows by their table.
type writes struct {
	t                         *tx
	now                       int64
	events, quarantine, seals []any
	numbers                   map[numberKey]uint32
	tallies                   map[tallyKey]int
	dossiers                  []*hub.Dossier
	asides                    []aside
}

// aside is a fact for the quarantine.
type aside struct {
	line
	event *hub.Event
	why   string
}

// fact takes a fact that is new and understood, or new and not.
func (w *writes) fact(l line, v placed) {
	e := v.event
	data := e.JSON
	if e.Odd != "" {
		w.asides = append(w.asides, aside{l, e, e.Odd})
		data = []byte{}
	}
	w.events = append(w.events, string(l.gateway), int64(l.epoch), int64(e.Seq), string(v.site), e.Type, int64(e.Day), unix(e.At), e.Chain, string(e.About), data)
	if e.Seal != nil {
		w.seals = append(w.seals, l.gateway, l.epoch, e.Seq, e.Seal.Day, e.Seal.At.Epoch, e.Seal.At.Seq, e.Seal.Hash)
	}
	if c := e.Tally; c != nil && c.N != 0 {
		w.tallies[tallyKey{c.Day, v.site, c.Service, c.What}] += c.N
	}
	w.project(v)
}

// project takes what may be taken twice without harm: of a fork's facts too, because its numbers
// are on paper and its dossiers are somebody's.
func (w *writes) project(v placed) {
	if n := v.event.Number; n != nil {
		key := numberKey{v.site, n.Day, n.Service}
		w.numbers[key] = max(w.numbers[key], n.Seq)
	}
	if v.event.Dossier != nil {
		w.dossiers = append(w.dossiers, v.event.Dossier)
	}
}

// putAside puts a fact into quarantine, sealed: nobody knows what it says of whom. The dossiers are
// written before: what was erased of one, or is being erased just now by somebody who waits for
// its row, does not come back with a header that claims another fact's place.
func (w *writes) putAside(a aside) error {
	q := quarantined{Event: a.event.JSON}
	if d := a.event.Dossier; d != nil && d.Subject != nil {
		var erased int64
		err := w.t.row(`SELECT erased_at FROM dossiers WHERE dossier = $1`, d.Header.ID).Scan(&erased)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("look for dossier %s: %w", d.Header.ID, err)
		}
		if erased == 0 {
			q.Subject = d.Subject
		}
	}
	b, err := json.Marshal(q)
	if err != nil {
		return fmt.Errorf("put aside %d-%d: %w", a.epoch, a.event.Seq, err)
	}
	sealed := w.t.s.Keys.Seal(purposeQuarantine, b, quarantineAAD(a.gateway, kiosk.Position{Epoch: a.epoch, Seq: a.event.Seq}))
	w.quarantine = append(w.quarantine, a.gateway, a.epoch, a.event.Seq, a.why, a.event.Chain, w.now, sealed)
	return nil
}

// compareSeals holds the heads that were sealed against the facts that they cover.
func (w *writes) compareSeals(l *progress) error {
	for _, v := range l.new {
		seal := v.event.Seal
		if seal == nil {
			continue
		}
		kept, err := w.t.chainAt(l, seal.At)
		if err != nil {
			return err
		}
		if kept != "" && kept != seal.Hash {
			w.quarantine = append(w.quarantine, l.gateway, l.epoch, v.event.Seq, hub.OddForged, v.event.Chain, w.now, []byte{})
		}
	}
	return nil
}

// chainAt returns the log's hash at a fact, or nothing where it is not known.
func (t *tx) chainAt(l *progress, at kiosk.Position) (chain string, err error) {
	if at.Epoch == l.epoch && at.Seq > l.was {
		if i := at.Seq - l.was - 1; i < kiosk.Seq(len(l.new)) {
			return l.new[i].event.Chain, nil
		}
		return "", nil
	}
	err = t.rows(func(scan func(...any) error) error { return scan(&chain) },
		`SELECT chain FROM events WHERE gateway = $1 AND epoch = $2 AND seq = $3`, l.gateway, at.Epoch, at.Seq)
	if err != nil {
		return "", fmt.Errorf("read sealed place: %w", err)
	}
	return chain, nil
}

// write writes what was gathered, table after table.
func (w *writes) write(sign hub.SignFunc) error {
	numbers := make([]any, 0, len(w.numbers)*intoNumbers.columns())
	for _, k := range sortedKeys(w.numbers, func(a, b numberKey) int {
		return cmp.Or(cmp.Compare(a.site, b.site), cmp.Compare(a.day, b.day), cmp.Compare(a.service, b.service))
	}) {
		numbers = append(numbers, k.site, k.day, k.service, w.numbers[k])
	}
	tallies := make([]any, 0, len(w.tallies)*intoTallies.columns())
	for _, k := range sortedKeys(w.tallies, func(a, b tallyKey) int {
		return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.site, b.site), cmp.Compare(a.service, b.service), cmp.Compare(a.what, b.what))
	}) {
		tallies = append(tallies, k.day, k.site, k.service, k.what, w.tallies[k])
	}
	for _, rows := range []struct {
		into table
		args []any
	}{
		{intoEvents, w.events}, {intoSeals, w.seals}, {intoNumbers, numbers}, {intoTallies, tallies},
	} {
		if _, err := w.t.insert(rows.into, rows.args); err != nil {
			return fmt.Errorf("write facts: %w", err)
		}
	}
	slices.SortStableFunc(w.dossiers, func(a, b *hub.Dossier) int { return cmp.Compare(a.Header.ID, b.Header.ID) })
	if err := w.t.keepDossiers(w.dossiers, sign); err != nil {
		return err
	}
	for _, a := range w.asides {
		if err := w.putAside(a); err != nil {
			return err
		}
	}
	if _, err := w.t.insert(intoQuarantine, w.quarantine); err != nil {
		return fmt.Errorf("put facts aside: %w", err)
	}
	return nil
}

func sortedKeys[K comparable, V any](m map[K]V, compare func(a, b K) int) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, compare)
	return keys
}
