package hub_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/wire"
)

// lined is a recorder that takes deadlines, as a server's writer does.
type lined struct{ *httptest.ResponseRecorder }

func (lined) SetReadDeadline(time.Time) error { return nil }

// FuzzTus throws requests of all kinds at a page: each has an answer that tus or HTTP knows, says
// its version, and is true where it names an offset; and nothing becomes a page but the page.
func FuzzTus(f *testing.F) {
	named := kiosk.DossierID("06h1g10x8bva1dp276etfddtsw")
	whole := []byte("all of a page")
	key := hub.PageKey{Dossier: named, Hash: kiosk.HashOf(whole)}
	at := wire.PathBlobs + "/" + key.String()
	f.Add("POST", wire.PathBlobs, "1.0.0", "13", "", meta(key), wire.TypeTus, "", whole)
	f.Add("POST", wire.PathBlobs, "1.0.0", "13", "", meta(key), "", "", []byte{})
	f.Add("PATCH", at, "1.0.0", "", "0", "", wire.TypeTus, "", whole)
	f.Add("PATCH", at, "1.0.0", "", "0", "", wire.TypeTus, "", whole[:5])
	f.Add("PATCH", at, "1.0.0", "", "4", "", wire.TypeTus, "", append(whole, 1))
	f.Add("HEAD", at, "1.0.0", "", "", "", "", "", []byte{})
	f.Add("POST", at, "1.0.0", "", "", "", "", "DELETE", []byte{})
	f.Add("OPTIONS", "/v1/blobs/", "", "", "", "", "", "", []byte{})
	f.Add("POST", wire.PathBlobs, "1.0.0", "99999999999999999999", "-0", "dossier Zm9v,sha256", "a/b", "GET", []byte{})
	f.Fuzz(func(t *testing.T, method, path, version, length, offset, metadata, kind, override string, body []byte) {
		if len(body) > 1<<12 {
			return
		}
		d := &desk{named: map[hub.PageKey]hub.PageState{key: {Size: int64(len(whole))}}}
		p := &heap{came: bytes.Clone(whole[:4])}
		d.pages = p
		h := hub.NewUploads(hub.UploadsConfig{
			Store: d, Pages: p, Log: slog.New(slog.DiscardHandler),
			Identify: func(*http.Request) (hub.Identity, error) { return hub.Identity{Gateway: testGateway}, nil },
			Sign:     func(wire.Statement) (string, error) { return "", nil },
		})
		r := httptest.NewRequest(http.MethodPost, wire.PathBlobs, bytes.NewReader(body))
		r.Method, r.URL.Path = method, path
		for name, v := range map[string]string{
			"Tus-Resumable": version, "Upload-Length": length, "Upload-Offset": offset, "Upload-Metadata": metadata,
			"Content-Type": kind, "X-HTTP-Method-Override": override,
		} {
			if v != "" {
				r.Header.Set(name, v)
			}
		}
		w := lined{httptest.NewRecorder()}
		h.ServeHTTP(w, r)
		a := w.Result()
		defer a.Body.Close()
		switch a.StatusCode {
		case 200, 201, 204, 400, 403, 404, 405, 409, 412, 413, 415, 422, 460:
		default:
			t.Errorf("answered %s", a.Status)
		}
		if a.Header.Get("Tus-Resumable") != "1.0.0" {
			t.Error("no version in the answer")
		}
		stands := int64(len(p.came))
		if p.page != nil {
			if !bytes.Equal(p.page, whole) {
				t.Errorf("%q is the page", p.page)
			}
			stands = int64(len(whole))
		}
		if got := a.Header.Get("Upload-Offset"); got != "" && got != strconv.FormatInt(stands, 10) {
			t.Errorf("answered %s at %s, and it stands at %d", a.Status, got, stands)
		}
		if a.StatusCode == http.StatusCreated && a.Header.Get("Location") != at {
			t.Errorf("created at %q", a.Header.Get("Location"))
		}
	})
}

// FuzzParsePageKey: what is taken for a page's name is one, and safe as a part of a path.
func FuzzParsePageKey(f *testing.F) {
	f.Add("06h1g10x8bva1dp276etfddtsw-" + fmt.Sprintf("%064d", 7))
	f.Add("../../etc-")
	f.Fuzz(func(t *testing.T, s string) {
		k, err := hub.ParsePageKey(s)
		if err == nil && (k.String() != s || len(s) != 26+1+64) {
			t.Errorf("%q is %q", s, k)
		}
	})
}
