package look_test

import (
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"github.com/boombuler/barcode/qr"

	"github.com/motcua/gateway/ui/touch/look"
	"github.com/motcua/gateway/ui/touch/look/looktest"
)

// A phone reads the code from the glass: zbarimg does, on every display.
func TestQRIsReadable(t *testing.T) {
	if _, err := exec.LookPath("zbarimg"); err != nil {
		t.Skip("zbarimg is not installed")
	}
	const text = "A012 · Chứng thực · 24/11/2026 08:05 · Đặc khu Cô Tô"
	code, err := qr.Encode(text, qr.M, qr.Unicode)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range displays() {
		k := d.kit(false, nil)
		page := k.Page(look.Space(1), look.Fixed(k.Row(look.Space(1), look.Fixed(k.QR(code, k.MM(30))), look.Space(1))))
		path := filepath.Join(t.TempDir(), "screen.png")
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(f, looktest.Paint(k, page)); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		// As bytes: zbar otherwise guesses at a Japanese encoding.
		out, err := exec.Command("zbarimg", "--quiet", "--raw", "-Sbinary", path).Output()
		if err != nil || strings.TrimSpace(string(out)) != text {
			t.Errorf("%s: zbarimg reads %q, %v", d.name(false), out, err)
		}
	}
}

func TestColumnsShareTheRoom(t *testing.T) {
	var c clock
	k := c.kit()
	box := func(least float32) *canvas.Rectangle {
		r := canvas.NewRectangle(look.Ink)
		r.SetMinSize(fyne.NewSquareSize(least))
		return r
	}
	fixed, one, three, hidden := box(50), box(0), box(0), box(70)
	hidden.Hide()
	column := k.Column(look.Fixed(fixed), look.Fixed(hidden), look.Weighted(1, one), look.Cell{}, look.Weighted(3, three))
	column.Resize(fyne.NewSize(100, 50+2*k.Gap+400))
	if fixed.Size().Height != 50 || one.Size().Height != 100 || three.Size().Height != 300 {
		t.Errorf("heights %v, %v, %v", fixed.Size().Height, one.Size().Height, three.Size().Height)
	}
	if three.Position().Y != 150+2*k.Gap || three.Size().Width != 100 {
		t.Errorf("the last is at %v and %v wide", three.Position(), three.Size().Width)
	}
	if got := column.MinSize(); got != fyne.NewSize(50, 52+2*k.Gap) { // Fyne's least size of nothing is 1
		t.Errorf("the column needs %v", got)
	}
	// One that needs more than its share gets it, and the others make do.
	big, small := box(300), box(10)
	row := k.Row(look.Weighted(1, big), look.Weighted(1, small))
	row.Resize(fyne.NewSize(400+k.Gap, 10))
	if big.Size().Width != 300 || small.Size().Width != 100 {
		t.Errorf("widths %v and %v", big.Size().Width, small.Size().Width)
	}
}

// The height of words follows from the width that they get, also inside rows and cards.
func TestWordsGetTheHeightThatTheyNeed(t *testing.T) {
	var c clock
	k := c.kit()
	const sentence = "Mời ông bà ngồi chờ ở dãy ghế trước quầy. Loa sẽ gọi số của ông bà, xin giữ phiếu đến khi được gọi."
	text := k.Paragraph(sentence)
	page := k.Page(
		look.Fixed(k.Row(look.Weighted(1, k.Card(text)), look.Weighted(1, k.Number("A012")))),
		look.Space(1),
	)
	page.Resize(k.Size)
	if text.ShownSize() != k.Body {
		t.Errorf("the sentence is set in %v, want %v", text.ShownSize(), k.Body)
	}
	if text.Size().Height != text.HeightFor(text.Size().Width) {
		t.Errorf("the sentence got %v of height, needs %v", text.Size().Height, text.HeightFor(text.Size().Width))
	}
	if page.MinSize() != (fyne.Size{}) {
		t.Errorf("a page asks for %v and would enlarge the canvas", page.MinSize())
	}
}

// A number fills its place and never leaves it.
func TestNumberFillsItsPlace(t *testing.T) {
	var c clock
	k := c.kit()
	for _, s := range []string{"A012", "B1000", "C7"} {
		for _, size := range []fyne.Size{{Width: 700, Height: 200}, {Width: 200, Height: 700}, {Width: 300, Height: 300}} {
			n := k.Number(s)
			n.Resize(size)
			text := n.Parts()[0].(*canvas.Text)
			capital := text.TextSize * 0.714
			full := text.Size().Width >= size.Width*0.9 || capital >= size.Height*0.8
			if text.Size().Width > size.Width+1 || capital > size.Height || !full {
				t.Errorf("%s in %v is %v wide with capitals of %v", s, size, text.Size().Width, capital)
			}
		}
	}
}
