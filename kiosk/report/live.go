package report

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// Facts is where records come from; *kiosk.Office is one.
type Facts interface {
	DayRecords(ctx context.Context, day kiosk.Day) ([]kiosk.Record, error)
	Records(ctx context.Context, after kiosk.Position, n int) ([]kiosk.Record, error)
	Days(ctx context.Context) ([]kiosk.Day, error)
}

// Live keeps the present day's tally, so that looking at it again reads only what is new.
// It may be used from any goroutine.
type Live struct {
	facts Facts
	setup *kiosk.Setup

	mu    sync.Mutex
	tally *Tally
	after kiosk.Position // of the last record that the tally was given
}

// NewLive returns the reports of an office.
func NewLive(facts Facts, setup *kiosk.Setup) *Live { return &Live{facts: facts, setup: setup} }

// batch is how many records are read at once.
const batch = 1000

// Today returns the report of the present day.
func (l *Live) Today(ctx context.Context, day kiosk.Day, now time.Time) (Report, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.tally == nil || l.tally.day != day || l.tally.facts == 0 {
		t, err := l.fold(ctx, day)
		if err != nil {
			return Report{}, err
		}
		l.tally, l.after = t, t.last
		return t.Report(now), nil
	}
	for {
		records, err := l.facts.Records(ctx, l.after, batch)
		if err != nil {
			return Report{}, fmt.Errorf("read the day's facts: %w", err)
		}
		for _, r := range records {
			l.tally.Add(r)
			l.after = r.Position
		}
		if len(records) < batch {
			return l.tally.Report(now), nil
		}
	}
}

// Of returns the report of any day that is kept.
func (l *Live) Of(ctx context.Context, day kiosk.Day, now time.Time) (Report, error) {
	t, err := l.fold(ctx, day)
	if err != nil {
		return Report{}, err
	}
	if !t.Sealed() {
		if err := l.sealOf(ctx, t, day); err != nil {
			return Report{}, err
		}
	}
	return t.Report(now), nil
}

func (l *Live) fold(ctx context.Context, day kiosk.Day) (*Tally, error) {
	records, err := l.facts.DayRecords(ctx, day)
	if err != nil {
		return nil, fmt.Errorf("read the facts of %s: %w", day, err)
	}
	t := New(l.setup, day)
	for _, r := range records {
		t.Add(r)
	}
	return t, nil
}

// sealOf looks for the day's seal among the facts of the day that followed.
func (l *Live) sealOf(ctx context.Context, t *Tally, day kiosk.Day) error {
	days, err := l.facts.Days(ctx)
	if err != nil {
		return fmt.Errorf("list days: %w", err)
	}
	for _, d := range days {
		if d <= day {
			continue
		}
		records, err := l.facts.DayRecords(ctx, d)
		if err != nil {
			return fmt.Errorf("read the facts of %s: %w", d, err)
		}
		for _, r := range records {
			t.Add(r)
		}
		return nil
	}
	return nil
}
