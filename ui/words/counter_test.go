package words_test

import (
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/words"
)

// said gathers every sentence of the officers' page.
func said(t *testing.T, out map[string]string, name string, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.String:
		out[name] = v.String()
	case reflect.Slice:
		for i := range v.Len() {
			said(t, out, name, v.Index(i))
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			said(t, out, name+" "+k.String(), v.MapIndex(k))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			said(t, out, name+"."+v.Type().Field(i).Name, v.Field(i))
		}
	}
}

func TestTheOfficersPageHasItsWords(t *testing.T) {
	t.Parallel()
	w := words.Counter()
	all := map[string]string{}
	said(t, all, "counter", reflect.ValueOf(w))
	s := w.SignIn
	all["sits"], all["taken"], all["yourself"] = s.Sits, s.Taken("A", "2"), s.Yourself("2")
	all["seconds"], all["minutes"], all["busy"] = s.Wait(90*time.Second), s.Wait(5*time.Minute), s.Busy("A012")
	places := regexp.MustCompile(`\{[^}]*\}`)
	for name, v := range all {
		if v == "" && !strings.HasSuffix(name, ".Key") {
			t.Errorf("%s: no words", name)
		}
		if !norm.NFC.IsNormalString(v) || strings.ContainsFunc(v, unicode.IsControl) || strings.Contains(v, "  ") {
			t.Errorf("%s: %q is not as it should be written", name, v)
		}
		for _, p := range places.FindAllString(v, -1) {
			if !slices.Contains([]string{"{n}", "{t}", "{q}", "{k}", "{v}", "{h}"}, p) {
				t.Errorf("%s: nobody fills %s", name, p)
			}
		}
	}
	if got := s.Wait(90 * time.Second); !strings.Contains(got, "90 giây") {
		t.Error(got)
	}
	if got := s.Wait(5 * time.Minute); !strings.Contains(got, "5 phút") {
		t.Error(got)
	}
}

// In Telex, VNI and VIQR a vowel, D and W begin a letter: as keys they would be swallowed.
func TestKeysMakeNoVietnameseLetter(t *testing.T) {
	t.Parallel()
	w := words.Counter()
	seen := map[string]kiosk.Verb{}
	for verb, v := range w.Verbs {
		if v.Key == "" || verb == kiosk.VerbLower { // the same key as to raise it
			continue
		}
		if strings.ContainsAny(v.Key, "AEIOUYDW") || len(v.Key) != 1 {
			t.Errorf("%s has the key %s", verb, v.Key)
		}
		if other, ok := seen[v.Key]; ok {
			t.Errorf("%s and %s have the key %s", verb, other, v.Key)
		}
		seen[v.Key] = verb
	}
	if _, err := json.Marshal(w); err != nil {
		t.Errorf("the page cannot have the words: %v", err)
	}
}
