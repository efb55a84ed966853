package report

import (
	"cmp"
	"slices"

	"github.com/motcua/gateway/kiosk"
)

// Groups are what every officer may see of a day's ratings: the office's and those of the
// services. No service is listed with fewer than RatingGroup ratings, and those that are not
// listed are together as many, or none.
type Groups struct {
	Day      string         `json:"day"`
	Given    int            `json:"given"` // 0 where they were too few
	Few      bool           `json:"few"`
	Total    RatingRow      `json:"total"`
	Reasons  []RatingReason `json:"reasons"`
	Services []RatingOf     `json:"services"`
	Hidden   int            `json:"hidden"`
}

// Groups returns what officers may see on today: false before the day after the report's.
func (r *Report) Groups(today kiosk.Day) (Groups, bool) {
	if today <= r.day {
		return Groups{}, false
	}
	g := r.groups
	g.Day = r.Day
	return g, true
}

func group(all []rated, least int) Groups {
	g := Groups{Reasons: []RatingReason{}, Services: []RatingOf{}}
	if len(all) < max(least, 1) {
		g.Few = len(all) > 0
		return g
	}
	g.Given = len(all)
	g.Total, g.Reasons = total(all)
	every := rows(all, func(r rated) (string, bool) { return string(r.service), true })
	slices.SortStableFunc(every, func(a, b RatingOf) int { return cmp.Compare(a.Sum(), b.Sum()) })
	hidden, i := 0, 0
	for i < len(every) && (every[i].Sum() < least || hidden > 0 && hidden < least) {
		hidden += every[i].Sum()
		i++
	}
	g.Services, g.Hidden = slices.Clip(every[i:]), hidden
	slices.SortFunc(g.Services, func(a, b RatingOf) int { return cmp.Compare(a.Of, b.Of) })
	return g
}
