package lead

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/report"
)

// sendCSV writes a report as a table that Excel opens right: UTF-8 with its mark, commas (RFC
// 4180), whole numbers only, so that no decimal sign can be misread, and no cell that a
// spreadsheet would compute.
func (p *Pages) sendCSV(w http.ResponseWriter, r *report.Report) error {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	out := csv.NewWriter(&b)
	out.UseCRLF = true
	for _, cells := range p.table(r) {
		for i := range cells {
			cells[i] = defused(cells[i])
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	attach(w, "text/csv; charset=utf-8", r.Day+".csv")
	_, _ = b.WriteTo(w)
	return nil
}

// defused puts an apostrophe before what a spreadsheet would take for a formula.
func defused(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\n", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// table is the report in rows, all of one width.
func (p *Pages) table(r *report.Report) [][]string {
	w := p.w.Report
	unit := " (" + w.Seconds + ")"
	head := []string{w.Day, w.Group, w.Item, w.Issued, w.Legs, w.Served, w.Sent, w.NoShow, w.Cancelled, w.Lapsed, w.Open, w.Recalls, w.Undone}
	for _, what := range []string{w.Waiting, w.Handling} {
		for _, s := range []string{w.Known, w.Median + unit, w.P90 + unit, w.Max + unit, w.Over} {
			head = append(head, what+": "+s)
		}
	}
	out := [][]string{head}
	add := func(group, item string, row report.Row) {
		out = append(out, append([]string{r.Day, group, item}, cellsOf(row)...))
	}
	add(w.Total, "", r.Total)
	for _, s := range r.Services {
		add(w.Service, p.service(s), s.Row)
	}
	for _, c := range r.Counters {
		add(w.Counter, string(c.Counter), c.Row)
	}
	for _, h := range r.Hours {
		add(w.Hour, p.hour(h.Hour), h.Row)
	}
	names := p.names()
	for _, o := range r.Officers {
		add(w.Officer, p.officerName(names, o.Officer), report.Row{Legs: o.Served + o.Sent, Served: o.Served, Sent: o.Sent, Handling: o.Handling})
	}
	return append(out, p.more(r, len(head))...)
}

// more are the lines that have one number or text of their own.
func (p *Pages) more(r *report.Report, width int) [][]string {
	w := p.w.Report
	var out [][]string
	add := func(group, item string, values ...string) {
		cells := append([]string{r.Day, group, item}, values...)
		out = append(out, append(cells, make([]string, width-len(cells))...))
	}
	n := strconv.Itoa
	add(w.Priority, w.Declared, n(r.Priority.Declared))
	add(w.Priority, w.Card, n(r.Priority.Card))
	add(w.Priority, w.Raised, n(r.Priority.Raised))
	add(w.Priority, w.Lowered, n(r.Priority.Lowered))
	for _, x := range r.Excluded {
		add(w.Excluded, p.why(x.Why), kiosk.MinuteOf(x.From).String(), kiosk.MinuteOf(x.To).String())
	}
	add(w.Excluded, w.MoreStretches, n(r.MoreExcluded))
	add(w.Notes, w.LateSteps, n(r.Late))
	add(w.Notes, w.UnsureWaits, n(r.Unsure.Waits))
	add(w.Notes, w.UnsureHandlings, n(r.Unsure.Handlings))
	if r.Ratings.Given > 0 {
		t := r.Ratings.Total
		add(w.Ratings, w.VeryGood, n(t.VeryGood))
		add(w.Ratings, w.GoodLevel, n(t.Good))
		add(w.Ratings, w.Bad, n(t.Bad))
		for _, v := range r.Ratings.Reasons {
			add(w.Reasons, p.w.Reason(v.Reason), n(v.N))
		}
	}
	if r.Seal != nil {
		add(w.Seal, r.Seal.At, r.Seal.Hash)
	}
	return out
}

func cellsOf(r report.Row) []string {
	var out []string
	for _, n := range []int{r.Issued, r.Legs, r.Served, r.Sent, r.NoShow, r.Cancelled, r.Lapsed, r.Open, r.Recalls, r.Undone} {
		out = append(out, strconv.Itoa(n))
	}
	for _, s := range []report.Spread{r.Waiting, r.Handling} {
		out = append(out, strconv.Itoa(s.N), strconv.FormatInt(s.Median, 10), strconv.FormatInt(s.P90, 10), strconv.FormatInt(s.Max, 10), strconv.Itoa(s.Over))
	}
	return out
}
