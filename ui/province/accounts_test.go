package province

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/staff"
)

func codeOf(err error) kiosk.Code {
	if r, ok := errors.AsType[*kiosk.Refusal](err); ok {
		return r.Code
	}
	return ""
}

func (r *rig) account(login string) Account {
	r.t.Helper()
	all, err := r.accounts.List(context.Background())
	r.must(err)
	for _, a := range all {
		if a.Login == login {
			return a
		}
	}
	r.t.Fatalf("no account %s", login)
	return Account{}
}

func TestAccountsInTheBrowser(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	a := r.post(admin, "/province/accounts", "name", "Lê Văn Mới", "login", "moi", "secret", secret, "role", "viewer", "site", string(siteA), "site", string(siteB))
	if a.status != 303 {
		t.Fatalf("add: %d %s", a.status, text(a.body))
	}
	v := r.account("moi")
	if v.Right.Role != RoleViewer || len(v.Right.Sites) != 2 || v.Role != kiosk.RoleOfficer {
		t.Errorf("%+v", v.Right)
	}
	page := "/province/accounts/" + string(v.Code)
	for _, bad := range [][]string{
		{"login", "moi2", "secret", secret, "role", "viewer"},                  // bound to nothing
		{"login", "moi2", "secret", "12345678", "role", "province"},            // a PIN
		{"login", "moi2", "secret", "abc", "role", "province"},                 // too short
		{"login", "moi", "secret", secret, "role", "province"},                 // taken
		{"login", "moi2", "secret", secret, "role", "lead"},                    // no role here
		{"login", "MOI 2", "secret", secret, "role", "province"},               // no login
		{"login", "moi2", "secret", secret, "role", "", "site", string(siteA)}, // none
	} {
		if a := r.post(admin, "/province/accounts", append(bad, "name", "Ai Đó")...); a.status != 400 {
			t.Errorf("%v: %d", bad, a.status)
		}
	}
	if got := r.get("moi", "/province/gateways"); got.status != 200 || !strings.Contains(got.body, boxB) {
		t.Errorf("the new account sees %s", text(got.body))
	}
	// What is taken away is gone with the next request.
	if a := r.post(admin, page, "do", "change", "name", "Lê Văn Mới", "login", "moi", "role", "viewer", "site", string(siteA)); a.status != 303 {
		t.Errorf("change: %d %s", a.status, text(a.body))
	}
	if got := r.get("moi", "/province/gateways"); strings.Contains(got.body, boxB) {
		t.Error("a site that was taken away is still seen")
	}
	if a := r.post(admin, page, "do", "disable"); a.status != 303 {
		t.Errorf("disable: %d", a.status)
	}
	if got := r.get("moi", "/province/gateways"); got.status != 303 {
		t.Errorf("a disabled account's session goes on: %d", got.status)
	}
	if a := r.post(admin, page, "do", "enable"); a.status != 303 || r.account("moi").Disabled {
		t.Errorf("enable: %d", a.status)
	}
	if a := r.post(admin, page, "do", "secret", "secret", "another passphrase"); a.status != 303 {
		t.Errorf("secret: %d", a.status)
	}
	// A site that has a gateway can be bound to before the configuration names it.
	r.store.gateways[1].Site = "xa-moi"
	if got := r.get(admin, "/province/accounts"); !strings.Contains(got.body, `value="xa-moi"`) {
		t.Error("a site that the configuration does not name cannot be ticked")
	}
	self := "/province/accounts/" + string(r.account(admin).Code)
	if a := r.post(admin, self, "do", "disable"); a.status != 409 || !strings.Contains(text(a.body), "ít nhất một tài khoản quản trị") {
		t.Errorf("the last admin goes: %d %s", a.status, text(a.body))
	}
	if a := r.post(admin, self, "do", "change", "name", "Lan", "login", admin, "role", "province"); a.status != 409 || r.account(admin).Right.Role != RoleAdmin {
		t.Errorf("the last admin becomes another: %d", a.status)
	}
	if got := strings.Join(r.log.deeds(0), "\n"); !strings.Contains(got, "right|"+string(v.Code)+"|viewer, 2: +xa-a +xa-b\n") || strings.Contains(got, secret) {
		t.Errorf("the log: %s", got)
	}
}

