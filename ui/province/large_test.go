package province

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/motcua/gateway/kiosk"
)

// province fills a store with a whole province: 54 communes with three offices each, with names as
// long as they come, at a bad hour.
func province(s *store, o *Options) {
	o.Name = "Trung tâm Phục vụ hành chính công tỉnh Quảng Ninh"
	o.Sites, s.gateways, s.counts = nil, nil, nil
	names := []string{"Trung tâm Phục vụ hành chính công", "Điểm tiếp nhận hồ sơ số 2, nhà văn hóa thôn Đông Thịnh", "Điểm tiếp nhận hồ sơ lưu động khu vực đảo"}
	communes := []string{"Đặc khu Vân Đồn", "Xã Hải Sơn", "Phường Hồng Gai", "Xã Quảng Tân", "Xã Lương Minh – Đồng Sơn"}
	versions := []string{"1.4.0", "1.4.0", "1.4.0", "1.3.7"}
	for i := range 162 {
		site := Site{Code: kiosk.SiteCode(fmt.Sprintf("qn-%02d-%d", i/3+1, i%3+1)), Name: names[i%3], Commune: fmt.Sprintf("%s %d", communes[i/3%len(communes)], i/3+1)}
		o.Sites = append(o.Sites, site)
		g := Gateway{
			ID: fmt.Sprintf("gw-%016d", i), Site: site.Code, Seen: start.Add(-time.Duration(i%50) * time.Second), Told: start.Add(-time.Duration(i%50) * time.Second),
			Last: kiosk.Position{Epoch: 1, Seq: kiosk.Seq(1000 * i)}, Version: versions[i%4], ClockSure: true, ClockOff: time.Duration(i%13-3) * time.Second,
			KeySource: []string{"chip", "passphrase", "file"}[i%3], Until: start.AddDate(0, 6, i),
		}
		switch {
		case i == 5:
			g.Cloned, g.Aside, g.Forked = start.Add(-time.Hour), 3, 3
		case i%41 == 5:
			g.Aside, g.Forked = 3, 3
		case i%37 == 6:
			g.Aside, g.Forged = 1, 1
		case i%9 == 2:
			g.Seen, g.Facts, g.Pages, g.Bytes, g.Oldest = start.Add(-time.Duration(i)*time.Hour), uint64(i*17), i*3, int64(i)*1_400_000, time.Duration(i)*time.Hour
		case i%7 == 3:
			g.Faults = []Fault{{kiosk.FaultPaperOut, kiosk.SeverityStop, start}, {kiosk.FaultBoardAbsent, kiosk.SeverityWarn, start}}
		case i%11 == 4:
			g.Facts, g.Pages, g.Bytes, g.Oldest, g.Parked = 240, 60, 4_200_000, 5*time.Minute, i%2
		}
		if i%3 == 2 {
			g.Faults = append(g.Faults, Fault{kiosk.FaultWeakKey, kiosk.SeverityHint, start})
		}
		s.gateways = append(s.gateways, g)
		if i%23 == 7 {
			continue
		}
		for d := range trendDays {
			day := kiosk.DayOf(start).Add(-d)
			if w := day.Weekday(); w == time.Saturday || w == time.Sunday {
				continue
			}
			issued := 30 + (i*37+d*11)%220
			for n, service := range []kiosk.ServiceCode{"chung-thuc", "ho-tich", "dat-dai"} {
				some := issued / (n + 2)
				lost, left, off := some/9+n, some/17, some/23
				s.counts = append(s.counts, Count{day, site.Code, service, Issued, some}, Count{day, site.Code, service, Served, some - lost - left - off},
					Count{day, site.Code, service, NoShow, lost}, Count{day, site.Code, service, Cancelled, off}, Count{day, site.Code, service, Lapsed, left})
			}
			s.counts = append(s.counts, Count{day, site.Code, "", Dossiers, issued / 5})
		}
	}
	for i := range s.dossiers {
		s.dossiers[i].Site = o.Sites[0].Code
	}
	header := &s.dossiers[0].Dossier
	for i := range 18 {
		header.Pages = append(header.Pages, kiosk.Page{Component: "giay-to-kem-theo", Hash: pageHash, Size: int64(41_000 + 1000*i), Media: "image/jpeg"})
	}
}

