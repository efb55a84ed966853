package lead

import (
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/report"
	"github.com/motcua/gateway/kiosk/staff"
)

// reportPage is a day's report, on the screen and on paper.
type reportPage struct {
	R          report.Report
	Date       string
	Site       string
	Address    string
	Made       string
	Live       bool // it may still change
	Empty      bool
	WaitMin    int
	HandMin    int
	WaitPlot   template.HTML
	HourPlot   template.HTML
	ServPlot   template.HTML
	Services   []line
	Counters   []line
	Hours      []line
	Officers   []line
	MoreRows   int // that the sheet has no room for
	RatingsBy  []line
	Seal       string
	UnsureSays string
	LateSays   string
	Stretches  []stretch
	MoreTime   string
	Ratings    string // why none are shown; empty: they are
}

// line is one row of a table.
type line struct {
	Name string
	report.Row
	Rating report.RatingRow
}

type stretch struct{ From, To, Why string }

// dayOf is the day that a request asks for; the present one where it asks for none.
func (p *Pages) dayOf(value string) (kiosk.Day, error) {
	if value == "" {
		return p.o.Office.Snapshot().Day, nil
	}
	day, err := kiosk.ParseDay(value)
	if err != nil {
		return 0, &kiosk.Refusal{Code: kiosk.CodeBadRequest, Cause: err}
	}
	return day, nil
}

func (p *Pages) counted(r *http.Request, value string) (report.Report, error) {
	day, err := p.dayOf(value)
	if err != nil {
		return report.Report{}, err
	}
	now := p.o.Office.Time()
	if day == p.o.Office.Snapshot().Day {
		return p.live.Today(r.Context(), day, now)
	}
	return p.live.Of(r.Context(), day, now)
}

func (p *Pages) report(w http.ResponseWriter, r *http.Request, s staff.Session) error {
	rep, err := p.counted(r, r.URL.Query().Get("day"))
	if err != nil {
		return err
	}
	return p.write(w, r, s, http.StatusOK, "report", frame{Title: p.w.Report.Title, Body: p.lay(rep)})
}

// export hands a report out: as a table, as data, or as the A4 page. It is a fact first. The
// same form sent again gets the same answer and is no second fact.
func (p *Pages) export(w http.ResponseWriter, r *http.Request, s staff.Session) error {
	key, err := keyOf(r)
	if err != nil {
		return err
	}
	what := r.PostForm.Get("as")
	if what != "csv" && what != "json" && what != "sheet" {
		return &kiosk.Refusal{Code: kiosk.CodeBadRequest, Cause: errors.New("as csv, json or sheet")}
	}
	rep, err := p.counted(r, r.PostForm.Get("day"))
	if err != nil {
		return err
	}
	err = p.once.do(key, func() error {
		moved := kiosk.StaffMoved{Officer: s.Officer.Code, What: kiosk.StaffExported, Detail: "report " + rep.Day + " " + what}
		return p.o.Office.RecordStaff(r.Context(), moved, s.Officer.By())
	})
	if err != nil {
		return err
	}
	switch what {
	case "csv":
		return p.sendCSV(w, &rep)
	case "json":
		attach(w, "application/json; charset=utf-8", rep.Day+".json")
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		_ = e.Encode(rep) // only a lost connection can fail here
		return nil
	}
	page := p.lay(rep)
	page.short()
	return p.write(w, r, s, http.StatusOK, "sheet", frame{Title: p.w.Report.Title + " " + rep.Day, Body: page})
}

func attach(w http.ResponseWriter, kind, name string) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `attachment; filename="bao-cao-`+name+`"`)
	h.Set("Cache-Control", "no-store")
}

