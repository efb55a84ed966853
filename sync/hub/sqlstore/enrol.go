package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/enrol"
	"github.com/motcua/gateway/sync/wire"
)

// Enrolment returns the store of claims and gateways that lies in the same database.
func (s *Store) Enrolment() enrol.Store { return enrolment{s} }

type enrolment struct{ s *Store }

// Update implements [enrol.Store].
func (e enrolment) Update(ctx context.Context, f func(enrol.Tx) error) error {
	return e.s.update(ctx, func(t *tx) error {
		if _, err := t.exec(`UPDATE enrol_turn SET n = n + 1`); err != nil {
			return fmt.Errorf("take a turn: %w", err)
		}
		return f(enrolTx{enrolReader{ctx, t}})
	})
}

// View implements [enrol.Store].
func (e enrolment) View(ctx context.Context, f func(enrol.Reader) error) error {
	t, err := e.s.read.BeginTx(ctx, e.s.dialect.snapshot)
	if err != nil {
		return fmt.Errorf("begin view: %w", err)
	}
	defer func() { _ = t.Rollback() }() // nothing was written
	return f(enrolReader{ctx, t})
}

type enrolReader struct {
	ctx context.Context
	runner
}

type enrolTx struct{ enrolReader }

const (
	claimColumns = `key, site, made_by, made, until, replaces, used, gateway, public`
	boxColumns   = `gateway, site, made_by, made, serial, certificate, public, issued, until, used, previous, revoked, revoked_by, why`

	intoClaims table = `INSERT INTO claims (` + claimColumns + `) ROWS ON CONFLICT (key) DO UPDATE SET site = excluded.site,
		made_by = excluded.made_by, made = excluded.made, until = excluded.until, replaces = excluded.replaces, used = excluded.used,
		gateway = excluded.gateway, public = excluded.public`
	intoBoxes table = `INSERT INTO boxes (` + boxColumns + `) ROWS ON CONFLICT (gateway) DO UPDATE SET site = excluded.site,
		made_by = excluded.made_by, made = excluded.made, serial = excluded.serial, certificate = excluded.certificate,
		public = excluded.public, issued = excluded.issued, until = excluded.until, used = excluded.used, previous = excluded.previous,
		revoked = excluded.revoked, revoked_by = excluded.revoked_by, why = excluded.why`
)

func scanClaim(scan func(...any) error) (c enrol.Claim, err error) {
	var key, public []byte
	var made, until, used int64
	if err := scan(&key, &c.Site, &c.By, &made, &until, &c.Replaces, &used, &c.Gateway, &public); err != nil {
		return c, err
	}
	c.Made, c.Until, c.Used = second(made), second(until), second(used)
	return c, errors.Join(fixed(c.Key[:], key), fixed(c.PublicKey[:], public))
}

func scanBox(scan func(...any) error) (g enrol.Gateway, err error) {
	var public []byte
	var made, issued, until, used, revoked int64
	err = scan(&g.ID, &g.Site, &g.By, &made, &g.Serial, &g.Certificate, &public, &issued, &until, &used, &g.Previous, &revoked, &g.RevokedBy, &g.Why)
	if err != nil {
		return g, err
	}
	g.Made, g.Issued, g.Until, g.Used, g.Revoked = second(made), second(issued), second(until), second(used), second(revoked)
	return g, fixed(g.PublicKey[:], public)
}

// Claim implements [enrol.Reader].
func (r enrolReader) Claim(key enrol.ClaimKey) (enrol.Claim, error) {
	return one(r, scanClaim, `SELECT `+claimColumns+` FROM claims WHERE key = $1`, key[:])
}

// OpenClaims implements [enrol.Reader].
func (r enrolReader) OpenClaims(site kiosk.SiteCode) ([]enrol.Claim, error) {
	return several(r, scanClaim, `SELECT `+claimColumns+` FROM claims WHERE site = $1 AND used = 0 ORDER BY made, key`, site)
}

