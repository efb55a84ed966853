package hub_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/wire"
)

func TestUpload(t *testing.T) {
	t.Parallel()
	d := newDesk(t, hub.UploadLimits{})
	b, k := d.page(700_000)
	a, p := d.create(t, k, len(b), nil)
	stands(t, a, p, http.StatusCreated, 0)
	if to := a.Header.Get("Location"); to != wire.PathBlobs+"/"+k.String() {
		t.Errorf("it is at %q", to)
	}
	a, p = d.patch(t, k, 0, bytes.NewReader(b[:300_000]))
	stands(t, a, p, http.StatusNoContent, 300_000)
	a, p = d.ask(t, http.MethodHead, wire.PathBlobs+"/"+k.String(), nil)
	stands(t, a, p, http.StatusOK, 300_000)
	a, p = d.create(t, k, len(b), nil) // by one that was cut off and does not ask
	stands(t, a, p, http.StatusCreated, 300_000)
	_, p = d.patch(t, k, 299_999, bytes.NewReader(b[299_999:]))
	refused(t, p, http.StatusConflict, wire.CodeOffset)
	if p.Expected != 300_000 {
		t.Errorf("expected %d", p.Expected)
	}
	a, p = d.patch(t, k, 300_000, struct{ io.Reader }{bytes.NewReader(b[300_000:])}) // of no said length
	stands(t, a, p, http.StatusNoContent, len(b))
	d.kept(t, k, b)
	if !slices.Equal(d.completed, []wire.GatewayID{testGateway}) {
		t.Errorf("completed: %v", d.completed)
	}
	if n, err := d.pages.Offset(t.Context(), k); n != 0 || err != nil {
		t.Errorf("pieces are left up to %d, %v", n, err)
	}
	// It is there, whoever asks and however.
	a, p = d.ask(t, http.MethodHead, wire.PathBlobs+"/"+k.String(), nil)
	stands(t, a, p, http.StatusOK, len(b))
	a, p = d.create(t, k, len(b), nil)
	stands(t, a, p, http.StatusCreated, len(b))
	a, p = d.create(t, k, len(b), bytes.NewReader(b), "Content-Type", wire.TypeTus)
	stands(t, a, p, http.StatusCreated, len(b))
	a, p = d.patch(t, k, len(b), nil)
	stands(t, a, p, http.StatusNoContent, len(b))
	_, p = d.ask(t, http.MethodDelete, wire.PathBlobs+"/"+k.String(), nil)
	refused(t, p, http.StatusForbidden, wire.CodeMethod)
	d.kept(t, k, b)
}

func TestCreationWithUpload(t *testing.T) {
	t.Parallel()
	d := newDesk(t, hub.UploadLimits{})
	b, k := d.page(60_000)
	a, p := d.create(t, k, len(b), bytes.NewReader(b), "Content-Type", wire.TypeTus)
	stands(t, a, p, http.StatusCreated, len(b))
	d.kept(t, k, b)
	if len(d.appends) > 0 {
		t.Error("a page that came at once was kept in pieces first")
	}
	// Some of it, and then all of it from its beginning.
	b, k = d.page(60_000)
	a, p = d.create(t, k, len(b), bytes.NewReader(b[:20_000]), "Content-Type", wire.TypeTus)
	stands(t, a, p, http.StatusCreated, 20_000)
	a, p = d.create(t, k, len(b), bytes.NewReader(b[:10_000]), "Content-Type", wire.TypeTus)
	stands(t, a, p, http.StatusCreated, 20_000)
	a, p = d.create(t, k, len(b), bytes.NewReader(b), "Content-Type", wire.TypeTus)
	stands(t, a, p, http.StatusCreated, len(b))
	d.kept(t, k, b)
}

func TestTerminate(t *testing.T) {
	t.Parallel()
	d := newDesk(t, hub.UploadLimits{})
	b, k := d.page(1000)
	a, p := d.patch(t, k, 0, bytes.NewReader(b[:500]))
	stands(t, a, p, http.StatusNoContent, 500)
	if a, p = d.ask(t, http.MethodPost, wire.PathBlobs+"/"+k.String(), nil, "X-HTTP-Method-Override", "DELETE"); p != nil || a.StatusCode != http.StatusNoContent {
		t.Errorf("answered %v", p)
	}
	a, p = d.ask(t, http.MethodHead, wire.PathBlobs+"/"+k.String(), nil)
	stands(t, a, p, http.StatusOK, 0)
}

