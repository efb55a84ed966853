package screen_test

import (
	"maps"
	"slices"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/touch/look"
	"github.com/motcua/gateway/ui/touch/screen"
)

// tiles lists the tiles of a page.
func tiles(page fyne.CanvasObject) (out []*look.Tile) {
	look.Walk(page, func(o fyne.CanvasObject, _ fyne.Position) bool {
		if t, ok := o.(*look.Tile); ok {
			out = append(out, t)
			return false
		}
		return true
	})
	return out
}

// at returns the action of the tile at a point, if there is one.
func at(page fyne.CanvasObject, p fyne.Position) (action screen.Action, ok bool) {
	for key, r := range rects(page) {
		if p.X >= r.from.X && p.Y >= r.from.Y && p.X < r.to.X && p.Y < r.to.Y {
			return key, true
		}
	}
	return "", false
}

type rect struct{ from, to fyne.Position }

// rects returns where each action stands; of the services any one.
func rects(page fyne.CanvasObject) map[screen.Action]rect {
	out := map[screen.Action]rect{}
	look.Walk(page, func(o fyne.CanvasObject, at fyne.Position) bool {
		if t, ok := o.(*look.Tile); ok {
			if action, pressable := actionOf(t); pressable {
				out[action] = rect{at, at.Add(o.Size())}
			}
			return false
		}
		return true
	})
	return out
}

// The second tap of a double tap falls on the page that the first one brought. It must not answer
// a question there or send the number away.
func TestSecondTapDoesNoHarm(t *testing.T) {
	views(t, func(name string, l kiosk.Language, large bool, v screen.View) {
		models := scenes(l, large)
		draw := func(scene string) fyne.CanvasObject {
			page := models[scene].Draw(v)
			page.Resize(v.Kit.Size)
			return page
		}
		home := draw("01-home-8")
		harm := func(from string, p fyne.Position, scene string, bad ...screen.Action) {
			if a, ok := at(draw(scene), p); ok && slices.Contains(bad, a) {
				t.Errorf("%s: a second tap on %s answers %q on %s", name, from, a, scene)
			}
		}
		for _, tile := range tiles(home) {
			middle := centre(home, tile)
			switch press := tile.Spec().Key; {
			case press == (screen.Press{Do: screen.Choose, Service: "huong-dan"}).String():
				for _, scene := range []string{"06-ticket-coming", "06-ticket-none"} {
					harm(press, middle, scene, screen.Finish, screen.HaveIt)
				}
			default:
				if a, _ := actionOf(tile); a == screen.Choose {
					harm(press, middle, "02-priority", screen.HavePrio, screen.NoPrio)
					harm(press, middle, "03-late", screen.TakeAnyway)
				}
			}
		}
		priority := draw("02-priority")
		for _, tile := range tiles(priority) {
			if a, _ := actionOf(tile); a == screen.HavePrio || a == screen.NoPrio {
				for _, scene := range []string{"06-ticket-coming", "06-ticket-none", "05-hold"} {
					harm(string(a), centre(priority, tile), scene, screen.Finish, screen.HaveIt)
				}
			}
		}
	})
}

// What a citizen pressed last must not be answered, sent away or taken back by its own echo.
func TestSecondTapWhileRating(t *testing.T) {
	views(t, func(name string, l kiosk.Language, large bool, v screen.View) {
		models := scenes(l, large)
		levels, thanks := models["15-rate-level"].Draw(v), models["17-rated"].Draw(v)
		levels.Resize(v.Kit.Size)
		thanks.Resize(v.Kit.Size)
		n := 0
		for _, tile := range tiles(levels) {
			if a, _ := actionOf(tile); a == screen.RateLevel {
				n++
				if a, ok := at(thanks, centre(levels, tile)); ok {
					t.Errorf("%s: a second tap on %q presses %q", name, tile.Spec().Name, a)
				}
			}
		}
		if n != 3 {
			t.Errorf("%s: %d levels", name, n)
		}
	})
}

func centre(page fyne.CanvasObject, tile *look.Tile) (p fyne.Position) {
	look.Walk(page, func(o fyne.CanvasObject, at fyne.Position) bool {
		if o == fyne.CanvasObject(tile) {
			p = at.AddXY(o.Size().Width/2, o.Size().Height/2)
		}
		return true
	})
	return p
}

// actionOf reads a tile's action from its key.
func actionOf(t *look.Tile) (screen.Action, bool) {
	s := t.Spec()
	for i, c := range s.Key {
		if c == ' ' {
			return screen.Action(s.Key[:i]), s.OnPress != nil
		}
	}
	return "", false
}

// A press says what was pressed, and nothing is pressed by drawing.
func TestPressesGoOut(t *testing.T) {
	views(t, func(name string, l kiosk.Language, large bool, v screen.View) {
		if large || l != kiosk.Vietnamese {
			return
		}
		var got []screen.Press
		v.Press = func(p screen.Press) { got = append(got, p) }
		models := scenes(l, large)
		for _, scene := range slices.Sorted(maps.Keys(models)) {
			page := models[scene].Draw(v)
			page.Resize(v.Kit.Size)
			if len(got) != 0 {
				t.Fatalf("%s %s: drawing pressed %v", scene, name, got)
			}
			for _, tile := range tiles(page) {
				tile.Spec().OnPress()
				if len(got) != 1 || got[0].String() != tile.Spec().Key {
					t.Errorf("%s %s: tile %q pressed %v", scene, name, tile.Spec().Key, got)
				}
				got = nil
			}
		}
	})
}