// Gateway implements [enrol.Reader].
func (r enrolReader) Gateway(id wire.GatewayID) (enrol.Gateway, error) {
	return one(r, scanBox, `SELECT `+boxColumns+` FROM boxes WHERE gateway = $1`, id)
}

// Several implements [enrol.Reader].
func (r enrolReader) Several(ids []wire.GatewayID) (out []enrol.Gateway, err error) {
	for few := range slices.Chunk(ids, 500) {
		args := make([]any, len(few))
		for i, id := range few {
			args[i] = id
		}
		found, err := several(r, scanBox, `SELECT `+boxColumns+` FROM boxes WHERE gateway IN `+tuples(1, len(few), true), args...)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

// LivingAt implements [enrol.Reader].
func (r enrolReader) LivingAt(site kiosk.SiteCode) (enrol.Gateway, error) {
	return one(r, scanBox, `SELECT `+boxColumns+` FROM boxes WHERE site = $1 AND revoked = 0`, site)
}

// Gateways implements [enrol.Reader].
func (r enrolReader) Gateways() ([]enrol.Gateway, error) {
	return several(r, scanBox, `SELECT `+boxColumns+` FROM boxes ORDER BY gateway`)
}

// PutClaim implements [enrol.Tx].
func (t enrolTx) PutClaim(c enrol.Claim) error {
	_, err := t.ExecContext(t.ctx, intoClaims.one(), c.Key[:], c.Site, c.By, unix(c.Made), unix(c.Until), c.Replaces, unix(c.Used), c.Gateway, c.PublicKey[:])
	if err != nil {
		return fmt.Errorf("keep claim: %w", err)
	}
	return nil
}

// PutGateway implements [enrol.Tx]. The table's index says the same; but in PostgreSQL an error
// ends the transaction, so that it is asked before.
func (t enrolTx) PutGateway(g enrol.Gateway) error {
	if g.Living() {
		switch other, err := t.LivingAt(g.Site); {
		case err == nil && other.ID != g.ID:
			return fmt.Errorf("keep gateway %s: %w", g.ID, enrol.ErrTwoLiving)
		case err != nil && !errors.Is(err, enrol.ErrNotFound):
			return err
		}
	}
	switch _, err := t.Gateway(g.ID); {
	case errors.Is(err, enrol.ErrNotFound):
		if err := t.inherit(g); err != nil {
			return err
		}
	case err != nil:
		return err
	}
	_, err := t.ExecContext(t.ctx, intoBoxes.one(), g.ID, g.Site, g.By, unix(g.Made), g.Serial, g.Certificate, g.PublicKey[:],
		unix(g.Issued), unix(g.Until), unix(g.Used), g.Previous, unix(g.Revoked), g.RevokedBy, g.Why)
	if err != nil {
		return fmt.Errorf("keep gateway %s: %w", g.ID, err)
	}
	return nil
}

// one reads the only row, or says that there is none.
func one[T any](r enrolReader, scan func(func(...any) error) (T, error), query string, args ...any) (T, error) {
	v, err := scan(r.QueryRowContext(r.ctx, query, args...).Scan)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return v, enrol.ErrNotFound
	case err != nil:
		return v, fmt.Errorf("read enrolment: %w", err)
	}
	return v, nil
}

func several[T any](r enrolReader, scan func(func(...any) error) (T, error), query string, args ...any) (out []T, err error) {
	rows, err := r.QueryContext(r.ctx, query, args...)
	err = scanAll(rows, err, func(from func(...any) error) error {
		v, err := scan(from)
		out = append(out, v)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read enrolment: %w", err)
	}
	return out, nil
}

// second is a moment of enrolment, which are in UTC.
func second(sec int64) time.Time {
	if sec == 0 {
		return time.Time{}
	}
	return time.Unix(sec, 0).UTC()
}

// fixed copies bytes that have one length.
func fixed(to, from []byte) error {
	if copy(to, from) != len(to) || len(from) != len(to) {
		return fmt.Errorf("%d bytes kept, want %d", len(from), len(to))
	}
	return nil
}
