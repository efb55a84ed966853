package touch_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/motcua/gateway/ui/touch/look"
)

// elsewhere are the files whose sentences the touchscreen never shows: spoken, or in a browser
// with the fonts of its own machine.
func elsewhere() []string { return []string{"call.go", "rateweb.go"} }

// TestEverySentenceCanBeDrawn: the screen keeps only the common characters of its Chinese font,
// so no sentence may use another one.
func TestEverySentenceCanBeDrawn(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../words/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no sentences found: %v", err)
	}
	common, seen := look.CommonHan(), 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") || slices.Contains(elsewhere(), filepath.Base(file)) {
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range string(source) {
			if !unicode.Is(unicode.Han, r) {
				continue
			}
			if seen++; !slices.Contains(common, r) {
				t.Errorf("%s: %c is not among the common characters", file, r)
			}
		}
	}
	if seen < 500 {
		t.Errorf("only %d Chinese characters in all sentences", seen)
	}
}
