package kiosk

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Problem is one thing that is wrong with a Setup. Path is written as in the office's file:
// "service[2].prefix" is the key prefix of the third [[service]].
type Problem struct {
	Path string
	Got  string // as far as it helps
	Want string // what would be right
}

// Error makes a Problem an error.
func (p Problem) Error() string {
	if p.Got == "" {
		return p.Path + ": want " + p.Want
	}
	return fmt.Sprintf("%s: %q: want %s", p.Path, p.Got, p.Want)
}

// The bounds of a Setup: more than any commune needs, less than a screen can go wrong with.
const (
	maxServices = 40
	maxCounters = 40
	maxSectors  = 200
	maxCalendar = 2000
	maxName     = 120 // runes
)

// checker gathers problems.
type checker struct{ problems []Problem }

func (c *checker) add(path, got, want string) {
	c.problems = append(c.problems, Problem{Path: path, Got: got, Want: want})
}

// Check returns everything that is wrong with the setup; none means that an Office can run it.
func (s *Setup) Check() []Problem {
	c := &checker{}
	c.text("office.name", s.Name, true)
	c.code("site.code", string(s.Site.Code), true)
	c.text("site.name", s.Site.Name, true)
	c.sectors(s)
	c.services(s)
	c.counters(s)
	c.hours(s)
	c.rules(s)
	return c.problems
}

func (c *checker) text(path string, t Text, needed bool) {
	if needed && strings.TrimSpace(t[Vietnamese]) == "" {
		c.add(path, "", "a name in Vietnamese")
	}
	for _, l := range Languages() {
		v := t[l]
		switch {
		case utf8.RuneCountInString(v) > maxName:
			c.add(path, "", fmt.Sprintf("at most %d characters", maxName))
		case strings.ContainsFunc(v, func(r rune) bool { return r < ' ' || r == 0x7f || r == utf8.RuneError }):
			c.add(path, "", "text without control characters")
		}
	}
}

// code checks a code; capitals are allowed where people read them.
func (c *checker) code(path, code string, capitals bool) {
	ok := len(code) >= 1 && len(code) <= 32
	for _, r := range code {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-':
		case capitals && r >= 'A' && r <= 'Z':
		default:
			ok = false
		}
	}
	if !ok {
		want := "1 to 32 of a–z, 0–9 and '-'"
		if capitals {
			want = "1 to 32 of A–Z, a–z, 0–9 and '-'"
		}
		c.add(path, code, want)
	}
}

func (c *checker) unique(path, got string, seen map[string]bool, what string) {
	if seen[got] {
		c.add(path, got, "a "+what+" of its own; this one is taken")
	}
	seen[got] = true
}

func (c *checker) sectors(s *Setup) {
	if len(s.Sectors) > maxSectors {
		c.add("sector", "", fmt.Sprintf("at most %d sectors", maxSectors))
	}
	seen := map[string]bool{}
	for i, sec := range s.Sectors {
		p := fmt.Sprintf("sector[%d]", i)
		c.code(p+".code", string(sec.Code), false)
		c.unique(p+".code", string(sec.Code), seen, "code")
		c.text(p+".name", sec.Name, true)
	}
}

func (c *checker) services(s *Setup) {
	if len(s.Services) == 0 || len(s.Services) > maxServices {
		c.add("service", "", fmt.Sprintf("1 to %d services", maxServices))
	}
	codes, prefixes := map[string]bool{}, map[string]bool{}
	guidance := 0
	for i, v := range s.Services {
		p := fmt.Sprintf("service[%d]", i)
		c.code(p+".code", string(v.Code), false)
		c.unique(p+".code", string(v.Code), codes, "code")
		if len(v.Prefix) < 1 || len(v.Prefix) > 3 || strings.ContainsFunc(v.Prefix, func(r rune) bool { return r < 'A' || r > 'Z' }) {
			c.add(p+".prefix", v.Prefix, "1 to 3 capital letters A–Z")
		}
		c.unique(p+".prefix", v.Prefix, prefixes, "prefix")
		c.text(p+".name", v.Name, true)
		c.text(p+".where", v.Where, false)
		if v.Handling < time.Minute || v.Handling > 8*time.Hour {
			c.add(p+".minutes", v.Handling.String(), "1 to 480 minutes for one visit")
		}
		for j, sec := range v.Sectors {
			if !slices.ContainsFunc(s.Sectors, func(x Sector) bool { return x.Code == sec }) {
				c.add(fmt.Sprintf("%s.sectors[%d]", p, j), string(sec), "the code of a [[sector]]")
			}
		}
		if v.Guidance {
			if guidance++; guidance > 1 {
				c.add(p+".guidance", "true", "one guidance service at most")
			}
		}
	}
}

