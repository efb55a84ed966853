package look_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/driver/mobile"
	"fyne.io/fyne/v2/test"
	"pgregory.net/rapid"

	"github.com/motcua/gateway/ui/touch/look"
)

// clock is a hand-moved time.
type clock struct{ now time.Time }

func (c *clock) kit() *look.Kit {
	c.now = time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	return look.NewKit(look.Options{Size: fyne.NewSize(800, 480), WidthMM: 154, Now: func() time.Time { return c.now }})
}

// A window's driver: the button goes down and up on an object, and the tap follows if both
// were the same object.
func mouse(down, up *look.Tile) {
	down.MouseDown(&desktop.MouseEvent{})
	up.MouseUp(nil)
	if down == up {
		up.Tapped(nil)
	}
}

// The embedded driver: the tap follows the finger, as a secondary one after 300 ms.
func finger(down, up *look.Tile, long bool) {
	down.TouchDown(&mobile.TouchEvent{})
	up.TouchUp(&mobile.TouchEvent{})
	if long {
		up.TappedSecondary(nil)
	} else {
		up.Tapped(nil)
	}
}

func TestOnePressActsOnce(t *testing.T) {
	var c clock
	k := c.kit()
	pressed := ""
	tile := func(key string) *look.Tile {
		return k.Tile(look.TileSpec{Key: key, Name: key, OnPress: func() { pressed += key }})
	}
	a, b := tile("a"), tile("b")
	expect := func(what, want string) {
		t.Helper()
		if pressed != want {
			t.Errorf("%s: pressed %q, want %q", what, pressed, want)
		}
		pressed = ""
	}
	finger(a, a, false)
	expect("a finger", "a")
	finger(a, a, true)
	expect("a long finger", "a")
	finger(a, b, false)
	expect("a finger that moved to another tile", "")
	finger(a, tile("a"), true)
	expect("a finger on a rebuilt page", "a")
	finger(a, tile("b"), false)
	expect("a finger on another page", "")
	mouse(a, a)
	expect("a mouse", "a")
	mouse(a, b)
	expect("a mouse that moved to another tile", "")
	mouse(a, tile("a"))
	expect("a mouse on a rebuilt page", "a")
	a.MouseDown(&desktop.MouseEvent{})
	a.MouseOut()
	b.MouseUp(nil)
	c.now = c.now.Add(time.Second)
	finger(b, b, false)
	expect("a mouse that left, then a finger", "b")
	test.Tap(a)
	test.TapSecondary(a)
	expect("test.Tap", "aa")
	a.TouchUp(&mobile.TouchEvent{})
	a.Tapped(nil)
	expect("a finger that came down elsewhere", "")
	silent := k.Tile(look.TileSpec{Name: "notice"})
	finger(silent, silent, false)
	finger(a, silent, false)
	expect("a notice", "")
}

// The second tap of a double tap falls on whatever the first one has brought to that place.
func TestSecondTapOnTheNextPage(t *testing.T) {
	var c clock
	k := c.kit()
	pressed := ""
	tile := func(key string) *look.Tile {
		return k.Tile(look.TileSpec{Key: key, Name: key, OnPress: func() { pressed += key }})
	}
	done, next := tile("done"), tile("next")
	tap := func(on *look.Tile, x float32) {
		at := fyne.PointEvent{AbsolutePosition: fyne.NewPos(x, 400)}
		on.TouchDown(&mobile.TouchEvent{PointEvent: at})
		on.TouchUp(&mobile.TouchEvent{PointEvent: at})
		on.Tapped(&at)
	}
	expect := func(what, want string) {
		t.Helper()
		if pressed != want {
			t.Errorf("%s: pressed %q, want %q", what, pressed, want)
		}
		pressed = ""
		c.now = c.now.Add(time.Hour)
	}
	tap(done, 100)
	c.now = c.now.Add(200 * time.Millisecond)
	tap(next, 110)
	expect("twice at a place", "done")

	tap(done, 100)
	tap(done, 100)
	expect("twice on a tile that stays", "donedone")

	tap(done, 100)
	tap(next, 500)
	expect("quickly, but elsewhere", "donenext")

	tap(done, 100)
	c.now = c.now.Add(400 * time.Millisecond)
	tap(next, 100)
	expect("after a look at the page", "donenext")

	tap(done, 100)
	c.now = c.now.Add(900 * time.Millisecond)
	k.Turned() // painting took so long, and the second tap waited for it
	tap(next, 100)
	expect("on a display that paints slowly", "done")

	tap(done, 100)
	c.now = c.now.Add(time.Minute)
	k.Turned()
	tap(next, 100)
	expect("on a page that came by itself", "donenext")

	one := k.Tile(look.TileSpec{Name: "1", Keypad: true, OnPress: func() { pressed += "1" }})
	two := k.Tile(look.TileSpec{Name: "2", Keypad: true, OnPress: func() { pressed += "2" }})
	for _, on := range []*look.Tile{one, two, two, one, next} {
		tap(on, 100)
		c.now = c.now.Add(90 * time.Millisecond)
	}
	expect("typed on a keypad, and then beside it", "1221")

	event := &desktop.MouseEvent{PointEvent: fyne.PointEvent{AbsolutePosition: fyne.NewPos(100, 400)}}
	for _, on := range []*look.Tile{done, next} {
		on.MouseDown(event)
		on.MouseUp(event)
		on.Tapped(nil)
	}
	expect("with a mouse", "done")
}

