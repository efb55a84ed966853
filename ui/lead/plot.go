package lead

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"

	"github.com/motcua/gateway/kiosk/report"
	"github.com/motcua/gateway/ui/words"
)

const (
	plotWidth  = 560
	plotHeight = 250
	plotLeft   = 46.0
	plotRight  = 12.0
	plotTop    = 46.0
	plotBottom = 44.0
)

// part is one piece of a stacked bar.
type part struct {
	name string
	n    int
	fill string
}

// parts are a row's outcomes in the order in which they are stacked. fill is the pattern of
// drawing id.
func parts(r report.Row, w words.LeadReport, id string) []part {
	url := func(name string) string { return "url(#" + id + "-" + name + ")" }
	return []part{
		{w.Served, r.Served, "#00573D"}, {w.Sent, r.Sent, url("sent")}, {w.NoShow, r.NoShow, url("noshow")},
		{w.Cancelled, r.Cancelled, url("cancelled")}, {w.Lapsed, r.Lapsed, url("lapsed")}, {w.Open, r.Open, "#FFFFFF"},
	}
}

// said is a row for who does not see the bars.
func said(name string, all []part, w words.LeadReport) string {
	var out []string
	for _, p := range all {
		if p.n > 0 {
			out = append(out, w.Part(p.name, p.n))
		}
	}
	if len(out) == 0 {
		return ""
	}
	return w.CountDesc(name, out) + " "
}

// frameOf draws the axes of a plot and returns where a value stands.
func frameOf(d *drawing, step, end int, unit, bottom string) func(v float64) float64 {
	low := float64(d.height) - plotBottom
	y := func(v float64) float64 { return low - v/float64(end)*(low-plotTop) }
	for v := 0; v <= end; v += step {
		d.line(plotLeft, y(float64(v)), float64(d.width)-plotRight, y(float64(v)), "#C9C2B4", "", 1)
		d.text(plotLeft-6, y(float64(v))+4, "end", strconv.Itoa(v))
	}
	d.line(plotLeft, low, float64(d.width)-plotRight, low, "#1A1A1A", "", 1.5)
	d.text(4, plotTop-10, "start", unit)
	d.text((plotLeft+float64(d.width)-plotRight)/2, float64(d.height)-6, "middle", bottom)
	return y
}

// known are the hours that a plot can show.
func known(hours []report.HourRow) []report.HourRow {
	if len(hours) > 0 && hours[0].Hour == report.UnknownHour {
		return hours[1:]
	}
	return hours
}

// waitPlot draws median and 90th percentile of waiting by hour, with the office's limit.
func waitPlot(r *report.Report, w words.Lead) template.HTML {
	hours := known(r.Hours)
	top := r.WaitLimit
	var desc strings.Builder
	for _, h := range hours {
		if h.Waiting.N > 0 {
			top = max(top, h.Waiting.P90)
			desc.WriteString(w.Report.WaitDesc(h.Hour, w.Span(h.Waiting.Median), w.Span(h.Waiting.P90)) + " ")
		}
	}
	if desc.Len() == 0 {
		desc.WriteString(w.Report.NoData)
	}
	d := newDrawing("waits", plotWidth, plotHeight, w.Report.WaitPlot, strings.TrimSpace(desc.String()))
	step, end := scale(int((top + 59) / 60))
	y := frameOf(d, step, end, w.Report.MinuteAxis, w.Report.HourAxis)
	slot := (plotWidth - plotLeft - plotRight) / float64(max(len(hours), 1))
	x := func(i int) float64 { return plotLeft + slot*(float64(i)+0.5) }
	at := func(seconds int64) float64 { return y(float64(seconds) / 60) }
	d.line(plotLeft, at(r.WaitLimit), plotWidth-plotRight, at(r.WaitLimit), "#9B1C1C", "2 3", 2)
	last := -1
	for i, h := range hours {
		if h.Waiting.N == 0 {
			last = -1 // nobody was called out of that hour: no line leads over it
			d.text(x(i), plotHeight-plotBottom+16, "middle", strconv.Itoa(h.Hour))
			continue
		}
		if last >= 0 {
			before := hours[last].Waiting
			d.line(x(last), at(before.P90), x(i), at(h.Waiting.P90), "#1A1A1A", "6 4", 1.5)
			d.line(x(last), at(before.Median), x(i), at(h.Waiting.Median), "#00573D", "", 2.5)
		}
		last = i
	}
	for i, h := range hours {
		if h.Waiting.N > 0 {
			d.rect(x(i)-4, at(h.Waiting.P90)-4, 8, 8, "#FFFFFF", "#1A1A1A")
			d.dot(x(i), at(h.Waiting.Median), 4.5, "#00573D")
			d.text(x(i), plotHeight-plotBottom+16, "middle", strconv.Itoa(h.Hour))
		}
	}
	waitKey(d, w)
	return d.done()
}

