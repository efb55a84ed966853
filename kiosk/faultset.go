package kiosk

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// Spec declares each fault; what is not listed warns at once and depends on nothing.
func (c FaultCode) Spec() FaultSpec {
	noPrinter := []FaultCode{FaultPrinterAbsent, FaultPrinterOffline}
	switch c {
	case FaultStore, FaultNumbersFile, FaultNumbersUnknown:
		return FaultSpec{Severity: SeverityStop}
	case FaultClockUnsure, FaultStoreReplaced:
		return FaultSpec{Severity: SeverityWarn}
	case FaultPrinterAbsent:
		// A cable that is put back within seconds is nobody's business.
		return FaultSpec{Severity: SeverityWarn, TimeToVisible: 5 * time.Second}
	case FaultPrinterOffline, FaultPrinterNoise:
		return FaultSpec{Severity: SeverityWarn, DependsOn: []FaultCode{FaultPrinterAbsent}, TimeToVisible: 5 * time.Second}
	case FaultPaperOut, FaultCoverOpen, FaultCutterJam:
		return FaultSpec{Severity: SeverityWarn, DependsOn: []FaultCode{FaultPrinterAbsent}}
	case FaultPaperLow:
		return FaultSpec{Severity: SeverityWarn, DependsOn: append(noPrinter, FaultPaperOut)}
	case FaultPaperCheck:
		return FaultSpec{Severity: SeverityWarn, DependsOn: append(noPrinter, FaultPaperOut, FaultCoverOpen)}
	case FaultSlipsUnprinted:
		return FaultSpec{Severity: SeverityWarn}
	case FaultLineDown:
		return FaultSpec{Severity: SeverityWarn, DependsOn: []FaultCode{FaultGatewayRevoked, FaultNotEnrolled}}
	case FaultPrinterMute, FaultVoiceAbsent, FaultWeakKey, FaultNotEnrolled:
		return FaultSpec{Severity: SeverityHint}
	case FaultBoardAbsent:
		return FaultSpec{Severity: SeverityWarn} // the board's own 15 s have passed
	}
	return FaultSpec{Severity: SeverityWarn}
}

// standing is a fault that stands, heard of or not yet.
type standing struct {
	since time.Time
	at    time.Duration
	hint  string
	kept  bool // its raising is a fact
}

// gone is a fault that stands no more.
type gone struct {
	code FaultCode
	at   time.Duration
}

// clearedAfter is how long a fault has to be gone before that is a fact. A sensor that flutters
// near the end of its roll would otherwise fill the disk.
const clearedAfter = time.Minute

// faultSet holds the faults that stand. The Office holds its lock.
type faultSet struct {
	standing map[FaultCode]standing
	cleared  []gone // whose raising is a fact and whose clearing is not yet
	dirty    bool
}

func newFaultSet() faultSet { return faultSet{standing: map[FaultCode]standing{}} }

func (f *faultSet) raise(code FaultCode, hint string, at time.Duration, now time.Time) {
	s, ok := f.standing[code]
	if ok && s.hint == hint {
		return
	}
	f.dirty = true
	if !ok {
		s = standing{since: now, at: at}
		if i := slices.IndexFunc(f.cleared, func(g gone) bool { return g.code == code }); i >= 0 {
			// It came back before its clearing was kept: as if it had never gone.
			f.cleared = slices.Delete(f.cleared, i, i+1)
			s.kept = true
		}
	}
	s.hint = hint
	f.standing[code] = s
}

func (f *faultSet) clear(code FaultCode, at time.Duration) {
	s, ok := f.standing[code]
	if !ok {
		return
	}
	f.dirty = true
	delete(f.standing, code)
	if s.kept {
		f.cleared = append(f.cleared, gone{code, at})
	}
}

// visible returns the faults that have stood long enough and hide behind no other, the gravest
// first.
func (f *faultSet) visible(at time.Duration) []Fault {
	var out []Fault
	for code, s := range f.standing {
		spec := code.Spec()
		if at-s.at < spec.TimeToVisible || slices.ContainsFunc(spec.DependsOn, func(c FaultCode) bool { _, on := f.standing[c]; return on }) {
			continue
		}
		out = append(out, Fault{Code: code, Severity: spec.Severity, Since: s.since, Hint: s.hint})
	}
	rank := func(s Severity) int { return slices.Index([]Severity{SeverityStop, SeverityWarn, SeverityHint}, s) }
	slices.SortFunc(out, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(rank(a.Severity), rank(b.Severity)), cmp.Compare(a.Code, b.Code))
	})
	return out
}

// due returns when the next fault becomes visible; false where none is to come.
func (f *faultSet) due(at time.Duration) (time.Duration, bool) {
	soonest, some := time.Duration(0), false
	for code, s := range f.standing {
		if left := s.at + code.Spec().TimeToVisible - at; left > 0 && (!some || left < soonest) {
			soonest, some = left, true
		}
	}
	return soonest, some
}

// RaiseFault says that a bad condition stands, with a hint for the technician. Raising it again
// changes at most the hint.
func (o *Office) RaiseFault(code FaultCode, hint string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.faults.raise(code, hint, o.clock.at, o.readClock())
	o.wakeIfDirty()
}

// ClearFault says that it is over.
func (o *Office) ClearFault(code FaultCode) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.readClock()
	o.faults.clear(code, o.clock.at)
	o.wakeIfDirty()
}

func (o *Office) clockFault(now time.Time) {
	if o.clock.sure() {
		o.faults.clear(FaultClockUnsure, o.clock.at)
		return
	}
	hint := "clock " + string(o.clock.reason) + ", it shows " + DayOf(now).String() + "; kioskctl clock confirm DATE"
	o.faults.raise(FaultClockUnsure, hint, o.clock.at, now)
}

// readClock reads the clock outside a transaction and says what it finds wrong with it.
func (o *Office) readClock() time.Time {
	now, changed := o.clock.read()
	if changed {
		o.clockFault(now)
	}
	return now
}

// keepFaults makes facts of the faults that became visible and of those that went for good.
func (o *Office) keepFaults(ctx context.Context, now time.Time) {
	if o.broken != nil {
		return // what cannot be kept is still shown
	}
	var c Change
	visible := o.faults.visible(o.clock.at)
	for _, v := range visible {
		if !o.faults.standing[v.Code].kept {
			o.record(&c, now, byGateway, FaultMoved{Code: v.Code, Raised: true, Hint: v.Hint})
		}
	}
	settled := func(g gone) bool { return o.clock.at-g.at >= clearedAfter }
	for _, g := range o.faults.cleared {
		if settled(g) {
			o.record(&c, now, byGateway, FaultMoved{Code: g.code, Raised: false})
		}
	}
	if len(c.Records) == 0 {
		return
	}
	if err := o.commit(ctx, c); err != nil {
		o.log.Error("keep faults", LogError, err)
		return
	}
	for _, v := range visible {
		s := o.faults.standing[v.Code]
		if !s.kept {
			s.kept = true
			o.faults.standing[v.Code] = s
			o.log.Warn("fault raised", LogFault, v.Code, "hint", v.Hint)
		}
	}
	for _, g := range o.faults.cleared {
		if settled(g) {
			o.log.Info("fault cleared", LogFault, g.code)
		}
	}
	o.faults.cleared = slices.DeleteFunc(o.faults.cleared, settled)
}
