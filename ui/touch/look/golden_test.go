package look_test

import (
	"image/color"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/motcua/gateway/ui/touch/look"
	"github.com/motcua/gateway/ui/touch/look/looktest"
)

func TestPagesLookAsKept(t *testing.T) {
	han := hanFont(t)
	for _, d := range displays() {
		for _, large := range []bool{false, true} {
			if large && d.h == 480 {
				continue // a first page of large letters needs two pages there: ui/touch/screen's part
			}
			k := d.kit(large, han)
			page := firstPage(k, d, func(string) {})
			looktest.Golden(t, "first-"+d.name(large), looktest.Paint(k, page))
			if err := k.Check(page); err != nil {
				t.Errorf("%s: %v", d.name(large), err)
			}
		}
	}
}

func TestTicketPageLooksAsKept(t *testing.T) {
	for _, d := range displays() {
		k := d.kit(false, nil)
		page := k.Page(
			look.Fixed(k.Masthead("Trung tâm Phục vụ hành chính công", "Đặc khu Cô Tô", nil)),
			look.Fixed(k.Title("Số của ông bà").Centred()),
			look.Weighted(3, k.Card(k.Column(
				look.Weighted(1, k.Number("A012").On(look.RedOnWhite)),
				look.Fixed(k.Heading("Chứng thực").On(look.OnWhite).Centred()),
			))),
			look.Fixed(k.Notice(look.Jade, k.Paragraph("Mời ông bà ngồi chờ ở dãy ghế trước quầy 1 và quầy 2. Loa sẽ gọi số.").On(look.OnSand))),
			look.Fixed(k.Countdown(0.6)),
			look.Fixed(k.Row(
				look.Weighted(1, k.Tile(look.TileSpec{Kind: look.Plain, Icon: look.IconNoPaper, Name: "Tôi chưa nhận được phiếu", OnPress: func() {}})),
				look.Weighted(1, k.Tile(look.TileSpec{Kind: look.Done, Icon: look.IconCheck, Name: "Tôi đã có phiếu", OnPress: func() {}})),
			)),
		)
		looktest.Golden(t, "ticket-"+d.name(false), looktest.Paint(k, page))
		if err := k.Check(page); err != nil {
			t.Errorf("%s: %v", d.name(false), err)
		}
	}
}

// The contact sheet: every pictogram, large on white and small on each ground that it meets.
func TestPictogramsLookAsKept(t *testing.T) {
	k := look.NewKit(look.Options{Size: fyne.NewSize(1320, 900), WidthMM: 400})
	var cells, row []look.Cell
	icons := look.Icons()
	for i, icon := range icons {
		row = append(row, look.Fixed(k.Column(
			look.Fixed(k.Pictogram(icon, look.OnWhite, 112)),
			look.Fixed(k.Row(
				look.Fixed(k.Pictogram(icon, look.OnSand, 32)),
				look.Fixed(k.Pictogram(icon, look.OnRed, 32)),
				look.Fixed(k.Pictogram(icon, look.OnInk, 16)),
			)),
		)))
		if i%8 == 7 || i == len(icons)-1 {
			cells = append(cells, look.Fixed(k.Row(row...)))
			row = nil
		}
	}
	looktest.Golden(t, "pictograms", looktest.Paint(k, k.Page(cells...)))
}

// Every pictogram has a name of its own and a drawing like no other.
func TestPictogramsAreAllThere(t *testing.T) {
	named := []look.Icon{
		look.IconStamp, look.IconFamily, look.IconLand, look.IconConstruction, look.IconBusiness,
		look.IconSocial, look.IconHealth, look.IconEducation, look.IconAgriculture,
		look.IconResidence, look.IconCard, look.IconMilitary, look.IconTax, look.IconPapers,
		look.IconResults, look.IconGuide, look.IconPriority, look.IconHelp, look.IconPrinter,
		look.IconNoPaper, look.IconSlip, look.IconClock, look.IconLanguage, look.IconLetters,
		look.IconVoice, look.IconPhone, look.IconPeople, look.IconWarning, look.IconBack, look.IconNext,
		look.IconCheck, look.IconEmblem, look.IconGlad, look.IconContent, look.IconUnhappy, look.IconStaff,
		look.IconAbsent, look.IconUndo,
	}
	if len(named) != len(look.Icons()) {
		t.Errorf("%d pictograms are named, %d are drawn", len(named), len(look.Icons()))
	}
	if look.Icon("no such").Valid() || look.Icon("").Valid() {
		t.Error("a pictogram that does not exist is valid")
	}
	k := look.NewKit(look.Options{Size: fyne.NewSize(64, 64), WidthMM: 20})
	seen := map[string]look.Icon{}
	for _, icon := range named {
		if !icon.Valid() {
			t.Errorf("%s: no drawing", icon)
			continue
		}
		img := looktest.Paint(k, k.Pictogram(icon, look.OnWhite, 64))
		ink := 0
		for y := range 64 {
			for x := range 64 {
				if color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y < 0x60 {
					ink++
				}
			}
		}
		if ink < 100 {
			t.Errorf("%s: only %d of 4096 pixels are dark", icon, ink)
		}
		if other, ok := seen[string(img.Pix)]; ok {
			t.Errorf("%s looks like %s", icon, other)
		}
		seen[string(img.Pix)] = icon
	}
}
