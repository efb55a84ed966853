package province

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/motcua/gateway/kiosk"
)

// everybody are the logins of the matrix, and somebody without one.
var everybody = []string{viewer, whole, auditor, admin, noRight, ""}

// TestWhoMayOpenWhat holds every route against every role. A route that is not in the table fails.
func TestWhoMayOpenWhat(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	looks, boxes, log, admins, all := []string{viewer, whole}, []string{viewer, whole, admin}, []string{auditor}, []string{admin}, everybody[:5]
	table := map[string]struct {
		path string
		may  []string
	}{
		"GET /{$}":                             {"/", []string{viewer, whole, auditor, admin}},
		"GET /province":                        {"/province", []string{viewer, whole, auditor, admin}},
		"GET /province/gateways":               {"/province/gateways", boxes},
		"GET /province/gateways/{id}":          {"/province/gateways/" + boxA, boxes},
		"GET /province/numbers":                {"/province/numbers", looks},
		"POST /province/numbers/csv":           {"/province/numbers/csv", looks},
		"GET /province/search":                 {"/province/search", looks},
		"POST /province/search":                {"/province/search", looks},
		"GET /province/dossiers/{id}":          {"/province/dossiers/" + string(dossierA), looks},
		"POST /province/dossiers/{id}":         {"/province/dossiers/" + string(dossierA), looks},
		"GET /province/dossiers/{id}/view/{n}": {"/province/dossiers/" + string(dossierA) + "/view/1", looks},
		// Allowed, but no purpose was given: the refusal of the page itself is tested below.
		"GET /province/dossiers/{id}/pages/{n}": {"/province/dossiers/x/pages/1", looks},
		"GET /province/log":                     {"/province/log", log},
		"POST /province/log":                    {"/province/log", log},
		"GET /province/accounts":                {"/province/accounts", admins},
		"POST /province/accounts":               {"/province/accounts", admins},
		"GET /province/accounts/{code}":         {"/province/accounts/o1", admins},
		"POST /province/accounts/{code}":        {"/province/accounts/o1", admins},
		"GET /province/subject":                 {"/province/subject", admins},
		"POST /province/subject/export":         {"/province/subject/export", admins},
		"POST /province/subject/erase":          {"/province/subject/erase", admins},
		"POST /sign-out":                        {"/sign-out", all},
	}
	tokens := map[string]string{}
	for _, who := range everybody[:4] {
		tokens[who] = r.token(who)
	}
	tokens[noRight] = csrfField.FindStringSubmatch(r.get(noRight, "/province").body)[1]
	for _, route := range r.pages.routes() {
		row, ok := table[route.pattern]
		if !ok {
			t.Errorf("%s is not in the table", route.pattern)
			continue
		}
		method, _, _ := strings.Cut(route.pattern, " ")
		if route.pattern == "POST /sign-out" {
			continue // it ends what the others need, and stands in TestFormsAreTheSessions
		}
		for _, who := range everybody {
			may := false
			for _, m := range row.may {
				may = may || m == who
			}
			a := r.send(who, method, row.path, url.Values{"csrf": {tokens[who]}})
			refused := a.status == http.StatusForbidden
			if who == "" {
				refused = a.status == http.StatusUnauthorized || a.status == http.StatusSeeOther && strings.HasPrefix(a.header.Get("Location"), "/sign-in")
			}
			if refused == may || a.status >= 500 {
				t.Errorf("%s by %q: %d %s, want allowed: %v", route.pattern, who, a.status, text(a.body), may)
			}
		}
	}
}