func TestHoldNeedsItsTime(t *testing.T) {
	var c clock
	k := c.kit()
	acted := 0
	tile := k.Tile(look.TileSpec{Name: "giữ", Hold: 2 * time.Second, HoldFact: "giữ thêm", OnPress: func() { acted++ }})
	tile.Resize(fyne.NewSize(300, 120))
	press := func(held time.Duration, tick bool) {
		tile.TouchDown(&mobile.TouchEvent{})
		if !k.Holding() {
			t.Error("nobody knows of the finger")
		}
		c.now = c.now.Add(held)
		if tick {
			k.Tick()
		}
		tile.TouchUp(&mobile.TouchEvent{})
		tile.TappedSecondary(nil)
		if k.Holding() {
			t.Error("a finger that is gone is still known")
		}
	}
	expect := func(what string, want int) {
		t.Helper()
		if acted != want {
			t.Errorf("%s: acted %d times, want %d", what, acted, want)
		}
	}
	press(1999*time.Millisecond, false)
	expect("too short", 0)
	press(1999*time.Millisecond, true)
	expect("too short with a tick", 0)
	press(2*time.Second, false)
	expect("long enough", 1)
	press(2*time.Second, true)
	expect("with a tick, and then the finger leaves", 2)
	test.Tap(tile)
	expect("a tap", 2)
	tile.TouchDown(&mobile.TouchEvent{})
	tile.TouchCancel(&mobile.TouchEvent{})
	c.now = c.now.Add(5 * time.Second)
	k.Tick()
	expect("a finger that slid off", 2)

	// In a window a page that is rebuilt under the pointer takes it from the old tile to the
	// new one at the next movement.
	tile.MouseDown(&desktop.MouseEvent{})
	again := k.Tile(tile.Spec())
	tile.MouseOut()
	again.MouseIn(nil)
	c.now = c.now.Add(2 * time.Second)
	k.Tick()
	expect("a mouse on a rebuilt page", 3)
}

// The words on a tile change while it is held, so that nobody lets go too early.
func TestHoldTellsHowFar(t *testing.T) {
	var c clock
	k := c.kit()
	tile := k.Tile(look.TileSpec{Name: "Lấy số", Fact: "Nhấn giữ 2 giây", Hold: 2 * time.Second, HoldFact: "Giữ thêm một chút", OnPress: func() {}})
	tile.Resize(fyne.NewSize(400, 160))
	texts := func() (s string) {
		for _, o := range tile.Parts() {
			if o, ok := o.(*canvas.Text); ok {
				s += o.Text + ";"
			}
		}
		return s
	}
	if got := texts(); got != "Lấy số;Nhấn giữ 2 giây;" {
		t.Errorf("the tile says %s", got)
	}
	tile.TouchDown(&mobile.TouchEvent{})
	if got := texts(); got != "Lấy số;Giữ thêm một chút;" {
		t.Errorf("under a finger the tile says %s", got)
	}
	parts := len(tile.Parts())
	c.now = c.now.Add(time.Second)
	k.Tick()
	bar, ok := tile.Parts()[parts-1].(*canvas.Rectangle)
	if !ok || bar.Size().Width != 200 {
		t.Errorf("after half the time the bar is %v wide, want 200", tile.Parts()[parts-1].Size().Width)
	}
}

