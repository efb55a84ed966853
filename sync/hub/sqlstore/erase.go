package sqlstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/wire"
)

// Erased is what an erasure has reached.
type Erased struct {
	Dossiers []kiosk.DossierID
	Aside    int // facts in quarantine
	Spoilt   int // facts in quarantine that cannot be opened: whom they name, nobody knows
}

// Erase destroys what makes the dossiers of a person readable: their keys, who applied, and what
// they are found by. Facts in quarantine that name the person, or one of the dossiers, become notes.
// Boxes that hold copies are told in the same transaction. The facts stay; they name nobody. The
// bytes of the pages, which nobody can read any more, are for a [hub.Sweeper] to remove. order is
// the reference of the decision that it stands on; [ErrNobody] where nothing is held. What was
// reached stands beside an error too: then it is erased, and files of the database may hold it until
// [Store.Forget] has come to its end.
func (s *Store) Erase(ctx context.Context, number, order string) (Erased, error) {
	if bare(number) == "" {
		return Erased{}, errors.New("erase: want a person's number")
	}
	return s.erase(ctx, order, wordOf(number), `person IN ($3, $4, $5)`, s.persons(number)...)
}

// EraseDossier does to one dossier what [Store.Erase] does to all of a person: there are applicants
// who have no number.
func (s *Store) EraseDossier(ctx context.Context, id kiosk.DossierID, order string) (Erased, error) {
	if !id.Valid() {
		return Erased{}, errors.New("erase: want a dossier's ID")
	}
	return s.erase(ctx, order, wordOf(string(id)), `dossier = $3 AND erased_at = 0`, id)
}

func (s *Store) erase(ctx context.Context, order string, w word, which string, args ...any) (Erased, error) {
	if order == "" || len(order) > maxAuditWord || !plain(order) {
		return Erased{}, errors.New("erase: want the order's reference")
	}
	var out Erased
	err := s.update(ctx, func(t *tx) (err error) {
		// The dossiers first: whoever is about to put aside a header of one has its row, and is waited
		// for; or waits, and leaves the applicant out.
		if out.Dossiers, err = t.eraseDossiers(order, which, args...); err != nil {
			return err
		}
		words := []word{w}
		for _, id := range out.Dossiers {
			words = append(words, wordOf(string(id)))
		}
		if err := t.eraseAside(words, &out); err != nil {
			return err
		}
		if len(out.Dossiers) == 0 && out.Aside == 0 {
			return ErrNobody
		}
		_, err = t.exec(`UPDATE forgetting SET asked = asked + 1`)
		return err
	})
	if err != nil {
		err = fmt.Errorf("erase: %w", err)
	}
	if errors.Is(err, ErrNobody) {
		out = Erased{Spoilt: out.Spoilt}
	} else if err != nil {
		return Erased{}, err
	}
	return out, errors.Join(err, s.Forget(ctx)) // also of an earlier one, which is why somebody asks again
}

func (t *tx) eraseDossiers(order, which string, args ...any) ([]kiosk.DossierID, error) {
	by := map[wire.GatewayID][]kiosk.DossierID{}
	err := t.rows(func(scan func(...any) error) error {
		var id kiosk.DossierID
		var g wire.GatewayID
		err := scan(&id, &g)
		by[g] = append(by[g], id)
		return err
	}, `UPDATE dossiers SET identity = NULL, subject = NULL, person = NULL, recipient = '', erased_at = $1, erased_by = $2
		WHERE `+which+` RETURNING dossier, gateway`, append([]any{t.s.Now().Unix(), order}, args...)...)
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

// eraseAside makes notes of the facts in quarantine that hold one of some words.
func (t *tx) eraseAside(words []word, out *Erased) error {
	found, err := t.s.asideOf(words, t.rows)
	if err != nil {
		return err
	}
	for _, v := range found.named {
		_, err := t.exec(`UPDATE quarantine SET data = $1 WHERE gateway = $2 AND epoch = $3 AND seq = $4 AND why = $5 AND chain = $6`,
			[]byte{}, v.Gateway, v.At.Epoch, v.At.Seq, v.Why, v.Chain)
		if err != nil {
			return fmt.Errorf("erase in the quarantine: %w", err)
		}
	}
	out.Aside, out.Spoilt = len(found.named), found.spoilt
	return nil
}
