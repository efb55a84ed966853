package kiosktest

import (
	"time"

	"github.com/motcua/gateway/kiosk"
)

// The codes of the small office.
const (
	Site     kiosk.SiteCode    = "thu"        // its only hall
	Certify  kiosk.ServiceCode = "chung-thuc" // prefix A, at counters 1 and 2
	Civil    kiosk.ServiceCode = "ho-tich"    // prefix B, at counters 1 and 3
	Guidance kiosk.ServiceCode = "huong-dan"  // prefix C, at counter 3: "I don't know which"
	Counter1 kiosk.CounterCode = "1"          // serves Certify and Civil
	Counter2 kiosk.CounterCode = "2"          // serves Certify
	Counter3 kiosk.CounterCode = "3"          // serves Civil and Guidance
	Monday   kiosk.Day         = 2026_11_23   // a day like any other
	Culture  kiosk.Day         = 2026_11_24   // the day after it, a holiday
	Saturday kiosk.Day         = 2026_11_28   // open in the morning only
	Sunday   kiosk.Day         = 2026_11_29   // a day of rest
)

// Setup returns a new small office: three services, three counters, Monday to Friday
// 07:30–11:30 and 13:30–17:00, Saturday morning, closed on 24 November 2026. The last ticket
// is given 15 minutes before the end, and what waits lapses 30 minutes after it. The caller may
// change what it gets.
func Setup() *kiosk.Setup {
	morning := kiosk.Session{From: 7*60 + 30, To: 11*60 + 30}
	full := []kiosk.Session{morning, {From: 13*60 + 30, To: 17 * 60}}
	return &kiosk.Setup{
		Name: kiosk.Text{kiosk.Vietnamese: "Trung tâm thử", kiosk.English: "Test office"},
		Site: kiosk.Site{
			Code: Site, Name: kiosk.Text{kiosk.Vietnamese: "Sảnh chính"},
			Address: "Khu 1", Phone: "0203 000 000",
		},
		Sectors: []kiosk.Sector{
			{Code: "chung-thuc", Name: kiosk.Text{kiosk.Vietnamese: "Chứng thực"}},
			{Code: "ho-tich", Name: kiosk.Text{kiosk.Vietnamese: "Hộ tịch"}},
		},
		Services: []kiosk.Service{
			{
				Code: Certify, Prefix: "A", Pictogram: "stamp", Handling: 6 * time.Minute,
				Name:    kiosk.Text{kiosk.Vietnamese: "Chứng thực", kiosk.English: "Certified copies", kiosk.Chinese: "公证副本"},
				Sectors: []kiosk.SectorCode{"chung-thuc"},
				Where:   kiosk.Text{kiosk.Vietnamese: "Ghế trước quầy 1 và 2"},
			},
			{
				Code: Civil, Prefix: "B", Pictogram: "family", Handling: 12 * time.Minute,
				Name:    kiosk.Text{kiosk.Vietnamese: "Hộ tịch", kiosk.English: "Civil status", kiosk.Chinese: "户籍"},
				Sectors: []kiosk.SectorCode{"ho-tich"},
				Where:   kiosk.Text{kiosk.Vietnamese: "Ghế trước quầy 1 và 3"},
			},
			{
				Code: Guidance, Prefix: "C", Pictogram: "question", Handling: 4 * time.Minute, Guidance: true,
				Name: kiosk.Text{kiosk.Vietnamese: "Tôi không biết chọn gì", kiosk.English: "I don't know which", kiosk.Chinese: "我不知道选哪个"},
			},
		},
		Counters: []kiosk.Counter{
			{Code: Counter1, Serves: []kiosk.ServiceCode{Certify, Civil}},
			{Code: Counter2, Serves: []kiosk.ServiceCode{Certify}},
			{Code: Counter3, Serves: []kiosk.ServiceCode{Civil, Guidance}},
		},
		Hours: kiosk.Hours{
			Weekly: [7][]kiosk.Session{
				time.Monday: full, time.Tuesday: full, time.Wednesday: full, time.Thursday: full, time.Friday: full,
				time.Saturday: {morning},
			},
			LastTicket: 15 * time.Minute,
			Grace:      30 * time.Minute,
			Calendar: []kiosk.CalendarEntry{{
				Day: Culture, Kind: kiosk.Holiday, Confirmed: true,
				Name:   kiosk.Text{kiosk.Vietnamese: "Ngày Văn hóa Việt Nam", kiosk.English: "Vietnam Culture Day"},
				Source: "NQ 28/2026/QH16",
			}},
		},
		Queue:  kiosk.DefaultQueueRules(),
		Slips:  kiosk.DefaultSlipRules(),
		Report: kiosk.DefaultReportRules(),
	}
}

// At returns a moment of Monday, in the morning session at 8:00 plus d.
func At(d time.Duration) time.Time { return Monday.At(8 * 60).Add(d) }
