package main

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/hub/sqlstore"
	"github.com/motcua/gateway/sync/wire"
)

// putAside has a gateway send a fact that nobody here understands, with a person's number in it.
func (r *pageRig) putAside(g wire.GatewayID, seq kiosk.Seq, number string) {
	r.Helper()
	e := hub.Event{
		Seq: seq, Type: "vn.motcua.fact.of-tomorrow.v3", Chain: kiosk.HashOf([]byte(number)).String(),
		JSON: fmt.Appendf(nil, `{"data":{"who":%q}}`, number), Odd: "unknown type",
	}
	_, errs, err := r.store.Append(r.Context(), []hub.Batch{{Gateway: g, Site: mySite, Epoch: 1, Events: []hub.Event{e}}}, func(s wire.Statement) (string, error) { return r.signer.Sign(s) })
	r.must(errors.Join(append(errs, err)...))
}

// Who stands only in facts that nobody understood is found, handed out and erased, at the page as
// by the verb.
func TestAPersonInQuarantine(t *testing.T) {
	t.Parallel()
	r := newPageRig(t)
	g, _ := r.file(mySite)
	const one, two, why = "022301000077", "022301000088", "Trả lời đơn số 12"
	r.putAside(g, 2, one)
	r.putAside(g, 3, two)

	status, page := r.post("quan-tri", "/province/subject/export", "person", one, "purpose", why)
	r.expect("export", 200, status, page, `"quarantine"`, one, string(g), `"place": "1-2"`)
	status, page = r.post("quan-tri", "/province/subject/erase", "person", one, "order", "QĐ 12/2026")
	r.expect("first step", 200, status, page, "chỉ có 1 sự kiện cất riêng")
	key := regexp.MustCompile(`name="key" value="([^"]+)"`).FindStringSubmatch(page)
	if key == nil {
		t.Fatal("no second step")
	}
	status, page = r.post("quan-tri", "/province/subject/erase", "person", one, "key", key[1])
	r.expect("second step", 200, status, page, "Đã xóa.")

	if _, err := r.verb("subject", "export", one, "-purpose", why); !errors.Is(err, sqlstore.ErrNobody) {
		t.Errorf("erased at the page, and the verb finds it: %v", err)
	}
	shown, err := r.verb("subject", "export", two, "-purpose", why)
	if err != nil || !strings.Contains(shown, two) {
		t.Errorf("%v %s", err, shown)
	}
	shown, err = r.verb("subject", "erase", two, "-order", "QĐ 12/2026")
	if err != nil || !strings.Contains(shown, "erased 0 dossiers, 1 facts in quarantine") {
		t.Errorf("%v %s", err, shown)
	}
	status, page = r.post("quan-tri", "/province/subject/erase", "person", two, "order", "QĐ 12/2026")
	r.expect("erased by the verb", 404, status, page)
}

// Of an applicant without a number nothing is found but the dossier itself.
func TestErasingADossier(t *testing.T) {
	t.Parallel()
	r := newPageRig(t)
	g, id := r.file(mySite)
	if _, err := r.verb("dossier", "erase", string(id)); err == nil {
		t.Error("erased without an order")
	}
	if _, err := r.verb("dossier", "erase", "H49.22-261126-0001", "-order", "QĐ 12/2026"); err == nil {
		t.Error("erased what has no ID")
	}
	shown, err := r.verb("dossier", "erase", string(id), "-order", "QĐ 12/2026")
	if err != nil || !strings.Contains(shown, "erased 1 dossiers") || !strings.Contains(shown, string(id)) {
		t.Errorf("%v %s", err, shown)
	}
	f, err := r.store.Dossier(t.Context(), id)
	if err != nil || f.Subject != nil || f.ErasedBy != "QĐ 12/2026" {
		t.Errorf("%+v, %v", f, err)
	}
	if items, _, err := r.store.Feed(t.Context(), g, 0, 10); err != nil || len(items) == 0 || items[len(items)-1].Kind != wire.FeedErase {
		t.Errorf("its box is told: %+v, %v", items, err)
	}
	log, err := r.store.Audits(t.Context(), 0, 1)
	if err != nil || len(log) != 1 || log[0].What != "erase" || log[0].About != string(id) || log[0].Purpose != "QĐ 12/2026" {
		t.Errorf("the log: %+v, %v", log, err)
	}
	if _, err := r.verb("dossier", "erase", string(id), "-order", "QĐ 12/2026"); !errors.Is(err, sqlstore.ErrNobody) {
		t.Errorf("again: %v", err)
	}
}
