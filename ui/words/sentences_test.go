package words_test

import (
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/unicode/norm"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/words"
)

// sentences returns every sentence of a language by the name of its field, calling what is a
// function with the arguments at which languages differ.
func sentences(t *testing.T, w words.Words) map[string]string {
	t.Helper()
	out := map[string]string{}
	gather(t, out, "", reflect.ValueOf(w))
	gather(t, out, ".Browser", reflect.ValueOf(w.Browser()))
	gather(t, out, ".Lan", reflect.ValueOf(w.Lan()))
	gather(t, out, ".RatingPages", reflect.ValueOf(w.RatingPages()))
	for _, c := range constants(t, "Code") {
		out["refusal "+c] = w.Refusal(kiosk.Code(c))
	}
	for _, c := range constants(t, "FaultCode") {
		out["fault "+c] = w.Fault(kiosk.FaultCode(c))
		if s := w.AtScreen(kiosk.FaultCode(c)); s != "" {
			out["screen "+c] = s
		}
	}
	for _, c := range constants(t, "ClosedReason") {
		out["closed "+c] = w.Shut(kiosk.ClosedReason(c))
	}
	out["refusal of no code"], out["fault of no code"] = w.Refusal("?"), w.Fault("?")
	return out
}

func gather(t *testing.T, out map[string]string, name string, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.String:
		out[name] = v.String()
	case reflect.Slice:
		if v.Len() == 0 {
			t.Errorf("%s: no sentence", name)
		}
		for i := range v.Len() {
			gather(t, out, fmt.Sprintf("%s[%d]", name, i), v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if n := v.Type().Field(i).Name; n != "Language" {
				gather(t, out, name+"."+n, v.Field(i))
			}
		}
	case reflect.Func:
		if v.IsNil() {
			t.Errorf("%s: no sentence", name)
			return
		}
		for i, args := range arguments(t, v.Type()) {
			out[fmt.Sprintf("%s#%d", name, i)] = v.Call(args)[0].String()
		}
	default:
		t.Fatalf("%s: a %s is no sentence", name, v.Kind())
	}
}

// arguments returns the lists of arguments with which a function is to be asked.
func arguments(t *testing.T, f reflect.Type) [][]reflect.Value {
	t.Helper()
	lists := [][]reflect.Value{nil}
	for i := range f.NumIn() {
		var next [][]reflect.Value
		for _, list := range lists {
			for _, v := range samples(t, f.In(i)) {
				next = append(next, append(list[:len(list):len(list)], reflect.ValueOf(v)))
			}
		}
		lists = next
	}
	return lists
}

func samples(t *testing.T, typ reflect.Type) []any {
	t.Helper()
	minutes := func(low, high int) kiosk.Range {
		return kiosk.Range{Low: time.Duration(low) * time.Minute, High: time.Duration(high) * time.Minute}
	}
	ranges := []kiosk.Range{{}, minutes(0, 1), minutes(0, 4), minutes(3, 7), minutes(12, 18), minutes(60, 200)}
	switch typ {
	case reflect.TypeFor[int]():
		return []any{0, 1, 2, 120}
	case reflect.TypeFor[string]():
		return []any{"12"}
	case reflect.TypeFor[time.Time]():
		return []any{kiosk.Day(2026_11_23).At(7*60 + 30)}
	case reflect.TypeFor[kiosk.Day]():
		var days []any
		for i := range 7 {
			days = append(days, kiosk.Day(2026_11_23).Add(i))
		}
		return days
	case reflect.TypeFor[kiosk.Range]():
		var out []any
		for _, r := range ranges {
			out = append(out, r)
		}
		return out
	case reflect.TypeFor[*kiosk.Range]():
		out := []any{(*kiosk.Range)(nil)}
		for i := range ranges {
			out = append(out, &ranges[i])
		}
		return out
	}
	t.Fatalf("no sample of %s", typ)
	return nil
}