func (c *checker) counters(s *Setup) {
	if len(s.Counters) == 0 || len(s.Counters) > maxCounters {
		c.add("counter", "", fmt.Sprintf("1 to %d counters", maxCounters))
	}
	seen := map[string]bool{}
	for i, v := range s.Counters {
		p := fmt.Sprintf("counter[%d]", i)
		c.code(p+".code", string(v.Code), true)
		c.unique(p+".code", string(v.Code), seen, "code")
		if len(v.Serves) == 0 {
			c.add(p+".serves", "", "at least one service")
		}
		for j, code := range v.Serves {
			if _, ok := s.Service(code); !ok {
				c.add(fmt.Sprintf("%s.serves[%d]", p, j), string(code), "the code of a [[service]]")
			}
		}
	}
	for i, v := range s.Services {
		if !slices.ContainsFunc(s.Counters, func(x Counter) bool { return x.Takes(v.Code) }) {
			c.add(fmt.Sprintf("service[%d].code", i), string(v.Code), "a service that some [[counter]] serves")
		}
	}
}

func (c *checker) hours(s *Setup) {
	names := [7]string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}
	for d, sessions := range s.Hours.Weekly {
		c.sessions("hours."+names[d], sessions)
		if n := len(sessions); n > 0 && s.Hours.LastTicket >= time.Duration(sessions[n-1].To-sessions[n-1].From)*time.Minute {
			c.add("hours.last_ticket", s.Hours.LastTicket.String(), "less than the last session of "+names[d])
		}
	}
	if s.Hours.LastTicket < 0 || s.Hours.LastTicket > 8*time.Hour {
		c.add("hours.last_ticket", s.Hours.LastTicket.String(), "0 to 480 minutes before the end")
	}
	if s.Hours.Grace < 0 || s.Hours.Grace > 6*time.Hour {
		c.add("hours.grace", s.Hours.Grace.String(), "0 to 360 minutes after the end")
	}
	if len(s.Hours.Calendar) > maxCalendar {
		c.add("calendar", "", fmt.Sprintf("at most %d entries", maxCalendar))
	}
	seen := map[string]bool{}
	for i, e := range s.Hours.Calendar {
		p := fmt.Sprintf("calendar[%d]", i)
		if !e.Day.Valid() {
			c.add(p+".date", e.Day.String(), "a date YYYY-MM-DD")
		}
		c.unique(p+".date", e.Day.String(), seen, "date")
		switch e.Kind {
		case Holiday, Compensation, SwapOff, LocalClosure, SwapWork, ExtraSession:
		default:
			c.add(p+".kind", string(e.Kind), "holiday, compensation, swap_off, swap_work, local_closure or extra_session")
		}
		c.text(p+".name", e.Name, true)
		c.sessions(p+".sessions", e.Sessions)
		if e.Kind.Works() && len(e.Sessions) == 0 {
			c.add(p+".sessions", "", "the sessions of a day that works")
		}
	}
}

func (c *checker) sessions(path string, sessions []Session) {
	if len(sessions) > 4 {
		c.add(path, "", "at most 4 sessions a day")
	}
	before := Minute(-1)
	for i, v := range sessions {
		p := fmt.Sprintf("%s[%d]", path, i)
		if v.From < 0 || v.To > 24*60 || v.From >= v.To {
			c.add(p, v.From.String()+"-"+v.To.String(), "HH:MM-HH:MM, beginning before it ends")
		} else if v.From <= before {
			c.add(p, v.From.String()+"-"+v.To.String(), "sessions in order that do not touch")
		}
		before = v.To
	}
}

func (c *checker) rules(s *Setup) {
	q, l := s.Queue, s.Slips
	if q.Priority != Interleaved && q.Priority != Strict {
		c.add("queue.priority", string(q.Priority), `"interleaved" or "strict"`)
	}
	c.within("queue.priority_every", q.PriorityEvery, 1, 100)
	c.within("queue.hold_after", q.HoldAfter, 1, 1000)
	c.within("queue.recalls", q.Recalls, 0, 20)
	if q.LongestWait < time.Minute || q.LongestWait > 24*time.Hour {
		c.add("queue.longest_wait", q.LongestWait.String(), "1 to 1440 minutes")
	}
	if l.ReprintWithin < 0 || l.ReprintWithin > 24*time.Hour {
		c.add("slips.reprint_within", l.ReprintWithin.String(), "0 to 1440 minutes")
	}
	c.within("slips.reprint_run", l.ReprintRun, 0, 100)
	c.within("slips.attempts", l.Attempts, 1, 10)
	c.within("slips.copies", l.Copies, 0, 20)
	if r := s.Report; r.Wait < time.Minute || r.Wait > 24*time.Hour {
		c.add("report.wait", r.Wait.String(), "1 to 1440 minutes")
	} else if r.Handling < time.Minute || r.Handling > 24*time.Hour {
		c.add("report.handling", r.Handling.String(), "1 to 1440 minutes")
	}
	c.within("report.rating_group", s.Report.RatingGroup, 5, 1000)
}

func (c *checker) within(path string, v, low, high int) {
	if v < low || v > high {
		c.add(path, fmt.Sprint(v), fmt.Sprintf("%d to %d", low, high))
	}
}
