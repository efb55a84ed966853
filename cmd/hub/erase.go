package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/hub/sqlstore"
)

func subjectErase(ctx context.Context, s *session) error {
	order, err := s.order()
	if err != nil {
		return err
	}
	number, err := s.number()
	if err != nil {
		return err
	}
	if err := s.note(ctx, "erase", "", order); err != nil {
		return err
	}
	erased, err := s.erase(ctx, number, order)
	return s.printErased(erased, err)
}

func dossierErase(ctx context.Context, s *session) error {
	order, err := s.order()
	if err != nil {
		return err
	}
	id := kiosk.DossierID(s.name)
	if !id.Valid() {
		return errUsage("want a dossier's ID")
	}
	if err := s.note(ctx, "erase", s.name, order); err != nil {
		return err
	}
	erased, err := s.store.EraseDossier(ctx, id, order)
	erased, err = s.sweepUp(ctx, erased, err)
	return s.printErased(erased, err)
}

// order is what an erasure stands on.
func (s *session) order() (string, error) {
	return s.need("order", "the reference of the decision that it stands on")
}

func (s *session) printErased(erased sqlstore.Erased, err error) error {
	if erased.Spoilt > 0 {
		fmt.Fprintln(s.stderr, spoilt(erased))
	}
	if reached(erased) == 0 {
		return err
	}
	fmt.Fprintf(s.stdout, "erased %d dossiers, %d facts in quarantine; the boxes of the dossiers are told\n", len(erased.Dossiers), erased.Aside)
	for _, id := range erased.Dossiers {
		fmt.Fprintf(s.stdout, "  %s\n", id)
	}
	return err
}

// spoilt is what has to be said beside an erasure that could not look at everything.
func spoilt(e sqlstore.Erased) string {
	return fmt.Sprintf("%d facts in quarantine cannot be opened: whom they name, nobody knows", e.Spoilt)
}

// erase destroys what is held of a person, as the verb and the page do it.
func (p *parts) erase(ctx context.Context, number, order string) (sqlstore.Erased, error) {
	erased, err := p.store.Erase(ctx, number, order)
	return p.sweepUp(ctx, erased, err)
}

// sweepUp removes the bytes that nobody can read any more after an erasure. What was reached stands
// beside an error too: then it is erased, and something is left to tidy, for the hub that sweeps.
func (p *parts) sweepUp(ctx context.Context, erased sqlstore.Erased, err error) (sqlstore.Erased, error) {
	if reached(erased) == 0 {
		return erased, err
	}
	broom := &hub.Sweeper{Erasures: p.store, Pages: p.pages}
	return erased, errors.Join(err, broom.Remove(ctx))
}

// reached is how much an erasure has reached.
func reached(e sqlstore.Erased) int { return len(e.Dossiers) + e.Aside }