func TestEverySentenceIsWhole(t *testing.T) {
	t.Parallel()
	for _, l := range kiosk.Languages() {
		w := words.For(l)
		if w.Language != l {
			t.Errorf("For(%s) speaks %s", l, w.Language)
		}
		for name, s := range sentences(t, w) {
			switch {
			case strings.TrimSpace(s) == "" || strings.TrimSpace(s) != s:
				t.Errorf("%s%s: %q is empty or has blank edges", l, name, s)
			case !norm.NFC.IsNormalString(s):
				t.Errorf("%s%s: %q is not NFC", l, name, s)
			case strings.Contains(s, "  ") || strings.Contains(s, "%!") || strings.Contains(s, ".."):
				t.Errorf("%s%s: %q has a slip of the pen", l, name, s)
			}
			for _, r := range s {
				if !printable(l, r) {
					t.Errorf("%s%s: %q holds %q, which the type lacks", l, name, s, r)
				}
			}
		}
	}
}

// printable reports whether the screen's type has r: ASCII, the 134 accented letters, the
// marks of the package comment, and Han with its own marks in Chinese.
func printable(l kiosk.Language, r rune) bool {
	switch {
	case r >= ' ' && r <= '~', strings.ContainsRune("“”–…·", r):
		return true
	case strings.ContainsRune(letters(), unicode.ToLower(r)):
		return true
	}
	return l == kiosk.Chinese && (unicode.Is(unicode.Han, r) || strings.ContainsRune("，。：？、（）", r))
}

func letters() string {
	return "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
}

func TestLanguagesDoNotMix(t *testing.T) {
	t.Parallel()
	english := regexp.MustCompile(`(?i)\b(the|your|you|please|number|ticket|printer|slip|paper|screen|officer|counter|press|for|and|is|not|again|minutes?|hours?|page|waiting|language|closed|today)\b`)
	vietnamese := sentences(t, words.For(kiosk.Vietnamese))
	for name, s := range vietnamese {
		if english.MatchString(s) || strings.ContainsAny(s, "fjwzFJWZ") {
			t.Errorf("vi%s: %q holds a word that is not Vietnamese", name, s)
		}
		for _, bad := range []string{"oà ", "oá ", "oả ", "hoà", "uỷ", "uý ", "xoá", "toà"} {
			if strings.Contains(s+" ", bad) && !strings.Contains(s, "q"+strings.TrimSpace(bad)) {
				t.Errorf("vi%s: %q puts a tone mark in the new way", name, s)
			}
		}
	}
	for name, s := range sentences(t, words.For(kiosk.English)) {
		if strings.IndexFunc(s, func(r rune) bool { return r > 0x7f && !strings.ContainsRune("“”–…·", r) }) >= 0 && !strings.Contains(s, "PHIẾU THỬ") {
			t.Errorf("en%s: %q is not English", name, s)
		}
		if s == vietnamese[name] && name != ".Own" && !strings.ContainsAny(s, "0123456789") {
			t.Errorf("en%s: %q is the Vietnamese sentence", name, s)
		}
	}
	latin := regexp.MustCompile(`[A-Za-z]{2,}`)
	for name, s := range sentences(t, words.For(kiosk.Chinese)) {
		if latin.MatchString(strings.ReplaceAll(s, "PHIẾU THỬ", "")) {
			t.Errorf("zh%s: %q holds Latin words", name, s)
		}
		if strings.ContainsAny(s, ",?!") || strings.HasSuffix(s, ".") {
			t.Errorf("zh%s: %q has a Latin mark", name, s)
		}
		if strings.ContainsAny(s, "務們這時號碼請員開關裝紙辦") {
			t.Errorf("zh%s: %q is not simplified", name, s)
		}
	}
}

// The small free font of Debian is what most boxes have.
func TestChineseIsInTheDroidFont(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("/usr/share/fonts-droid-fallback/truetype/DroidSansFallback.ttf")
	if err != nil {
		t.Skip("fonts-droid-fallback is not installed")
	}
	font, err := sfnt.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range sentences(t, words.For(kiosk.Chinese)) {
		for _, r := range s {
			if unicode.Is(unicode.Han, r) {
				if i, err := font.GlyphIndex(nil, r); err != nil || i == 0 {
					t.Errorf("zh%s: the font lacks %q", name, r)
				}
			}
		}
	}
}
