//go:build !noos

package main

import (
	"fmt"
	"maps"
	"strings"
	"time"
)

// boardCheck holds what a board has shown against the log.
type boardCheck struct {
	lines   []dayLine
	moments []dayMoment
	slack   time.Duration // of the office: what is on its way, and how long a call stands at least
	trouble []string
	// announced are the orders that were shown as new, and for how long.
	announced map[uint64]time.Duration
}

func (c *boardCheck) wrong(name string, s dayShown, why string, args ...any) {
	at := time.Duration(s.Clock.Millis) * time.Millisecond
	c.trouble = append(c.trouble, fmt.Sprintf("%s at %s: ", name, at)+fmt.Sprintf(why, args...))
}

// at is a line's time as milliseconds since midnight.
func (c *boardCheck) at(line int) int64 {
	if line < 0 {
		return 0
	}
	return (c.lines[line].At.Unix() + 7*3600) % 86400 * 1000
}

// check looks at everything that one board has shown. What it shows of the counters must be how
// they stood at one moment, that moment must not be an old one, and moments only go on.
func (c *boardCheck) check(name string, history []dayShown) {
	c.announced = map[uint64]time.Duration{}
	now, last := 0, uint64(0)
	stream := 0
	for _, s := range history {
		hands := map[string]string{}
		for _, k := range s.Board.Counters {
			if k.Number != "" {
				hands[k.Code] = k.Number
			}
		}
		found := c.moment(now, hands, s.Clock.Millis)
		if found < 0 {
			c.wrong(name, s, "it shows %v, and the counters did not stand so within %v", hands, c.slack)
			continue
		}
		now = found
		if s.stream != stream {
			stream, last = s.stream, 0
		}
		if call := s.Board.Call; call != nil {
			c.call(name, s, c.moments[now], &last)
		}
	}
}

// moment is the first one from now on that looks so and was not over long before.
func (c *boardCheck) moment(now int, hands map[string]string, millis int64) int {
	for i := now; i < len(c.moments); i++ {
		m := c.moments[i]
		if c.at(m.line) > millis+1000 {
			return -1
		}
		over := i+1 < len(c.moments) && c.visible(c.moments[i+1].line) < millis-c.slack.Milliseconds()
		if !over && maps.Equal(m.hands, hands) {
			return i
		}
	}
	return -1
}

// visible is when a line can be seen at the latest: a line has its time from before the disk had
// it. That was before the next line began, and should not take long in any case.
func (c *boardCheck) visible(line int) int64 {
	latest := c.at(line) + c.slack.Milliseconds()
	for i := line + 1; i < len(c.lines); i++ {
		if c.at(i) > c.at(line) {
			return min(latest, c.at(i))
		}
	}
	return latest
}

// call looks at the number in the middle.
func (c *boardCheck) call(name string, s dayShown, m dayMoment, last *uint64) {
	shown := s.Board.Call
	line := -1
	for i, l := range c.lines {
		if uint64(l.Epoch)<<40|l.Seq == shown.Order {
			line = i
		}
	}
	if line < 0 || c.lines[line].Number != shown.Number || c.lines[line].Verb != "call" && c.lines[line].Verb != "recall" {
		c.wrong(name, s, "%s with order %d was never called", shown.Number, shown.Order)
		return
	}
	counter := c.lines[line].Counter
	if !strings.Contains(shown.Where, counter) {
		c.wrong(name, s, "%s was called to counter %s, not %q", shown.Number, counter, shown.Where)
	}
	if !shown.New {
		if m.hands[counter] != shown.Number {
			c.wrong(name, s, "%s is not in hand at counter %s, which has %q", shown.Number, counter, m.hands[counter])
		}
		return
	}
	c.announced[shown.Order] += s.upto.Sub(s.at)
	if !c.stood(shown.Number, counter, s.Clock.Millis) {
		c.wrong(name, s, "%s is called to counter %s and is not to go there", shown.Number, counter)
	}
	if shown.Order < *last && !c.mayComeLater(*last, line) {
		c.wrong(name, s, "%s was called before the one that was announced before it", shown.Number)
	}
	*last = max(*last, shown.Order)
}

// stood reports whether a number was called to, served at or finished by a counter at a time, or
// shortly before.
func (c *boardCheck) stood(number, counter string, millis int64) bool {
	is := func(l dayLine) bool {
		switch l.Kind {
		case "ticket-moved":
			return l.Counter == counter && (l.State == "called" || l.State == "serving" || l.State == "served")
		case "step-undone":
			return l.Before.Counter == counter && (l.Before.State == "called" || l.Before.State == "serving")
		}
		return false
	}
	stands, ever := false, false
	for i, l := range c.lines {
		// The line of calls is asked after the clock: a call may be a moment younger.
		if c.at(i) > millis+c.slack.Milliseconds() {
			break
		}
		if l.Number != number || l.Kind == "slip-moved" || l.Kind == "priority-moved" || l.Kind == "ticket-rated" {
			continue // it says nothing of the place
		}
		if stands && c.at(i) >= millis-c.slack.Milliseconds() {
			ever = true // until now it did
		}
		stands = is(l)
	}
	return stands || ever
}

// mayComeLater reports whether a call has a reason to be announced after a newer one: that was a
// recall, which keeps its turn, or this one was taken up again.
func (c *boardCheck) mayComeLater(newer uint64, line int) bool {
	for _, l := range c.lines {
		order := uint64(l.Epoch)<<40 | l.Seq
		if order == newer && l.Verb == "recall" {
			return true
		}
		if order > newer && l.Number == c.lines[line].Number && l.Kind == "step-undone" {
			return true
		}
	}
	return false
}

// missed lists the numbers that were in hand for long and that a board never showed, although it
// heard the gateway before and after by one and the same stream.
func (c *boardCheck) missed(history []dayShown, long time.Duration) []string {
	var out []string
	for i := 1; i+1 < len(c.moments); i++ {
		for counter, number := range c.moments[i].hands {
			if c.moments[i-1].hands[counter] == number {
				continue
			}
			over := i + 1
			for over < len(c.moments)-1 && c.moments[over].hands[counter] == number {
				over++
			}
			from, to := c.at(c.moments[i].line), c.at(c.moments[over].line)
			if to-from-c.quiet(c.moments[i].line, c.moments[over].line) >= long.Milliseconds() && !shownBetween(history, counter, number, from, to) {
				out = append(out, fmt.Sprintf("%s at counter %s from %s on", number, counter, time.Duration(from)*time.Millisecond))
			}
		}
	}
	return out
}

// quiet is the longest time between two lines in which nothing was written: perhaps the disk did
// not come back, and the gateway could show nothing new.
func (c *boardCheck) quiet(from, to int) int64 {
	longest := int64(0)
	for i := from; i < to; i++ {
		longest = max(longest, c.at(i+1)-c.at(i))
	}
	return longest
}

// shownBetween reports whether a number was shown at its counter, or whether the board had no
// stream then.
func shownBetween(history []dayShown, counter, number string, from, to int64) bool {
	before, after := 0, 0
	for _, s := range history {
		switch {
		case s.Clock.Millis <= from:
			before = s.stream
		case s.Clock.Millis >= to:
			if after == 0 {
				after = s.stream
			}
		}
		for _, k := range s.Board.Counters {
			if k.Code == counter && k.Number == number && s.Clock.Millis >= from-1000 && s.Clock.Millis <= to+1000 {
				return true
			}
		}
	}
	return before != after || before == 0
}
