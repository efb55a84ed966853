package screen_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/touch/look"
	"github.com/motcua/gateway/ui/touch/screen"
	"github.com/motcua/gateway/ui/words"
)

// One app for all tests: Fyne has one per process. Tests that touch widgets do not run in
// parallel, as everything of Fyne's belongs to one goroutine.
func TestMain(m *testing.M) {
	test.NewApp()
	os.Exit(m.Run())
}

// display is one of the three that the office uses.
type display struct{ w, h, mm float32 }

func displays() []display {
	return []display{{1080, 1920, 336}, {1280, 800, 217}, {800, 480, 154}}
}

func (d display) String() string { return fmt.Sprintf("%.0fx%.0f", d.w, d.h) }

// views calls visit with every display, language and size of text. Under the race detector it is
// every display only: drawing has one goroutine, and what takes 15 seconds took 150.
func views(t *testing.T, visit func(name string, l kiosk.Language, large bool, v screen.View)) {
	t.Helper()
	han := hanFont(t)
	for _, d := range displays() {
		for _, large := range []bool{false, true} {
			k := look.NewKit(look.Options{Size: fyne.NewSize(d.w, d.h), WidthMM: d.mm, Large: large, Han: han})
			for _, l := range kiosk.Languages() {
				if raced && (large || l != kiosk.Vietnamese) {
					continue
				}
				name := fmt.Sprintf("%s-%s", d, l)
				if large {
					name += "-large"
				}
				visit(name, l, large, screen.View{Kit: k, Words: words.For(l), Press: func(screen.Press) {}})
			}
		}
	}
}

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

// texts is a text in Vietnamese, English and Chinese.
func texts(vi, en, zh string) kiosk.Text {
	return kiosk.Text{kiosk.Vietnamese: vi, kiosk.English: en, kiosk.Chinese: zh}
}

// service is a tile of the sample office.
type service struct {
	icon    look.Icon
	name    kiosk.Text
	waiting int
	low     int // minutes; negative: nobody serves
	high    int
}

// sample are the services of an office that has all that a commune can have.
func sample() []service {
	return []service{
		{look.IconStamp, texts("Chứng thực bản sao, chữ ký", "Certified copies and signatures", "副本与签名认证"), 3, 12, 18},
		{look.IconFamily, texts("Khai sinh, kết hôn, khai tử", "Births, marriages, deaths", "出生、结婚、死亡登记"), 0, 0, 0},
		{look.IconLand, texts("Đất đai, xây dựng", "Land and construction", "土地与建设"), 12, 95, 190},
		{look.IconBusiness, texts("Hộ kinh doanh, nghề cá", "Household businesses, fishing", "个体工商户、渔业"), 1, -1, 0},
		{look.IconSocial, texts("Trợ cấp xã hội, người có công", "Social support", "社会救助与优抚"), 2, 4, 8},
		{look.IconEducation, texts("Giáo dục, y tế, văn hóa", "Education, health, culture", "教育、卫生、文化"), 0, -1, 0},
		{look.IconResidence, texts("Đăng ký cư trú, căn cước", "Residence and ID cards", "户口与身份证"), 7, 25, 44},
		{look.IconResults, texts("Trả kết quả", "Collect results", "领取结果"), 4, 2, 6},
		{look.IconAgriculture, texts("Nông nghiệp, kiểm lâm", "Farming and forests", "农业与林业"), 0, 0, 5},
		{look.IconTax, texts("Thuế, bảo hiểm xã hội", "Tax, social insurance", "税务与社会保险"), 5, 30, 50},
		{look.IconMilitary, texts("Quân sự, nghĩa vụ quân sự", "Military service", "兵役"), 0, 0, 0},
		{look.IconPapers, texts("Nội vụ, dân tộc, tôn giáo", "Home affairs, religion", "内务、民族、宗教"), 0, 0, 12},
	}
}

func minutes(low, high int) *kiosk.Range {
	if low < 0 {
		return nil
	}
	return &kiosk.Range{Low: time.Duration(low) * time.Minute, High: time.Duration(high) * time.Minute}
}

