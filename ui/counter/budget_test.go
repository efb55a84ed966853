package counter_test

import (
	"io/fs"
	"math"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

// TestBudgetFirstLoad weighs what a browser with nothing in its cache gets, unpacked.
func TestBudgetFirstLoad(t *testing.T) {
	t.Parallel()
	const most = 100_000
	h := newHall(t)
	for range 20 {
		h.issue(kiosktest.Certify, kiosk.PriorityDeclared, kiosk.Chinese)
	}
	p := h.signedIn("lan", kiosktest.Counter1)
	p.get("/counter")
	total, html := len(p.page), p.page
	links := regexp.MustCompile(`(?:href|src)="(/counter/static/[^"]+)"`).FindAllStringSubmatch(html, -1)
	seen := map[string]bool{}
	for _, m := range links {
		if seen[m[1]] {
			continue
		}
		seen[m[1]] = true
		r := p.request("GET", m[1], "", "")
		r.Header.Set("Accept-Encoding", "identity")
		p.do(r)
		if p.code != http.StatusOK {
			t.Errorf("%s: %d", m[1], p.code)
		}
		total += len(p.page)
	}
	files, err := fs.ReadDir(os.DirFS("static"), ".")
	if err != nil {
		t.Fatal(err)
	}
	if len(seen) != len(files) {
		t.Errorf("the page loads %d files of %d", len(seen), len(files))
	}
	t.Logf("budget: first load of the counter page | %.1f kB | all bytes of the page and its assets | ≤ 100 kB", float64(total)/1000)
	if total > most {
		t.Errorf("%d bytes, want at most %d", total, most)
	}
}

// Every colour of type is read by people of all ages: 7:1 on each ground on which it stands.
func TestColoursCanBeRead(t *testing.T) {
	t.Parallel()
	style, err := os.ReadFile("static/counter.css")
	if err != nil {
		t.Fatal(err)
	}
	colours := map[string]float64{}
	for _, m := range regexp.MustCompile(`--(\w+): #([0-9A-F]{6})`).FindAllStringSubmatch(string(style), -1) {
		colours[m[1]] = luminance(t, m[2])
	}
	for _, pair := range []string{
		"ink paper", "ink card", "ink pale", "soft card", "soft paper", "red card", "red pale", "red paper",
		"jade card", "jade pale", "amber card", "amber pale", "blue card", "blue pale", "card red",
	} {
		a, b, _ := strings.Cut(pair, " ")
		if _, ok := colours[a]; !ok {
			t.Fatalf("no colour %s", a)
		}
		light, dark := max(colours[a], colours[b]), min(colours[a], colours[b])
		if ratio := (light + 0.05) / (dark + 0.05); ratio < 7 {
			t.Errorf("%s on %s: %.1f:1", a, b, ratio)
		}
	}
}

// luminance is as WCAG 2.2 defines it.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		v, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(v) / 255
		if c <= 0.04045 {
			sum += weight * c / 12.92
		} else {
			sum += weight * math.Pow((c+0.055)/1.055, 2.4)
		}
	}
	return sum
}
