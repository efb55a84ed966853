package words

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// stretch is a waiting time as far as it can be promised.
type stretch struct {
	low, high string
	hours     bool
	// now means no waiting at all, under that only the end is known.
	now, under bool
}

// promise rounds a range outwards: to five minutes beyond ten, to half hours beyond two. A
// forecast to the minute would look like a promise and be wrong with every call.
func promise(r kiosk.Range, comma string) stretch {
	low, high := int(r.Low/time.Minute), int((r.High+time.Minute-1)/time.Minute)
	switch {
	case high <= 0:
		return stretch{now: true}
	case high > 120:
		l, h := low/30, (high+29)/30
		return stretch{low: halves(l, comma), high: halves(h, comma), hours: true, under: l == 0}
	case high > 10:
		low, high = low/5*5, (high+4)/5*5
	}
	return stretch{low: strconv.Itoa(low), high: strconv.Itoa(high), under: low == 0}
}

// halves writes n half hours in hours.
func halves(n int, comma string) string {
	s := strconv.Itoa(n / 2)
	if n%2 == 1 {
		s += comma + "5"
	}
	return s
}

// span writes "10–20" or, where both ends are the same, "10".
func (s stretch) span(dash string) string {
	if s.low == s.high {
		return s.high
	}
	return s.low + dash + s.high
}

// clock24 writes the time of day as "07:30".
func clock24(t time.Time) string { return kiosk.MinuteOf(t).String() }

// parts splits a day.
func parts(d kiosk.Day) (year, month, day int) {
	return int(d / 10000), int(d / 100 % 100), int(d % 100)
}

// ascii writes a text of the screen with the marks that a slip's type has.
func ascii(s string) string {
	return strings.NewReplacer("–", "-", " · ", ", ", "…", "...", "“", `"`, "”", `"`, "\u00a0", " ").Replace(s)
}

// dmy writes a day as in Vietnam: "23/11/2026".
func dmy(d kiosk.Day) string {
	y, m, day := parts(d)
	return fmt.Sprintf("%02d/%02d/%04d", day, m, y)
}