// Whatever the name, the fact and the place: all letters are on the tile, in at most two lines
// of a name and one of a fact, and no two texts lie on each other.
func TestWordsStayOnTheTile(t *testing.T) {
	kits := map[bool][]*look.Kit{}
	for _, d := range displays() {
		for _, large := range []bool{false, true} {
			kits[large] = append(kits[large], d.kit(large, nil))
		}
	}
	words := []string{"Chứng", "thực", "Hộ tịch,", "đất đai", "Bảo trợ xã hội,", "người có công", "(7)", "không", "Nghiêng"}
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.SampledFrom(kits[rapid.Bool().Draw(t, "large")]).Draw(t, "kit")
		name := ""
		for _, w := range rapid.SliceOfN(rapid.SampledFrom(words), 1, 7).Draw(t, "name") {
			name += w + " "
		}
		spec := look.TileSpec{Name: name[:len(name)-1], Other: rapid.Bool().Draw(t, "other"), OnPress: func() {}}
		if rapid.Bool().Draw(t, "icon") {
			spec.Icon = look.IconStamp
		}
		if rapid.Bool().Draw(t, "fact") {
			spec.Fact = "12 người đang chờ · khoảng 40 phút"
		}
		tile := k.Tile(spec)
		least := tile.MinSize()
		size := fyne.NewSize(
			least.Width*rapid.Float32Range(2, 8).Draw(t, "width"),
			least.Height*rapid.Float32Range(1, 4).Draw(t, "height"))
		tile.Resize(size)
		lines := 0
		var before *canvas.Text
		for _, o := range tile.Parts() {
			text, ok := o.(*canvas.Text)
			if !ok {
				continue
			}
			lines++
			at, end := text.Position(), text.Position().Add(text.Size())
			// The box of a line reaches over its letters; ink begins a third of an em below its
			// top in most lines, and a stacked capital at its top.
			if at.X < 0 || end.X > size.Width+1 || at.Y < -1 || end.Y > size.Height+1 {
				t.Fatalf("%q of %.1f reaches from %v to %v on a tile of %v", text.Text, text.TextSize, at, end, size)
			}
			if before != nil && at.Y < before.Position().Y+before.TextSize-1 {
				t.Fatalf("%q lies on %q", text.Text, before.Text)
			}
			before = text
		}
		most := 2
		if spec.Fact != "" {
			most = 3
		}
		if lines > most {
			t.Fatalf("%d lines on a tile", lines)
		}
	})
}

func TestVisibleText(t *testing.T) {
	var c clock
	k := c.kit()
	hidden := k.Paragraph("unseen")
	hidden.Hide()
	page := k.Page(
		look.Fixed(k.Title("Xin chọn")),
		look.Fixed(hidden),
		look.Weighted(1, k.Grid(2,
			k.Tile(look.TileSpec{Name: "Hộ\u00a0tịch", Fact: "3 người chờ", OnPress: func() {}}),
			k.Tile(look.TileSpec{Name: "Đóng cửa"}),
		)),
		look.Fixed(k.Paragraph("")),
	)
	page.Resize(k.Size)
	items := look.VisibleText(page)
	got := ""
	for _, i := range items {
		got += fmt.Sprintf("[%s|%v]", i.Text, i.Pressable)
	}
	if want := "[Xin chọn|false][Hộ tịch\n3 người chờ|true][Đóng cửa|false]"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	tile := items[1]
	if tile.Position.X != k.Margin || math.Abs(float64(tile.Size.Width-(800-2*k.Margin-k.Gap)/2)) > 1 {
		t.Errorf("the tile is at %v and has %v", tile.Position, tile.Size)
	}
	if look.VisibleText(nil) != nil {
		t.Error("nothing says something")
	}
}

func TestCheckFindsWhatCannotBeUsed(t *testing.T) {
	var c clock
	k := c.kit()
	press := func() {}
	tile := func(name string) *look.Tile { return k.Tile(look.TileSpec{Name: name, OnPress: press}) }
	over := &fyne.Container{Objects: []fyne.CanvasObject{tile("a"), tile("b"), tile("c")}}
	for i, o := range over.Objects {
		o.Resize(fyne.NewSize(200, 200))
		o.Move(fyne.NewPos(float32(i)*350, float32(i)))
	}
	over.Objects[1].Move(fyne.NewPos(100, 0))
	long := k.Paragraph("Một câu rất dài, dài đến mức không thể nào đọc được trong một ô nhỏ như thế này, dù có cố gắng đến đâu đi nữa.")
	squeezed := &fyne.Container{Objects: []fyne.CanvasObject{long}}
	long.Resize(fyne.NewSize(90, 40))
	for name, page := range map[string]*fyne.Container{
		"small tiles":                  k.Page(look.Weighted(1, k.Grid(9, tile("a"), tile("b"), tile("c"), tile("d"), tile("e"), tile("f"), tile("g"), tile("h"), tile("i")))),
		"over each other and the edge": over,
		"squeezed words":               squeezed,
	} {
		if k.Check(page) == nil {
			t.Errorf("%s: nothing was found", name)
		}
	}
	if err := k.Check(k.Page(look.Weighted(1, k.Grid(2, tile("a"), tile("b"))))); err != nil {
		t.Errorf("a good page: %v", err)
	}
}
