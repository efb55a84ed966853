package secret_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/motcua/gateway/kiosk/secret"
)

func TestWhatIsSealedComesBack(t *testing.T) {
	t.Parallel()
	k := open(t, t.TempDir())
	rapid.Check(t, func(t *rapid.T) {
		plain, aad := rapid.SliceOf(rapid.Byte()).Draw(t, "plain"), rapid.SliceOf(rapid.Byte()).Draw(t, "aad")
		purpose := rapid.String().Draw(t, "purpose")
		sealed := k.Seal(purpose, plain, aad)
		got, err := k.Open(purpose, sealed, aad)
		if err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("got %x, %v", got, err)
		}
		if len(plain) > 3 && bytes.Contains(sealed, plain) {
			t.Fatal("the plain text shows")
		}
		if bytes.Equal(sealed, k.Seal(purpose, plain, aad)) {
			t.Fatal("sealed twice it is the same")
		}
		bit := rapid.IntRange(0, 8*len(sealed)-1).Draw(t, "bit")
		changed := bytes.Clone(sealed)
		changed[bit/8] ^= 1 << (bit % 8)
		for what, f := range map[string]func() ([]byte, error){
			"one bit":         func() ([]byte, error) { return k.Open(purpose, changed, aad) },
			"another purpose": func() ([]byte, error) { return k.Open(purpose+"x", sealed, aad) },
			"another place":   func() ([]byte, error) { return k.Open(purpose, sealed, append(bytes.Clone(aad), 0)) },
			"cut":             func() ([]byte, error) { return k.Open(purpose, sealed[:bit/8], aad) },
		} {
			if _, err := f(); !errors.Is(err, secret.ErrSealed) {
				t.Fatalf("%s: error %v", what, err)
			}
		}
	})
}

func FuzzOpen(f *testing.F) {
	k := open(f, f.TempDir())
	f.Add([]byte(nil), []byte(nil))
	f.Add([]byte{1, 2, 3}, []byte("x"))
	f.Add(bytes.Repeat([]byte{1}, 29), []byte(nil))
	f.Fuzz(func(t *testing.T, sealed, aad []byte) {
		if _, err := k.Open("fuzz", sealed, aad); !errors.Is(err, secret.ErrSealed) {
			t.Errorf("bytes that nobody sealed: %v", err)
		}
	})
}

func TestCodes(t *testing.T) {
	t.Parallel()
	k := open(t, t.TempDir())
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.String(), 0, 4).Draw(t, "parts")
		code := k.Code("rating", parts...)
		if len(code) != secret.CodeLength || strings.Trim(code, "0123456789ABCDEFGHJKMNPQRSTVWXYZ") != "" {
			t.Fatalf("code %q", code)
		}
		sloppy := strings.NewReplacer("0", rapid.SampledFrom([]string{"0", "o", "O"}).Draw(t, "zero"),
			"1", rapid.SampledFrom([]string{"1", "i", "I", "l", "L"}).Draw(t, "one")).Replace(code)
		for _, typed := range []string{code, strings.ToLower(code), code[:4] + "-" + code[4:], " " + code[:4] + " " + code[4:], sloppy} {
			if !k.CheckCode(typed, "rating", parts...) {
				t.Fatalf("%q is not taken for %q", typed, code)
			}
		}
		at := rapid.IntRange(0, secret.CodeLength-1).Draw(t, "at")
		other := rapid.SampledFrom([]rune("0123456789ABCDEFGHJKMNPQRSTVWXYZ*Uü\x00")).Draw(t, "other")
		wrong := code[:at] + string(other) + code[at+1:]
		if wrong != code && k.CheckCode(wrong, "rating", parts...) {
			t.Fatalf("%q is taken for %q", wrong, code)
		}
		for _, typed := range []string{"", code[:7], code + "0", code + strings.Repeat("-", 100)} {
			if k.CheckCode(typed, "rating", parts...) {
				t.Fatalf("%q is taken for %q", typed, code)
			}
		}
	})
}

func TestACodeIsOfItsParts(t *testing.T) {
	t.Parallel()
	k := open(t, t.TempDir())
	seen := map[string]bool{}
	for _, parts := range [][]string{{}, {""}, {"", ""}, {"a", "bc"}, {"ab", "c"}, {"abc"}} {
		seen[k.Code("rating", parts...)] = true
	}
	seen[k.Code("pairing", "abc")] = true
	seen[open(t, t.TempDir()).Code("rating", "abc")] = true
	if len(seen) != 8 {
		t.Errorf("%d different codes of 8", len(seen))
	}
}

func FuzzCheckCode(f *testing.F) {
	k := open(f, f.TempDir())
	f.Add("0000-0000")
	f.Add("ỒỒỒỒ")
	f.Fuzz(func(t *testing.T, typed string) {
		right := strings.NewReplacer("-", "", " ", "").Replace(typed)
		right = strings.NewReplacer("O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(right))
		if k.CheckCode(typed, "fuzz") && right != k.Code("fuzz") {
			t.Errorf("%q is taken for %q", typed, k.Code("fuzz"))
		}
	})
}
