package report

import (
	"time"

	"github.com/motcua/gateway/kiosk"
)

// moment is a reading of the clock. Two readings have a difference worth something only within
// one run of a sure clock.
type moment struct {
	at  int64 // seconds since 1970
	run int   // 0: unsure
}

// since returns the seconds from m to a later moment, and false where nobody can tell.
func (m moment) since(from moment) (int64, bool) {
	d := m.at - from.at
	return d, m.run != 0 && m.run == from.run && d >= 0
}

// watch numbers the runs of the clock.
type watch struct{ run int }

// read takes the time of a record. An unsure reading and a confirmed date each end a run.
func (w *watch) read(r kiosk.Record) moment {
	_, confirmed := r.Fact.(kiosk.ClockConfirmed)
	if !r.AtSure || confirmed {
		w.run++
	}
	m := moment{at: r.At.Unix(), run: w.run + 1}
	if !r.AtSure {
		m.run = 0
	}
	return m
}

// clockTime writes seconds as a time at UTC+7.
func clockTime(at int64) time.Time { return time.Unix(at, 0).In(kiosk.ICT()) }
