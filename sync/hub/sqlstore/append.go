package sqlstore

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/wire"
)

// line is one gateway's facts of one epoch.
type line struct {
	gateway wire.GatewayID
	epoch   kiosk.Epoch
}

func compareLines(a, b line) int {
	return cmp.Or(cmp.Compare(a.gateway, b.gateway), cmp.Compare(a.epoch, b.epoch))
}

// Append implements [hub.Store].
func (s *Store) Append(ctx context.Context, batches []hub.Batch, sign hub.SignFunc) ([]hub.Appended, []error, error) {
	var p *plan
	err := s.update(ctx, func(t *tx) (err error) {
		p, err = t.plan(batches)
		if err != nil {
			return err
		}
		return t.keep(p, sign)
	})
	if err != nil {
		return nil, nil, fmt.Errorf("append facts: %w", err)
	}
	return p.answers, p.errs, nil
}

// plan is what a transaction writes, found out before it writes anything.
type plan struct {
	lines   map[line]*progress
	answers []hub.Appended
	errs    []error
	forks   []forked
	fresh   int
}

// progress is how far a line has come with this transaction.
type progress struct {
	line
	was  kiosk.Seq // durable before
	mark wire.Mark
	new  []placed
}

// placed is a fact that is new.
type placed struct {
	site  kiosk.SiteCode
	event *hub.Event
}

// forked is a fact that claims another one's place.
type forked struct {
	line
	placed
}

// plan looks at what is durable and decides what of the batches is new.
func (t *tx) plan(batches []hub.Batch) (*plan, error) {
	p := &plan{lines: map[line]*progress{}, answers: make([]hub.Appended, len(batches)), errs: make([]error, len(batches))}
	for _, b := range batches {
		l := line{b.Gateway, b.Epoch}
		p.lines[l] = &progress{line: l, mark: wire.Mark{Epoch: b.Epoch}}
	}
	// Before the marks: what an heir has got of them must be all of them.
	ended, err := t.ended(p.gateways())
	if err == nil {
		err = t.readMarks(p.lines)
	}
	if err != nil {
		return nil, err
	}
	for i := range batches {
		b := &batches[i]
		if ended[b.Gateway] {
			p.errs[i] = hub.ErrRevoked
			continue
		}
		l := p.lines[line{b.Gateway, b.Epoch}]
		if expected := l.mark.Seq + 1; b.Events[0].Seq > expected {
			p.errs[i] = &hub.Gap{Mark: l.mark, Expected: expected}
			p.answers[i].Mark = l.mark
			continue
		}
		if err := t.take(p, l, b, &p.answers[i]); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// gateways returns whose the batches are, in order.
func (p *plan) gateways() (all []wire.GatewayID) {
	for _, l := range sorted(p.lines) {
		if len(all) == 0 || all[len(all)-1] != l.gateway {
			all = append(all, l.gateway)
		}
	}
	return all
}

// take takes one batch into the plan.
func (t *tx) take(p *plan, l *progress, b *hub.Batch, a *hub.Appended) error {
	chains, err := t.chains(l, b)
	if err != nil {
		return err
	}
	for i := range b.Events {
		e := &b.Events[i]
		if e.Seq <= l.mark.Seq {
			a.Replayed++
			if kept := chains[e.Seq]; e.Chain != "" && len(kept) > 0 && !slices.Contains(kept, e.Chain) {
				a.Forked = true
				p.forks = append(p.forks, forked{l.line, placed{b.Site, e}})
			}
			continue
		}
		l.new = append(l.new, placed{b.Site, e})
		l.mark.Seq, l.mark.Chain = e.Seq, e.Chain
		p.fresh++
		a.Accepted++
		if e.Odd != "" {
			a.Odd++
		}
	}
	a.Mark = l.mark
	return nil
}

// chains returns the log's hashes at those places of a batch that are taken, by this transaction
// or an earlier one. Those of the site's earlier gateways count as well: this one may have their
// facts from a backup, or be a new box that happened to begin in the same epoch.
func (t *tx) chains(l *progress, b *hub.Batch) (map[kiosk.Seq][]string, error) {
	first, last := b.Events[0].Seq, b.Events[len(b.Events)-1].Seq
	if first > l.mark.Seq {
		return nil, nil
	}
	out := map[kiosk.Seq][]string{}
	add := func(seq kiosk.Seq, chain string) {
		if chain != "" {
			out[seq] = append(out[seq], chain)
		}
	}
	for _, e := range l.new {
		add(e.event.Seq, e.event.Chain)
	}
	if first > l.was {
		return out, nil
	}
	err := t.rows(func(scan func(...any) error) error {
		var seq kiosk.Seq
		var chain string
		err := scan(&seq, &chain)
		add(seq, chain)
		return err
	}, `SELECT seq, chain FROM events WHERE epoch = $1 AND seq BETWEEN $2 AND $3
		AND gateway IN (SELECT $4 UNION SELECT gateway FROM boxes WHERE site = $5)`,
		b.Epoch, first, min(last, l.was), b.Gateway, b.Site)
	if err != nil {
		return nil, fmt.Errorf("read places: %w", err)
	}
	return out, nil
}

// readMarks fills in how far each line is durable.
func (t *tx) readMarks(lines map[line]*progress) error {
	keys := sorted(lines)
	for chunk := range slices.Chunk(keys, maxRows) {
		// One of few forms of the statement: the last key stands for those that are not there.
		rows := 1
		for rows < len(chunk) {
			rows *= 2
		}
		args := make([]any, 0, 2*rows)
		for i := range rows {
			l := chunk[min(i, len(chunk)-1)]
			args = append(args, l.gateway, l.epoch)
		}
		err := t.rows(func(scan func(...any) error) error {
			var l line
			var m wire.Mark
			if err := scan(&l.gateway, &l.epoch, &m.Seq, &m.Chain); err != nil {
				return err
			}
			m.Epoch = l.epoch
			lines[l].mark, lines[l].was = m, m.Seq
			return nil
		}, marksQuery(rows), args...)
		if err != nil {
			return fmt.Errorf("read marks: %w", err)
		}
	}
	return nil
}

func marksQuery(rows int) string {
	var b strings.Builder
	b.WriteString(`SELECT gateway, epoch, seq, chain FROM marks WHERE `)
	for i := range rows {
		if i > 0 {
			b.WriteString(" OR ")
		}
		fmt.Fprintf(&b, "(gateway = $%d AND epoch = $%d)", 2*i+1, 2*i+2)
	}
	return b.String()
}

func sorted(lines map[line]*progress) []line {
	keys := make([]line, 0, len(lines))
	for l := range lines {
		keys = append(keys, l)
	}
	slices.SortFunc(keys, compareLines)
	return keys
}
