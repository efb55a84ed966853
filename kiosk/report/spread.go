package report

import (
	"slices"
	"time"
)

// Spread describes durations in whole seconds. All are 0 where N is.
type Spread struct {
	N      int   `json:"n"`
	Median int64 `json:"median_s"`
	P90    int64 `json:"p90_s"`
	Max    int64 `json:"max_s"`
	Sum    int64 `json:"sum_s"`
	// Over is how many were above the office's limit.
	Over int `json:"over"`
}

// spread describes values, which it sorts.
func spread(values []int64, limit time.Duration) Spread {
	if len(values) == 0 {
		return Spread{}
	}
	slices.Sort(values)
	s := Spread{N: len(values), Median: Rank(values, 50), P90: Rank(values, 90), Max: values[len(values)-1]}
	for _, v := range values {
		s.Sum += v
		if v > int64(limit/time.Second) {
			s.Over++
		}
	}
	return s
}

// Rank returns the percentile of sorted values by nearest rank: the one at place ⌈p·n/100⌉,
// counted from 1. values is not empty and p is 1 to 100.
func Rank(sorted []int64, p int) int64 {
	return sorted[max(1, (p*len(sorted)+99)/100)-1]
}

// Share is the part above the limit, 0 to 1.
func (s Spread) Share() float64 {
	if s.N == 0 {
		return 0
	}
	return float64(s.Over) / float64(s.N)
}