// An old PC on a slow line opens the page of a whole province.
func TestAWholeProvinceIsLight(t *testing.T) {
	t.Parallel()
	r := newRig(t, province)
	for path, most := range map[string]int{
		"/province/gateways": 100_000, "/province/numbers": 100_000, "/province/numbers?site=qn-01-1": 12_000, "/province/search": 30_000, "/province/gateways/gw-0000000000000005": 6_000,
	} {
		a := r.get(whole, path)
		t.Logf("%s: %d bytes", path, len(a.body))
		if a.status != 200 || len(a.body) > most || strings.Contains(a.body, "<script") {
			t.Errorf("%s: %d, %d bytes, at most %d", path, a.status, len(a.body), most)
		}
	}
	if a := r.get(whole, "/province/gateways"); strings.Count(a.body, "<tr") != 163 {
		t.Errorf("%d lines", strings.Count(a.body, "<tr"))
	}
	css, err := files.ReadFile("static/style.css")
	if err != nil || len(css) > 12_000 {
		t.Errorf("%d bytes of style, %v", len(css), err)
	}
}

// Text of a box, of a citizen or of whoever typed a purpose is text on every page.
func TestHostileText(t *testing.T) {
	t.Parallel()
	const evil = `"><script>alert(1)</script><img src=x onerror=alert(2)>`
	r := newRig(t, func(s *store, o *Options) {
		o.Name = evil
		o.Sites[0].Name, o.Sites[0].Commune = evil, evil
		g := &s.gateways[0]
		g.Version, g.KeySource, g.Faults = evil, evil, []Fault{{Code: evil, Severity: evil}}
		s.gateways[1].ID, s.gateways[1].Site = evil, evil
		s.aside[0].Why = evil
		for i := range s.counts {
			s.counts[i].Service = evil
		}
		d := &s.dossiers[0]
		d.Procedure, d.Code, d.Ticket, d.Counter, d.Officer, d.Statement, d.Gateway = evil, evil, "A012", evil, evil, evil, evil
		d.Pages[0].Component, d.Pages[1].Media = evil, evil
		d.Applicant = &Applicant{evil, personNumber}
		s.dossiers[2].ErasedBy = evil
	})
	raw := regexp.MustCompile(`(?i)<script|<img src=x|onerror=alert\(2\)>`)
	id := "/province/dossiers/" + string(dossierA)
	say := func(path string) answer { return r.post(whole, path, "purpose", "xem "+evil) }
	if a := say(id); a.status != 303 {
		t.Fatalf("%d", a.status)
	}
	say("/province/dossiers/" + string(gone1))
	order := r.post(admin, "/province/subject/erase", "person", personNumber, "order", evil)
	answers := map[string]answer{
		"dossier": r.get(whole, id), "erased": r.get(whole, "/province/dossiers/"+string(gone1)), "view": r.get(whole, id+"/view/1"),
		"gateways": r.get(whole, "/province/gateways"), "gateway": r.get(whole, "/province/gateways/"+boxA), "numbers": r.get(whole, "/province/numbers"),
		"services": r.get(whole, "/province/numbers?by=service"), "log": r.get(auditor, "/province/log"), "order": order, "accounts": r.get(admin, "/province/accounts"),
		"found":   r.post(whole, "/province/search", "by", "person", "person", personNumber, "purpose", evil),
		"sign-in": r.get("", "/sign-in?next="+"/%22%3E%3Cscript%3E"), "search": r.get(whole, "/province/search"),
	}
	for name, a := range answers {
		if a.status != 200 || raw.MatchString(a.body) {
			t.Errorf("%s: %d, raw: %q", name, a.status, raw.FindString(a.body))
		}
		if name != "accounts" && name != "sign-in" && !strings.Contains(a.body, "&lt;script&gt;") {
			t.Errorf("%s was not tried with hostile text", name)
		}
		csp := a.header.Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || a.header.Get("Cache-Control") != "no-store" || a.header.Get("X-Frame-Options") != "DENY" {
			t.Errorf("%s: %v", name, a.header)
		}
	}
}

// The words of the pages are whole: no slip of the pen, NFC, and no page without one of them.
func TestThePagesAreVietnamese(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open(whole, dossierA)
	for who, paths := range map[string][]string{
		whole:   {"/province/gateways", "/province/numbers", "/province/search", "/province/dossiers/" + string(dossierA), "/province/dossiers/" + string(dossierB)},
		admin:   {"/province/accounts", "/province/accounts/o1", "/province/subject"},
		auditor: {"/province/log"},
		"":      {"/sign-in"},
	} {
		for _, path := range paths {
			s := text(r.get(who, path).body)
			if strings.Contains(s, "%!") || strings.Contains(s, "..") || strings.Contains(s, "<no value>") || !norm.NFC.IsNormalString(s) {
				t.Errorf("%s: %s", path, s)
			}
			if m := regexp.MustCompile(`(?i)\b(the|your|please|officer|counter|error|search|page|account|total|oà|oá|uỷ|xoá)\b`).FindString(s); m != "" {
				t.Errorf("%s says %q", path, m)
			}
		}
	}
}
