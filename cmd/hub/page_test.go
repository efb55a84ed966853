package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/staff"
	"github.com/motcua/gateway/sync/enrol"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/wire"
	"github.com/motcua/gateway/ui/province"
)

// pageRig is the province's page over a real database, real sealed pages, real hashes of
// passphrases and TLS, as `hub -page` serves it.
type pageRig struct {
	*testing.T
	*parts
	url     string
	words   map[string]string // passphrases by login
	clients map[string]*http.Client
	bytes   []byte // of the one page of each dossier
}

const (
	mySite  = kiosk.SiteCode("xa-an")
	farSite = kiosk.SiteCode("xa-binh")
)

var applicant = &wire.Subject{Name: "Nguyễn Thị Mai", Number: "034190012345"}

func newPageRig(t *testing.T) *pageRig {
	t.Helper()
	ctx, dir, log := t.Context(), t.TempDir(), slog.New(slog.DiscardHandler)
	c, err := loadConfig("")
	r := &pageRig{T: t, words: map[string]string{}, clients: map[string]*http.Client{}, bytes: []byte("\x89PNG\r\n\x1a\nthe one page")}
	r.must(err)
	c.Page.Listen = "127.0.0.1:0"
	r.parts, err = openParts(ctx, c, dir, time.Now, log)
	r.must(err)
	t.Cleanup(func() {
		if err := r.close(); err != nil {
			t.Error(err)
		}
	})
	accounts, err := r.openAccounts(ctx, time.Now, log)
	r.must(err)
	for login, right := range map[string]province.Right{
		"xem": {Role: province.RoleViewer, Sites: []kiosk.SiteCode{mySite}}, "kiem": {Role: province.RoleAuditor}, "quan-tri": {Role: province.RoleAdmin},
	} {
		r.words[login] = province.NewSecret()
		_, err := accounts.Add(ctx, "hub/root", province.Account{Officer: staff.Officer{Login: login, Name: "Cán bộ"}, Right: right}, r.words[login])
		r.must(err)
	}
	// What the verb made beside it, the page knows at once.
	p, err := openPage(ctx, c, dir, r.parts, time.Now, log)
	r.must(err)
	stop, cancel := context.WithCancel(context.Background())
	doors, open := errgroup.WithContext(stop)
	p.run(open, doors)
	t.Cleanup(func() {
		cancel()
		if err := doors.Wait(); err != nil {
			t.Error(err)
		}
	})
	r.url = "https://" + p.listener.Addr().String()
	return r
}

func (r *pageRig) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

// file makes a gateway at a site, with a whole dossier.
func (r *pageRig) file(site kiosk.SiteCode) (wire.GatewayID, kiosk.DossierID) {
	r.Helper()
	ctx, now, g := r.Context(), time.Now().Truncate(time.Second), wire.NewGatewayID()
	box := enrol.Gateway{ID: g, Site: site, Made: now, Serial: strings.Repeat("0", 30) + string(g[3:5]), Issued: now, Until: now.AddDate(1, 0, 0), Certificate: []byte(g)}
	r.must(r.store.Enrolment().Update(ctx, func(t enrol.Tx) error { return t.PutGateway(box) }))
	d := kiosk.Dossier{
		ID: kiosk.NewDossierID(now), Procedure: "2.000815", Ticket: "A012", Counter: "3", Officer: "o2",
		Pages: []kiosk.Page{{Component: "don", Hash: kiosk.HashOf(r.bytes), Size: int64(len(r.bytes)), Media: "image/png"}},
	}
	rec := kiosk.Record{Position: kiosk.Position{Epoch: 1, Seq: 1}, Site: site, Day: kiosk.DayOf(now), At: now, AtSure: true, By: "counter/3", Fact: kiosk.DossierReceived{Dossier: d}}
	e, lost, err := wire.Send(ctx, g, kiosk.Outgoing{Record: rec}, nobody{})
	if err != nil || lost != nil {
		r.Fatal(lost, err)
	}
	b, err := wire.AppendEvent(nil, &e)
	r.must(err)
	sign := func(s wire.Statement) (string, error) { return r.signer.Sign(s) }
	_, errs, err := r.store.Append(ctx, []hub.Batch{{Gateway: g, Site: site, Epoch: 1, Events: []hub.Event{{
		Seq: 1, Type: e.Type, Day: rec.Day, At: now, Chain: kiosk.HashOf(b).String(), About: d.ID, JSON: b,
		Dossier: &hub.Dossier{Header: d, Site: site, Gateway: g, Day: rec.Day, At: now, Subject: applicant},
		Tally:   &hub.Tally{Day: rec.Day, What: hub.TallyDossiers, N: 1},
	}}}}, sign)
	r.must(err)
	r.must(errs[0])
	key := hub.PageKey{Dossier: d.ID, Hash: d.Pages[0].Hash}
	state, err := r.store.Page(ctx, g, key)
	r.must(err)
	r.must(r.pages.Finish(ctx, key, r.bytes, state))
	_, err = r.store.PageKept(ctx, g, key, sign)
	r.must(err)
	return g, d.ID
}

// nobody opens no sealed applicant: the rig's are given to the store as the hub would.
type nobody struct{}

func (nobody) Subject(context.Context, kiosk.DossierID, []byte) (*wire.Subject, error) {
	return applicant, nil
}

