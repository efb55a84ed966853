package report

import (
	"cmp"
	"maps"
	"slices"

	"github.com/motcua/gateway/kiosk"
)

// rated is one citizen's word.
type rated struct {
	service kiosk.ServiceCode
	counter kiosk.CounterCode
	officer kiosk.OfficerCode
	level   kiosk.RatingLevel
	reason  kiosk.RatingReason
}

// Ratings are the citizens' words in groups. A group that is not listed is too small, or its
// size could be computed from the others and would be.
//
// The rows by counter and by officer are two cuts through the same ratings, so one taken from
// the other could leave a few over: a row is listed only if each of its parts, that of one
// officer at one counter, is empty or holds RatingGroup ratings, and only while what is in no
// listed row is empty or as many.
type Ratings struct {
	// Given is how many rated, 0 where they were too few to be shown.
	Given int `json:"given"`
	// Few is true where somebody rated, but too few.
	Few      bool           `json:"few"`
	Total    RatingRow      `json:"total"`
	Counters []RatingOf     `json:"counters"`
	Officers []RatingOf     `json:"officers"`
	Reasons  []RatingReason `json:"reasons"` // of those who were not content
	// Hidden counts the ratings that are in no row by counter, or in no row by officer.
	HiddenCounters int `json:"hidden_counters"`
	HiddenOfficers int `json:"hidden_officers"`
}

// RatingRow counts levels.
type RatingRow struct {
	VeryGood int `json:"very_good"`
	Good     int `json:"good"`
	Bad      int `json:"bad"`
}

// Sum returns how many rated.
func (r RatingRow) Sum() int { return r.VeryGood + r.Good + r.Bad }

func (r *RatingRow) add(l kiosk.RatingLevel) {
	switch l {
	case kiosk.RatingVeryGood:
		r.VeryGood++
	case kiosk.RatingGood:
		r.Good++
	case kiosk.RatingBad:
		r.Bad++
	}
}

// RatingOf is the row of a counter, an officer or a service.
type RatingOf struct {
	Of string `json:"of"`
	RatingRow
}

// RatingReason counts one reason.
type RatingReason struct {
	Reason kiosk.RatingReason `json:"reason"` // empty: none was given
	N      int                `json:"n"`
}

// rate forms the lead's ratings.
func rate(all []rated, least int) Ratings {
	out := Ratings{Counters: []RatingOf{}, Officers: []RatingOf{}, Reasons: []RatingReason{}}
	if len(all) < max(least, 1) {
		out.Few = len(all) > 0
		return out
	}
	out.Given = len(all)
	out.Total, out.Reasons = total(all)
	cut := cross{all: all, least: least}
	cut.hide()
	out.Counters = rows(all, func(r rated) (string, bool) { return string(r.counter), cut.counters[r.counter] })
	out.Officers = rows(all, func(r rated) (string, bool) { return string(r.officer), cut.officers[r.officer] })
	out.HiddenCounters, out.HiddenOfficers = len(all)-sum(out.Counters), len(all)-sum(out.Officers)
	return out
}

func total(all []rated) (RatingRow, []RatingReason) {
	var row RatingRow
	reasons := map[kiosk.RatingReason]int{}
	for _, r := range all {
		row.add(r.level)
		if r.level == kiosk.RatingBad {
			reasons[r.reason]++
		}
	}
	out := []RatingReason{}
	for _, k := range slices.Sorted(maps.Keys(reasons)) {
		out = append(out, RatingReason{k, reasons[k]})
	}
	return row, out
}

// rows counts the ratings that are in a listed row.
func rows(all []rated, of func(rated) (string, bool)) []RatingOf {
	by := map[string]*RatingRow{}
	for _, r := range all {
		k, listed := of(r)
		if !listed {
			continue
		}
		if by[k] == nil {
			by[k] = &RatingRow{}
		}
		by[k].add(r.level)
	}
	out := []RatingOf{}
	for _, k := range slices.Sorted(maps.Keys(by)) {
		out = append(out, RatingOf{k, *by[k]})
	}
	return out
}

func sum(rows []RatingOf) int {
	n := 0
	for _, r := range rows {
		n += r.Sum()
	}
	return n
}

// cross decides which rows of two cuts may be listed.
type cross struct {
	all      []rated
	least    int
	counters map[kiosk.CounterCode]bool
	officers map[kiosk.OfficerCode]bool
}

// hide finds the rows. What is in a listed row comes in parts that are large enough, so every
// difference of listed rows is made of such parts; what is in none can only be told as a whole.
func (c *cross) hide() {
	type cell struct {
		counter kiosk.CounterCode
		officer kiosk.OfficerCode
	}
	cells := map[cell]int{}
	c.counters, c.officers = map[kiosk.CounterCode]bool{}, map[kiosk.OfficerCode]bool{}
	for _, r := range c.all {
		cells[cell{r.counter, r.officer}]++
		c.counters[r.counter], c.officers[r.officer] = true, true
	}
	for k, n := range cells {
		if n < c.least {
			c.counters[k.counter], c.officers[k.officer] = false, false
		}
	}
	for {
		over := 0
		for k, n := range cells {
			if !c.counters[k.counter] && !c.officers[k.officer] {
				over += n
			}
		}
		if over == 0 || over >= c.least || !c.hideSmallest() {
			return
		}
	}
}

// hideSmallest takes the smallest listed row out of the list.
func (c *cross) hideSmallest() bool {
	counters := rows(c.all, func(r rated) (string, bool) { return string(r.counter), c.counters[r.counter] })
	officers := rows(c.all, func(r rated) (string, bool) { return string(r.officer), c.officers[r.officer] })
	bySize := func(a, b RatingOf) int { return cmp.Compare(a.Sum(), b.Sum()) }
	switch {
	case len(counters) == 0 && len(officers) == 0:
		return false
	case len(officers) == 0 || len(counters) > 0 && slices.MinFunc(counters, bySize).Sum() <= slices.MinFunc(officers, bySize).Sum():
		c.counters[kiosk.CounterCode(slices.MinFunc(counters, bySize).Of)] = false
	default:
		c.officers[kiosk.OfficerCode(slices.MinFunc(officers, bySize).Of)] = false
	}
	return true
}
