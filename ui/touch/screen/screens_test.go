package screen_test

import (
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/touch/look/looktest"
	"github.com/motcua/gateway/ui/touch/screen"
)

// picturesTo is the environment variable that names the folder for a picture of every screen
// on every display, in every language and size of text: SCREENS=dist/screens go test ./ui/touch/screen
const picturesTo = "SCREENS"

// Every screen fits: no tile smaller than a finger, nothing over the edge, no tile on another,
// no words too small to read.
func TestScreensFit(t *testing.T) {
	dir := os.Getenv(picturesTo)
	views(t, func(name string, l kiosk.Language, large bool, v screen.View) {
		models := scenes(l, large)
		for _, scene := range slices.Sorted(maps.Keys(models)) {
			page := models[scene].Draw(v)
			if min := page.MinSize(); min.Width > v.Kit.Size.Width || min.Height > v.Kit.Size.Height {
				t.Errorf("%s %s: asks for %v on a display of %v, and Fyne would enlarge it", scene, name, min, v.Kit.Size)
			}
			if err := v.Kit.Check(page); err != nil {
				t.Errorf("%s %s: %v", scene, name, err)
			}
			if dir != "" {
				picture(t, filepath.Join(dir, scene+"-"+name+".png"), v, page)
			}
		}
	})
}

func picture(t *testing.T, path string, v screen.View, page fyne.CanvasObject) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, looktest.Paint(v.Kit, page)); err != nil {
		t.Fatal(err)
	}
}