// client is a browser in which somebody is signed in.
func (r *pageRig) client(login string) *http.Client {
	r.Helper()
	if c := r.clients[login]; c != nil {
		return c
	}
	jar, err := cookiejar.New(nil)
	r.must(err)
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}} // the page's own certificate: this is the first visit
	r.Cleanup(transport.CloseIdleConnections)
	c := &http.Client{Jar: jar, Transport: transport}
	r.clients[login] = c
	if status, page := r.send(login, "POST", "/sign-in", url.Values{"login": {login}, "secret": {r.words[login]}}); status != http.StatusOK {
		r.Fatalf("sign in %s: %d %s", login, status, page)
	}
	return c
}

func (r *pageRig) send(login, method, path string, form url.Values) (int, string) {
	r.Helper()
	req, err := http.NewRequestWithContext(r.Context(), method, r.url+path, strings.NewReader(form.Encode()))
	r.must(err)
	req.Header.Set("Accept", "text/html")
	if method == "POST" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := r.client(login).Do(req)
	r.must(err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	r.must(err)
	return res.StatusCode, string(b)
}

// post sends a form as a page of the session would; redirects are followed.
func (r *pageRig) post(login, path string, fields ...string) (int, string) {
	r.Helper()
	_, page := r.send(login, "GET", "/", nil)
	m := regexp.MustCompile(`name="csrf" value="([^"]+)"`).FindStringSubmatch(page)
	if m == nil {
		r.Fatalf("no form for %s: %s", login, page)
	}
	form := url.Values{"csrf": {m[1]}}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return r.send(login, "POST", path, form)
}

func (r *pageRig) expect(what string, wantStatus int, status int, page string, want ...string) {
	r.Helper()
	if status != wantStatus {
		r.Errorf("%s: %d, want %d: %s", what, status, wantStatus, page)
		return
	}
	for _, w := range want {
		if !strings.Contains(page, w) {
			r.Errorf("%s: no %q on the page: %s", what, w, page)
		}
	}
}

// TestThePageOverARealHub goes once through what the province's people do.
func TestThePageOverARealHub(t *testing.T) {
	t.Parallel()
	r := newPageRig(t)
	g, id := r.file(mySite)
	far, foreign := r.file(farSite)
	const why = "Trả lời đơn số 12"
	path := "/province/dossiers/" + string(id)

	status, page := r.send("xem", "GET", "/province/gateways", nil)
	r.expect("gateways", 200, status, page, string(g), "không báo tình trạng", fmt.Sprint(time.Now().Year()+1))
	if strings.Contains(page, string(far)) {
		t.Error("a gateway of a foreign site is shown")
	}
	status, page = r.post("xem", "/province/search", "by", "visit", "site", string(mySite), "day", time.Now().In(kiosk.ICT()).Format(time.DateOnly), "number", "A012", "purpose", why)
	r.expect("visit", 200, status, page, path)
	status, page = r.send("xem", "GET", path, nil)
	r.expect("dossier", 200, status, page, applicant.Name, applicant.Number, "Chữ ký đúng", "Tiếp nhận tại quầy", "1-1")
	status, page = r.send("xem", "GET", path+"/pages/1", nil)
	if status != 200 || !bytes.Equal([]byte(page), r.bytes) {
		t.Errorf("page: %d %q", status, page)
	}
	status, page = r.post("xem", "/province/dossiers/"+string(foreign), "purpose", why)
	r.expect("foreign dossier", 404, status, page)
	status, page = r.send("xem", "GET", "/province/numbers", nil)
	r.expect("numbers", 200, status, page, string(mySite))
	status, page = r.send("xem", "GET", "/province/log", nil)
	r.expect("the log of a viewer", 403, status, page)

	status, page = r.post("quan-tri", "/province/subject/export", "person", applicant.Number, "purpose", why)
	r.expect("export", 200, status, page, `"name": "`+applicant.Name, string(id), string(foreign))
	status, page = r.post("quan-tri", "/province/subject/erase", "person", applicant.Number, "order", "QĐ 12/2026")
	r.expect("first step", 200, status, page, "Người này có 2 hồ sơ.")
	key := regexp.MustCompile(`name="key" value="([^"]+)"`).FindStringSubmatch(page)
	if key == nil {
		t.Fatal("no second step")
	}
	status, page = r.post("quan-tri", "/province/subject/erase", "person", applicant.Number, "key", key[1])
	r.expect("second step", 200, status, page, "Đã xóa.")
	status, page = r.send("xem", "GET", path, nil)
	r.expect("erased", 200, status, page, "căn cứ: QĐ 12/2026")
	if strings.Contains(page, applicant.Name) || strings.Contains(page, applicant.Number) {
		t.Error("an erased dossier still names its applicant")
	}
	status, page = r.send("xem", "GET", path+"/pages/1", nil)
	r.expect("a page that was erased", 410, status, page)

	status, page = r.post("kiem", "/province/log")
	r.expect("the log", 200, status, page, "nguyên vẹn", "Xem trang", "Bị từ chối", "Xóa dữ liệu cá nhân", why)
	if strings.Contains(page, applicant.Number) || strings.Contains(page, applicant.Name) {
		t.Error("the log names a person")
	}
}
