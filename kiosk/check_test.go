package kiosk_test

import (
	"strings"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

func TestCheckNamesTheKey(t *testing.T) {
	t.Parallel()
	if p := kiosktest.Setup().Check(); len(p) != 0 {
		t.Fatalf("the small office: %v", p)
	}
	for path, spoil := range map[string]func(*kiosk.Setup){
		"office.name":           func(s *kiosk.Setup) { s.Name = kiosk.Text{kiosk.English: "Office"} },
		"site.code":             func(s *kiosk.Setup) { s.Site.Code = "Cô Tô" },
		"service[1].prefix":     func(s *kiosk.Setup) { s.Services[1].Prefix = "A" },
		"service[0].prefix":     func(s *kiosk.Setup) { s.Services[0].Prefix = "a1" },
		"service[2].minutes":    func(s *kiosk.Setup) { s.Services[2].Handling = 0 },
		"service[2].guidance":   func(s *kiosk.Setup) { s.Services[0].Guidance, s.Services[2].Guidance = true, true },
		"service[0].sectors[0]": func(s *kiosk.Setup) { s.Services[0].Sectors = []kiosk.SectorCode{"thue"} },
		"counter[0].serves[1]":  func(s *kiosk.Setup) { s.Counters[0].Serves[1] = "thue" },
		"counter[2].code":       func(s *kiosk.Setup) { s.Counters[2].Code = "1" },
		"service[2].code":       func(s *kiosk.Setup) { s.Counters[2].Serves = s.Counters[2].Serves[:1] },
		"hours.monday[1]":       func(s *kiosk.Setup) { s.Hours.Weekly[1] = []kiosk.Session{{From: 480, To: 700}, {From: 700, To: 900}} },
		"hours.last_ticket":     func(s *kiosk.Setup) { s.Hours.LastTicket = 4 * time.Hour }, // as long as Saturday
		"calendar[0].kind":      func(s *kiosk.Setup) { s.Hours.Calendar[0].Kind = "party" },
		"calendar[0].sessions":  func(s *kiosk.Setup) { s.Hours.Calendar[0].Kind = kiosk.SwapWork },
		"queue.priority":        func(s *kiosk.Setup) { s.Queue.Priority = "vip" },
		"queue.longest_wait":    func(s *kiosk.Setup) { s.Queue.LongestWait = 0 },
		"slips.attempts":        func(s *kiosk.Setup) { s.Slips.Attempts = 0 },
		"sector[0].name":        func(s *kiosk.Setup) { s.Sectors[0].Name[kiosk.Vietnamese] = strings.Repeat("ă", 121) },
	} {
		s := kiosktest.Setup()
		spoil(s)
		found := false
		for _, p := range s.Check() {
			if p.Want == "" {
				t.Errorf("%s: nothing says what would be right", p.Path)
			}
			found = found || p.Path == path
		}
		if !found {
			t.Errorf("%s was not named, but %v", path, s.Check())
		}
	}
}
