package lead

import (
	"encoding/csv"
	"net/url"
	"strings"
	"testing"

	"github.com/motcua/gateway/kiosk"
)

// Whatever an office calls its services, no spreadsheet computes it and a table keeps its shape.
func FuzzCell(f *testing.F) {
	for _, s := range []string{"Chứng thực", "=1+1", "+84", "-2", "@x", "\t=1", "\r\n=1", `"=1`, "'", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := defused(s)
		if got != "" && strings.ContainsRune("=+-@\t\r\n", rune(got[0])) || !strings.HasSuffix(got, s) {
			t.Fatalf("%q became %q", s, got)
		}
		var b strings.Builder
		w := csv.NewWriter(&b)
		if err := w.Write([]string{got, "x"}); err != nil {
			t.Fatal(err)
		}
		w.Flush()
		back, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
		if err != nil || len(back) != 1 || len(back[0]) != 2 {
			t.Fatalf("%q reads back as %q, %v", got, back, err)
		}
	})
}

// Whatever is asked for, a lead gets a page or a refusal, never a fault of the box.
func FuzzReportQuery(f *testing.F) {
	for _, s := range []string{"2026-11-23", "", "2026-13-99", "9999-12-31", "0001-01-01", "../x", "2026-11-23\x00"} {
		f.Add(s, s)
	}
	d := newDesk(f)
	d.must(d.OpenHall(f.Context(), "staff/o1"))
	_, _ = d.IssueTicket(f.Context(), kiosk.IssueRequest{Service: "chung-thuc"})
	f.Fuzz(func(t *testing.T, day, prompt string) {
		d := &desk{t: t, handler: d.handler, gate: d.gate}
		for _, path := range []string{"/lead/report?day=" + url.QueryEscape(day), "/lead/voice?language=tyz&prompt=" + url.QueryEscape(prompt), "/lead/voice/clip?prompt=" + url.QueryEscape(prompt)} {
			if w := d.get("hoa", path); w.Code >= 500 || w.Code == 0 {
				t.Fatalf("%q: %d", path, w.Code)
			}
		}
	})
}
