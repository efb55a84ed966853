package enroltest

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/enrol"
	"github.com/motcua/gateway/sync/wire"
)

var _ enrol.Store = (*Memory)(nil)

// Memory is a store that ends with its process. Its zero value is an empty one.
type Memory struct {
	writing sync.Mutex // over Update

	mu   sync.RWMutex
	rows rows
}

// rows is one state of the store. It is never changed: writers change a copy.
type rows struct {
	claims   map[enrol.ClaimKey]enrol.Claim
	gateways map[wire.GatewayID]enrol.Gateway
}

// Update is of [enrol.Store].
func (m *Memory) Update(ctx context.Context, f func(enrol.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.writing.Lock()
	defer m.writing.Unlock()
	m.mu.RLock()
	tx := &tx{rows{maps.Clone(m.rows.claims), maps.Clone(m.rows.gateways)}}
	m.mu.RUnlock()
	if tx.claims == nil {
		tx.rows = rows{map[enrol.ClaimKey]enrol.Claim{}, map[wire.GatewayID]enrol.Gateway{}}
	}
	if err := f(tx); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.rows = tx.rows
	return nil
}

// View is of [enrol.Store].
func (m *Memory) View(ctx context.Context, f func(enrol.Reader) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.RLock()
	now := m.rows
	m.mu.RUnlock()
	return f(&tx{now})
}

// tx is a transaction of Memory.
type tx struct{ rows }

func (t *tx) Claim(key enrol.ClaimKey) (enrol.Claim, error) {
	c, ok := t.claims[key]
	if !ok {
		return enrol.Claim{}, enrol.ErrNotFound
	}
	return c, nil
}

func (t *tx) OpenClaims(site kiosk.SiteCode) ([]enrol.Claim, error) {
	var open []enrol.Claim
	for _, c := range t.claims {
		if c.Site == site && c.Used.IsZero() {
			open = append(open, c)
		}
	}
	slices.SortFunc(open, func(a, b enrol.Claim) int {
		if c := a.Made.Compare(b.Made); c != 0 {
			return c
		}
		return bytes.Compare(a.Key[:], b.Key[:])
	})
	return open, nil
}

func (t *tx) Gateway(id wire.GatewayID) (enrol.Gateway, error) {
	g, ok := t.gateways[id]
	if !ok {
		return enrol.Gateway{}, enrol.ErrNotFound
	}
	return clone(g), nil
}

func (t *tx) Several(ids []wire.GatewayID) ([]enrol.Gateway, error) {
	var out []enrol.Gateway
	for _, id := range ids {
		if g, ok := t.gateways[id]; ok {
			out = append(out, clone(g))
		}
	}
	return out, nil
}

func (t *tx) LivingAt(site kiosk.SiteCode) (enrol.Gateway, error) {
	for _, g := range t.gateways {
		if g.Site == site && g.Living() {
			return clone(g), nil
		}
	}
	return enrol.Gateway{}, enrol.ErrNotFound
}

func (t *tx) Gateways() ([]enrol.Gateway, error) {
	var all []enrol.Gateway
	for _, g := range t.gateways {
		all = append(all, clone(g))
	}
	slices.SortFunc(all, func(a, b enrol.Gateway) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return all, nil
}

func (t *tx) PutClaim(c enrol.Claim) error {
	t.claims[c.Key] = c
	return nil
}

func (t *tx) PutGateway(g enrol.Gateway) error {
	if other, err := t.LivingAt(g.Site); err == nil && g.Living() && other.ID != g.ID {
		return fmt.Errorf("%s and %s: %w", other.ID, g.ID, enrol.ErrTwoLiving)
	}
	t.gateways[g.ID] = clone(g)
	return nil
}

func clone(g enrol.Gateway) enrol.Gateway {
	g.Certificate = bytes.Clone(g.Certificate)
	return g
}
