package province

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/motcua/gateway/kiosk"
)

// trendDays is how many days the plot of days shows.
const trendDays = 14

// sum is what was counted under one heading.
type sum struct {
	Issued, Called, Served, NoShow, Cancelled, Lapsed, Dossiers int
}

func (s *sum) add(what string, n int) {
	switch what {
	case Issued:
		s.Issued += n
	case Called:
		s.Called += n
	case Served:
		s.Served += n
	case NoShow:
		s.NoShow += n
	case Cancelled:
		s.Cancelled += n
	case Lapsed:
		s.Lapsed += n
	case Dossiers:
		s.Dossiers += n
	}
}

// ended is what the bars are made of.
func (s sum) ended() int { return s.Served + s.NoShow + s.Cancelled + s.Lapsed }

// numbersRow is a line of the day: a site, or a service of one.
type numbersRow struct {
	Name, Commune string
	Path          string // of its services; empty: none
	site          kiosk.SiteCode
	sum
	Bar bar
}

// numbersBody is the page of a day.
type numbersBody struct {
	Day                     kiosk.Day
	ISO, Before, After, Now string
	Site                    *Site // whose services are shown; nil: all sites
	Services                bool  // by service, of all sites
	Rows                    []numbersRow
	Total                   sum
	Silent                  int // sites that counted nothing
	Trend                   trend
}

// question is what a page of numbers is asked for.
type question struct {
	day      kiosk.Day
	site     kiosk.SiteCode // empty: all
	services bool
}

func (p *Pages) question(v url.Values, right Right) (question, error) {
	q := question{day: kiosk.DayOf(p.o.Now()), site: kiosk.SiteCode(v.Get("site")), services: v.Get("by") == "service"}
	if text := v.Get("day"); text != "" {
		day, err := kiosk.ParseDay(text)
		if err != nil {
			return q, wrong(p.w.Numbers.WantDay)
		}
		q.day = day
	}
	if q.site != "" && !right.May(q.site) {
		return q, ErrNotFound
	}
	q.services = q.services || q.site != ""
	return q, nil
}

// day counts a day as it is asked for, and the days before it.
func (p *Pages) day(r *http.Request, q question, right Right) ([]numbersRow, sum, map[kiosk.Day]sum, error) {
	counts, err := p.o.Hub.Counts(r.Context(), q.day.Add(1-trendDays), q.day)
	if err != nil {
		return nil, sum{}, nil, err
	}
	rows, days, total := map[string]sum{}, map[kiosk.Day]sum{}, sum{}
	for _, c := range counts {
		if !right.May(c.Site) || q.site != "" && c.Site != q.site {
			continue
		}
		of := days[c.Day]
		of.add(c.What, c.N)
		days[c.Day] = of
		if c.Day != q.day {
			continue
		}
		total.add(c.What, c.N)
		key := string(c.Site)
		if q.services {
			key = string(c.Service)
		}
		of = rows[key]
		of.add(c.What, c.N)
		rows[key] = of
	}
	var out []numbersRow
	for key, s := range rows {
		row := numbersRow{Name: key, sum: s}
		if q.services {
			row.Name = cmp.Or(key, p.w.Numbers.NoService)
		} else {
			site := p.site(kiosk.SiteCode(key))
			row.Name, row.Commune, row.site = site.Name, site.Commune, site.Code
			row.Path = "/province/numbers?" + url.Values{"site": {key}, "day": {isoDay(q.day)}}.Encode()
		}
		out = append(out, row)
	}
	slices.SortFunc(out, func(a, b numbersRow) int {
		return cmp.Or(cmp.Compare(b.Issued, a.Issued), cmp.Compare(a.Name, b.Name))
	})
	return out, total, days, nil
}

func (p *Pages) numbers(w http.ResponseWriter, r *http.Request, m me) error {
	q, err := p.question(r.URL.Query(), m.right)
	if err != nil {
		return err
	}
	rows, total, days, err := p.day(r, q, m.right)
	if err != nil {
		return err
	}
	top := 1
	for _, row := range rows {
		top = max(top, row.Issued, row.ended())
	}
	for i := range rows {
		rows[i].Bar = newBar(rows[i].sum, top)
	}
	body := numbersBody{
		Day: q.day, ISO: isoDay(q.day), Before: isoDay(q.day.Add(-1)), Rows: rows, Total: total, Services: q.services,
		Trend: newTrend(days, q.day, p.w),
	}
	if today := kiosk.DayOf(p.o.Now()); q.day < today {
		body.After, body.Now = isoDay(q.day.Add(1)), isoDay(today)
	}
	if q.site != "" {
		s := p.site(q.site)
		body.Site = &s
	} else if !q.services {
		for _, s := range p.o.Sites {
			if m.right.May(s.Code) && !slices.ContainsFunc(rows, func(row numbersRow) bool { return row.site == s.Code }) {
				body.Silent++
			}
		}
	}
	return p.write(w, r, m, http.StatusOK, "numbers", frame{Title: p.w.Numbers.Title, Body: body})
}

// numbersCSV hands the day's numbers out as a table that Excel opens right: UTF-8 with its mark,
// commas (RFC 4180), and no cell that a spreadsheet would compute. It is logged first.
func (p *Pages) numbersCSV(w http.ResponseWriter, r *http.Request, m me) error {
	why, err := p.purposeOf(r)
	if err != nil {
		return err
	}
	q, err := p.question(r.PostForm, m.right)
	if err != nil {
		return err
	}
	rows, total, _, err := p.day(r, q, m.right)
	if err != nil {
		return err
	}
	n := p.w.Numbers
	head := []string{n.Day, n.Commune, n.Site, n.Issued, n.Called, n.Served, n.NoShow, n.Cancelled, n.Lapsed, n.Dossiers}
	if q.services {
		head[2] = n.Service
	}
	var b bytes.Buffer
	b.WriteString("\ufeff")
	out := csv.NewWriter(&b)
	out.UseCRLF = true
	table := append([]numbersRow{}, rows...)
	table = append(table, numbersRow{Name: n.Total, sum: total})
	for _, cells := range append([][]string{head}, cellsOf(q.day, table)...) {
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
	about := "numbers " + q.day.String()
	if q.site != "" {
		about += " " + string(q.site)
	}
	if err := p.audit(r, m, deedExport, about, why); err != nil {
		return err
	}
	attach(w, "text/csv; charset=utf-8", "so-lieu-"+q.day.String()+".csv")
	_, _ = b.WriteTo(w)
	return nil
}

func cellsOf(day kiosk.Day, rows []numbersRow) [][]string {
	var out [][]string
	for _, row := range rows {
		cells := []string{day.String(), row.Commune, row.Name}
		for _, n := range []int{row.Issued, row.Called, row.Served, row.NoShow, row.Cancelled, row.Lapsed, row.Dossiers} {
			cells = append(cells, strconv.Itoa(n))
		}
		out = append(out, cells)
	}
	return out
}

// defused puts an apostrophe before what a spreadsheet would take for a formula.
func defused(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\n", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
