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
