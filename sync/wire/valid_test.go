package wire_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/motcua/gateway/sync/wire"
)

// FuzzValid: what is JSON is encoding/json's to say.
func FuzzValid(f *testing.F) {
	seeds(f, "facts/*.json")
	for _, s := range []string{
		"", " ", "null", "nul", "true", "tru e", "false", " 1 ", "1 2", "-", "-0", "01", "-01", "1.", ".5", "1.5", "1e", "1e+", "1E-07", "0e0", "2.5e+3x",
		`""`, `"`, `"\`, `"\"`, `"\u12`, `"\u12aF"`, `"\u12g0"`, `"\x"`, "\"\x1f\"", "\"\x7f\"", "\"\xff\"", `"\/\b\f\n\r\t\\"`, "\"\\u\x10\x11\x12\x13\"",
		"[]", "[ ]", "[1,]", "[,1]", "[1 2]", "[1", "[", "]", "[[],[]]", "[}", "{}", "{ }", `{"a"}`, `{"a":}`, `{"a":1,}`, `{"a" : 1 , "b":[{}]}`, `{a:1}`, `{1:1}`, `{"a":1]`, "{,}",
		"\ufeff{}", "\v1", "1\x00",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if got, want := wire.Valid(string(b)), json.Valid(b); got != want {
			t.Fatalf("%q: valid is %t, encoding/json says %t", b, got, want)
		}
	})
}

// Depth is bounded, and at the same place.
func TestValidDeep(t *testing.T) {
	t.Parallel()
	for depth := range 3 {
		depth += 9999
		s := strings.Repeat("[", depth) + strings.Repeat("]", depth)
		if got, want := wire.Valid(s), json.Valid([]byte(s)); got != want {
			t.Errorf("%d deep: valid is %t, encoding/json says %t", depth, got, want)
		}
	}
}
