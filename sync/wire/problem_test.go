package wire_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/wire"
)

func TestProblem(t *testing.T) {
	t.Parallel()
	index := 3
	for name, p := range map[string]*wire.Problem{
		"a gap": {Status: 409, Code: wire.CodeGap, Title: "gap in the facts", Expected: 58},
		"a bad event": {
			Status: 400, Code: wire.CodeSyntax, Title: "not a batch", Detail: "event 3", Index: &index,
			Ack: &wire.Ack{Mark: wire.Mark{Epoch: 1, Seq: 60}, Accepted: 3},
		},
		"busy": {Status: 503, Code: wire.CodeBusy, Title: "too many at once", RetryAfter: 90 * time.Second},
	} {
		w := httptest.NewRecorder()
		wire.WriteProblem(w, p)
		resp := w.Result()
		if got := wire.ReadProblem(resp); !reflect.DeepEqual(got, p) {
			t.Errorf("%s: got %+v, want %+v", name, got, p)
		}
		if kind := resp.Header.Get("Content-Type"); kind != wire.TypeProblem {
			t.Errorf("%s: content type %q", name, kind)
		}
	}
	w := httptest.NewRecorder()
	wire.WriteProblem(w, &wire.Problem{Code: wire.CodeInternal, Title: "no status"})
	if w.Code != 500 {
		t.Errorf("status %d without one", w.Code)
	}
}

func response(status int, kind, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {kind}}, Body: io.NopCloser(strings.NewReader(body))}
}

// Whatever stands between the box and the hub answers in its own way.
func TestStrangersAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		resp *http.Response
		want wire.Code
	}{
		"a hotspot's login":        {response(200, "text/html; charset=utf-8", "<html>Đăng nhập</html>"), wire.CodeInternal},
		"a proxy without patience": {response(503, "text/html", "<h1>503</h1>"), wire.CodeBusy},
		"a proxy's limit":          {response(413, "text/html", "<h1>413</h1>"), wire.CodeInternal},
		"no content type":          {response(502, "", ""), wire.CodeInternal},
		"JSON of another kind":     {response(400, wire.TypeJSON, `{"code":"gap"}`), wire.CodeInternal},
		"cut off":                  {response(409, wire.TypeProblem, `{"code":"gap"`), wire.CodeInternal},
		"no code":                  {response(409, wire.TypeProblem, `{"title":"x"}`), wire.CodeInternal},
		"a code that is none":      {response(409, wire.TypeProblem, `{"code":"<b>"}`), wire.CodeInternal},
		"without end":              {response(409, wire.TypeProblem, `{"code":"gap","title":"`+strings.Repeat("x", 1<<20)+`"}`), wire.CodeInternal},
	} {
		p := wire.ReadProblem(c.resp)
		if p.Code != c.want || p.Status != c.resp.StatusCode || p.Code.Final() || !strings.Contains(p.Error(), "not the hub's") {
			t.Errorf("%s: %+v", name, p)
		}
	}
	p := wire.ReadProblem(response(409, wire.TypeProblem, `{"status":200,"code":"gap","title":"a\nb","detail":"`+strings.Repeat("ố", 9000/3)+`","index":-4}`))
	if p.Status != 409 || p.Title != "a b" || len([]rune(p.Detail)) != 500 || p.Index != nil {
		t.Errorf("a hub that lies: %+v", p)
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 1, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"":                              0,
		"30":                            30 * time.Second,
		"0":                             0,
		" 7 ":                           7 * time.Second,
		"-5":                            0,
		"1.5":                           0,
		"soon":                          0,
		"86400":                         wire.MaxRetryAfter,
		"99999999999999999999999":       0,
		"18446744073709551615":          wire.MaxRetryAfter,
		"Tue, 24 Nov 2026 01:02:00 GMT": 2 * time.Minute,
		"Tue, 24 Nov 2026 00:59:00 GMT": 0,
		"Tue, 24 Nov 2099 01:02:00 GMT": wire.MaxRetryAfter,
	} {
		if got := wire.RetryAfter(http.Header{"Retry-After": {value}}, now); got != want {
			t.Errorf("%q is %s, want %s", value, got, want)
		}
	}
	// A box that woke up in 1970 waits two minutes too.
	h := http.Header{"Retry-After": {"Tue, 24 Nov 2026 01:02:00 GMT"}, "Date": {"Tue, 24 Nov 2026 01:00:00 GMT"}}
	if got := wire.RetryAfter(h, time.Unix(0, 0)); got != 2*time.Minute {
		t.Errorf("held against the answer's own date it is %s", got)
	}
	if got := wire.FormatRetryAfter(1500 * time.Millisecond); got != "2" {
		t.Errorf("a second and a half is %s", got)
	}
}

func TestMeta(t *testing.T) {
	t.Parallel()
	m := wire.BlobMeta{Dossier: dossierID, Hash: kiosk.HashOf([]byte("page")), Media: "image/jpeg"}
	s := wire.FormatMeta(m)
	for _, s := range []string{s, strings.ReplaceAll(s, ",", " , "), "is_confidential," + s, s + ",name aGFtYnVyZ2Vy"} {
		if got, err := wire.ParseMeta(s); err != nil || got != m {
			t.Errorf("%q: %+v, %v", s, got, err)
		}
	}
	bare := wire.BlobMeta{Dossier: m.Dossier, Hash: m.Hash}
	if got, err := wire.ParseMeta(wire.FormatMeta(bare)); err != nil || got != bare {
		t.Errorf("without a kind: %+v, %v", got, err)
	}
	for name, bad := range map[string]string{
		"nothing":      "",
		"a name twice": s + ",sha256 eA==",
		"no base64":    s + ",name %%",
		"no hash":      strings.Split(s, ",")[0] + "," + strings.Split(s, ",")[2],
		"capitals":     wire.FormatMeta(wire.BlobMeta{Dossier: "069A4M3GR0DVVGPVKGCY4Z8N5C", Hash: m.Hash, Media: m.Media}),
		"a path":       wire.FormatMeta(wire.BlobMeta{Dossier: "../../../../../../etc/pass", Hash: m.Hash, Media: m.Media}),
		"a comma more": s + ",",
	} {
		if got, err := wire.ParseMeta(bad); !errors.Is(err, wire.ErrSyntax) || got != (wire.BlobMeta{}) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	if _, err := wire.ParseMeta(strings.Repeat("a,", wire.MaxMeta)); !errors.Is(err, wire.ErrTooLarge) {
		t.Errorf("beyond the bounds: %v", err)
	}
}

func TestReadJSON(t *testing.T) {
	t.Parallel()
	var h wire.Health
	if err := wire.ReadJSON(strings.NewReader(`{"version":"1.2.3","later":1}`), wire.MaxHealth, &h); err != nil || h.Version != "1.2.3" {
		t.Errorf("%+v, %v", h, err)
	}
	for body, want := range map[string]error{
		``:                    wire.ErrSyntax,
		`{"version":"1"`:      wire.ErrSyntax,
		`{} {}`:               wire.ErrSyntax,
		`{"uptime_s":"0223"}`: wire.ErrSyntax,
		`{"version":"` + strings.Repeat("x", wire.MaxHealth) + `"}`: wire.ErrTooLarge,
	} {
		err := wire.ReadJSON(strings.NewReader(body), wire.MaxHealth, &h)
		if !errors.Is(err, want) || strings.Contains(err.Error(), "0223") {
			t.Errorf("%.40s: %v, want %v", body, err, want)
		}
	}
}
