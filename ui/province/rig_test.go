package province

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/staff"
	"github.com/motcua/gateway/ui/lan"
	"github.com/motcua/gateway/ui/words"
)

// The people of the tests, by login. All have one passphrase.
const (
	viewer  = "hoa"  // bound to siteA
	whole   = "nam"  // the whole province
	auditor = "binh" // the log
	admin   = "lan"
	noRight = "tam" // an account that a power cut left without a right
	secret  = "mot hai ba bon"
)

const (
	siteA = kiosk.SiteCode("xa-a")
	siteB = kiosk.SiteCode("xa-b")
	boxA  = "gw-aaaaaaaaaaaaaaaa"
	boxB  = "gw-bbbbbbbbbbbbbbbb"
)

// The words that only somebody who may and who has said why may read.
const (
	personName   = "Nguyễn Thị Mười Hai"
	personNumber = "022301000012"
	asideNumber  = "022301000077" // of somebody who stands in no dossier, but in a fact that was put aside
)

var (
	start     = kiosk.Day(2026_11_26).At(9 * 60)
	dossierA  = kiosk.NewDossierID(start)
	dossierB  = kiosk.NewDossierID(start.Add(time.Second))
	gone1     = kiosk.NewDossierID(start.Add(2 * time.Second))
	pagePlain = []byte("\x89PNG\r\n\x1a\nthe bytes of a page")
	pageHash  = kiosk.Hash(sha256.Sum256(pagePlain))
)

// rig is the pages behind a real gate, on a real listener.
type rig struct {
	t        *testing.T
	store    *store
	log      *book
	people   *shelf
	rights   *shelf
	accounts *Accounts
	pages    *Pages
	url      string
	mu       sync.Mutex
	at       time.Time
	clients  map[string]*http.Client
}

func (r *rig) now() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.at
}

func (r *rig) pass(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.at = r.at.Add(d)
}

func (r *rig) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func smallStore() *store {
	header := func(id kiosk.DossierID, code kiosk.DossierCode) kiosk.Dossier {
		return kiosk.Dossier{
			ID: id, Procedure: "1.004873", Code: code, Ticket: "A012", Counter: "2", Officer: "o3",
			Pages: []kiosk.Page{{Component: "to-khai", Hash: pageHash, Size: int64(len(pagePlain)), Media: "image/png"}, {Hash: pageHash, Size: int64(len(pagePlain)), Media: "application/pdf"}, {Hash: pageHash, Size: int64(len(pagePlain)), Media: "text/html"}},
		}
	}
	who := &Applicant{personName, personNumber}
	day := kiosk.DayOf(start)
	return &store{
		page: pagePlain,
		gateways: []Gateway{
			{ID: boxA, Site: siteA, Seen: start.Add(-time.Minute), Told: start.Add(-time.Minute), ClockSure: true, Version: "1.4.0", KeySource: "chip", Until: start.AddDate(1, 0, 0)},
			{ID: boxB, Site: siteB, Seen: start.Add(-time.Hour), Told: start.Add(-time.Hour), ClockSure: true, Version: "1.4.0", KeySource: "file", Until: start.AddDate(1, 0, 0), Aside: 1, Forked: 1},
		},
		aside: []Aside{{boxB, kiosk.Position{Epoch: 1, Seq: 44}, AsideFork, start}},
		counts: []Count{
			{day, siteA, "chung-thuc", Issued, 40}, {day, siteA, "chung-thuc", Served, 33}, {day, siteA, "chung-thuc", NoShow, 4}, {day, siteA, "", Dossiers, 9},
			{day, siteB, "ho-tich", Issued, 77}, {day, siteB, "ho-tich", Served, 71}, {day.Add(-1), siteA, "chung-thuc", Issued, 12},
		},
		dossiers: []Dossier{
			{Dossier: header(dossierA, "H49.22-261126-0001"), Site: siteA, Gateway: boxA, Day: day, At: start, Bytes: 80, Complete: start.Add(time.Minute), Statement: "e30.e30.c2ln", Signed: true, Applicant: who},
			{Dossier: header(dossierB, ""), Site: siteB, Gateway: boxB, Day: day, At: start, Missing: 2, Applicant: who},
			{Dossier: header(gone1, ""), Site: siteA, Gateway: boxA, Day: day, At: start, Erased: start.Add(time.Hour), ErasedBy: "QĐ 12/2026"},
		},
	}
}

