package screen_test

import (
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/touch/look"
	"github.com/motcua/gateway/ui/touch/look/looktest"
	"github.com/motcua/gateway/ui/touch/screen"
	"github.com/motcua/gateway/ui/words"
)

// picturesTo is the environment variable that names the folder for a picture of every screen
// on every display, in every language and size of text; picturesOf, if set, keeps those whose
// name holds it:
//
//	SCREENS=$PWD/dist/screens SCREENS_OF=ticket go test ./ui/touch/screen
const (
	picturesTo = "SCREENS"
	picturesOf = "SCREENS_OF"
)

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
			checkLetters(t, scene+" "+name, v.Kit, page)
			checkTiles(t, scene+" "+name, page)
			checkSight(t, scene+" "+name, page)
			if dir != "" && strings.Contains(scene+"-"+name, os.Getenv(picturesOf)) {
				picture(t, filepath.Join(dir, scene+"-"+name+".png"), v, page)
			}
		}
	})
}

// Names as long as an office may give them, and every sentence that a page may have to hold, at
// once: nothing lies on anything else.
func TestLongNamesFit(t *testing.T) {
	views(t, func(name string, l kiosk.Language, large bool, v screen.View) {
		long := string([]rune(strings.Repeat("Đăng ký thay đổi nội dung giấy chứng nhận ", 3))[:120])
		models := scenes(l, large)
		home := models["01-home-5"].(screen.Home)
		home.Services = slices.Clone(home.Services)
		for i := range home.Services {
			home.Services[i].Name, home.Services[i].Icon = long, ""
		}
		late, ticket := models["03-late"].(screen.Late), models["06-ticket-none2"].(screen.Ticket)
		late.Service, ticket.Service, ticket.Where = long, long, long
		counter := staffScenes(home.Head)["22-counter-called"].(screen.Counter)
		counter.About = []string{long, counter.About[1], counter.About[2]}
		counter.Note = screen.Note{Text: words.InStaffMode().Failed}
		letters := screen.List{Head: home.Head, Title: v.Words.Rating.Prefix, Items: []screen.Item{
			{Press: screen.Press{Do: screen.Prefix, Text: "ABC"}, Name: "ABC", Fact: long, Letter: true},
			{Press: screen.Press{Do: screen.Prefix, Text: "D"}, Name: "D", Fact: "D", Letter: true},
		}, Ways: counter.Ways}
		head := screen.Head{Office: long, Site: home.Head.Site}
		for scene, m := range map[string]screen.Model{
			"home": home, "priority": screen.Priority{Head: home.Head, Service: long}, "late": late, "ticket": ticket,
			"hold": screen.Held{Head: home.Head, Service: long}, "office": screen.Priority{Head: head, Service: "A"},
			"counter": counter, "letters": letters,
		} {
			page := m.Draw(v)
			if min := page.MinSize(); min.Width > v.Kit.Size.Width || min.Height > v.Kit.Size.Height {
				t.Errorf("%s %s: asks for %v on a display of %v", scene, name, min, v.Kit.Size)
			}
			if err := v.Kit.Check(page); err != nil {
				t.Errorf("%s %s: %v", scene, name, err)
			}
			checkSight(t, scene+" "+name, page)
			look.Walk(page, func(o fyne.CanvasObject, _ fyne.Position) bool {
				if o, ok := o.(*look.Text); ok && scene == "ticket" {
					if text, _ := o.VisibleText(); text == string(ticket.Number) && o.ShownSize() < 1.5*v.Kit.Metrics.Title {
						t.Errorf("%s %s: the number is set in %.0f", scene, name, o.ShownSize())
					}
				}
				return true
			})
		}
	})
}

// checkTiles looks for two tiles that ask for the same thing, on which a finger on one would be a
// finger on both, and for pages without a way on.
func checkTiles(t *testing.T, name string, page fyne.CanvasObject) {
	t.Helper()
	seen := map[string]bool{}
	for _, tile := range tiles(page) {
		if key := tile.Spec().Key; seen[key] {
			t.Errorf("%s: two tiles %q", name, key)
		}
		seen[tile.Spec().Key] = true
	}
	if len(seen) == 0 && !strings.Contains(name, "busy") {
		t.Errorf("%s: no way on", name)
	}
}

// checkSight looks for words beneath a tile or below the edge.
func checkSight(t *testing.T, name string, page fyne.CanvasObject) {
	t.Helper()
	stand := rects(page)
	look.Walk(page, func(o fyne.CanvasObject, at fyne.Position) bool {
		switch o := o.(type) {
		case *look.Tile:
			return false
		case *canvas.Text:
			end := at.Add(o.MinSize())
			for action, r := range stand {
				if o.Text != "" && at.X < r.to.X && end.X > r.from.X && at.Y < r.to.Y-1 && end.Y > r.from.Y+1 {
					t.Errorf("%s: %q is beneath the tile %q", name, o.Text, action)
				}
			}
			if end.Y > page.Size().Height {
				t.Errorf("%s: %q ends below the display", name, o.Text)
			}
		}
		return true
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

// checkLetters looks at every line of type: none smaller than an eye can read at arm's length
// (an em of 2.3 mm), none wider than the tile or text that it stands in.
func checkLetters(t *testing.T, name string, k *look.Kit, page fyne.CanvasObject) {
	t.Helper()
	var edge float32 // of the piece that is being walked
	look.Walk(page, func(o fyne.CanvasObject, at fyne.Position) bool {
		switch o := o.(type) {
		case *look.Tile, *look.Text:
			edge = at.X + o.Size().Width
		case *canvas.Text:
			if o.TextSize < k.MM(2.3)-0.01 {
				t.Errorf("%s: %q is set in %.1f, %.1f mm", name, o.Text, o.TextSize, o.TextSize/k.PxPerMM)
			}
			if end := at.X + o.MinSize().Width; end > edge+1 {
				t.Errorf("%s: %q ends at %.0f, beyond the edge at %.0f", name, o.Text, end, edge)
			}
		}
		return true
	})
}
