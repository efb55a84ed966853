package lead

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/report"
	"github.com/motcua/gateway/ui/words"
)

func TestExports(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.people.list[1].Name = `=HYPERLINK("http://evil","x")`
	d.busyDay(40)
	d.nextMorning()
	form := []string{"day", "2026-11-23", "as", "csv"}
	got := d.post("hoa", "/lead/report/export", form...).Body.String()
	if again := d.post("hoa", "/lead/report/export", form...).Body.String(); again != got {
		t.Error("the same form twice gives two tables")
	}
	if !strings.HasPrefix(got, "\ufeffNgày,") {
		t.Errorf("no mark: %.40q", got)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(got, "\ufeff"))).ReadAll()
	d.must(err)
	hostile := 0
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t", rune(cell[0])) {
				t.Errorf("a spreadsheet computes %q", cell)
			}
			if strings.HasPrefix(cell, "'=HYPERLINK") {
				hostile++
			}
		}
	}
	if hostile == 0 {
		t.Error("the hostile name is not in the table: nothing was tried")
	}
	if rows[1][1] != "Cả phòng" || rows[1][3] != "40" || len(rows[0]) != 23 {
		t.Errorf("total %q", rows[1])
	}
	var r report.Report
	d.must(json.Unmarshal(d.post("hoa", "/lead/report/export", "day", "2026-11-23", "as", "json").Body.Bytes(), &r))
	if fmt.Sprint(r.Total.Issued) != rows[1][3] || fmt.Sprint(r.Total.Waiting.P90) != rows[1][15] {
		t.Errorf("data %+v, table %q", r.Total, rows[1])
	}
	late := slices.IndexFunc(rows, func(row []string) bool { return row[2] == "Bước gửi sau khi mất mạng" })
	if r.Late == 0 || late < 0 || rows[late][3] != fmt.Sprint(r.Late) {
		t.Errorf("%d steps came late, the table has row %d of %q", r.Late, late, rows)
	}
	facts := d.staffFacts(d.Snapshot().Day)[1:]
	if len(facts) != 2 || facts[0].What != kiosk.StaffExported || facts[0].Detail != "report 2026-11-23 csv" || facts[1].Detail != "report 2026-11-23 json" {
		t.Errorf("facts %+v", facts)
	}
}

// TestTheTableSaysWhatItLeavesOut, as the data do.
func TestTheTableSaysWhatItLeavesOut(t *testing.T) {
	t.Parallel()
	p := &Pages{w: words.ForLead()}
	got := map[string]string{}
	for _, row := range p.more(&report.Report{Late: 3, MoreExcluded: 4, Unsure: report.Unsure{Waits: 5, Handlings: 6}}, 5) {
		got[row[1]+": "+row[2]] = row[3]
	}
	for what, want := range map[string]string{
		"Lưu ý về số liệu: Bước gửi sau khi mất mạng": "3", "Thời gian không tính vào chờ: Số khoảng khác": "4",
		"Lưu ý về số liệu: Lần chờ không tính vì máy chưa chắc ngày giờ":     "5",
		"Lưu ý về số liệu: Lần phục vụ không tính vì máy chưa chắc ngày giờ": "6",
	} {
		if got[what] != want {
			t.Errorf("%s is %q, want %s", what, got[what], want)
		}
	}
}

// An export that cannot be kept as a fact is not handed out.
func TestExportWithoutAFactIsNone(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.must(d.Close(context.Background()))
	if w := d.post("hoa", "/lead/report/export", "day", "2026-11-23", "as", "csv"); w.Code < 500 || strings.Contains(w.Body.String(), "\ufeff") {
		t.Errorf("%d", w.Code)
	}
}
