package sqlstore_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/motcua/gateway/kiosk/secret"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/hub/sqlstore"
)

func TestAudit(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		ctx := context.Background()
		const each = 10
		done := make(chan error, 2)
		for process := range cap(done) {
			s := p.open(t)
			go func() {
				for i := range each {
					if _, err := s.Audit(ctx, hub.Audited{Who: fmt.Sprint("p", process), What: "search", Purpose: fmt.Sprint("đơn số ", i)}); err != nil {
						done <- err
						return
					}
				}
				done <- nil
			}()
		}
		for range cap(done) {
			if err := <-done; err != nil {
				t.Fatal(err)
			}
		}
		s := p.open(t)
		n, err := s.VerifyAudit(ctx)
		if err != nil || n != 2*each {
			t.Fatalf("verify: %d, %v", n, err)
		}
		newest, err := s.Audits(ctx, 0, 3)
		if err != nil || len(newest) != 3 || newest[0].Seq != 2*each || newest[0].At.Unix() != now.Unix() {
			t.Errorf("newest: %+v, %v", newest, err)
		}
		if older, err := s.Audits(ctx, newest[2].Seq, 100); err != nil || len(older) != 2*each-3 {
			t.Errorf("older: %d, %v", len(older), err)
		}
		// Who has the database and not the hub's key writes nothing that holds.
		forger := p.open(t)
		forger.Keys = secret.NewKey()
		if _, err := forger.VerifyAudit(ctx); err == nil {
			t.Error("without the hub's key the log can be computed")
		}
		purpose := entry(t, s, 7).Purpose
		for _, v := range []struct {
			what, tamper, undo string
			args               []any
		}{
			{"a word changed", `UPDATE audit SET purpose = 'khác' WHERE seq = 7`, `UPDATE audit SET purpose = $1 WHERE seq = 7`, []any{purpose}},
			{"a time changed", `UPDATE audit SET at = at + 1 WHERE seq = 8`, `UPDATE audit SET at = at - 1 WHERE seq = 8`, nil},
			{"one taken out", `UPDATE audit SET seq = -9 WHERE seq = 9`, `UPDATE audit SET seq = 9 WHERE seq = -9`, nil},
			{"the last taken away", `DELETE FROM audit WHERE seq = 20`, ``, nil},
		} {
			sqlstore.Tamper(t, s, v.tamper)
			_, err := s.VerifyAudit(ctx)
			wantError(t, v.what, err, sqlstore.ErrAudit)
			if v.undo != "" {
				sqlstore.Tamper(t, s, v.undo, v.args...)
				if _, err := s.VerifyAudit(ctx); err != nil {
					t.Errorf("after %s was undone: %v", v.what, err)
				}
			}
		}
	})
}

func entry(t *testing.T, s *sqlstore.Store, seq int64) hub.Audited {
	t.Helper()
	v, err := s.Audits(context.Background(), seq+1, 1)
	if err != nil || len(v) != 1 {
		t.Fatalf("entry %d: %v", seq, err)
	}
	return v[0]
}
