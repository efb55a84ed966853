package sqlstore_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/hub/sqlstore"
	"github.com/motcua/gateway/sync/wire"
)

// TestNothingOfTheLineReadsAWholeTable: a batch, one that comes again, a page, a health report and
// an item of the feed find their rows through an index. SQLite has one writer, and eleven thousand
// boxes that were looked through for each batch once took three quarters of its time.
func TestNothingOfTheLineReadsAWholeTable(t *testing.T) {
	t.Parallel()
	s, ctx, g, id := sqlitePlace(t).open(t), context.Background(), wire.NewGatewayID(), kiosk.NewDossierID(now)
	enrolAs(t, s, g, site, 1, false)
	b := header(g, 1, 1, id, mai, 2)
	for range 2 {
		appendOne(t, s, b)
		appendOne(t, s, facts(g, 1, "a", 2, 60))
	}
	for _, page := range b.Events[0].Dossier.Header.Blobs() {
		if _, err := s.PageKept(ctx, g, hub.PageKey{Dossier: id, Hash: page.Hash}, sign); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Health(ctx, g, []byte(`{}`), "start"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Push(ctx, g, wire.FeedNotice, json.RawMessage(`{}`)); err != nil {
		t.Fatal(err)
	}
	if err := s.FeedDone(ctx, g, 1); err != nil {
		t.Fatal(err)
	}
	plans := sqlstore.Plans(t, s)
	if len(plans) < 20 {
		t.Fatalf("only %d statements were seen", len(plans))
	}
	for query, plan := range plans {
		for step := range strings.Lines(plan) {
			// The enrolment's turn has one row, whatever comes.
			if what, scan := strings.CutPrefix(strings.TrimSpace(step), "SCAN "); scan && what != "enrol_turn" && !strings.Contains(what, " ROW") && !strings.HasSuffix(what, "-ROW VALUES CLAUSE") {
				t.Errorf("%s\n%s", query, plan)
			}
		}
	}
}
