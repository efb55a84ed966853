package screen_test

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/touch/look"
	"github.com/motcua/gateway/ui/touch/look/looktest"
	"github.com/motcua/gateway/ui/touch/screen"
)

// pictured are the screens whose pictures are kept: the ones that nearly everybody meets, and
// what is hardest to set.
func pictured(scene, name string) bool {
	switch scene {
	case "01-home-8", "02-priority", "06-ticket-out", "06-ticket-none":
		return strings.HasSuffix(name, "-vi")
	case "20-pin", "21-counters-fault", "22-counter-called", "23-slips":
		return strings.HasSuffix(name, "-vi") || name == "800x480-vi-large"
	case "01-home-12-rating", "13-rate-letter-12", "14-rate-number", "15-rate-level", "16-rate-why":
		return name == "1080x1920-vi" || name == "1280x800-zh" || name == "800x480-en-large" || name == "800x480-vi"
	case "01-home-12", "09-closed-holiday":
		return name == "1080x1920-vi" || name == "1280x800-zh" || name == "800x480-en-large"
	}
	return false
}

func TestScreensLookAsKept(t *testing.T) {
	views(t, func(name string, l kiosk.Language, large bool, v screen.View) {
		models := scenes(l, large)
		for _, scene := range slices.Sorted(maps.Keys(models)) {
			if pictured(scene, name) {
				looktest.Golden(t, scene+"-"+name, looktest.Paint(v.Kit, models[scene].Draw(v)))
			}
		}
	})
}

// Every screen as it is read, for translators and for whoever changes a word: one file a
// language. "›" marks what can be pressed.
func TestScreensReadAsKept(t *testing.T) {
	views(t, func(name string, l kiosk.Language, large bool, v screen.View) {
		if large || !strings.HasPrefix(name, "1080x1920") {
			return
		}
		var b strings.Builder
		models := scenes(l, large)
		for _, scene := range slices.Sorted(maps.Keys(models)) {
			page := models[scene].Draw(v)
			page.Resize(v.Kit.Size)
			fmt.Fprintf(&b, "== %s\n", scene)
			for _, i := range look.VisibleText(page) {
				mark := "  "
				if i.Pressable {
					mark = "› "
				}
				fmt.Fprintf(&b, "%s%s\n", mark, strings.ReplaceAll(i.Text, "\n", " / "))
			}
		}
		path := filepath.Join("testdata", "read-"+string(l)+".txt")
		if os.Getenv(looktest.Update) != "" {
			if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
				t.Fatal(err)
			}
			return
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatalf("%v: make it with %s=1 go test, then read it", err, looktest.Update)
		}
		if b.String() != string(want) {
			t.Errorf("%s: the screens read otherwise; make it with %s=1 go test and look at the difference", path, looktest.Update)
		}
	})
}

// A telephone must be able to read the code off the glass, on each display.
func TestCodeOnTheScreenCanBeScanned(t *testing.T) {
	if _, err := exec.LookPath("zbarimg"); err != nil {
		t.Skip("zbarimg is not installed (zbar-tools)")
	}
	views(t, func(name string, l kiosk.Language, large bool, v screen.View) {
		if l == kiosk.English {
			return
		}
		for _, scene := range []string{"06-ticket-none", "06-ticket-none2"} {
			m := scenes(l, large)[scene].(screen.Ticket)
			path := filepath.Join(t.TempDir(), "code.png")
			picture(t, path, v, m.Draw(v))
			out, err := exec.Command("zbarimg", "-q", "--raw", path).Output()
			if got := strings.TrimSpace(string(out)); err != nil || got != m.QR {
				t.Errorf("%s %s: read %q (%v), want %q", scene, name, got, err, m.QR)
			}
		}
	})
}
