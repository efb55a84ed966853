package words_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/words"
)

// constants reads the values of all constants of a type from the source of package kiosk, so
// that a code without words fails here on the day it is added.
func constants(t *testing.T, typ string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "kiosk", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			if id, ok := spec.Type.(*ast.Ident); !ok || id.Name != typ {
				return true
			}
			for _, v := range spec.Values {
				if lit, ok := v.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					s, err := strconv.Unquote(lit.Value)
					if err != nil {
						t.Fatal(err)
					}
					out = append(out, s)
				}
			}
			return true
		})
	}
	if len(out) < 5 {
		t.Fatalf("found only %d constants of type %s", len(out), typ)
	}
	return out
}

func TestEveryCodeHasItsOwnSentence(t *testing.T) {
	t.Parallel()
	for _, l := range kiosk.Languages() {
		w := words.For(l)
		own := func(kind string, codes []string, say func(string) string) {
			general, seen := say("no such code"), map[string]string{}
			for _, c := range codes {
				s := say(c)
				if s == "" || s == general {
					t.Errorf("%s: %s %q has no sentence", l, kind, c)
				}
				if other, ok := seen[s]; ok {
					t.Errorf("%s: %s %q says the same as %q", l, kind, c, other)
				}
				seen[s] = c
			}
		}
		own("refusal", constants(t, "Code"), func(c string) string { return w.Refusal(kiosk.Code(c)) })
		own("fault", constants(t, "FaultCode"), func(c string) string { return w.Fault(kiosk.FaultCode(c)) })
		own("closed", constants(t, "ClosedReason"), func(c string) string { return w.Shut(kiosk.ClosedReason(c)) })
	}
}

func TestRefusedLooksInsideErrors(t *testing.T) {
	t.Parallel()
	w := words.For(kiosk.English)
	wrapped := fmt.Errorf("issue ticket: %w", &kiosk.Refusal{Code: kiosk.CodeCopyLimit})
	if got, want := w.Refused(wrapped), w.Refusal(kiosk.CodeCopyLimit); got != want {
		t.Errorf("wrapped refusal: %q, want %q", got, want)
	}
	if got := w.Refused(errors.New("EIO on /dev/sda")); strings.Contains(got, "EIO") || got != w.Refusal("") {
		t.Errorf("a technical error reached a person: %q", got)
	}
}

// What changes nothing for a citizen must not worry one; what does must be said.
func TestCitizensReadOnlyWhatConcernsThem(t *testing.T) {
	t.Parallel()
	quiet := map[kiosk.FaultCode]bool{
		kiosk.FaultClockUnsure: true, kiosk.FaultStoreReplaced: true, kiosk.FaultPaperLow: true,
		kiosk.FaultPrinterMute: true, kiosk.FaultSlipsUnprinted: true,
		// Officers call aloud then; an office without a loudspeaker would show it all its life.
		kiosk.FaultBoardAbsent: true, kiosk.FaultVoiceAbsent: true, kiosk.FaultVoiceFaulty: true,
		kiosk.FaultLAN: true, kiosk.FaultCertificate: true,
		kiosk.FaultWeakKey: true, kiosk.FaultKeyLocked: true, kiosk.FaultKeyFaulty: true,
		// What lies between the box and the province.
		kiosk.FaultLineDown: true, kiosk.FaultBlobsParked: true, kiosk.FaultHubDistrusted: true,
		kiosk.FaultFactsWait: true, kiosk.FaultKeysKept: true,
		kiosk.FaultGatewayRevoked: true, kiosk.FaultNotEnrolled: true,
	}
	for _, l := range kiosk.Languages() {
		for _, c := range constants(t, "FaultCode") {
			code := kiosk.FaultCode(c)
			if got := words.For(l).AtScreen(code); (got == "") != quiet[code] {
				t.Errorf("%s %s at the screen: %q", l, c, got)
			}
		}
	}
}
