//go:build !noos

package main

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// differences tells every number in which a report and its recount differ. The rows by counter
// and officer of the ratings are held to their promises by ratingTrouble instead.
func (r dayReport) differences(want dayReport, rules dayRules) []string {
	want.Site, want.Day = r.Site, r.Day
	out := ratingTrouble(r.Ratings, want.Ratings, rules.group)
	r.Ratings, want.Ratings = dayRatings{}, dayRatings{}
	sorted := func(list []dayStretch) []dayStretch {
		list = slices.Clone(list)
		for i := range list {
			list[i].From, list[i].To = list[i].From.UTC(), list[i].To.UTC()
		}
		slices.SortStableFunc(list, func(a, b dayStretch) int {
			if c := a.From.Compare(b.From); c != 0 {
				return c
			}
			return strings.Compare(a.Why, b.Why)
		})
		// Two that touch are one.
		for i := 1; i < len(list); {
			if list[i].Why != list[i-1].Why || list[i].From.After(list[i-1].To) {
				i++
				continue
			}
			if list[i].To.After(list[i-1].To) {
				list[i-1].To = list[i].To
			}
			list = slices.Delete(list, i, i+1)
		}
		return list
	}
	r.Excluded, want.Excluded = sorted(r.Excluded), sorted(want.Excluded)
	r.Officers = slices.Clone(r.Officers)
	slices.SortFunc(r.Officers, func(a, b dayOfficerRow) int { return strings.Compare(a.Officer, b.Officer) })
	return append(out, unlike("", reflect.ValueOf(r), reflect.ValueOf(want))...)
}

// ratingTrouble compares what is known of the ratings.
func ratingTrouble(got, want dayRatings, group int) []string {
	var out []string
	few := want.Given > 0 && want.Given < group
	if few {
		want.Given, want.Total = 0, dayLevels{}
	}
	if got.Given != want.Given || got.Few != few || got.Total != want.Total {
		out = append(out, fmt.Sprintf("ratings: %d few=%v %+v, counted %d few=%v %+v", got.Given, got.Few, got.Total, want.Given, few, want.Total))
	}
	for _, r := range got.Reasons {
		if !slices.Contains(want.Reasons, r) {
			out = append(out, fmt.Sprintf("ratings: the reason %q is counted %d times, counted %v", r.Reason, r.N, want.Reasons))
		}
	}
	for name, cut := range map[string][]dayRated{"counters": got.Counters, "officers": got.Officers} {
		hidden, counted := got.HiddenCounters, want.Counters
		if name == "officers" {
			hidden, counted = got.HiddenOfficers, want.Officers
		}
		sum := 0
		for _, row := range cut {
			if !slices.Contains(counted, row) {
				out = append(out, fmt.Sprintf("ratings by %s: %+v, counted %+v", name, row, counted))
			}
			if row.sum() < group {
				out = append(out, fmt.Sprintf("ratings by %s: %s has only %d", name, row.Of, row.sum()))
			}
			sum += row.sum()
		}
		if sum+hidden != got.Given || hidden > 0 && hidden < group {
			out = append(out, fmt.Sprintf("ratings by %s: %d shown and %d hidden of %d", name, sum, hidden, got.Given))
		}
	}
	return out
}

// unlike walks through two values of one shape and names every number that differs.
func unlike(path string, got, want reflect.Value) []string {
	switch got.Kind() {
	case reflect.Pointer:
		if got.IsNil() || want.IsNil() {
			if got.IsNil() != want.IsNil() {
				return []string{fmt.Sprintf("%s: there %v, counted %v", path, !got.IsNil(), !want.IsNil())}
			}
			return nil
		}
		return unlike(path, got.Elem(), want.Elem())
	case reflect.Slice:
		if got.Len() != want.Len() {
			return []string{fmt.Sprintf("%s: %d rows, counted %d: %v against %v", path, got.Len(), want.Len(), got, want)}
		}
		var out []string
		for i := range got.Len() {
			out = append(out, unlike(fmt.Sprintf("%s[%d]", path, i), got.Index(i), want.Index(i))...)
		}
		return out
	case reflect.Struct:
		if got.Type() == reflect.TypeFor[dayStretch]() {
			break
		}
		var out []string
		for i := range got.NumField() {
			name := got.Type().Field(i).Name
			if got.Type().Field(i).IsExported() || got.Type().Field(i).Anonymous {
				out = append(out, unlike(path+"."+name, got.Field(i), want.Field(i))...)
			}
		}
		return out
	}
	if a, b := fmt.Sprint(got), fmt.Sprint(want); a != b {
		return []string{fmt.Sprintf("%s: %s, counted %s", path, a, b)}
	}
	return nil
}
