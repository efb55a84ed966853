package wire

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/motcua/gateway/kiosk"
)

// The bounds of what is in an event.
const (
	maxCode  = 64  // bytes of a code, of a value of a list; more than package kiosk makes
	maxActor = 128 // bytes
	maxKey   = 64  // bytes
	maxText  = 80  // runes of what a person typed
	maxHint  = 500 // runes
	maxCount = 1_000_000_000
)

// checks gathers the first thing that is wrong with a fact. It names fields and no values: its
// words go into logs.
type checks struct{ err error }

func (c *checks) that(ok bool, field, want string) {
	if !ok && c.err == nil {
		c.err = fmt.Errorf("%s: want %s", field, want)
	}
}

// code checks a word for programs, which may be empty. Values that this version does not know are
// as good as any.
func code[S ~string](c *checks, field string, s S) {
	if len(s) > maxCode || !clean(string(s)) {
		c.that(false, field, fmt.Sprintf("at most %d bytes in one line", maxCode))
	}
}

// needed checks a code that has to be there.
func needed[S ~string](c *checks, field string, s S) {
	c.that(s != "", field, "a value")
	code(c, field, s)
}

// text checks what a person may read.
func text(c *checks, field, s string, most int) {
	if !clean(s) || utf8.RuneCountInString(s) > most {
		c.that(false, field, fmt.Sprintf("at most %d characters in one line", most))
	}
}

// count checks a number of things.
func count(c *checks, field string, n int) {
	c.that(n >= 0 && n <= maxCount, field, "a count")
}

// moment brings a time into its one form, whole seconds at +07:00, and checks that it can be
// written.
func moment(c *checks, field string, t *time.Time) {
	if t.IsZero() {
		*t = time.Time{}
		return
	}
	*t = t.Truncate(time.Second).In(kiosk.ICT())
	c.that(t.Year() >= 1 && t.Year() <= 9999, field, "a time of the years 1 to 9999")
}

// clean reports whether s is one line of text.
func clean(s string) bool { return utf8.ValidString(s) && !hasControl(s) }

func hasControl(s string) bool {
	return strings.ContainsFunc(s, unicode.IsControl) // U+0080 to U+009F too: terminals obey them
}

// tidy makes one line of at most most runes out of anything: free text is never a reason to hold
// a fact back.
func tidy(s string, most int) string {
	if clean(s) && utf8.RuneCountInString(s) <= most {
		return s
	}
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	if r := []rune(s); len(r) > most {
		s = string(r[:most])
	}
	return s
}

// day is a [kiosk.Day] as YYYY-MM-DD; absent for no day.
type day kiosk.Day

// MarshalText writes the day.
func (d day) MarshalText() ([]byte, error) {
	if !kiosk.Day(d).Valid() {
		return nil, errors.New("want a day of the calendar")
	}
	return []byte(kiosk.Day(d).String()), nil
}

// UnmarshalText reads what MarshalText writes, and nothing else.
func (d *day) UnmarshalText(b []byte) error {
	v, err := kiosk.ParseDay(tidy(string(b), 16))
	*d = day(v)
	return err
}

// position is a [kiosk.Position] as "epoch-seq"; absent for none.
type position kiosk.Position

// MarshalText writes the position.
func (p position) MarshalText() ([]byte, error) {
	s := EventID(kiosk.Position(p))
	if _, err := ParseEventID(s); err != nil {
		return nil, err
	}
	return []byte(s), nil
}

// UnmarshalText reads what MarshalText writes, and nothing else.
func (p *position) UnmarshalText(b []byte) error {
	v, err := ParseEventID(string(b))
	*p = position(v)
	return err
}

// place is a [kiosk.Position.Order] as the "epoch-seq" that it was made of: as a number it would
// be beyond what JavaScript and others can hold.
type place uint64

const placeBits = 40

// MarshalText writes the place.
func (p place) MarshalText() ([]byte, error) {
	return position{kiosk.Epoch(p >> placeBits), kiosk.Seq(p & (1<<placeBits - 1))}.MarshalText()
}

// UnmarshalText reads what MarshalText writes, and nothing else.
func (p *place) UnmarshalText(b []byte) error {
	v, err := ParseEventID(string(b))
	if err == nil && (v.Seq >= 1<<placeBits || v.Epoch >= 1<<(64-placeBits)) {
		err = errors.New("place: beyond what an order has room for")
	}
	*p = place(v.Order())
	return err
}
