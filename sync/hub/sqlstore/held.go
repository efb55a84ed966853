package sqlstore

import (
	"context"
	"errors"

	"github.com/motcua/gateway/sync/hub"
)

// ErrNobody means that nothing is held about a person, or of a dossier that would be erased.
var ErrNobody = errors.New("nothing is held under this number or ID")

// Holding is what is held about a person.
type Holding struct {
	Dossiers []hub.Filed // the newest first, without their pages
	Aside    []hub.Aside // facts in quarantine that name the person or one of the dossiers
	Spoilt   int         // facts in quarantine that cannot be opened: whom they name, nobody knows
}

// Held returns what Export would hand out and Erase would reach; [ErrNobody] where it is nothing.
func (s *Store) Held(ctx context.Context, number string) (Holding, error) {
	if bare(number) == "" {
		return Holding{}, ErrNobody
	}
	found, err := s.DossiersOf(ctx, number)
	if err != nil {
		return Holding{}, err
	}
	words := []word{wordOf(number)}
	for _, f := range found {
		words = append(words, wordOf(string(f.Header.ID)))
	}
	aside, err := s.asideOf(words, func(each func(scan func(...any) error) error, query string, args ...any) error {
		return s.query(ctx, each, query, args...)
	})
	if err == nil && len(found) == 0 && len(aside.named) == 0 {
		err = ErrNobody
	}
	return Holding{found, aside.named, aside.spoilt}, err
}