// scenes are the screens as a visitor may meet them, by name.
func scenes(l kiosk.Language, large bool) map[string]screen.Model {
	w := words.For(l)
	head := screen.Head{
		Office: texts("Trung tâm Phục vụ hành chính công đặc khu Cô Tô", "Cô Tô Public Administration Service Centre", "姑苏特区公共行政服务中心")[l],
		Site:   texts("Trụ sở chính", "Main hall", "主大厅")[l],
	}
	var others []kiosk.Language
	for _, o := range kiosk.Languages() {
		if o != l {
			others = append(others, o)
		}
	}
	home := func(n int) screen.Home {
		m := screen.Home{Head: head, Guide: "huong-dan", Others: others, Large: large}
		for i, s := range sample()[:n] {
			m.Services = append(m.Services, screen.Service{
				Code: kiosk.ServiceCode(fmt.Sprint(i)), Icon: string(s.icon), Name: s.name[l],
				Fact: w.Home.Fact(s.waiting, minutes(s.low, s.high)),
			})
		}
		return m
	}
	name := sample()[0].name[l]
	fault := home(8)
	fault.Notice, fault.HelpComes = w.AtScreen(kiosk.FaultPaperOut), true
	roll := home(8)
	roll.Notice, roll.PaperCheck, roll.SlipsUnsure = w.AtScreen(kiosk.FaultPaperCheck), true, true
	unsure := home(4)
	unsure.SlipsUnsure = true
	second := home(12)
	second.Page = 1
	ticket := screen.Ticket{
		Head: head, Number: "A012", Service: name, HasAhead: true, Ahead: 3, Wait: minutes(12, 18), Paper: screen.PaperComing,
		Where: texts("Ghế chờ trước quầy 1 và 2", "Seats in front of counters 1 and 2", "1、2号窗口前座位")[l],
		QR:    "A012 - 23/11/2026\n" + head.Office,
	}
	with := func(change func(*screen.Ticket)) screen.Ticket {
		t := ticket
		change(&t)
		return t
	}
	tuesday := kiosk.Day(2026_11_25).At(7*60 + 30)
	rating := home(12)
	rating.Rating = true
	return more(w, head, map[string]screen.Model{
		"01-home-12-rating": rating,
		"01-home-8":         home(8),
		"01-home-1":         home(1),
		"01-home-3":         home(3),
		"01-home-5":         home(5),
		"01-home-12":        home(12),
		"01-home-12-second": second,
		"01-home-fault":     fault,
		"01-home-roll":      roll,
		"01-home-unsure":    unsure,
		"02-priority":       screen.Priority{Head: head, Service: name},
		"03-late":           screen.Late{Head: head, Service: name, Waiting: 32, Closes: w.Clock(kiosk.Day(2026_11_23).At(17 * 60))},
		"04-busy":           screen.Busy{Head: head},
		"05-hold":           screen.Held{Head: head, Service: name},
		"06-ticket-coming":  ticket,
		"06-ticket-out":     with(func(t *screen.Ticket) { t.Paper, t.Priority = screen.PaperOut, true }),
		"06-ticket-maybe":   with(func(t *screen.Ticket) { t.Paper, t.Leaving = screen.PaperMaybe, 20 }),
		"06-ticket-maybe2":  with(func(t *screen.Ticket) { t.Paper = screen.PaperMaybe }),
		"06-ticket-none":    with(func(t *screen.Ticket) { t.Paper = screen.PaperNone }),
		"06-ticket-none2":   with(func(t *screen.Ticket) { t.Paper, t.Leaving = screen.PaperNone, 10 }),
		"06-ticket-guide": with(func(t *screen.Ticket) {
			t.Guide, t.Number, t.Service, t.Wait, t.Ahead = true, "M1004", w.Home.Guide, nil, 0
		}),
		"07-noslip": screen.Missing{Head: head, Numbers: []screen.Recent{
			{Number: "A012", Service: name, Taken: w.Clock(kiosk.Day(2026_11_23).At(8*60 + 15))},
			{Number: "B003", Service: sample()[1].name[l], Taken: w.Clock(kiosk.Day(2026_11_23).At(8*60 + 14))},
			{Number: "A011", Service: name, Taken: w.Clock(kiosk.Day(2026_11_23).At(8*60 + 12))},
			{Number: "C1002", Service: sample()[2].name[l]},
			{Number: "E007", Service: sample()[4].name[l], Taken: w.Clock(kiosk.Day(2026_11_23).At(8*60 + 9))},
			{Number: "A010", Service: name, Taken: w.Clock(kiosk.Day(2026_11_23).At(8*60 + 8))},
		}},
		"07-noslip-one":  screen.Missing{Head: head, Numbers: []screen.Recent{{Number: "A012", Service: name, Taken: "08:15"}}},
		"07-noslip-none": screen.Missing{Head: head},
		"08-help":        screen.Help{Head: head},
		"08-help-staff":  screen.Help{Head: head, Staff: true},
		"08-help-called": screen.Called{Head: head},
		"09-closed-rest": screen.Closed{Head: head, Reason: kiosk.ClosedRest, Opens: tuesday, Others: others, Large: large},
		"09-closed-holiday": screen.Closed{
			Head: head, Reason: kiosk.ClosedHoliday, Opens: tuesday, Others: others, Large: large, Phone: "0203 388 9999",
			Holiday: texts("Ngày Văn hóa Việt Nam", "Vietnam Culture Day", "越南文化日")[l],
		},
		"09-closed-last":    screen.Closed{Head: head, Reason: kiosk.ClosedLast, Opens: tuesday, Served: true, Recent: true, Rating: true, Others: others, Large: large, Phone: "0203 388 9999"},
		"09-closed-break":   screen.Closed{Head: head, Reason: kiosk.ClosedBreak, Opens: kiosk.Day(2026_11_23).At(13*60 + 30), Today: true, Others: others, Large: large},
		"09-closed-stopped": screen.Closed{Head: head, Fault: w.AtScreen(kiosk.FaultStore), Others: others, Large: large},
		"09-closed-roll": screen.Closed{
			Head: head, Reason: kiosk.ClosedLast, Opens: tuesday, Others: others, Large: large,
			Served: true, Recent: true, PaperCheck: true, Phone: "0203 388 9999",
		},
		"10-sorry":       screen.Sorry{Head: head, Text: w.Refusal(kiosk.CodeNumbersUnknown)},
		"10-sorry-again": screen.Sorry{Head: head, Text: w.Sorry.Slow, Again: true},
		"11-idle":        screen.Idle{Head: head, Seconds: 20},
		"12-roll":        screen.Roll{Head: head},
	})
}
