package counter

import (
	"errors"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/lan"
)

// FuzzStep reads steps as anybody on the network may send them: what is taken has the shape that
// the page gives it, and the rest is a bad request.
func FuzzStep(f *testing.F) {
	f.Add("verb=call&key=k&day=20261123", true)
	f.Add("verb=send&number=+a012&key=k&day=20261123&moves=3&place=after&after=15&to=ho-tich&for=2", true)
	f.Add("verb=finish-next&number=A001&key=%ff&day=0&moves=-1", true)
	f.Add(`{"key":"k","verb":"call","number":"","day":20261123,"hand":"A001","moves":0}`, false)
	f.Add(`{"key":"k","verb":"send","number":"A001","day":20261123,"place":"after","after":99999}`, false)
	f.Add(`{"key":"\u202e","verb":"undo"}`, false)
	f.Fuzz(func(t *testing.T, body string, form bool) {
		r := httptest.NewRequest("POST", "/counter/step", strings.NewReader(body))
		kind := "application/json"
		if form {
			kind = "application/x-www-form-urlencoded"
		}
		r.Header.Set("Content-Type", kind)
		a, err := readStep(r, form)
		if err != nil {
			if p, ok := errors.AsType[*lan.Problem](err); !ok || p.Code != kiosk.CodeBadRequest {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		s := a.step("staff/o1")
		switch {
		case s.Key == "" || len(s.Key) > 64 || strings.ContainsFunc(s.Key, func(r rune) bool { return r <= ' ' || r > '~' }):
			t.Fatalf("key %q", s.Key)
		case !slices.Contains(verbs(), s.Verb) || !s.Seen.Day.Valid() || s.Seen.Moves < 0 || s.After < 0 || s.Late < 0 || s.Late > 12*time.Hour:
			t.Fatalf("%+v", s)
		case !utf8.ValidString(string(s.Number)) || len(s.Number) > 12 || len(s.To) > 32 || len(s.For) > 32:
			t.Fatalf("%+v", s)
		}
	})
}

// FuzzSitting does the same for the counter itself.
func FuzzSitting(f *testing.F) {
	f.Add("do=pause&until=11:15&reason=h%E1%BB%8Dp", true)
	f.Add("do=close&other=x", true)
	f.Add(`{"do":"pause","other":"việc riêng\u0000"}`, false)
	f.Fuzz(func(t *testing.T, body string, form bool) {
		r := httptest.NewRequest("POST", "/counter/seat", strings.NewReader(body))
		kind := "application/json"
		if form {
			kind = "application/x-www-form-urlencoded"
		}
		r.Header.Set("Content-Type", kind)
		v, err := readSitting(r, form)
		if err != nil {
			if p, ok := errors.AsType[*lan.Problem](err); !ok || p.Code != kiosk.CodeBadRequest {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		if checkText(v.Reason) != nil || checkText(v.Other) != nil || checkText(v.Until) != nil || !code(string(v.Counter), maxCode) {
			t.Fatalf("%+v", v)
		}
	})
}