// TestWrongBytes: what does not have the hash that the header names is no page, and can come anew.
func TestWrongBytes(t *testing.T) {
	t.Parallel()
	d := newDesk(t, hub.UploadLimits{})
	b, k := d.page(300_000)
	liar := slices.Clone(b)
	liar[10] ^= 1
	for _, cut := range []int{0, 100_000} {
		if cut > 0 {
			a, p := d.patch(t, k, 0, bytes.NewReader(liar[:cut]))
			stands(t, a, p, http.StatusNoContent, cut)
		}
		_, p := d.patch(t, k, cut, bytes.NewReader(liar[cut:]))
		refused(t, p, 460, wire.CodeHashMismatch)
		a, p := d.create(t, k, len(b), nil)
		stands(t, a, p, http.StatusCreated, 0)
	}
	a, p := d.patch(t, k, 0, bytes.NewReader(b))
	stands(t, a, p, http.StatusNoContent, len(b))
	d.kept(t, k, b)
}

// TestStoreTrouble: no page is acknowledged that the store does not know as kept, and nothing has
// to come twice because of that.
func TestStoreTrouble(t *testing.T) {
	t.Parallel()
	d := newDesk(t, hub.UploadLimits{})
	b, k := d.page(300_000)
	a, p := d.patch(t, k, 0, bytes.NewReader(b[:200_000]))
	stands(t, a, p, http.StatusNoContent, 200_000)
	d.fails = errors.New("the database is away")
	_, p = d.patch(t, k, 200_000, bytes.NewReader(b[200_000:]))
	refused(t, p, http.StatusServiceUnavailable, wire.CodeInternal)
	if p.RetryAfter == 0 {
		t.Error("nobody says when to come again")
	}
	if !strings.Contains(d.log.String(), "the database is away") || strings.Contains(d.log.String(), "AGE-SECRET-KEY") {
		t.Errorf("logged: %s", &d.log)
	}
	a, p = d.create(t, k, len(b), nil)
	stands(t, a, p, http.StatusCreated, 200_000)
	a, p = d.patch(t, k, 200_000, bytes.NewReader(b[200_000:]))
	stands(t, a, p, http.StatusNoContent, len(b))
	d.kept(t, k, b)

	// Erased while it came: nothing of it stays.
	b, k = d.page(1000)
	d.fails = hub.ErrErased
	_, p = d.patch(t, k, 0, bytes.NewReader(b))
	refused(t, p, http.StatusGone, wire.CodeErased)
	if _, err := d.pages.Open(t.Context(), k, d.named[k]); !errors.Is(err, hub.ErrNotFound) {
		t.Errorf("an erased page is read with %v", err)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	d := newDesk(t, hub.UploadLimits{})
	b, k := d.page(1000)
	stranger := hub.PageKey{Dossier: d.dossier, Hash: kiosk.HashOf([]byte("not named"))}
	at := wire.PathBlobs + "/" + k.String()
	made := headers{"Upload-Length", "1000", "Upload-Metadata", meta(k)}
	sent := headers{"Content-Type", wire.TypeTus, "Upload-Offset", "0"}
	for _, c := range []struct {
		what, method, path string
		with               headers
		status             int
		code               wire.Code
		final              bool
		store              error
	}{
		{"a stranger", "POST", wire.PathBlobs, append(made, "Test-Stranger", "1"), 403, wire.CodeRevoked, false, nil},
		{"another version", "POST", wire.PathBlobs, append(made, "Tus-Resumable", "0.2.2"), 412, wire.CodeSyntax, false, nil},
		{"another method", "PUT", at, nil, 405, wire.CodeMethod, false, nil},
		{"another method", "GET", wire.PathBlobs, nil, 405, wire.CodeMethod, false, nil},
		{"no upload's name", "HEAD", wire.PathBlobs + "/..%2f..%2fetc", nil, 404, "", false, nil},
		{"no length", "POST", wire.PathBlobs, made[2:], 400, wire.CodeSyntax, false, nil},
		{"a length later", "POST", wire.PathBlobs, append(made, "Upload-Defer-Length", "1"), 400, wire.CodeSyntax, false, nil},
		{"a negative length", "POST", wire.PathBlobs, append(made, "Upload-Length", "-1"), 400, wire.CodeSyntax, false, nil},
		{"another length", "POST", wire.PathBlobs, append(made, "Upload-Length", "999"), 422, wire.CodeNotNamed, true, nil},
		{"too large", "POST", wire.PathBlobs, append(made, "Upload-Length", fmt.Sprint(kiosk.MaxPageBytes+1)), 413, wire.CodeTooLarge, true, nil},
		{"far too large", "POST", wire.PathBlobs, append(made, "Upload-Length", strings.Repeat("9", 40)), 413, wire.CodeTooLarge, true, nil},
		{"no metadata", "POST", wire.PathBlobs, made[:2], 400, wire.CodeSyntax, false, nil},
		{"a page of no header", "POST", wire.PathBlobs, append(made, "Upload-Metadata", meta(stranger)), 422, wire.CodeNotNamed, true, nil},
		{"before its header", "POST", wire.PathBlobs, made, 409, wire.CodeHeaderFirst, false, hub.ErrHeaderFirst},
		{"erased", "POST", wire.PathBlobs, made, 410, wire.CodeErased, true, hub.ErrErased},
		{"no room", "POST", wire.PathBlobs, made, 507, wire.CodeBusy, false, hub.ErrFull},
		{"somebody else is there", "PATCH", at, sent, 423, wire.CodeLocked, false, hub.ErrBusy},
		{"a body of another type", "POST", wire.PathBlobs, append(made, "Content-Type", "image/jpeg"), 415, wire.CodeSyntax, false, nil},
		{"a patch of another type", "PATCH", at, append(sent, "Content-Type", "image/jpeg"), 415, wire.CodeSyntax, false, nil},
		{"a patch of no place", "PATCH", at, sent[:2], 400, wire.CodeSyntax, false, nil},
		{"a patch of a strange place", "PATCH", at, append(sent, "Upload-Offset", "+0"), 400, wire.CodeSyntax, false, nil},
		{"a patch further on", "PATCH", at, append(sent, "Upload-Offset", "1"), 409, wire.CodeOffset, false, nil},
		{"a patch beyond the end", "PATCH", at, sent, 413, wire.CodeTooLarge, true, nil},
	} {
		t.Run(c.what, func(t *testing.T) {
			d.mu.Lock()
			d.refuses = c.store
			d.mu.Unlock()
			var body io.Reader
			if slices.Contains(c.with, "Content-Type") {
				body = bytes.NewReader(append(slices.Clone(b), 0))
			}
			a, p := d.ask(t, c.method, c.path, body, slices.Clone(c.with)...)
			refused(t, p, c.status, c.code)
			if p.Code.Final() != c.final {
				t.Errorf("final: %v", p.Code.Final())
			}
			if again := a.Header.Get("Retry-After"); (again == "") != (c.store == nil || c.final) {
				t.Errorf("come again after %q", again)
			}
		})
	}
	if n, err := d.pages.Offset(t.Context(), k); n != 0 || err != nil {
		t.Errorf("%d bytes were kept, %v", n, err)
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	d := newDesk(t, hub.UploadLimits{})
	a, p := d.ask(t, http.MethodOptions, wire.PathBlobs, nil, "Tus-Resumable", "")
	if p != nil || a.StatusCode != http.StatusNoContent || a.Header.Get("Tus-Version") != "1.0.0" ||
		a.Header.Get("Tus-Extension") != "creation,creation-with-upload,termination" || a.Header.Get("Tus-Max-Size") != fmt.Sprint(kiosk.MaxPageBytes) {
		t.Errorf("answered %v with %v", a.Header, p)
	}
}
