package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/wire"
)

// The tables of dossiers. A header that comes once more, from the box that goes on for a lost one
// of the same site, changes only to whom the word goes that the dossier is complete.
const (
	intoDossiers table = `INSERT INTO dossiers (dossier, gateway, site, day, at, proc, code, ticket, counter, officer, pages, bytes, missing,
		manifest, recipient, identity, subject, person, complete_at, statement, erased_at, erased_by, removed_at,
		kept_at) ROWS
		ON CONFLICT (dossier) DO UPDATE SET gateway = excluded.gateway
		WHERE dossiers.site = excluded.site AND dossiers.gateway <> excluded.gateway
		RETURNING recipient, missing, erased_at`
	intoPages table = `INSERT INTO pages (dossier, place, component, hash, size, media, kept_at) ROWS`
)

// keepDossiers keeps headers, and completes those that have no pages to wait for.
func (t *tx) keepDossiers(dossiers []*hub.Dossier, sign hub.SignFunc) error {
	for _, d := range dossiers {
		if err := t.keepDossier(d, sign); err != nil {
			return fmt.Errorf("keep dossier %s: %w", d.Header.ID, err)
		}
	}
	return nil
}

func (t *tx) keepDossier(d *hub.Dossier, sign hub.SignFunc) error {
	l, err := t.s.newLock(d.Header.ID, d.Subject)
	if err != nil {
		return err
	}
	h := &d.Header
	var bytes int64
	pages := make([]any, 0, len(h.Pages)*intoPages.columns())
	for i, p := range h.Pages {
		bytes += p.Size
		pages = append(pages, h.ID, i, p.Component, p.Hash.String(), p.Size, p.Media, 0)
	}
	var recipient string
	var missing, erased int64
	err = t.row(intoDossiers.one(), h.ID, d.Gateway, d.Site, d.Day, unix(d.At), h.Procedure, h.Code, h.Ticket, h.Counter, h.Officer,
		len(h.Pages), bytes, len(h.Pages), h.Manifest().String(), l.recipient, l.identity, null(l.subject), null(l.person), 0, "", 0, "", 0, t.s.Now().Unix(),
	).Scan(&recipient, &missing, &erased)
	if errors.Is(err, sql.ErrNoRows) || err == nil && erased != 0 {
		return nil // it is known already, from here or from another site
	}
	if err != nil {
		return err
	}
	if recipient == l.recipient { // so it is new
		if _, err := t.insert(intoPages, pages); err != nil {
			return err
		}
	}
	if missing > 0 {
		return nil
	}
	return t.complete(h.ID, sign)
}

// complete says that a dossier is whole, to the gateway that named it last.
func (t *tx) complete(id kiosk.DossierID, sign hub.SignFunc) error {
	st := wire.Statement{Dossier: id, At: t.s.Now().UTC().Truncate(time.Second)}
	var manifest string
	err := t.row(`SELECT gateway, site, manifest, pages, bytes FROM dossiers WHERE dossier = $1`, id).
		Scan(&st.Gateway, &st.Site, &manifest, &st.Pages, &st.Bytes)
	if err == nil {
		st.Manifest, err = kiosk.ParseHash(manifest)
	}
	if err != nil {
		return fmt.Errorf("read complete dossier: %w", err)
	}
	jws, err := sign(st)
	if err != nil {
		return fmt.Errorf("sign statement: %w", err)
	}
	if _, err := t.exec(`UPDATE dossiers SET complete_at = $1, statement = $2 WHERE dossier = $3`, st.At.Unix(), jws, id); err != nil {
		return fmt.Errorf("keep statement: %w", err)
	}
	data, err := json.Marshal(wire.DossierComplete{Dossier: id, Statement: jws})
	if err != nil {
		return fmt.Errorf("tell of complete dossier: %w", err)
	}
	_, err = t.push(st.Gateway, wire.FeedDossier, data)
	return err
}

// Page implements [hub.Store].
func (s *Store) Page(ctx context.Context, gateway wire.GatewayID, page hub.PageKey) (hub.PageState, error) {
	var out hub.PageState
	found := false
	var owner wire.GatewayID
	var size, kept sql.NullInt64
	var erased int64
	var wrapped []byte
	err := s.query(ctx, func(scan func(...any) error) error {
		found = true
		return scan(&owner, &erased, &out.Recipient, &wrapped, &size, &kept)
	}, `SELECT d.gateway, d.erased_at, d.recipient, d.identity, p.size, p.kept_at FROM dossiers d
		LEFT JOIN pages p ON p.dossier = d.dossier AND p.hash = $1 WHERE d.dossier = $2 LIMIT 1`, page.Hash.String(), page.Dossier)
	switch {
	case err != nil:
		return hub.PageState{}, fmt.Errorf("read page: %w", err)
	case !found || owner != gateway:
		// Another one's dossier is no business of this gateway: it learns nothing of it.
		return hub.PageState{}, hub.ErrHeaderFirst
	case erased != 0:
		return hub.PageState{}, hub.ErrErased
	case !size.Valid:
		return hub.PageState{}, hub.ErrNotNamed
	}
	out.Size, out.Kept = size.Int64, kept.Int64 != 0
	if out.Identity, err = s.identity(page.Dossier, wrapped); err != nil {
		return hub.PageState{}, err
	}
	return out, nil
}

// PageKept implements [hub.Store].
func (s *Store) PageKept(ctx context.Context, gateway wire.GatewayID, page hub.PageKey, sign hub.SignFunc) (complete bool, err error) {
	err = s.update(ctx, func(t *tx) (err error) {
		complete, err = t.pageKept(gateway, page, sign)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("keep page: %w", err)
	}
	return complete, nil
}

func (t *tx) pageKept(gateway wire.GatewayID, page hub.PageKey, sign hub.SignFunc) (complete bool, err error) {
	if err := t.living(gateway); err != nil {
		return false, err
	}
	// The dossier's row is taken next: pages of one dossier wait for each other, those of two do not.
	var owner wire.GatewayID
	var erased, missing int64
	err = t.row(`UPDATE dossiers SET missing = missing WHERE dossier = $1 RETURNING gateway, erased_at, missing`, page.Dossier).
		Scan(&owner, &erased, &missing)
	switch {
	case errors.Is(err, sql.ErrNoRows), err == nil && owner != gateway:
		return false, hub.ErrHeaderFirst
	case err != nil:
		return false, err
	case erased != 0:
		return false, hub.ErrErased
	}
	// The same image may stand at several places of a dossier.
	n, err := t.exec(`UPDATE pages SET kept_at = $1 WHERE dossier = $2 AND hash = $3 AND kept_at = 0`, t.s.Now().Unix(), page.Dossier, page.Hash.String())
	if err != nil || n == 0 {
		return missing == 0, err // kept before, or none of its pages: missing is what it was
	}
	if _, err := t.exec(`UPDATE dossiers SET missing = missing - $1 WHERE dossier = $2`, n, page.Dossier); err != nil {
		return false, err
	}
	if missing > n {
		return false, nil
	}
	return true, t.complete(page.Dossier, sign)
}

// unix is a moment as it is kept; 0 for none.
func unix(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

// moment reads what unix wrote.
func moment(sec int64) time.Time {
	if sec == 0 {
		return time.Time{}
	}
	return time.Unix(sec, 0).In(kiosk.ICT())
}

// null keeps nothing as NULL.
func null(b []byte) any {
	if b == nil {
		return nil
	}
	return b
}
