package wire_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/wire"
)

// seeds are the golden files below a folder.
func seeds(f *testing.F, pattern string) {
	files, err := filepath.Glob(filepath.Join("testdata", "golden", pattern))
	if err != nil || len(files) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
}

// FuzzEvent: what is read is written as the same, and what is understood is understood again.
func FuzzEvent(f *testing.F) {
	seeds(f, "facts/*.json")
	f.Add([]byte(smallest(`,"data_base64":"eyJhIjoxfQ==","zz":null,"x":1`)))
	f.Fuzz(func(t *testing.T, b []byte) {
		var e wire.Event
		if err := e.UnmarshalJSON(b); err != nil {
			if !errors.Is(err, wire.ErrSyntax) && !errors.Is(err, wire.ErrTooLarge) || !reflect.DeepEqual(e, wire.Event{}) {
				t.Fatalf("%v leaves %+v", err, e)
			}
			return
		}
		written, err := wire.AppendEvent(nil, &e)
		if err != nil {
			t.Fatal(err)
		}
		if len(written) <= wire.MaxEventBytes {
			var again wire.Event
			err := again.UnmarshalJSON(written)
			again.Sure = e.Sure // written on facts only
			if err != nil || !reflect.DeepEqual(again, e) {
				t.Fatalf("%v\n got %+v\nwant %+v", err, again, e)
			}
		}
		rec, who, err := wire.Decode(e)
		open, raw := wire.CutSubject(e)
		if _, twice := wire.CutSubject(open); twice != nil {
			t.Fatalf("a subject stays in %s", open.Data)
		}
		if who != nil && raw == nil {
			t.Fatalf("read and not cut: %s", e.Data)
		}
		if err != nil {
			if !utf8.ValidString(err.Error()) || len(err.Error()) > 1000 {
				t.Fatalf("words without end: %q", err)
			}
			return
		}
		if rec2, _, err := wire.Decode(open); err != nil || !reflect.DeepEqual(rec2, rec) {
			t.Fatalf("%v\n got %+v\nwant %+v", err, rec2, rec)
		}
		from, ok := e.Gateway()
		if !ok {
			from = gateway
		}
		e2, err := wire.Encode(from, kiosk.Outgoing{Record: rec}, who)
		if errors.Is(err, wire.ErrTooLarge) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if rec2, who2, err := wire.Decode(e2); err != nil || !reflect.DeepEqual(rec2, rec) || !reflect.DeepEqual(who2, who) {
			t.Fatalf("%v\n got %+v\nwant %+v", err, rec2, rec)
		}
	})
}

// FuzzBatch: a batch is good if and only if it is an array of good events within the bounds.
func FuzzBatch(f *testing.F) {
	good := smallest(`,"data":{"a":"}]"}`)
	for _, s := range []string{`[]`, `[` + good + `]`, ` [ ` + good + ` , ` + good + ` ] `, `[` + good, `[1,2]`, `[[[`, `["`, `{`, ``, `[}]`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		events, bad, err := wire.ParseBatch(b)
		var want []wire.Event
		std := json.Unmarshal(b, &want)
		switch {
		case err == nil && (bad != -1 || std != nil || len(want) != len(events) || len(want) > 0 && !reflect.DeepEqual(events, want)):
			t.Fatalf("%d\n got %+v\nwant %+v, %v", bad, events, want, std)
		case err != nil && bad != len(events):
			t.Fatalf("%d good ones, and %d is the first bad one", len(events), bad)
		case errors.Is(err, wire.ErrSyntax) && std == nil && string(b[:1]) == "[":
			t.Fatalf("refused what is right: %v", err)
		}
	})
}

// FuzzJWS: nothing is a statement but what was signed.
func FuzzJWS(f *testing.F) {
	signer := wire.NewSigner(rfc8037(f))
	keys := keysOf(signer)
	good := signed(f, signer, statement())
	for _, s := range []string{good, signed(f, signer, wire.PackClaim{Name: "a"}), "..", "", strings.Replace(good, ".", "..", 1)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, jws string) {
		var got wire.Statement
		err := keys.Verify(jws, &got)
		if err == nil && jws != good || err != nil && !errors.Is(err, wire.ErrSignature) {
			t.Fatalf("%v for %q", err, jws)
		}
	})
}

// FuzzMeta: what is read is written as something that reads the same.
func FuzzMeta(f *testing.F) {
	f.Add(wire.FormatMeta(wire.BlobMeta{Dossier: dossierID, Hash: kiosk.HashOf(nil), Media: "image/jpeg"}))
	f.Add("dossier eA==,,sha256")
	f.Fuzz(func(t *testing.T, s string) {
		m, err := wire.ParseMeta(s)
		if err != nil {
			return
		}
		if again, err := wire.ParseMeta(wire.FormatMeta(m)); err != nil || again != m || !m.Dossier.Valid() {
			t.Fatalf("%+v, %v, want %+v", again, err, m)
		}
	})
}

// FuzzProblem: whatever answers, there is a code, a title and an end.
func FuzzProblem(f *testing.F) {
	b, err := os.ReadFile("testdata/golden/problem.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(409, wire.TypeProblem, "30", string(b))
	f.Add(200, "text/html", "Tue, 24 Nov 2026 01:02:00 GMT", "<html>")
	f.Fuzz(func(t *testing.T, status int, kind, retry, body string) {
		resp := response(status, kind, body)
		resp.Header.Set("Retry-After", retry)
		p := wire.ReadProblem(resp)
		if p.Code == "" || p.Title == "" || p.Status != status || !utf8.ValidString(p.Error()) || len(p.Error()) > 4000 ||
			p.RetryAfter < 0 || p.RetryAfter > wire.MaxRetryAfter {
			t.Fatalf("%+v", p)
		}
	})
}
