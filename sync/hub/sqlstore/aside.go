package sqlstore

import (
	"encoding/json"
	"fmt"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/wire"
)

// quarantined is what is sealed of a fact that lies in quarantine.
type quarantined struct {
	Event   json.RawMessage `json:"event"`
	Subject *wire.Subject   `json:"subject,omitempty"`
}

// quarantineAAD is the place of a fact, which its sealed bytes cannot leave.
func quarantineAAD(gateway wire.GatewayID, p kiosk.Position) []byte {
	return []byte(string(gateway) + " " + wire.EventID(p))
}

// scanAside reads and opens a fact that lies in quarantine. One that cannot be opened is given as
// such: it must not stand between people and what else is held of them.
func (s *Store) scanAside(scan func(...any) error) (v hub.Aside, err error) {
	var at int64
	var sealed []byte
	if err := scan(&v.Gateway, &v.At.Epoch, &v.At.Seq, &v.Why, &v.Chain, &at, &sealed); err != nil {
		return v, err
	}
	v.Kept = moment(at)
	if len(sealed) == 0 {
		return v, nil
	}
	var q quarantined
	b, bad := s.Keys.Open(purposeQuarantine, sealed, quarantineAAD(v.Gateway, v.At))
	if bad == nil {
		bad = json.Unmarshal(b, &q)
	}
	v.Event, v.Subject, v.Spoilt = q.Event, q.Subject, bad != nil
	return v, nil
}

// asides are facts in quarantine that hold a word.
type asides struct {
	named  []hub.Aside
	spoilt int // those of which nobody knows
}

// asideOf returns the facts in quarantine that hold one of some words. There are few, and nobody
// could find them by a number: all are opened.
func (s *Store) asideOf(words []word, rows func(each func(scan func(...any) error) error, query string, args ...any) error) (asides, error) {
	var out asides
	err := rows(func(scan func(...any) error) error {
		v, err := s.scanAside(scan)
		switch {
		case err != nil:
			return err
		case v.Spoilt:
			out.spoilt++
		case names(v, words):
			out.named = append(out.named, v)
		}
		return nil
	}, `SELECT gateway, epoch, seq, why, chain, at, data FROM quarantine WHERE length(data) > 0 ORDER BY gateway, epoch, seq, why, chain`)
	if err != nil {
		return asides{}, fmt.Errorf("look through the quarantine: %w", err)
	}
	return out, nil
}

// names reports whether a fact in quarantine holds one of some words: in what was taken out of it
// as its applicant, or anywhere in what was not understood.
func names(v hub.Aside, words []word) bool {
	for _, w := range words {
		if v.Subject != nil && wordOf(v.Subject.Number) == w || w.inJSON(v.Event) {
			return true
		}
	}
	return false
}
