package look

import (
	"crypto/sha256"
	"embed"
	"fmt"
	"image"
	"image/draw"
	"io/fs"
	"math"
	"regexp"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Icon names a pictogram. All are drawn on a grid of 48 with a stroke of 3, in three tones:
// #111111 is the line, #999999 the filling and #ffffff what lies behind.
type Icon string

// The pictograms of services.
const (
	IconStamp        Icon = "stamp"        // chứng thực
	IconFamily       Icon = "family"       // hộ tịch
	IconLand         Icon = "land"         // đất đai, môi trường
	IconConstruction Icon = "construction" // xây dựng, đô thị
	IconBusiness     Icon = "business"     // hộ kinh doanh, hợp tác xã
	IconSocial       Icon = "social"       // bảo trợ xã hội, người có công
	IconHealth       Icon = "health"       // y tế, dân số
	IconEducation    Icon = "education"    // giáo dục
	IconAgriculture  Icon = "agriculture"  // nông lâm nghiệp
	IconResidence    Icon = "residence"    // cư trú
	IconCard         Icon = "card"         // căn cước; also "show your card"
	IconMilitary     Icon = "military"     // quân sự, công an
	IconTax          Icon = "tax"          // thuế, bảo hiểm xã hội
	IconPapers       Icon = "papers"       // any other papers: nội vụ, văn hóa
	IconResults      Icon = "results"      // trả kết quả
	IconGuide        Icon = "guide"        // hướng dẫn; "Tôi không biết chọn gì"
)

// The pictograms of what one can do and of how things stand.
const (
	IconPriority Icon = "priority" // ưu tiên: a heart, which tells no reason
	IconHelp     Icon = "help"     // a bell: somebody comes
	IconPrinter  Icon = "printer"
	IconNoPaper  Icon = "nopaper"
	IconSlip     Icon = "slip"
	IconClock    Icon = "clock" // closed, waiting
	IconLanguage Icon = "language"
	IconLetters  Icon = "letters" // large text
	IconVoice    Icon = "voice"
	IconPhone    Icon = "phone"
	IconPeople   Icon = "people"
	IconWarning  Icon = "warning"
	IconBack     Icon = "back"
	IconNext     Icon = "next" // more of a list
	IconCheck    Icon = "check"
	IconGlad     Icon = "glad"    // rất hài lòng: eyes, brows and mouth differ, never colour alone
	IconContent  Icon = "content" // hài lòng
	IconUnhappy  Icon = "unhappy" // không hài lòng
	IconStaff    Icon = "staff"   // cán bộ: a badge on its ribbon
	IconAbsent   Icon = "absent"  // vắng mặt: an empty chair
	IconUndo     Icon = "undo"    // one step back
	IconEmblem   Icon = "emblem"  // the sun of the Đông Sơn drums, for the masthead
)

//go:embed pictograms/*.svg
var pictograms embed.FS

// Icons returns every pictogram, in alphabetical order.
func Icons() []Icon {
	entries, _ := fs.ReadDir(pictograms, "pictograms") // embedded: cannot fail
	var icons []Icon
	for _, e := range entries {
		icons = append(icons, Icon(strings.TrimSuffix(e.Name(), ".svg")))
	}
	return icons
}

// Valid reports whether there is such a pictogram; an office's data may name any.
func (i Icon) Valid() bool {
	_, err := fs.Stat(pictograms, i.file())
	return err == nil
}

func (i Icon) file() string { return "pictograms/" + string(i) + ".svg" }

// tones are the colours of a pictogram.
type tones struct{ line, filling, ground Colour }

// tonesOn returns the tones for a ground. The filling is ornament and carries no meaning, so
// it needs no contrast of its own.
func tonesOn(p Pair) tones {
	filling := map[Colour]Colour{
		White: Gold, Paper: Gold, Sand: Gold,
		Red: RedDeep, RedDeep: Red, Jade: JadeDim, JadeDim: Jade, Ink: InkSoft,
	}[p.Bg]
	return tones{p.Fg, filling, p.Bg}
}

type pictureKey struct {
	icon Icon
	t    tones
	w, h int
}

// maxPictures bounds the cache. A page shows about fifteen in two states; more than this
// means that sizes changed, and what is old goes.
const maxPictures = 256

// Pictogram makes a pictogram for use outside tiles. It keeps its shape when it gets more room.
func (k *Kit) Pictogram(i Icon, on Pair, side float32) fyne.CanvasObject {
	o := k.picture(i, tonesOn(on), fyne.Position{}, round(side))
	o.SetMinSize(fyne.NewSquareSize(round(side)))
	return o
}

// picture is a pictogram at a place. The raster asks for exactly the pixels that it covers, so
// nothing is scaled when a frame is painted.
func (k *Kit) picture(i Icon, t tones, at fyne.Position, side float32) *canvas.Raster {
	r := canvas.NewRaster(func(w, h int) image.Image { return k.pixels(i, t, w, h) })
	r.Resize(fyne.NewSquareSize(side))
	r.Move(at)
	return r
}

// pixels returns the opaque picture from the cache, drawing it when it is new.
func (k *Kit) pixels(i Icon, t tones, w, h int) image.Image {
	side := min(w, h)
	if side < 4 {
		return image.NewRGBA(image.Rect(0, 0, w, h)) // a shrunken canvas (ui/touch/stage) asks for a pixel or two
	}
	key := pictureKey{i, t, w, h}
	if img, ok := k.shared.pictures[key]; ok {
		return img
	}
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(img, img.Bounds(), image.NewUniform(t.ground), image.Point{}, draw.Src)
	if svg, err := fs.ReadFile(pictograms, i.file()); err == nil {
		at := image.Pt((w-side)/2, (h-side)/2)
		drawn := k.shared.vector(recolour(svg, t), side)
		draw.Draw(img, image.Rectangle{at, at.Add(image.Pt(side, side))}, drawn, image.Point{}, draw.Over)
	}
	if len(k.shared.pictures) >= maxPictures {
		clear(k.shared.pictures)
	}
	k.shared.pictures[key] = img
	return img
}

// grid is the width and height of every pictogram's drawing.
const grid = 48

// vector rasterises a drawing, side pixels wide. Fyne's SVG painter scales the paths but not
// the strokes, so those are scaled here; and it paints objects that are on no registered
// canvas, as under the embedded driver, at twice the size asked for (a guess at dense
// displays), so the factor is learnt from the first drawing: four times fewer pixels.
func (s *shared) vector(svg []byte, side int) image.Image {
	svg = strokeWidth.ReplaceAllFunc(svg, func(m []byte) []byte {
		w, _ := strconv.ParseFloat(string(strokeWidth.FindSubmatch(m)[1]), 64)
		return fmt.Appendf(nil, `stroke-width="%.3f"`, w*float64(side)/grid)
	})
	// Fyne caches by name: the name must differ whenever the drawing does.
	name := fmt.Sprintf("%x.svg", sha256.Sum256(svg))
	for range 2 {
		o := canvas.NewImageFromResource(fyne.NewStaticResource(name, svg))
		o.Resize(fyne.NewSquareSize(float32(side) / s.density))
		if o.Image == nil {
			break // Fyne has logged why
		}
		got := float32(o.Image.Bounds().Dx())
		if math.Abs(float64(got)-float64(side)) < 2 {
			return o.Image
		}
		s.density *= round(got / float32(side))
	}
	return image.NewRGBA(image.Rectangle{})
}

var strokeWidth = regexp.MustCompile(`stroke-width="([0-9.]+)"`)

// recolour puts the colours in, all at once: line and ground may be each other's.
func recolour(svg []byte, t tones) []byte {
	hex := func(c Colour) string { return fmt.Sprintf(`"#%06x"`, uint32(c)) }
	return []byte(strings.NewReplacer(
		`"#111111"`, hex(t.line), `"#999999"`, hex(t.filling), `"#ffffff"`, hex(t.ground),
	).Replace(string(svg)))
}
