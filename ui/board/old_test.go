package board_test

import (
	"fmt"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// bare takes strings, regular expressions and comments out of a script.
var bare = regexp.MustCompile(`(?s)/\*.*?\*/|//[^\n]*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|/(?:[^/\\\n*]|\\.)+/\.test`)

// A television's browser may be Chromium 60 of 2017 or older. The script keeps to ES5, which is
// held here word by word: no parser of that language stands by, and a newer one takes it all.
func TestScriptIsOfOldBrowsers(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("static/board.js")
	if err != nil {
		t.Fatal(err)
	}
	code := bare.ReplaceAllString(string(data), "''")
	newer := regexp.MustCompile(`=>|` + "`" + `|\?\?|\?\.[^0-9]|\*\*|\.\.\.|#[a-z]|\b(?:let|const|class|async|await|import|export|yield|super|of|fetch|Promise|Symbol|Map|Set|Proxy|Reflect|includes|padStart|padEnd|repeat|startsWith|endsWith|entries|values|assign|from|replaceAll|flat|flatMap|closest|append|prepend|remove|replaceWith|AbortController|IntersectionObserver|ResizeObserver)\b\s*[( {=.;]|catch\s*\{|,\s*[)}\]]|\b0[bo]`)
	for i, line := range strings.Split(code, "\n") {
		if m := newer.FindString(line); m != "" {
			t.Errorf("line %d: %q is newer than ES5: %s", i+1, m, line)
		}
	}
	for _, probe := range []string{"const a = 1;", "f(() => 1)", "a?.b", "a ?? b", "try {} catch {}", "f(...a)", "let b = 2;", "x = `a`", "[1, 2,]"} {
		if !newer.MatchString(probe) {
			t.Errorf("%q is not noticed", probe)
		}
	}
}

func TestStyleIsOfOldBrowsers(t *testing.T) {
	t.Parallel()
	css := style(t)
	newer := regexp.MustCompile(`\b(?:gap|inset|aspect-ratio|place-items|place-content|container)\s*:|:(?:has|is|where|focus-visible)\b|&|@(?:layer|container|property)|\b(?:min|max|clamp|color-mix)\(|animation|blink|transition`)
	if m := newer.FindString(css); m != "" {
		t.Errorf("%q is newer than Chromium 60, or moves", m)
	}
}

func style(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("static/board.css")
	if err != nil {
		t.Fatal(err)
	}
	return regexp.MustCompile(`(?s)/\*.*?\*/`).ReplaceAllString(string(data), "")
}

// Every colour of type passes 7:1 on every ground that it is used on (WCAG 1.4.6).
func TestContrast(t *testing.T) {
	t.Parallel()
	css := style(t)
	for _, pair := range [][2]string{
		{"#1A1A1A", "#FAF7F0"}, {"#00573D", "#FAF7F0"}, {"#9B1C1C", "#FAF7F0"},
		{"#1A1A1A", "#FFFDF8"}, {"#00573D", "#FFFDF8"}, {"#9B1C1C", "#FFFDF8"}, {"#3D3A34", "#ECE7DB"},
	} {
		if c := contrast(t, pair[0], pair[1]); c < 7 {
			t.Errorf("%s on %s: %.1f:1", pair[0], pair[1], c)
		}
	}
	known := "#1A1A1A #FAF7F0 #00573D #9B1C1C #FFFDF8 #3D3A34 #ECE7DB"
	for _, m := range regexp.MustCompile(`(?:background|[^-]color): (#[0-9A-F]+)`).FindAllStringSubmatch(css, -1) {
		if !strings.Contains(known, m[1]) {
			t.Errorf("%s was not looked at", m[1])
		}
	}
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(colour[1:], 16, 32)
	if err != nil {
		t.Fatal(fmt.Errorf("colour %q: %w", colour, err))
	}
	part := func(shift uint, weight float64) float64 {
		c := float64(n>>shift&0xff) / 255
		if c <= 0.04045 {
			return weight * c / 12.92
		}
		return weight * math.Pow((c+0.055)/1.055, 2.4)
	}
	return part(16, 0.2126) + part(8, 0.7152) + part(0, 0.0722)
}
