package enrol

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestCodeIsReadAsItIsTyped(t *testing.T) {
	t.Parallel()
	for range 200 {
		code := newCode([]byte("a certificate"))
		text := code.Reveal()
		if len(text) != codeLength+7 {
			t.Fatalf("%q has %d characters", text, len(text))
		}
		swap := strings.NewReplacer("0", "o", "1", "l")
		for _, typed := range []string{
			text, strings.ToLower(text), strings.ReplaceAll(text, "-", ""), strings.ReplaceAll(text, "-", " - "),
			swap.Replace(text), strings.ToUpper(swap.Replace(text)), strings.ReplaceAll(text, "1", "i"), "  " + text + "\r\n",
		} {
			if got, err := ParseCode(typed); err != nil || got != code {
				t.Errorf("%q: %v", typed, err)
			}
		}
	}
}

// Every wrong character and every two neighbours swapped are found, whatever the code.
func TestCodeFindsSlips(t *testing.T) {
	t.Parallel()
	for range 20 {
		text := strings.ReplaceAll(newCode(nil).Reveal(), "-", "")
		for i := range text {
			for _, c := range alphabet {
				wrong := text[:i] + string(c) + text[i+1:]
				if _, err := ParseCode(wrong); (err == nil) != (wrong == text) {
					t.Fatalf("%s for %s: %v", wrong, text, err)
				}
			}
			if i == 0 {
				continue
			}
			swapped := text[:i-1] + text[i:i+1] + text[i-1:i] + text[i+1:]
			if _, err := ParseCode(swapped); (err == nil) != (swapped == text) {
				t.Fatalf("%s for %s: %v", swapped, text, err)
			}
		}
		for _, wrong := range []string{"", text[1:], text + "0", text + text, strings.Repeat("0", 300), text[:32] + "U", text[:32] + "é", text[:31] + "\x00" + text[32:]} {
			if _, err := ParseCode(wrong); !errors.Is(err, ErrMistyped) {
				t.Errorf("%q: %v", wrong, err)
			} else if strings.Contains(err.Error(), text[:8]) {
				t.Errorf("the error tells the code: %v", err)
			}
		}
	}
}

func TestCodeMasksItself(t *testing.T) {
	t.Parallel()
	code := newCode([]byte("x"))
	var b strings.Builder
	slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "code", code, "in", struct{ C Code }{code})
	js, err := json.Marshal(map[string]any{"code": code, "at": &code})
	if err != nil {
		t.Fatal(err)
	}
	out := b.String() + string(js)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d", "%q"} {
		out += fmt.Sprintf(verb, code) + fmt.Sprintf(verb, struct{ C Code }{code})
	}
	hex := fmt.Sprintf("%x", code.secret[:4])
	decimal := strings.Trim(fmt.Sprint(code.secret[:3]), "[]")
	if strings.Contains(out, hex) || strings.Contains(out, decimal) || strings.Contains(out, code.Reveal()[:9]) {
		t.Errorf("the secret shows in %s", out)
	}
}

func FuzzParseCode(f *testing.F) {
	f.Add(newCode([]byte("x")).Reveal())
	f.Add("0000-0000-0000-0000-0000-0000-0000-00000")
	f.Add("oooo iiii LLLL ſſſſ \xff")
	f.Fuzz(func(t *testing.T, typed string) {
		code, err := ParseCode(typed)
		if err != nil {
			if !errors.Is(err, ErrMistyped) {
				t.Errorf("%q: %v", typed, err)
			}
			return
		}
		again, err := ParseCode(code.Reveal())
		if err != nil || again != code {
			t.Errorf("%q does not come back: %v", typed, err)
		}
	})
}
