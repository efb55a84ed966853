package sqlstore

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/wire"
)

// ErrNobody means that nothing is held about a person.
var ErrNobody = errors.New("nothing is held under this number")

// Holding is what is held about a person.
type Holding struct {
	Dossiers []hub.Filed // the newest first, without their pages
	Aside    []hub.Aside // facts in quarantine that name the person
}

// Held returns what Export would hand out and Erase would reach; [ErrNobody] where it is nothing.
func (s *Store) Held(ctx context.Context, number string) (Holding, error) {
	person := s.person(number)
	if person == nil {
		return Holding{}, ErrNobody
	}
	found, err := s.DossiersOf(ctx, number)
	if err != nil {
		return Holding{}, err
	}
	aside, err := s.asideOf(person, func(each func(scan func(...any) error) error, query string, args ...any) error {
		return s.query(ctx, each, query, args...)
	})
	if err == nil && len(found) == 0 && len(aside) == 0 {
		err = ErrNobody
	}
	return Holding{found, aside}, err
}

// asideOf returns the facts in quarantine that name a person. There are few, and nobody could find
// them by a number: all are opened.
func (s *Store) asideOf(person []byte, rows func(each func(scan func(...any) error) error, query string, args ...any) error) ([]hub.Aside, error) {
	var named []hub.Aside
	err := rows(func(scan func(...any) error) error {
		v, err := s.scanAside(scan)
		if err == nil && s.names(v, person) {
			named = append(named, v)
		}
		return err
	}, `SELECT gateway, epoch, seq, why, chain, at, data FROM quarantine WHERE length(data) > 0 ORDER BY gateway, epoch, seq, why, chain`)
	if err != nil {
		return nil, fmt.Errorf("look through the quarantine: %w", err)
	}
	return named, nil
}

// scanAside reads and opens a fact that lies in quarantine.
func (s *Store) scanAside(scan func(...any) error) (v hub.Aside, err error) {
	var at int64
	var sealed []byte
	if err := scan(&v.Gateway, &v.At.Epoch, &v.At.Seq, &v.Why, &v.Chain, &at, &sealed); err != nil {
		return v, err
	}
	v.Kept = moment(at)
	if len(sealed) > 0 {
		q, err := s.openAside(v.Gateway, v.At, sealed)
		if err != nil {
			return v, err
		}
		v.Event, v.Subject = q.Event, q.Subject
	}
	return v, nil
}

// names reports whether a fact in quarantine names a person. What was not understood may hold the
// number anywhere: every text in it is held against the person.
func (s *Store) names(v hub.Aside, person []byte) bool {
	if v.Subject != nil && bytes.Equal(s.person(v.Subject.Number), person) {
		return true
	}
	for d := json.NewDecoder(bytes.NewReader(v.Event)); ; {
		token, err := d.Token()
		if err != nil {
			return false
		}
		text, ok := token.(string)
		if ok && len(text) <= maxNumberText && bytes.Equal(s.person(text), person) {
			return true
		}
	}
}

// maxNumberText bounds the texts that may be a person's number, in bytes: with room for blanks and
// dots between its digits.
const maxNumberText = 2 * wire.MaxNumber
