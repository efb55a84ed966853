package sqlstore

import (
	"context"
	"fmt"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/hub"
)

var _ hub.Erasures = (*Store)(nil)

// Forget implements [hub.Erasures]: it makes the database write over what erasures have deleted.
// SQLite's log of pages holds the old ones until it is begun anew, and that has to wait for those
// who read.
func (s *Store) Forget(ctx context.Context) error {
	var asked, done int64
	err := s.read.QueryRowContext(ctx, `SELECT asked, done FROM forgetting`).Scan(&asked, &done)
	if err == nil && asked == done {
		return nil
	}
	if err == nil {
		err = s.dialect.forget(ctx, s.read)
	}
	if err == nil {
		err = s.update(ctx, func(t *tx) error {
			_, err := t.exec(`UPDATE forgetting SET done = $1 WHERE done < $1`, asked)
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("erased, but files of the database may hold the wrapped keys for some time: %w", err)
	}
	return nil
}

// Erased implements [hub.Erasures].
func (s *Store) Erased(ctx context.Context, after kiosk.DossierID, n int) ([]kiosk.DossierID, error) {
	// The index dossiers_erased has the same condition.
	lingers := fmt.Sprintf(`erased_at <> 0 AND removed_at <= erased_at + %d`, hub.Lingering/time.Second)
	var out []kiosk.DossierID
	err := s.query(ctx, func(scan func(...any) error) error {
		var id kiosk.DossierID
		err := scan(&id)
		out = append(out, id)
		return err
	}, `SELECT dossier FROM dossiers WHERE `+lingers+` AND dossier > $1 ORDER BY dossier LIMIT $2`, after, n)
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