func waitKey(d *drawing, w words.Lead) {
	d.dot(150, 14, 4.5, "#00573D")
	d.text(160, 18, "start", w.Report.Median)
	d.rect(248, 10, 8, 8, "#FFFFFF", "#1A1A1A")
	d.text(262, 18, "start", w.Report.P90)
	d.line(310, 14, 340, 14, "#9B1C1C", "2 3", 2)
	d.text(346, 18, "start", w.Report.Limit)
}

// hourPlot draws what became of the legs that began in each hour.
func hourPlot(r *report.Report, w words.Lead) template.HTML {
	const id = "hours"
	hours := known(r.Hours)
	top := 1
	desc := ""
	for _, h := range hours {
		top = max(top, h.Legs)
		desc += said(fmt.Sprintf("%02d:00", h.Hour), parts(h.Row, w.Report, id), w.Report)
	}
	if desc == "" {
		desc = w.Report.NoData
	}
	d := newDrawing(id, plotWidth, plotHeight, w.Report.HourPlot, strings.TrimSpace(desc))
	d.patterns()
	step, end := scale(top)
	y := frameOf(d, step, end, w.Report.PeopleAxis, w.Report.HourAxis)
	slot := (plotWidth - plotLeft - plotRight) / float64(max(len(hours), 1))
	wide := min(slot*0.7, 46)
	for i, h := range hours {
		x, sum := plotLeft+slot*(float64(i)+0.5), 0
		for _, p := range parts(h.Row, w.Report, id) {
			if p.n > 0 {
				d.rect(x-wide/2, y(float64(sum+p.n)), wide, y(float64(sum))-y(float64(sum+p.n)), p.fill, "#1A1A1A")
				sum += p.n
			}
		}
		d.text(x, plotHeight-plotBottom+16, "middle", strconv.Itoa(h.Hour))
	}
	key(d, w.Report, plotLeft)
	return d.done()
}

// key explains the fills.
func key(d *drawing, w words.LeadReport, from float64) {
	x := from
	for _, p := range parts(report.Row{}, w, d.id) {
		d.rect(x, 2, 12, 12, p.fill, "#1A1A1A")
		d.small(x+16, 12, p.name)
		x += 24 + 6.6*float64(len([]rune(p.name)))
	}
}

// servicePlot draws what became of the legs of each queue, as bars that lie.
func servicePlot(r *report.Report, names func(report.ServiceRow) string, w words.Lead) template.HTML {
	const (
		id    = "services"
		row   = 26
		begin = 210.0
	)
	top, desc := 1, ""
	for _, s := range r.Services {
		top = max(top, s.Legs)
		desc += said(names(s), parts(s.Row, w.Report, id), w.Report)
	}
	if desc == "" {
		desc = w.Report.NoData
	}
	d := newDrawing(id, plotWidth, 60+row*len(r.Services), w.Report.ServicePlot, strings.TrimSpace(desc))
	d.patterns()
	key(d, w.Report, plotLeft)
	for i, s := range r.Services {
		y, sum := 34+float64(row*i), 0
		d.text(begin-8, y+14, "end", shortened(names(s), 27))
		at := func(n int) float64 { return begin + float64(n)/float64(top)*(plotWidth-begin-40) }
		for _, p := range parts(s.Row, w.Report, id) {
			if p.n > 0 {
				d.rect(at(sum), y, at(sum+p.n)-at(sum), row-8, p.fill, "#1A1A1A")
				sum += p.n
			}
		}
		d.text(at(sum)+6, y+14, "start", strconv.Itoa(s.Legs))
	}
	bottom := 34 + float64(row*len(r.Services))
	d.line(begin, 30, begin, bottom, "#1A1A1A", "", 1.5)
	d.text((begin+plotWidth)/2, bottom+16, "middle", w.Report.PeopleAxis)
	return d.done()
}
