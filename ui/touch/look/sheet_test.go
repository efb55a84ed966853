package look_test

import (
	"image"
	"image/png"
	"os"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/motcua/gateway/ui/touch/look"
	"github.com/motcua/gateway/ui/touch/look/looktest"
)

func TestMain(m *testing.M) {
	test.NewApp()
	os.Exit(m.Run())
}

func save(t *testing.T, path string, img image.Image) {
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	png.Encode(f, img)
}

func han(t *testing.T) []byte {
	for _, p := range look.HanFontPaths() {
		if b, err := os.ReadFile(p); err == nil {
			return b
		}
	}
	return nil
}

func TestScratch(t *testing.T) {
	h := han(t)
	kit := look.NewKit(look.Options{Size: fyne.NewSize(1400, 1000), WidthMM: 400, Han: h})
	t.Log(kit.HasHan())
	var cells []look.Cell
	var row []look.Cell
	for i, ic := range look.Icons() {
		row = append(row, look.Fixed(kit.Pictogram(ic, look.OnWhite, 120)), look.Fixed(kit.Pictogram(ic, look.OnWhite, 32)))
		if i%8 == 7 || i == len(look.Icons())-1 {
			cells = append(cells, look.Fixed(kit.Row(row...)))
			row = nil
		}
	}
	var small []look.Cell
	for _, ic := range look.Icons() {
		small = append(small, look.Fixed(kit.Pictogram(ic, look.OnRed, 34)))
	}
	cells = append(cells, look.Fixed(kit.Row(small...)))
	save(t, "/tmp/sheet.png", looktest.Paint(kit, kit.Page(cells...)))

	for _, s := range []struct {
		n    string
		w, h float32
		mm   float32
		cols int
	}{{"p", 1080, 1920, 336, 2}, {"l", 1280, 800, 217, 3}, {"s", 800, 480, 154, 3}} {
		for _, large := range []bool{false, true} {
			k := look.NewKit(look.Options{Size: fyne.NewSize(s.w, s.h), WidthMM: s.mm, Han: h, Large: large})
			n := s.n
			if large {
				n += "L"
			}
			save(t, "/tmp/page-"+n+".png", looktest.Paint(k, samplePage(k, s.cols)))
		}
	}
}

func samplePage(k *look.Kit, cols int) fyne.CanvasObject {
	act := func() {}
	var tiles []*look.Tile
	for _, s := range []struct {
		i    look.Icon
		n, f string
	}{
		{look.IconStamp, "Chứng thực", "3 người chờ · 5–10 phút"},
		{look.IconFamily, "Hộ tịch", "Chưa có ai chờ"},
		{look.IconLand, "Đất đai, môi trường", "12 người chờ · 40–60 phút"},
		{look.IconConstruction, "Xây dựng, đô thị", "1 người chờ"},
		{look.IconSocial, "Bảo trợ xã hội, người có công", "2 người chờ"},
		{look.IconBusiness, "Hộ kinh doanh, hợp tác xã", "Chưa có ai chờ"},
		{look.IconResidence, "Cư trú, căn cước", "7 người chờ"},
		{look.IconResults, "Trả kết quả", "4 người chờ"},
	} {
		tiles = append(tiles, k.Tile(look.TileSpec{Icon: s.i, Name: s.n, Fact: s.f, OnPress: act}))
	}
	lang := k.Row(
		look.Weighted(1, k.Tile(look.TileSpec{Kind: look.Quiet, Name: "English", Other: true, OnPress: act})),
		look.Weighted(1, k.Tile(look.TileSpec{Kind: look.Quiet, Name: "中文", Other: true, OnPress: act})),
		look.Weighted(1, k.Tile(look.TileSpec{Kind: look.Quiet, Icon: look.IconLetters, Name: "Chữ lớn", Other: true, OnPress: act})),
		look.Weighted(1, k.Tile(look.TileSpec{Kind: look.Quiet, Icon: look.IconHelp, Name: "Trợ giúp", Other: true, OnPress: act})),
	)
	return k.Page(
		look.Fixed(k.Masthead("Trung tâm Phục vụ hành chính công", "Đặc khu Cô Tô, tỉnh Quảng Ninh", k.Heading("09:41"))),
		look.Fixed(k.Title("Xin chọn việc cần làm")),
		look.Weighted(1, k.Grid(cols, tiles...)),
		look.Fixed(k.Tile(look.TileSpec{Kind: look.Primary, Icon: look.IconGuide, Name: "Tôi không biết chọn gì", Fact: "Lấy số, cán bộ sẽ đến hướng dẫn", OnPress: act})),
		look.Fixed(lang),
	)
}
