package report

import (
	"fmt"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// Tally is the fold over a day's records. Not safe for concurrent use.
type Tally struct {
	setup   *kiosk.Setup
	day     kiosk.Day
	facts   int
	last    kiosk.Position
	watch   watch
	index   map[kiosk.Number]int
	visits  []visit
	seated  map[kiosk.CounterCode]kiosk.OfficerCode
	undone  map[kiosk.CounterCode]int
	outages []span
	halls   []hallMove
	late    int
	seal    *Seal
}

// New returns the empty tally of a day. setup must not change while it is used.
func New(setup *kiosk.Setup, day kiosk.Day) *Tally {
	return &Tally{
		setup: setup, day: day, index: map[kiosk.Number]int{},
		seated: map[kiosk.CounterCode]kiosk.OfficerCode{}, undone: map[kiosk.CounterCode]int{},
	}
}

// Add takes the next record in the order of the log, in constant time. Records of another site
// or day are left out, except a LogSealed that is about the tally's day: a day may be sealed
// only after the next one has begun. A record that was added already is left out as well.
func (t *Tally) Add(r kiosk.Record) {
	if r.Site != t.setup.Site.Code {
		return
	}
	if f, ok := r.Fact.(kiosk.LogSealed); ok && f.Day == t.day {
		t.seal = &Seal{At: place(f.At), Hash: f.Hash}
	}
	if r.Day != t.day || t.facts > 0 && r.Order() <= t.last.Order() {
		return
	}
	t.facts++
	t.last = r.Position
	if r.Late > 0 {
		t.late++
	}
	at := t.watch.read(r)
	switch f := r.Fact.(type) {
	case kiosk.TicketIssued:
		t.issue(f.Ticket, at)
	case kiosk.TicketMoved:
		t.step(f.Number, step{verb: f.Verb, at: at, counter: f.Counter})
	case kiosk.TicketSent:
		t.step(f.Number, step{verb: kiosk.VerbSend, at: at, counter: f.Counter, to: f.To})
	case kiosk.PriorityMoved:
		v := kiosk.VerbLower
		if f.Now != kiosk.NoPriority {
			v = kiosk.VerbRaise
		}
		t.step(f.Number, step{verb: v, at: at, counter: f.Counter})
	case kiosk.StepUndone:
		if v := t.visit(f.Number); v != nil {
			v.undo()
			t.undone[f.Counter]++
		}
	case kiosk.TicketRated:
		if v := t.visit(f.Number); v != nil {
			v.rating = &f
		}
	case kiosk.CounterMoved:
		t.seated[f.Counter] = f.Officer
	case kiosk.HallMoved:
		t.halls = append(t.halls, hallMove{f.Open, f.ByHand, at})
	case kiosk.OutageSeen:
		t.outages = append(t.outages, span{f.From.Unix(), f.To.Unix()})
	}
}

func (t *Tally) issue(k kiosk.Ticket, at moment) {
	if _, known := t.index[k.Number]; known {
		return // numbers are unique within a day; a second birth would be a damaged log
	}
	t.index[k.Number] = len(t.visits)
	t.visits = append(t.visits, visit{service: k.Service, priority: k.Priority, issued: at})
}

func (t *Tally) visit(n kiosk.Number) *visit {
	i, ok := t.index[n]
	if !ok {
		return nil
	}
	return &t.visits[i]
}

func (t *Tally) step(n kiosk.Number, s step) {
	if v := t.visit(n); v != nil {
		s.officer = t.seated[s.counter]
		v.steps = append(v.steps, s)
	}
}

// Sealed reports whether the day's LogSealed was among the records.
func (t *Tally) Sealed() bool { return t.seal != nil }

// closed reports whether the hall has closed and not opened again.
func (t *Tally) closed() bool {
	n := len(t.halls)
	return n > 0 && !t.halls[n-1].open
}

func place(p kiosk.Position) string { return fmt.Sprintf("%d-%d", p.Epoch, p.Seq) }

// seconds are the office's limits as a report has them.
func seconds(d time.Duration) int64 { return int64(d / time.Second) }
