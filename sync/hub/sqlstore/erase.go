package sqlstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/wire"
)

// Erased is what an erasure has reached.
type Erased struct {
	Dossiers []kiosk.DossierID
	Aside    int // facts in quarantine
}

// Erase destroys what makes the dossiers of a person readable: their keys, who applied, and what
// they are found by. Facts in quarantine that name the person become notes. Boxes that hold copies
// are told in the same transaction. The facts stay; they name nobody. The bytes of the pages, which
// nobody can read any more, are for a [hub.Sweeper] to remove. order is the reference of the
// decision that it stands on. What was reached stands beside an error too: then it is erased, and
// files of the database may hold it for some time.
func (s *Store) Erase(ctx context.Context, number, order string) (Erased, error) {
	person := s.person(number)
	if person == nil || order == "" || len(order) > maxAuditWord || !plain(order) {
		return Erased{}, errors.New("erase: want a person's number and the order's reference")
	}
	var erased Erased
	err := s.update(ctx, func(t *tx) (err error) {
		if erased.Aside, err = t.eraseAside(person); err != nil {
			return err
		}
		erased.Dossiers, err = t.erase(person, order)
		if err == nil && erased.Aside == 0 && len(erased.Dossiers) == 0 {
			err = ErrNobody
		}
		return err
	})
	if err != nil {
		return Erased{}, fmt.Errorf("erase: %w", err)
	}
	return erased, s.afterErase(ctx)
}

func (t *tx) erase(person []byte, order string) ([]kiosk.DossierID, error) {
	by := map[wire.GatewayID][]kiosk.DossierID{}
	err := t.rows(func(scan func(...any) error) error {
		var id kiosk.DossierID
		var g wire.GatewayID
		err := scan(&id, &g)
		by[g] = append(by[g], id)
		return err
	}, `UPDATE dossiers SET identity = NULL, subject = NULL, person = NULL, recipient = '', erased_at = $1, erased_by = $2
		WHERE person = $3 RETURNING dossier, gateway`, t.s.Now().Unix(), order, person)
	if err != nil {
		return nil, err
	}
	var all []kiosk.DossierID
	for _, g := range sortedKeys(by, func(a, b wire.GatewayID) int { return compareLines(line{gateway: a}, line{gateway: b}) }) {
		slices.Sort(by[g])
		all = append(all, by[g]...)
		for few := range slices.Chunk(by[g], 1000) {
			data, err := json.Marshal(wire.SubjectErase{Order: order, Dossiers: few})
			if err != nil {
				return nil, err
			}
			if _, err := t.push(g, wire.FeedErase, data); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// eraseAside makes notes of the facts in quarantine that name a person, and returns how many.
func (t *tx) eraseAside(person []byte) (int, error) {
	named, err := t.s.asideOf(person, t.rows)
	if err != nil {
		return 0, err
	}
	for _, v := range named {
		_, err := t.exec(`UPDATE quarantine SET data = $1 WHERE gateway = $2 AND epoch = $3 AND seq = $4 AND why = $5 AND chain = $6`,
			[]byte{}, v.Gateway, v.At.Epoch, v.At.Seq, v.Why, v.Chain)
		if err != nil {
			return 0, fmt.Errorf("erase in the quarantine: %w", err)
		}
	}
	return len(named), nil
}

// afterErase makes the database write over what it has deleted. Without it SQLite's log of pages
// holds the old ones until it is begun anew.
func (s *Store) afterErase(ctx context.Context) error {
	if err := s.dialect.forget(ctx, s.read); err != nil {
		return fmt.Errorf("erased, but files of the database may hold the wrapped keys for some time: %w", err)
	}
	return nil
}

var _ hub.Erasures = (*Store)(nil)

// Erased implements [hub.Erasures].
func (s *Store) Erased(ctx context.Context, n int) ([]kiosk.DossierID, error) {
	var out []kiosk.DossierID
	err := s.query(ctx, func(scan func(...any) error) error {
		var id kiosk.DossierID
		err := scan(&id)
		out = append(out, id)
		return err
	}, `SELECT dossier FROM dossiers WHERE erased_at <> 0 AND removed_at = 0 ORDER BY dossier LIMIT $1`, n)
	if err != nil {
		return nil, fmt.Errorf("read erased dossiers: %w", err)
	}
	return out, nil
}

// Removed implements [hub.Erasures].
func (s *Store) Removed(ctx context.Context, id kiosk.DossierID) error {
	err := s.update(ctx, func(t *tx) error {
		_, err := t.exec(`UPDATE dossiers SET removed_at = $1 WHERE dossier = $2 AND erased_at <> 0`, t.s.Now().Unix(), id)
		return err
	})
	if err != nil {
		return fmt.Errorf("keep that %s is gone: %w", id, err)
	}
	return nil
}