// A viewer sees nothing of a site that it is not bound to, and cannot tell it from what is not there.
func TestForeignCommunes(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	before := r.log.len()
	foreign, nowhere := r.open(viewer, dossierB), r.open(viewer, kiosk.NewDossierID(start))
	if foreign.status != http.StatusNotFound || foreign.status != nowhere.status || text(foreign.body) != text(nowhere.body) {
		t.Errorf("a foreign dossier: %d %s\nnone: %d %s", foreign.status, text(foreign.body), nowhere.status, text(nowhere.body))
	}
	if got := r.log.deeds(before); len(got) != 1 || got[0] != "refused|"+string(dossierB)+"|"+why {
		t.Errorf("that somebody tried is not written down: %q", got)
	}
	for _, path := range []string{
		"/province/dossiers/" + string(dossierB) + "/view/1", "/province/dossiers/" + string(dossierB) + "/pages/1",
		"/province/gateways/" + boxB, "/province/numbers?site=" + string(siteB),
	} {
		if a := r.get(viewer, path); a.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	if a := r.post(viewer, "/province/search", "by", "visit", "site", string(siteB), "day", "2026-11-26", "number", "A012", "purpose", why); a.status != http.StatusBadRequest {
		t.Errorf("a visit at a foreign site: %d", a.status)
	}
	if a := r.post(viewer, "/province/numbers/csv", "site", string(siteB), "purpose", why); a.status != http.StatusNotFound {
		t.Errorf("the table of a foreign site: %d", a.status)
	}
	for _, fields := range [][]string{{"by", "person", "person", personNumber}, {"by", "name", "name", string(dossierB)}} {
		a := r.post(viewer, "/province/search", append(fields, "purpose", why)...)
		if a.status != http.StatusOK || strings.Contains(a.body, string(dossierB)+"</a>") {
			t.Errorf("%v finds a foreign dossier: %d", fields, a.status)
		}
	}
	for _, path := range []string{"/province/gateways", "/province/numbers", "/province/search", "/province/numbers?by=service"} {
		if a := r.get(viewer, path); strings.Contains(a.body, "Bình") || strings.Contains(a.body, boxB) || strings.Contains(a.body, "ho-tich") || strings.Contains(a.body, "77") {
			t.Errorf("%s shows a foreign site: %s", path, text(a.body))
		}
	}
	if a := r.open(whole, dossierB); a.status != http.StatusOK {
		t.Errorf("the whole province: %d", a.status)
	}
}

// A code is a gateway's word: of another site it hides no dossier that has it, or has it as its ID.
func TestACodeOfAnotherSite(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(s *store, _ *Options) {
		same, asID := s.dossiers[1], s.dossiers[1]
		same.ID, same.Code = kiosk.NewDossierID(start), s.dossiers[0].Code
		asID.ID, asID.Code = kiosk.NewDossierID(start), kiosk.DossierCode(dossierA)
		s.dossiers = append([]Dossier{same, asID}, s.dossiers...)
	})
	code := "H49.22-261126-0001"
	for _, name := range []string{string(dossierA), code} {
		for who, want := range map[string]int{viewer: 1, whole: 2} {
			a := r.post(who, "/province/search", "by", "name", "name", name, "purpose", why)
			if n := strings.Count(a.body, "</a>") - strings.Count(r.get(who, "/province/search").body, "</a>"); a.status != http.StatusOK || n != want || !strings.Contains(a.body, string(dossierA)+"</a>") {
				t.Errorf("%s by %s: %d, %d found, want %d", name, who, a.status, n, want)
			}
		}
	}
	if a := r.open(viewer, dossierA); a.status != http.StatusOK {
		t.Errorf("the dossier itself: %d", a.status)
	}
}

// A step needs the token of its own session.
func TestFormsAreTheSessions(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	other := r.token(whole)
	for _, route := range r.pages.routes() {
		path, ok := strings.CutPrefix(route.pattern, "POST ")
		if !ok {
			continue
		}
		path = strings.NewReplacer("{id}", string(dossierA), "{code}", "o1").Replace(path)
		for _, who := range []string{viewer, auditor, admin} {
			for name, form := range map[string]url.Values{"none": {}, "another's": {"csrf": {other}}} {
				if a := r.send(who, "POST", path, form); a.status != http.StatusForbidden {
					t.Errorf("%s by %s with %s token: %d", path, who, name, a.status)
				}
			}
		}
	}
	req, err := http.NewRequest("POST", r.url+"/sign-in", strings.NewReader(url.Values{"login": {viewer}, "secret": {secret}}.Encode()))
	r.must(err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", "https://elsewhere.example")
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	res, err := http.DefaultClient.Do(req)
	r.must(err)
	res.Body.Close()
	if res.StatusCode != http.StatusForbidden {
		t.Errorf("another site's page signs in: %d", res.StatusCode)
	}
	if a := r.post(viewer, "/sign-out"); a.status != http.StatusSeeOther || r.get(viewer, "/province/gateways").header.Get("Location") == "" {
		t.Errorf("signing out: %d", a.status)
	}
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for range 3 {
		if a := r.send("", "POST", "/sign-in", url.Values{"login": {viewer}, "secret": {"wrong passphrase"}}); a.status != http.StatusUnauthorized || strings.Contains(a.body, "wrong passphrase") {
			t.Errorf("a wrong passphrase: %d %s", a.status, text(a.body))
		}
	}
	if a := r.send("", "POST", "/sign-in", url.Values{"login": {viewer}, "secret": {secret}}); a.status != http.StatusTooManyRequests || !strings.Contains(a.body, "5 giây") {
		t.Errorf("after three wrong ones: %d %s", a.status, text(a.body))
	}
	r.pass(staff5)
	a := r.send("", "POST", "/sign-in", url.Values{"login": {viewer}, "secret": {secret}, "next": {"//elsewhere.example/"}})
	if a.status != http.StatusSeeOther || a.header.Get("Location") != "/" {
		t.Errorf("led away to %q", a.header.Get("Location"))
	}
	// A page that comes by itself keeps nobody signed in.
	for range 4 {
		r.pass(5 * 60e9)
		a = r.get("", "/province/gateways/live")
	}
	if a.status != http.StatusSeeOther || !strings.HasPrefix(a.header.Get("Location"), "/sign-in?next=") {
		t.Errorf("twenty minutes without a deed: %d", a.status)
	}
}

const staff5 = 5e9 // the first delay of a row of wrong guesses
