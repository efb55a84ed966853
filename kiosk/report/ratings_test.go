package report

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/motcua/gateway/kiosk"
)

// Whoever takes any listed rows together and others away must never be left with fewer than
// five ratings: every group that follows from the lists is tried.
func TestNoSmallGroupFollowsFromTheRatings(t *testing.T) {
	t.Parallel()
	const least = 5
	listed, hidden := 0, 0
	for seed := range uint64(120) {
		dice := rand.New(rand.NewPCG(seed, 1))
		var all []rated
		for c := range 1 + dice.IntN(3) {
			for o := range 1 + dice.IntN(3) {
				if dice.IntN(3) == 0 {
					continue
				}
				for range dice.IntN(14) {
					all = append(all, rated{counter: kiosk.CounterCode(fmt.Sprint(c)), officer: kiosk.OfficerCode(fmt.Sprint("o", o)), level: kiosk.RatingGood})
				}
			}
		}
		r := rate(all, least)
		listed += len(r.Counters) + len(r.Officers)
		hidden += r.HiddenCounters + r.HiddenOfficers
		if len(all) < least {
			if r.Given != 0 || len(r.Counters) != 0 || r.Few != (len(all) > 0) {
				t.Errorf("seed %d: %d ratings are shown as %+v", seed, len(all), r)
			}
			continue
		}
		tellable(t, seed, all, r, least)
	}
	if listed < 100 || hidden < 100 {
		t.Errorf("%d rows listed, %d ratings hidden: too few to prove anything", listed, hidden)
	}
}

// tellable tries every combination of adding, leaving and taking away the total and the rows. A
// combination that is 0 or 1 for each rating names a group.
func tellable(t *testing.T, seed uint64, all []rated, r Ratings, least int) {
	t.Helper()
	has := []func(rated) bool{func(rated) bool { return true }}
	for _, c := range r.Counters {
		has = append(has, func(v rated) bool { return string(v.counter) == c.Of })
	}
	for _, o := range r.Officers {
		has = append(has, func(v rated) bool { return string(v.officer) == o.Of })
	}
	signs := make([]int, len(has))
	var try func(i int)
	try = func(i int) {
		if i < len(has) {
			for signs[i] = -1; signs[i] <= 1; signs[i]++ {
				try(i + 1)
			}
			return
		}
		n := 0
		for _, v := range all {
			k := 0
			for j, f := range has {
				if f(v) {
					k += signs[j]
				}
			}
			if k < 0 || k > 1 {
				return
			}
			n += k
		}
		if n > 0 && n < least {
			t.Errorf("seed %d: a group of %d follows by %v from %+v", seed, n, signs, r)
		}
	}
	try(0)
}

func TestGroupsForOfficers(t *testing.T) {
	t.Parallel()
	of := func(sizes ...int) []rated {
		var all []rated
		for i, n := range sizes {
			for range n {
				all = append(all, rated{service: kiosk.ServiceCode(fmt.Sprint("s", i)), level: kiosk.RatingBad, reason: kiosk.RatingWait})
			}
		}
		return all
	}
	for _, c := range []struct {
		sizes                []int
		given, rows, hidden_ int
		few                  bool
	}{
		{nil, 0, 0, 0, false},
		{[]int{4}, 0, 0, 0, true},
		{[]int{5}, 5, 1, 0, false},
		{[]int{9, 3}, 12, 0, 12, false}, // 12 − 9 would tell of three
		{[]int{9, 3, 2}, 14, 1, 5, false},
		{[]int{9, 6, 1}, 16, 1, 7, false},
		{[]int{5, 5, 5}, 15, 3, 0, false},
	} {
		g := group(of(c.sizes...), 5)
		if g.Given != c.given || len(g.Services) != c.rows || g.Hidden != c.hidden_ || g.Few != c.few {
			t.Errorf("%v: %+v", c.sizes, g)
		}
	}
	r := Report{day: 2026_11_23, groups: group(of(7), 5), Day: "2026-11-23"}
	if _, ok := r.Groups(2026_11_23); ok {
		t.Error("officers see the day's ratings on the same day")
	}
	if g, ok := r.Groups(2026_11_24); !ok || g.Given != 7 || g.Day != "2026-11-23" {
		t.Errorf("the next day: %+v, %v", g, ok)
	}
}

func TestStretches(t *testing.T) {
	t.Parallel()
	a := merged([]span{{10, 20}, {15, 25}, {40, 50}, {25, 30}, {60, 60}})
	if fmt.Sprint(a) != "[{10 30} {40 50}]" {
		t.Fatalf("merged %v", a)
	}
	for _, c := range []struct{ from, to, want int64 }{{0, 100, 30}, {0, 10, 0}, {30, 40, 0}, {12, 45, 23}, {29, 30, 1}, {50, 60, 0}} {
		if got := a.within(c.from, c.to); got != c.want {
			t.Errorf("%d–%d: %d, want %d", c.from, c.to, got, c.want)
		}
	}
	if got := fmt.Sprint(a.without(spans{{0, 12}, {15, 17}, {45, 99}})); got != "[{12 15} {17 30} {40 45}]" {
		t.Errorf("without %v", got)
	}
}
