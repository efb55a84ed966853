//go:build !noos

package main

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// What holds the log and the boards to their promises is tried on logs and pictures that break them.

func TestDayLogTroubleIsFound(t *testing.T) {
	t.Parallel()
	right := `08:00:00 issue A001 a
		08:00:10 issue A002 a
		08:01:00 call A001 1
		08:02:00 serve A001 1
		08:03:00 finish A001 1`
	if f := readDay(dayLog(t, right), nil); len(f.trouble) > 0 || f.tickets["A001"].State != "served" {
		t.Errorf("%v, %v", f.trouble, f.tickets)
	}
	for wrong, want := range map[string]string{
		"08:04:00 call A002 1\n08:05:00 issue A003 a\n08:05:10 call A003 1": "in hand as well",
		"08:04:00 finish A001 1":                                              "served already",
		"08:04:00 serve A002 1":                                               "from waiting to serving",
		"08:04:00 issue A002 a":                                               "given before",
		"08:04:00 call A009 1":                                                "nobody has this number",
		"08:04:00 call A002 1\n08:05:00 finish A002 2":                        "moved what was called by",
		"08:04:00 rate A002 1 good":                                           "not to be rated",
		"08:04:00 call A002 1\n08:05:00 undo A002 1":                          "nobody knows how it was",
		"08:04:00 call A002 1\n08:05:00 cancel A002 1\n08:06:00 lapse A002 1": "cancelled already",
	} {
		f := readDay(dayLog(t, right+"\n"+wrong), nil)
		if !slices.ContainsFunc(f.trouble, func(s string) bool { return strings.Contains(s, want) }) {
			t.Errorf("%q: found %v, want %q", wrong, f.trouble, want)
		}
	}
	twice := dayLog(t, right)
	twice[2].Key, twice[4].Key = "k", "k"
	if f := readDay(twice, nil); len(f.trouble) != 1 {
		t.Errorf("a key that was used twice: %v", f.trouble)
	}
	twice[4].Key, twice[4].Seq = "", 1
	if f := readDay(twice, nil); len(f.trouble) != 1 {
		t.Errorf("a fact out of order: %v", f.trouble)
	}
}

// picture is what a board shows: hands by counter, and the number in the middle.
func picture(clock string, hands map[string]string, order uint64, number, where string, fresh bool) dayShown {
	var s dayShown
	at, _ := time.Parse("15:04:05", clock)
	s.Clock.Millis = int64(at.Hour()*3600+at.Minute()*60+at.Second()) * 1000
	s.Board = &dayBoardSeen{}
	for _, code := range byPlace(hands) {
		s.Board.Counters = append(s.Board.Counters, dayCounterSeen{code, hands[code]})
	}
	if number != "" {
		s.Board.Call = &dayCallSeen{1<<40 | order, number, fresh, where}
	}
	s.stream, s.at = 1, time.Unix(s.Clock.Millis/1000, 0)
	s.upto = s.at.Add(time.Second)
	return s
}

func TestDayBoardTroubleIsFound(t *testing.T) {
	t.Parallel()
	lines := dayLog(t, `08:00:00 issue A001 a
		08:00:10 issue A002 a
		08:10:00 call A001 1
		08:12:00 call A002 2
		08:20:00 serve A001 1
		08:40:00 finish A001 1
		08:50:00 noshow A002 2
		09:30:00 call A002 2
		09:40:00 finish A002 2`)
	one, both, two := map[string]string{"1": "A001"}, map[string]string{"1": "A001", "2": "A002"}, map[string]string{"2": "A002"}
	check := func(history ...dayShown) *boardCheck {
		c := &boardCheck{lines: lines, moments: momentsOf(lines), slack: 5 * time.Minute}
		c.check("board", history)
		return c
	}
	right := []dayShown{
		picture("08:05:00", nil, 0, "", "", false), picture("08:10:30", one, 3, "A001", "Quầy 1", true),
		picture("08:13:00", both, 4, "A002", "Quầy 2", true), picture("08:45:00", two, 4, "A002", "Quầy 2", false), picture("09:00:00", nil, 0, "", "", false),
	}
	if c := check(right...); len(c.trouble) > 0 || len(c.announced) != 2 {
		t.Errorf("%v, announced %v", c.trouble, c.announced)
	}
	for want, wrong := range map[string][]dayShown{
		"did not stand so":      {picture("08:51:00", both, 4, "A002", "Quầy 2", false)},          // eleven minutes old
		"did not stand":         {picture("08:13:00", both, 0, "", "", false), right[1]},          // going back
		"never called":          {picture("08:13:00", both, 1, "A001", "Quầy 1", true)},           // its birth
		"was called to counter": {picture("08:13:00", both, 4, "A002", "Quầy 5", true)},           // elsewhere
		"not in hand":           {picture("09:00:00", nil, 4, "A002", "Quầy 2", false)},           // not there
		"is not to go there":    {picture("09:00:00", nil, 4, "A002", "Quầy 2", true)},            // nor called
		"before the one that":   {right[2], picture("08:14:00", both, 3, "A001", "Quầy 1", true)}, // out of turn
	} {
		if c := check(wrong...); !slices.ContainsFunc(c.trouble, func(s string) bool { return strings.Contains(s, want) }) {
			t.Errorf("found %v, want %q", c.trouble, want)
		}
	}
	c := check(right...)
	busy := dayLog(t, `08:00:00 issue A001 a
		08:10:00 call A001 1
		08:14:00 issue A002 a
		08:18:00 issue A003 a
		08:22:00 serve A001 1
		08:26:00 finish A001 1
		09:00:00 issue A004 a`)
	c.lines, c.moments = busy, momentsOf(busy)
	blind := []dayShown{picture("08:05:00", nil, 0, "", "", false), picture("08:30:00", nil, 0, "", "", false)}
	if got := c.missed(blind, 5*time.Minute); len(got) != 1 {
		t.Errorf("missed %v, want A001", got)
	}
	blind[1].stream = 2 // it had no stream in between
	if got := c.missed(blind, 5*time.Minute); len(got) != 0 {
		t.Errorf("missed %v without a stream", got)
	}
	if got := c.missed(right, 5*time.Minute); len(got) != 0 {
		t.Errorf("missed %v, which was shown", got)
	}
}
