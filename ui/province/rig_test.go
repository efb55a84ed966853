package province

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
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
)

var (
	start     = kiosk.Day(2026_11_26).At(9 * 60)
	dossierA  = kiosk.NewDossierID(start)
	dossierB  = kiosk.NewDossierID(start.Add(time.Second))
	gone1     = kiosk.NewDossierID(start.Add(2 * time.Second))
	pagePlain = []byte("\x89PNG\r\n\x1a\nthe bytes of a page")
	pageHash  = kiosk.Hash(sha256.Sum256(pagePlain))
)

// shelf is a shelf in memory.
type shelf struct {
	mu   sync.Mutex
	kept map[string][]byte
	fail error
}

func (s *shelf) Read(_ context.Context, prefix string) ([]kiosk.Item, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []kiosk.Item
	for k, v := range s.kept {
		if strings.HasPrefix(k, prefix) {
			out = append(out, kiosk.Item{Key: k, Value: bytes.Clone(v)})
		}
	}
	slices.SortFunc(out, func(a, b kiosk.Item) int { return strings.Compare(a.Key, b.Key) })
	return out, nil
}

func (s *shelf) Write(_ context.Context, items ...kiosk.Item) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return s.fail
	}
	if s.kept == nil {
		s.kept = map[string][]byte{}
	}
	for _, it := range items {
		if it.Value == nil {
			delete(s.kept, it.Key)
		} else {
			s.kept[it.Key] = bytes.Clone(it.Value)
		}
	}
	return nil
}

// hasher is fast and worth nothing; kiosk/secret's is tested where it stands.
type hasher struct{}

func (hasher) Check(s, _ string) (bool, error) {
	if len(s) < 6 {
		return false, &kiosk.Refusal{Code: kiosk.CodeBadSecret}
	}
	return strings.Trim(s, "0123456789") == "", nil
}
func (hasher) Hash(_ context.Context, s string) (string, error) { return "kept:" + s, nil }
func (hasher) Verify(_ context.Context, kept, s string) (bool, bool, error) {
	return kept == "kept:"+s, false, nil
}
func (hasher) Decoy() string                     { return "decoy" }
func (hasher) Digest(purpose, s string) [32]byte { return sha256.Sum256([]byte(purpose + s)) }
func tag(purpose string, plain, aad []byte) []byte {
	return []byte(fmt.Sprintf("%x", sha256.Sum256([]byte(purpose+string(aad)+string(plain)))))
}

// sealer binds a value to its place and hides nothing.
type sealer struct{}

func (sealer) Seal(purpose string, plain, aad []byte) []byte {
	return append(tag(purpose, plain, aad), plain...)
}
func (sealer) Open(purpose string, sealed, aad []byte) ([]byte, error) {
	if len(sealed) < 64 || !bytes.Equal(sealed[:64], tag(purpose, sealed[64:], aad)) {
		return nil, errors.New("not sealed for this")
	}
	return sealed[64:], nil
}

// book is a log in memory.
type book struct {
	mu     sync.Mutex
	kept   []Entry
	fail   error
	broken error
}

func (b *book) Audit(_ context.Context, e Entry) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fail != nil {
		return b.fail
	}
	e.Seq, e.At = int64(len(b.kept)+1), start
	e.Hash = fmt.Sprintf("%x", sha256.Sum256([]byte(e.Who+e.What+e.About+e.Purpose)))
	b.kept = append(b.kept, e)
	return nil
}

func (b *book) Audits(_ context.Context, before int64, n int) ([]Entry, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []Entry
	for i := len(b.kept) - 1; i >= 0 && len(out) < n; i-- {
		if before == 0 || b.kept[i].Seq < before {
			out = append(out, b.kept[i])
		}
	}
	return out, nil
}

func (b *book) VerifyAudit(context.Context) (int64, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return int64(len(b.kept)), b.broken
}

func (b *book) failing(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fail = err
}

// deeds are what the log has from its n-th entry on, as "what about purpose".
func (b *book) deeds(n int) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []string
	for _, e := range b.kept[n:] {
		if !strings.HasPrefix(e.What, deedStaff) {
			out = append(out, e.What+"|"+e.About+"|"+e.Purpose)
		}
	}
	return out
}

func (b *book) len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.kept)
}

// store is a hub in memory.
type store struct {
	mu       sync.Mutex
	gateways []Gateway
	aside    []Aside
	counts   []Count
	dossiers []Dossier
	page     []byte
	cut      error // with which a page's bytes end
	erased   []string
}

func (s *store) Gateways(context.Context) ([]Gateway, error) { return slices.Clone(s.gateways), nil }
func (s *store) Aside(_ context.Context, _ string, n int) ([]Aside, error) {
	return s.aside[:min(n, len(s.aside))], nil
}
func (s *store) Counts(_ context.Context, first, last kiosk.Day) ([]Count, error) {
	var out []Count
	for _, c := range s.counts {
		if c.Day >= first && c.Day <= last {
			out = append(out, c)
		}
	}
	return out, nil
}

func (s *store) Dossier(_ context.Context, name string) (Dossier, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.dossiers {
		if string(d.ID) == name || d.Code != "" && string(d.Code) == name {
			return d, nil
		}
	}
	return Dossier{}, ErrNotFound
}

func (s *store) Visit(_ context.Context, site kiosk.SiteCode, day kiosk.Day, number kiosk.Number) ([]Dossier, error) {
	return slices.DeleteFunc(slices.Clone(s.dossiers), func(d Dossier) bool { return d.Site != site || d.Day != day || d.Ticket != number }), nil
}

func (s *store) Of(_ context.Context, number string) ([]Dossier, error) {
	return slices.DeleteFunc(slices.Clone(s.dossiers), func(d Dossier) bool { return d.Applicant == nil || d.Applicant.Number != number }), nil
}

func (s *store) History(_ context.Context, _ kiosk.DossierID) ([]Event, error) {
	return []Event{{start, kiosk.Position{Epoch: 1, Seq: 7}, EventReceived}, {start.Add(time.Hour), kiosk.Position{Epoch: 1, Seq: 9}, EventConfirmed}}, nil
}

type ending struct{ err error }

func (e ending) Read([]byte) (int, error) { return 0, e.err }

func (s *store) Page(context.Context, kiosk.DossierID, kiosk.Hash) (io.ReadCloser, error) {
	if s.cut != nil {
		return io.NopCloser(io.MultiReader(bytes.NewReader(s.page[:len(s.page)/2]), ending{s.cut})), nil
	}
	return io.NopCloser(bytes.NewReader(s.page)), nil
}

func (s *store) Export(_ context.Context, number string) (any, error) {
	if number != personNumber {
		return nil, ErrNotFound
	}
	return map[string]string{"number": number, "name": personName}, nil
}

func (s *store) Erase(_ context.Context, number, order string) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.erased = append(s.erased, number+" "+order)
	return 2, nil
}

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
		aside: []Aside{{kiosk.Position{Epoch: 1, Seq: 44}, AsideFork, start}},
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
