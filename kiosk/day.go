package kiosk

import (
	"fmt"
	"time"
)

// ICT is the office's time zone: UTC+7 all year. A fixed zone, because an image may lack
// tzdata and Vietnam has no daylight saving time.
func ICT() *time.Location { return ict }

var ict = time.FixedZone("ICT", 7*3600)

// Day (ngày làm việc) is a civil date at UTC+7, written as the number yyyymmdd so that days
// order as their numbers do. The zero Day is no day.
type Day uint32

// DayOf returns the civil date of t at UTC+7.
func DayOf(t time.Time) Day {
	y, m, d := t.In(ict).Date()
	return Day(y*10000 + int(m)*100 + d)
}

// ParseDay reads "2026-11-24".
func ParseDay(s string) (Day, error) {
	t, err := time.ParseInLocation(time.DateOnly, s, ict)
	if err != nil {
		return 0, fmt.Errorf("parse day %q: want YYYY-MM-DD", s)
	}
	if t.Year() < 1970 || t.Year() > 9999 {
		return 0, fmt.Errorf("parse day %q: year outside 1970 to 9999", s)
	}
	return DayOf(t), nil
}

// String returns the day as "2026-11-24".
func (d Day) String() string {
	return fmt.Sprintf("%04d-%02d-%02d", d/10000, d/100%100, d%100)
}

// Midnight returns the first moment of the day.
func (d Day) Midnight() time.Time { return d.At(0) }

// At returns the moment m minutes after the day's midnight.
func (d Day) At(m Minute) time.Time {
	return time.Date(int(d/10000), time.Month(d/100%100), int(d%100), 0, int(m), 0, 0, ict)
}

// Add returns the day n days later, or earlier where n is negative.
func (d Day) Add(n int) Day {
	return DayOf(time.Date(int(d/10000), time.Month(d/100%100), int(d%100)+n, 0, 0, 0, 0, ict))
}

// Weekday returns the day of the week.
func (d Day) Weekday() time.Weekday { return d.Midnight().Weekday() }

// Valid reports whether d is a real date of the years 1970 to 9999.
func (d Day) Valid() bool {
	y := d / 10000
	return y >= 1970 && y <= 9999 && DayOf(d.Midnight()) == d
}

// Minute is a time of day in minutes after midnight, 0 to 1440.
type Minute int

// ParseMinute reads "07:30"; "24:00" is the end of the day.
func ParseMinute(s string) (Minute, error) {
	var h, m int
	if len(s) != 5 || s[2] != ':' {
		return 0, fmt.Errorf("parse time of day %q: want HH:MM", s)
	}
	for i, c := range []byte(s) {
		if i != 2 && (c < '0' || c > '9') {
			return 0, fmt.Errorf("parse time of day %q: want HH:MM", s)
		}
	}
	h, m = int(s[0]-'0')*10+int(s[1]-'0'), int(s[3]-'0')*10+int(s[4]-'0')
	if m > 59 || h*60+m > 24*60 {
		return 0, fmt.Errorf("parse time of day %q: want 00:00 to 24:00", s)
	}
	return Minute(h*60 + m), nil
}

// MinuteOf returns the time of day of t at UTC+7.
func MinuteOf(t time.Time) Minute {
	t = t.In(ict)
	return Minute(t.Hour()*60 + t.Minute())
}

// String returns the time of day as "07:30".
func (m Minute) String() string { return fmt.Sprintf("%02d:%02d", m/60, m%60) }
