package lan

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/motcua/gateway/kiosk"
)

// codeOf is the code of a refusal on the network.
func codeOf(err error) kiosk.Code {
	if err == nil {
		return ""
	}
	return ProblemOf(err, vietnamese()).Code
}

func TestForms(t *testing.T) {
	t.Parallel()
	f, err := NewForms("unlock")
	if err != nil {
		t.Fatal(err)
	}
	token, problem := "", error(nil)
	page := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			token, problem = f.Token(w, r)
			return
		}
		problem = f.Check(r)
	})
	p, other := &pc{addr: "192.168.1.7"}, &pc{addr: "192.168.1.7"}
	p.ask(page, "GET", "/unlock", nil)
	c, mine := p.cookie, token
	if problem != nil || c == nil || c.Name != "__Host-unlock" || !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteStrictMode || mine == "" {
		t.Fatalf("cookie %+v, token %q, %v", c, mine, problem)
	}
	if p.ask(page, "GET", "/unlock", nil); token != mine || p.cookie != c {
		t.Error("a second look changes what an open form holds")
	}
	other.ask(page, "GET", "/unlock", nil)
	for name, try := range map[string]struct {
		from    *pc
		form    url.Values
		headers []string
		want    kiosk.Code
	}{
		"its own":          {p, url.Values{FormField: {mine}}, nil, ""},
		"another's":        {other, url.Values{FormField: {mine}}, nil, kiosk.CodeForged},
		"without a cookie": {&pc{addr: "192.168.1.7"}, url.Values{FormField: {mine}}, nil, kiosk.CodeForged},
		"without a token":  {p, url.Values{}, nil, kiosk.CodeForged},
		"another site's":   {p, url.Values{FormField: {mine}}, []string{"Sec-Fetch-Site", "cross-site"}, CodeElsewhere},
		"another origin's": {p, url.Values{FormField: {mine}}, []string{"Origin", "https://evil.example"}, CodeElsewhere},
	} {
		try.from.ask(page, "POST", "/unlock", try.form, try.headers...)
		if got := codeOf(problem); got != try.want {
			t.Errorf("%s: %q, want %q", name, got, try.want)
		}
	}
	// After a restart the page is to be loaded again.
	if f, err = NewForms("unlock"); err != nil {
		t.Fatal(err)
	}
	if p.ask(page, "POST", "/unlock", url.Values{FormField: {mine}}); codeOf(problem) != kiosk.CodeForged {
		t.Errorf("a form of an earlier run: %v", problem)
	}
	if page(httptest.NewRecorder(), request("GET", "http://hop/unlock", "192.168.1.10:80", "192.168.1.7:5000")); codeOf(problem) != CodeNeedsTLS {
		t.Errorf("a page without TLS: %v", problem)
	}
}
