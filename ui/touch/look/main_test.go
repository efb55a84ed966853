package look_test

import (
	"fmt"
	"os"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/motcua/gateway/ui/touch/look"
)

// One app for all tests: Fyne has one per process. Tests that touch widgets do not run in
// parallel, as everything of Fyne's belongs to one goroutine.
func TestMain(m *testing.M) {
	test.NewApp()
	os.Exit(m.Run())
}

// display is one of the three that the office uses.
type display struct {
	w, h, mm float32
	columns  int
}

func displays() []display {
	return []display{{1080, 1920, 336, 2}, {1280, 800, 217, 4}, {800, 480, 154, 4}}
}

func (d display) name(large bool) string {
	s := fmt.Sprintf("%.0fx%.0f", d.w, d.h)
	if large {
		s += "-large"
	}
	return s
}

func (d display) kit(large bool, han []byte) *look.Kit {
	return look.NewKit(look.Options{Size: fyne.NewSize(d.w, d.h), WidthMM: d.mm, Large: large, Han: han})
}

// hanFont reads the Chinese font or skips the test.
func hanFont(t testing.TB) []byte {
	t.Helper()
	for _, p := range look.HanFontPaths() {
		if b, err := os.ReadFile(p); err == nil {
			return b
		}
	}
	t.Skip("fonts-droid-fallback is not installed")
	return nil
}

// firstPage is a page with as much on it as the office's first page has.
func firstPage(k *look.Kit, d display, press func(key string)) *fyne.Container {
	act := func(key string) func() { return func() { press(key) } }
	specs := []look.TileSpec{
		{Icon: look.IconStamp, Name: "Chứng thực", Fact: "3 người chờ · 5–10 phút"},
		{Icon: look.IconFamily, Name: "Hộ tịch", Fact: "Chưa có ai chờ"},
		{Icon: look.IconLand, Name: "Đất đai, môi trường", Fact: "12 người · 40–60 phút"},
		{Icon: look.IconConstruction, Name: "Xây dựng, đô thị", Fact: "1 người chờ"},
		{Icon: look.IconSocial, Name: "Bảo trợ xã hội, người có công", Fact: "2 người chờ"},
		{Icon: look.IconBusiness, Name: "Hộ kinh doanh, hợp tác xã", Fact: "Chưa có ai chờ"},
		{Icon: look.IconResidence, Name: "Cư trú, căn cước", Fact: "7 người chờ"},
		{Icon: look.IconResults, Name: "Trả kết quả", Fact: "4 người chờ"},
	}
	var tiles []*look.Tile
	for _, s := range specs {
		s.OnPress = act(s.Name)
		tiles = append(tiles, k.Tile(s))
	}
	quiet := func(icon look.Icon, name string) look.Cell {
		return look.Weighted(1, k.Tile(look.TileSpec{Kind: look.Quiet, Icon: icon, Name: name, Other: true, OnPress: act(name)}))
	}
	guide := k.Tile(look.TileSpec{
		Key: "guide", Kind: look.Primary, Icon: look.IconGuide, Name: "Tôi không biết chọn gì",
		Fact: "Lấy số, cán bộ sẽ hướng dẫn", OnPress: act("guide"),
	})
	others := []look.Cell{
		quiet("", "English"), quiet("", "中文"),
		quiet(look.IconLetters, "Chữ lớn"), quiet(look.IconHelp, "Trợ giúp"),
	}
	head := look.Fixed(k.Masthead("Trung tâm Phục vụ hành chính công", "Đặc khu Cô Tô", k.Heading("09:41")))
	services := look.Weighted(1, k.Grid(d.columns, tiles...))
	if k.Low {
		return k.Page(head, services, look.Fixed(k.Row(append([]look.Cell{look.Weighted(3, guide)}, others...)...)))
	}
	return k.Page(head, look.Fixed(k.Title("Xin chọn việc cần làm")), services, look.Fixed(guide), look.Fixed(k.Row(others...)))
}
