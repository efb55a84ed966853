package secret

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/motcua/gateway/kiosk"
)

// Month is a month of the office, written as the number yyyymm.
type Month uint32

// MonthOf returns the month of a day.
func MonthOf(d kiosk.Day) Month { return Month(d / 100) }

// String returns the month as "2026-11".
func (m Month) String() string { return fmt.Sprintf("%04d-%02d", m/100, m%100) }

// WrapName names a key of a [Ring]: the month in which it was made, and which of the box's it is.
// Numbers count from 1 and are not used again, so that the order of names is the order in which
// the keys were made, whatever the clock says.
type WrapName struct {
	Month Month
	N     uint32
}

// String returns the name as "2026-11-7".
func (n WrapName) String() string {
	return n.Month.String() + "-" + strconv.FormatUint(uint64(n.N), 10)
}

// compare orders names.
func (n WrapName) compare(o WrapName) int {
	return cmp.Or(cmp.Compare(n.N, o.N), cmp.Compare(n.Month, o.Month))
}

// Before reports whether the key was made before another one.
func (n WrapName) Before(o WrapName) bool { return n.compare(o) < 0 }

// ParseWrapName reads what String writes, and nothing else.
func ParseWrapName(s string) (WrapName, error) {
	wrong := fmt.Errorf("name of a wrapping key %.20q: want YYYY-MM-N", s)
	month, number, ok := cutLast(s, "-")
	if !ok || len(month) != len("2026-11") {
		return WrapName{}, wrong
	}
	year, err1 := strconv.ParseUint(month[:4], 10, 16)
	of, err2 := strconv.ParseUint(month[5:], 10, 8)
	n, err3 := strconv.ParseUint(number, 10, 32)
	name := WrapName{Month(year*100 + of), uint32(n)}
	if err1 != nil || err2 != nil || err3 != nil || !name.Valid() || name.String() != s {
		return WrapName{}, wrong
	}
	return name, nil
}

// Valid reports whether a ring could have such a key.
func (n WrapName) Valid() bool { return n.N > 0 && (kiosk.Day(n.Month)*100 + 1).Valid() }

func cutLast(s, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return "", "", false
	}
	return s[:i], s[i+len(sep):], true
}
