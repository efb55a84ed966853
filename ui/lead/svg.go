package lead

import (
	"fmt"
	"html"
	"html/template"
	"strings"
)

// drawing builds one SVG picture. Everything written into it is escaped here; its parts carry
// attributes and no style sheet, so that a page's policy may forbid styles within it.
type drawing struct {
	b      strings.Builder
	id     string // of its title, patterns and description: one page has several drawings
	width  int
	height int
}

// newDrawing begins a picture whose title and description a screen reader reads in its place.
func newDrawing(id string, width, height int, title, desc string) *drawing {
	d := &drawing{id: id, width: width, height: height}
	fmt.Fprintf(&d.b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-labelledby="%s-t %s-d" font-family="Segoe UI, system-ui, sans-serif" font-size="13" fill="#1A1A1A">`,
		width, height, id, id)
	fmt.Fprintf(&d.b, `<title id="%s-t">%s</title><desc id="%s-d">%s</desc>`, id, html.EscapeString(title), id, html.EscapeString(desc))
	return d
}

// patterns puts the fills of the outcomes into the picture: each is told from the others without
// colour.
func (d *drawing) patterns() {
	d.b.WriteString("<defs>")
	stripe := func(name, back, line string, angle int) {
		fmt.Fprintf(&d.b, `<pattern id="%s-%s" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(%d)"><rect width="6" height="6" fill="%s"/><rect width="2" height="6" fill="%s"/></pattern>`,
			d.id, name, angle, back, line)
	}
	stripe("sent", "#FFFFFF", "#00573D", 45)
	stripe("noshow", "#E8DFCC", "#6B5B3E", 90)
	stripe("cancelled", "#FFFFFF", "#8A8A8A", 0)
	fmt.Fprintf(&d.b, `<pattern id="%s-lapsed" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" fill="#9B1C1C"/><circle cx="3" cy="3" r="1.1" fill="#FFFFFF"/></pattern>`, d.id)
	d.b.WriteString("</defs>")
}

func (d *drawing) rect(x, y, w, h float64, fill, stroke string) {
	fmt.Fprintf(&d.b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s" stroke="%s"/>`, x, y, max(w, 0), max(h, 0), html.EscapeString(fill), html.EscapeString(stroke))
}

// line draws a line; dash is its pattern, empty for a whole one.
func (d *drawing) line(x1, y1, x2, y2 float64, colour, dash string, width float64) {
	fmt.Fprintf(&d.b, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="%s" stroke-width="%.1f" stroke-dasharray="%s"/>`, x1, y1, x2, y2, colour, width, html.EscapeString(dash))
}

// text writes a line of text; anchor is start, middle or end.
func (d *drawing) text(x, y float64, anchor, s string) {
	fmt.Fprintf(&d.b, `<text x="%.1f" y="%.1f" text-anchor="%s">%s</text>`, x, y, anchor, html.EscapeString(s))
}

// small writes a line of small text.
func (d *drawing) small(x, y float64, s string) {
	fmt.Fprintf(&d.b, `<text x="%.1f" y="%.1f" font-size="11">%s</text>`, x, y, html.EscapeString(s))
}

func (d *drawing) dot(x, y, r float64, fill string) {
	fmt.Fprintf(&d.b, `<circle cx="%.1f" cy="%.1f" r="%.1f" fill="%s" stroke="#1A1A1A" stroke-width="1.5"/>`, x, y, r, fill)
}

// done ends the picture.
func (d *drawing) done() template.HTML {
	d.b.WriteString("</svg>")
	return template.HTML(d.b.String()) // built here from escaped text and numbers
}

// scale returns where the marks of an axis from 0 stand: at most six round steps that reach top.
func scale(top int) (step, end int) {
	for unit := 1; ; unit *= 10 {
		for _, k := range []int{1, 2, 5} {
			if step = unit * k; step*5 >= top {
				return step, max((top+step-1)/step, 1) * step
			}
		}
	}
}

// shortened cuts a name that has no room.
func shortened(s string, runes int) string {
	r := []rune(s)
	if len(r) <= runes {
		return s
	}
	return strings.TrimSpace(string(r[:runes-1])) + "…"
}