// lay puts a report into words.
func (p *Pages) lay(rep report.Report) reportPage {
	setup := p.o.Office.Setup()
	now := p.o.Office.Time()
	page := reportPage{
		R: rep, Date: p.office.Date(rep.Date()), Site: setup.Site.Name.In(kiosk.Vietnamese), Address: setup.Site.Address,
		Made: p.w.Report.MadeAt(p.office.Date(kiosk.DayOf(now)), kiosk.MinuteOf(now).String()),
		Live: !rep.Closed && rep.Date() >= p.o.Office.Snapshot().Day, Empty: rep.Facts == 0,
		WaitMin: int(setup.Report.Wait / time.Minute), HandMin: int(setup.Report.Handling / time.Minute),
		WaitPlot: waitPlot(&rep, p.w), HourPlot: hourPlot(&rep, p.w), ServPlot: servicePlot(&rep, p.service, p.w),
		Seal: p.w.Report.NotSealed,
	}
	for _, s := range rep.Services {
		page.Services = append(page.Services, line{Name: p.service(s), Row: s.Row})
	}
	for _, c := range rep.Counters {
		page.Counters = append(page.Counters, line{Name: string(c.Counter), Row: c.Row})
	}
	for _, h := range rep.Hours {
		page.Hours = append(page.Hours, line{Name: p.hour(h.Hour), Row: h.Row})
	}
	names := p.names()
	for _, o := range rep.Officers {
		page.Officers = append(page.Officers, line{Name: p.officerName(names, o.Officer), Row: report.Row{Served: o.Served, Sent: o.Sent, Handling: o.Handling}})
	}
	for _, c := range rep.Ratings.Counters {
		page.RatingsBy = append(page.RatingsBy, line{Name: p.w.Report.Counter + " " + c.Of, Rating: c.RatingRow})
	}
	for _, o := range rep.Ratings.Officers {
		page.RatingsBy = append(page.RatingsBy, line{Name: p.officerName(names, kiosk.OfficerCode(o.Of)), Rating: o.RatingRow})
	}
	for _, x := range rep.Excluded {
		page.Stretches = append(page.Stretches, stretch{kiosk.MinuteOf(x.From).String(), kiosk.MinuteOf(x.To).String(), p.why(x.Why)})
	}
	if rep.MoreExcluded > 0 { // the list of a report is bounded
		page.MoreTime = p.w.Report.MoreExcluded(rep.MoreExcluded)
	}
	if rep.Seal != nil {
		page.Seal = p.w.Report.Sealed(rep.Seal.At, rep.Seal.Hash)
	}
	if rep.Unsure.Waits+rep.Unsure.Handlings > 0 {
		page.UnsureSays = p.w.Report.Unsure(rep.Unsure.Waits, rep.Unsure.Handlings)
	}
	if rep.Late > 0 {
		page.LateSays = p.w.Report.Late(rep.Late)
	}
	page.Ratings = p.noRatings(page.Live, rep.Ratings.Few, rep.Ratings.Given)
	return page
}

// noRatings says why no ratings are shown.
func (p *Pages) noRatings(live, few bool, given int) string {
	switch {
	case given > 0:
		return ""
	case live:
		return p.w.Report.RatingsLater
	case few:
		return p.w.Report.RatingsFew
	}
	return p.w.Report.RatingsNone
}

func (p *Pages) service(s report.ServiceRow) string { return p.serviceName(s.Service) }

func (p *Pages) serviceName(code kiosk.ServiceCode) string {
	if v, ok := p.o.Office.Setup().Service(code); ok {
		return v.Name.In(kiosk.Vietnamese)
	}
	return string(code)
}

func (p *Pages) hour(h int) string {
	if h == report.UnknownHour {
		return p.w.Report.UnknownHour
	}
	return fmt.Sprintf("%02d:00–%02d:59", h, h)
}

func (p *Pages) officerName(names map[kiosk.OfficerCode]string, code kiosk.OfficerCode) string {
	switch {
	case code == "":
		return p.w.Report.NoOfficer
	case names[code] == "":
		return string(code)
	}
	return names[code]
}

func (p *Pages) why(w report.Why) string {
	switch w {
	case report.WhyBreak:
		return p.w.Report.Break
	case report.WhyClosed:
		return p.w.Report.ByHand
	}
	return p.w.Report.Outage
}

// What the A4 page has room for; the rest stands in the table that can be downloaded.
const (
	// Of rows, in all its tables. The counters of a large office keep some beside its services.
	sheetRows      = 16
	sheetCounters  = 7
	sheetStretches = 3
	// What the head of one more table takes. The hours have one only in a small office: elsewhere
	// the plots show them.
	sheetHead = 1
)

// short cuts a report to what one A4 page holds.
func (p *reportPage) short() {
	all := len(p.Services) + len(p.Counters)
	p.Counters = busiest(p.Counters, max(sheetCounters, sheetRows-len(p.Services)))
	p.Services = busiest(p.Services, sheetRows-len(p.Counters))
	rows := len(p.Services) + len(p.Counters)
	p.MoreRows = all - rows
	if rows+sheetHead+len(p.Hours) > sheetRows {
		p.Hours = nil
	}
	if n := len(p.Stretches); n > sheetStretches {
		p.MoreTime = "+" + strconv.Itoa(n-sheetStretches+p.R.MoreExcluded)
		p.Stretches = p.Stretches[:sheetStretches]
	}
}

// busiest keeps the n lines with the most legs, in their order.
func busiest(lines []line, n int) []line {
	if len(lines) <= n {
		return lines
	}
	legs := make([]int, len(lines))
	for i := range lines {
		legs[i] = lines[i].Legs
	}
	slices.Sort(legs)
	least := legs[len(legs)-n]
	above := 0
	for i := range lines {
		if lines[i].Legs > least {
			above++
		}
	}
	var out []line
	for i := range lines {
		if lines[i].Legs == least && above < n {
			above++
			out = append(out, lines[i])
		} else if lines[i].Legs > least {
			out = append(out, lines[i])
		}
	}
	return out
}
