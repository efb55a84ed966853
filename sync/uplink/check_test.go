package uplink_test

import (
	"context"
	"database/sql"
	"io"
	"testing"

	_ "modernc.org/sqlite" // the driver "sqlite", to look into the hub's database behind its back

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/hub"
)

// placed is what the hub has, and where.
type placed struct {
	at kiosk.Position
	held
}

// eventsOf reads an epoch's facts from the hub's database.
func (h *hubRig) eventsOf(t testing.TB, epoch kiosk.Epoch) (out []placed) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+h.db()+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(context.Background(), `SELECT seq, chain, type FROM events WHERE gateway = $1 AND epoch = $2`, string(gateway), int64(epoch))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		p := placed{at: kiosk.Position{Epoch: epoch}}
		if err := rows.Scan(&p.at.Seq, &p.chain, &p.typ); err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// holds reports whether the hub has a fact.
func (h *hubRig) holds(t testing.TB, at kiosk.Position) bool {
	t.Helper()
	for _, m := range must(h.store.Marks(context.Background(), gateway))(t) {
		if m.Epoch == at.Epoch && m.Seq >= at.Seq {
			return true
		}
	}
	return false
}

// page reads a page from the hub's files; nil where it is not there.
func (h *hubRig) page(t testing.TB, d kiosk.DossierID, hash kiosk.Hash) []byte {
	t.Helper()
	key := hub.PageKey{Dossier: d, Hash: hash}
	state, err := h.store.Page(context.Background(), gateway, key)
	if err != nil || !state.Kept {
		return nil
	}
	r, err := h.pages.Open(context.Background(), key, state)
	if err != nil {
		t.Errorf("open %s: %v", key, err)
		return nil
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Errorf("read %s: %v", key, err)
	}
	return b
}

// durable returns how much of a page the hub has.
func (h *hubRig) durable(t testing.TB, d kiosk.DossierID, p kiosk.Page) int64 {
	t.Helper()
	key := hub.PageKey{Dossier: d, Hash: p.Hash}
	if must(h.store.Page(context.Background(), gateway, key))(t).Kept {
		return p.Size
	}
	return must(h.pages.Offset(context.Background(), key))(t)
}