// A power cut between the account and its right leaves somebody who may do nothing; one between
// the two halves of a change leaves the lesser right.
func TestRightsThatWereCutOff(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := context.Background()
	if v := r.account(noRight); v.Right.Role != "" {
		t.Errorf("%+v", v.Right)
	}
	if a := r.get(noRight, "/province"); a.status != 403 || !strings.Contains(a.body, "chưa được giao quyền") {
		t.Errorf("%d %s", a.status, text(a.body))
	}
	r.rights.fail = errors.New("power cut")
	v := r.account(whole)
	v.Right = Right{Role: RoleAdmin}
	if _, err := r.accounts.Change(ctx, "hub/test", v); codeOf(err) != kiosk.CodeStoreFailed {
		t.Errorf("raised: %v", err)
	}
	r.rights.fail = nil
	if v := r.account(whole); v.Right.Role == RoleAdmin {
		t.Error("half a promotion makes an admin")
	}
	// Sealed to its place: another's right is none, and so is one that was made up.
	r.rights.mu.Lock()
	r.rights.kept[string(r.account2(viewer))] = r.rights.kept[string(r.account2(admin))]
	r.rights.kept[string(r.account2(auditor))] = []byte(`{"role":"province"}`)
	r.rights.mu.Unlock()
	if a, b := r.account(viewer).Right, r.account(auditor).Right; a.Role != "" || b.Role != "" {
		t.Errorf("rights that were moved: %v, %v", a, b)
	}
}

// account2 is an account's code as the book has it in memory, for who holds the shelf.
func (r *rig) account2(login string) kiosk.OfficerCode {
	for _, o := range r.accounts.book.Officers() {
		if o.Login == login {
			return o.Code
		}
	}
	return ""
}

// Two processes over one database see each other's accounts, sessions and sign-outs.
func TestTwoProcesses(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := context.Background()
	other, err := OpenAccounts(ctx, r.config())
	r.must(err)
	added, err := r.accounts.Add(ctx, "hub/root", Account{Officer: staff.Officer{Login: "hai", Name: "Hai"}, Right: Right{Role: RoleAuditor}}, secret)
	r.must(err)
	token, s, err := other.SignIn(ctx, staff.SignIn{Login: "hai", Secret: secret, From: "10.0.0.1"})
	if err != nil || other.right(s.Officer).Role != RoleAuditor {
		t.Fatalf("signed in elsewhere: %v", err)
	}
	if _, err := r.accounts.Session(ctx, token, "10.0.0.1"); err != nil {
		t.Errorf("a session of the other process: %v", err)
	}
	second, err := other.Add(ctx, "hub/root", Account{Officer: staff.Officer{Login: "ba", Name: "Ba"}, Right: Right{Role: RoleAuditor}}, secret)
	if err != nil || second.Code == added.Code {
		t.Errorf("one code twice: %s, %v", second.Code, err)
	}
	r.must(r.accounts.Disable(ctx, "hub/root", added.Code))
	if _, err := other.Session(ctx, token, "10.0.0.1"); codeOf(err) != kiosk.CodeNoSession {
		t.Errorf("disabled elsewhere, and still here: %v", err)
	}
	r.must(r.accounts.SignOut(ctx, token))
}

func TestRight(t *testing.T) {
	t.Parallel()
	many := Right{Role: RoleViewer}
	for i := range maxSites + 1 {
		many.Sites = append(many.Sites, kiosk.SiteCode(strings.Repeat("x", i%30+1)))
	}
	for _, bad := range []Right{{}, {Role: "lead"}, {Role: RoleViewer}, {Role: RoleAdmin, Sites: []kiosk.SiteCode{siteA}}, many, {RoleViewer, []kiosk.SiteCode{""}}, {RoleViewer, []kiosk.SiteCode{"\xff"}}} {
		if _, err := bad.Check(); err == nil {
			t.Errorf("%v is taken", bad)
		}
	}
	r, err := Right{RoleViewer, []kiosk.SiteCode{siteB, siteA, siteB}}.Check()
	if err != nil || len(r.Sites) != 2 || !r.May(siteA) || r.May("xa-c") || r.May("") {
		t.Errorf("%v %v", r, err)
	}
	for _, role := range []Role{RoleAuditor, RoleAdmin, ""} {
		if (Right{Role: role}).May(siteA) {
			t.Errorf("%s looks into dossiers", role)
		}
	}
}

