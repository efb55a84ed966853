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

// ErrNobody means that nothing is held about a person.
var ErrNobody = errors.New("nothing is held under this number")

// Erase destroys what makes the dossiers of a person readable: their keys, who applied, and what
// they are found by. Facts in quarantine that name the person become notes. Boxes that hold copies
// are told in the same transaction. The facts stay; they name nobody. The bytes of the pages, which
// nobody can read any more, are for a [hub.Sweeper] to remove. order is the reference of the
// decision that it stands on.
func (s *Store) Erase(ctx context.Context, number, order string) ([]kiosk.DossierID, error) {
	person := s.person(number)
	if person == nil || order == "" || len(order) > maxAuditWord || !plain(order) {
		return nil, errors.New("erase: want a person's number and the order's reference")
	}
	var erased []kiosk.DossierID
	err := s.update(ctx, func(t *tx) (err error) {
		aside, err := t.eraseAside(person)
		if err != nil {
			return err
		}
		erased, err = t.erase(person, order)
		if errors.Is(err, ErrNobody) && aside > 0 {
			err = nil
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("erase: %w", err)
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
	if len(by) == 0 {
		return nil, ErrNobody
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
// There are few, and nobody could find them by a number: all are opened.
func (t *tx) eraseAside(person []byte) (int, error) {
	type key struct {
		line
		seq        kiosk.Seq
		why, chain string
	}
	var named []key
	err := t.rows(func(scan func(...any) error) error {
		var k key
		var sealed []byte
		if err := scan(&k.gateway, &k.epoch, &k.seq, &k.why, &k.chain, &sealed); err != nil || len(sealed) == 0 {
			return err
		}
		q, err := t.s.openAside(k.gateway, kiosk.Position{Epoch: k.epoch, Seq: k.seq}, sealed)
		if err == nil && t.s.names(q, person) {
			named = append(named, k)
		}
		return err
	}, `SELECT gateway, epoch, seq, why, chain, data FROM quarantine ORDER BY gateway, epoch, seq, why, chain`)
	if err != nil {
		return 0, fmt.Errorf("look through the quarantine: %w", err)
	}
	for _, k := range named {
		_, err := t.exec(`UPDATE quarantine SET data = $1 WHERE gateway = $2 AND epoch = $3 AND seq = $4 AND why = $5 AND chain = $6`,
			[]byte{}, k.gateway, k.epoch, k.seq, k.why, k.chain)
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

// Export is everything that the hub holds about a person, to be handed out as it is.
type Export struct {
	Number   string          `json:"number"`
	Dossiers []ExportDossier `json:"dossiers"`
}

// ExportDossier is a dossier of an [Export].
type ExportDossier struct {
	Dossier   kiosk.DossierID   `json:"dossier"`
	Code      kiosk.DossierCode `json:"code,omitempty"`
	Procedure string            `json:"procedure"`
	Site      kiosk.SiteCode    `json:"site"`
	Day       string            `json:"day"`
	Applicant *wire.Subject     `json:"applicant,omitempty"`
	Pages     []ExportPage      `json:"pages"`
	Facts     []json.RawMessage `json:"facts"`
	Statement string            `json:"statement,omitempty"`
}

// ExportPage is a scanned page of an [ExportDossier]; its bytes are in the hub's pages.
type ExportPage struct {
	Component kiosk.ComponentCode `json:"component,omitempty"`
	Hash      kiosk.Hash          `json:"sha256"`
	Size      int64               `json:"size"`
	Media     string              `json:"media"`
}

// Export returns everything that is held about a person; [ErrNobody] where it is nothing.
func (s *Store) Export(ctx context.Context, number string) (Export, error) {
	found, err := s.DossiersOf(ctx, number)
	if err != nil {
		return Export{}, err
	}
	if len(found) == 0 {
		return Export{}, ErrNobody
	}
	out := Export{Number: number}
	for _, f := range found {
		full, err := s.Dossier(ctx, f.Header.ID)
		if err != nil {
			return Export{}, err
		}
		d := exported(full)
		history, err := s.History(ctx, f.Header.ID)
		if err != nil {
			return Export{}, err
		}
		for _, h := range history {
			d.Facts = append(d.Facts, h.JSON)
		}
		out.Dossiers = append(out.Dossiers, d)
	}
	return out, nil
}

func exported(f hub.Filed) ExportDossier {
	d := ExportDossier{
		Dossier: f.Header.ID, Code: f.Header.Code, Procedure: string(f.Header.Procedure), Site: f.Site, Day: f.Day.String(),
		Applicant: f.Subject, Pages: []ExportPage{}, Facts: []json.RawMessage{}, Statement: f.Statement,
	}
	for _, p := range f.Header.Pages {
		d.Pages = append(d.Pages, ExportPage(p))
	}
	return d
}
