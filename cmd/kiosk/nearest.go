package main

import "strings"

// choice lists what is allowed and begins with the one that was probably meant.
func choice(found string, allowed []string) string {
	list := "one of " + strings.Join(allowed, ", ")
	if len(allowed) == 1 {
		list = allowed[0]
	}
	if near := nearest(found, allowed); near != "" {
		return list + " (did you mean " + near + "?)"
	}
	return list
}

// nearest returns the word that a slip of the hand could have turned into found, or "".
func nearest(found string, words []string) string {
	best, least := "", 1+min(2, len(found)/3)
	for _, w := range words {
		if d := distance(found, w, least); d < least {
			best, least = w, d
		}
	}
	return best
}

// distance returns the number of letters to insert, delete, replace or swap to turn a into b,
// or limit where that is not less than limit.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	var before, prev []int
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before, prev, row = prev, row, make([]int, len(b)+1)
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(prev[j]+cost, prev[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
	}
	return min(row[len(b)], limit)
}