// The log has every site that was given or taken, however many there are.
func TestRightSince(t *testing.T) {
	t.Parallel()
	right := func(from, to int) Right {
		r := Right{Role: RoleViewer}
		for i := range to - from {
			r.Sites = append(r.Sites, kiosk.SiteCode(fmt.Sprintf("H49-%05d", from+i)))
		}
		r, err := r.Check()
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	for _, c := range []struct {
		was, now Right
		want     []string
	}{
		{Right{}, Right{Role: RoleAdmin}, []string{"admin"}},
		{Right{}, right(1, 3), []string{"viewer, 2: +H49-00001 +H49-00002"}},
		{right(1, 122), right(2, 123), []string{"viewer, 121: +H49-00122 -H49-00001"}},
		{right(1, 2), Right{Role: RoleProvince}, []string{"province -H49-00001"}},
		{right(1, 3), right(1, 3), []string{"viewer, 2:"}},
	} {
		if got := c.now.since(c.was); !slices.Equal(got, c.want) {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
	all, moved := right(0, maxSites).since(right(maxSites, 2*maxSites)), 0
	for _, text := range all {
		if len(text) > 1000 {
			t.Errorf("%d bytes: %s", len(text), text)
		}
		moved += strings.Count(text, " +") + strings.Count(text, " -")
	}
	if moved != 2*maxSites {
		t.Errorf("%d sites in %d entries", moved, len(all))
	}
}

// A viewer of more sites than a line of the log holds loses the last one as any other.
func TestASiteIsTakenFromAViewerOfMany(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := context.Background()
	sites := func(last string) (out []kiosk.SiteCode) {
		for i := range 120 {
			out = append(out, kiosk.SiteCode(fmt.Sprintf("H49-%05d", i)))
		}
		return append(out, kiosk.SiteCode(last))
	}
	a, err := r.accounts.Add(ctx, "hub/root", Account{Officer: staff.Officer{Login: "many", Name: "Many"}, Right: Right{RoleViewer, sites("H49-00777")}}, secret)
	r.must(err)
	a.Right.Sites = sites("H49-00888")
	_, err = r.accounts.Change(ctx, "hub/root", a)
	r.must(err)
	kept, err := r.accounts.Find(ctx, a.Code)
	r.must(err)
	if kept.Right.May("H49-00777") || !kept.Right.May("H49-00888") {
		t.Error("the site that was taken is open, or the one that was given is not")
	}
}

func FuzzRight(f *testing.F) {
	f.Add([]byte(`{"role":"viewer","sites":["xa-a"]}`))
	f.Add([]byte(`{"role":"admin"}`))
	f.Add([]byte(`{"role":"viewer","sites":[null]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := decodeRight(b)
		if err != nil {
			return
		}
		if again, err := r.Check(); err != nil || !again.equal(r) || len(r.since(Right{})[0]) > 1000 {
			t.Errorf("%v, %v", r, err)
		}
	})
}

func TestPurposesAreBounded(t *testing.T) {
	t.Parallel()
	var p purposes
	for i := range maxPurposes + 100 {
		p.hold(look{"s", kiosk.NewDossierID(start.Add(time.Duration(i) * time.Second))}, "why", start.Add(time.Duration(i)*time.Millisecond))
	}
	if len(p.held) > maxPurposes {
		t.Errorf("%d are held", len(p.held))
	}
	var o orders
	n := 0
	for range maxOrders + 10 {
		if o.ask(order{session: "s"}, start) != "" {
			n++
		}
	}
	if n != maxOrders || o.ask(order{}, start.Add(orderLasts)) == "" {
		t.Errorf("%d orders wait", n)
	}
}

func TestNewSecret(t *testing.T) {
	t.Parallel()
	a, b := NewSecret(), NewSecret()
	if a == b || len(a) != 24 || strings.ToLower(a) != a || strings.Count(a, "-") != 4 {
		t.Errorf("%s, %s", a, b)
	}
}