func newRig(t *testing.T, change ...func(*store, *Options)) *rig {
	t.Helper()
	r := &rig{t: t, store: smallStore(), log: &book{}, people: &shelf{}, rights: &shelf{}, at: start, clients: map[string]*http.Client{}}
	ctx := context.Background()
	var err error
	r.accounts, err = OpenAccounts(ctx, r.config())
	r.must(err)
	for login, right := range map[string]Right{
		viewer: {RoleViewer, []kiosk.SiteCode{siteA}}, whole: {Role: RoleProvince}, auditor: {Role: RoleAuditor}, admin: {Role: RoleAdmin},
	} {
		_, err := r.accounts.Add(ctx, "hub/test", Account{Officer: staff.Officer{Login: login, Name: "Cán bộ " + login}, Right: right}, secret)
		r.must(err)
	}
	r.rights.fail = errors.New("power cut")
	if _, err := r.accounts.Add(ctx, "hub/test", Account{Officer: staff.Officer{Login: noRight, Name: "Tâm"}, Right: Right{Role: RoleProvince}}, secret); err == nil {
		t.Fatal("an account whose right was not kept is told as one")
	}
	r.rights.fail = nil
	vi := words.For(kiosk.Vietnamese)
	shield := lan.Shield{Hosts: lan.NewHosts("127.0.0.1"), Words: vi, Log: slog.New(slog.DiscardHandler)}
	gate, err := lan.NewGate(r.accounts, bytes.Repeat([]byte{7}, 32), shield)
	r.must(err)
	o := Options{
		Name: "Tỉnh Thử Nghiệm", Hub: r.store, Log: r.log, Accounts: r.accounts, Gate: gate, Now: r.now,
		Sites: []Site{{siteA, "Bộ phận một cửa xã An", "Xã An"}, {siteB, "Bộ phận một cửa xã Bình", "Xã Bình"}},
	}
	for _, f := range change {
		f(r.store, &o)
	}
	r.pages, err = New(o)
	r.must(err)
	server := httptest.NewServer(shield.Secured(r.pages.Handler()))
	t.Cleanup(server.Close)
	r.url = server.URL
	return r
}

func (r *rig) config() AccountsConfig {
	return AccountsConfig{People: r.people, Rights: r.rights, Hasher: hasher{}, Sealer: sealer{}, Log: r.log, Now: r.now}
}

// client is a browser in which somebody is signed in; "" in none.
func (r *rig) client(login string) *http.Client {
	r.t.Helper()
	if c := r.clients[login]; c != nil {
		return c
	}
	jar, err := cookiejar.New(nil)
	r.must(err)
	c := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r.clients[login] = c
	if login != "" {
		a := r.send(login, "POST", "/sign-in", url.Values{"login": {login}, "secret": {secret}})
		if a.status != http.StatusSeeOther {
			r.t.Fatalf("sign in %s: %d %s", login, a.status, text(a.body))
		}
	}
	return c
}

// answer is what came back.
type answer struct {
	status int
	body   string
	header http.Header
	err    error // of a body that was cut
}

func (r *rig) send(login, method, path string, form url.Values) answer {
	r.t.Helper()
	c := r.client(login)
	req, err := http.NewRequest(method, r.url+path, strings.NewReader(form.Encode()))
	r.must(err)
	req.Header.Set("Accept", "text/html")
	if method == "POST" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := c.Do(req)
	if err != nil {
		return answer{err: err}
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	return answer{res.StatusCode, string(b), res.Header, err}
}

func (r *rig) get(login, path string) answer { r.t.Helper(); return r.send(login, "GET", path, nil) }

var csrfField = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

// token is the token of somebody's forms: every page has one, to sign out.
func (r *rig) token(login string) string {
	r.t.Helper()
	for _, path := range []string{"/province/gateways", "/province/log"} {
		if m := csrfField.FindStringSubmatch(r.get(login, path).body); m != nil {
			return m[1]
		}
	}
	r.t.Fatalf("no form on a page of %s", login)
	return ""
}

// post sends a form of a page, its fields in pairs.
func (r *rig) post(login, path string, fields ...string) answer {
	r.t.Helper()
	form := url.Values{"csrf": {r.token(login)}}
	for i := 0; i < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return r.send(login, "POST", path, form)
}

const why = "Trả lời đơn số 12"

// open gives a purpose for a dossier and opens it.
func (r *rig) open(login string, id kiosk.DossierID) answer {
	r.t.Helper()
	if a := r.post(login, "/province/dossiers/"+string(id), "purpose", why); a.status != http.StatusSeeOther {
		return a
	}
	return r.get(login, "/province/dossiers/"+string(id))
}

var tags = regexp.MustCompile(`(?:<[^>]*>|\s)+`)

// text is what a person reads of a page.
func text(page string) string { return strings.TrimSpace(tags.ReplaceAllString(page, " ")) }
