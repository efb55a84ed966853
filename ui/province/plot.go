package province

import (
	"fmt"
	"strings"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/words"
)

// The plots are SVG within the page, drawn by its template from what is computed here. Their fills
// are classes of the style sheet, each told from the others without colour by the numbers that
// stand beside it.

// barWidth is the width of a bar's drawing, in its own units.
const barWidth = 240

// bar is a line's outcomes, stacked, within the frame of what was issued.
type bar struct {
	Frame int // width of what was issued
	Parts []piece
}

// piece is one part of a stack, or of an axis.
type piece struct {
	Class      string
	X, Y, W, H int
	Text       string
}

// outcomes are the parts of a stack from its foot.
func (s sum) outcomes() []piece {
	return []piece{{Class: "s", W: s.Served}, {Class: "n", W: s.NoShow}, {Class: "c", W: s.Cancelled}, {Class: "l", W: s.Lapsed}}
}

// newBar draws a line whose longest neighbour is top.
func newBar(s sum, top int) bar {
	b := bar{Frame: s.Issued * barWidth / top}
	at, before := 0, 0
	for _, o := range s.outcomes() {
		at += o.W
		x, to := before*barWidth/top, at*barWidth/top
		before = at
		if to > x {
			b.Parts = append(b.Parts, piece{Class: o.Class, X: x, W: to - x})
		}
	}
	return b
}

// The measures of the plot of days.
const (
	trendWidth  = 760
	trendHeight = 190
	trendLeft   = 52
	trendTop    = 12
	trendFoot   = 26
)

// trend is the plot of the days up to one.
type trend struct {
	Width, Height int
	Left, Right   int
	Lines         []piece // of the axis, with its marks
	Frames, Bars  []piece // what was issued, and what became of it
	Days          []piece // names under the columns
	Desc          string  // for who does not see it
}

func newTrend(days map[kiosk.Day]sum, last kiosk.Day, w words.Province) trend {
	t := trend{Width: trendWidth, Height: trendHeight, Left: trendLeft, Right: trendWidth - 8}
	top := 1
	for _, s := range days {
		top = max(top, s.Issued, s.ended())
	}
	step, end := scale(top)
	y := func(n int) int { return trendHeight - trendFoot - n*(trendHeight-trendFoot-trendTop)/end }
	for v := 0; v <= end; v += step {
		t.Lines = append(t.Lines, piece{X: trendLeft - 6, Y: y(v), Text: words.Thousands(v)})
	}
	slot := (t.Right - t.Left) / trendDays
	wide := slot * 2 / 3
	var desc strings.Builder
	for i := range trendDays {
		day := last.Add(i + 1 - trendDays)
		s := days[day]
		x := t.Left + i*slot + (slot-wide)/2
		at := day.Midnight().In(kiosk.ICT())
		t.Days = append(t.Days, piece{X: x + wide/2, Y: trendHeight - 8, Text: fmt.Sprintf("%d/%d", at.Day(), int(at.Month()))})
		if s.Issued > 0 {
			t.Frames = append(t.Frames, piece{X: x, Y: y(s.Issued), W: wide, H: y(0) - y(s.Issued)})
			desc.WriteString(w.Numbers.DayDesc(at.Format("02/01"), s.Issued, s.Served) + " ")
		}
		sofar := 0
		for _, o := range s.outcomes() {
			if o.W > 0 {
				low := y(sofar)
				sofar += o.W
				t.Bars = append(t.Bars, piece{Class: o.Class, X: x, Y: y(sofar), W: wide, H: low - y(sofar)})
			}
		}
	}
	t.Desc = strings.TrimSpace(desc.String())
	if t.Desc == "" {
		t.Desc = w.Numbers.NoData
	}
	return t
}

// scale returns where the marks of an axis from 0 stand: at most five round steps that reach top.
func scale(top int) (step, end int) {
	for unit := 1; ; unit *= 10 {
		for _, k := range []int{1, 2, 5} {
			if step = unit * k; step*5 >= top {
				return step, max((top+step-1)/step, 1) * step
			}
		}
	}
}
