package kiosk

import (
	"context"
	"encoding/hex"
	"time"
)

// RecordStaff keeps what happened to an account or a session as a fact. It is durable when it
// returns nil: who was refused, signed in or took a report out is known after any power cut.
func (o *Office) RecordStaff(ctx context.Context, f StaffMoved, by string) error {
	f.Detail = cleanReason(f.Detail)
	now, err := o.begin(ctx)
	if err != nil {
		return err
	}
	defer o.end()
	var c Change
	o.record(&c, now, by, f)
	return o.commit(ctx, c)
}

// seal writes the head of the audit log down for a day that is over.
func (o *Office) seal(ctx context.Context, now time.Time, day Day) error {
	head, err := o.store.Head(ctx)
	if err != nil {
		return err
	}
	var c Change
	if day == o.day.day {
		hall := o.day.hall
		hall.Sealed = true
		c.Hall = &hall
	}
	o.record(&c, now, byGateway, LogSealed{Day: day, At: head.Last, Hash: hex.EncodeToString(head.Hash[:])})
	return o.commit(ctx, c)
}

// DayRecords returns the facts of a day in their order.
func (o *Office) DayRecords(ctx context.Context, day Day) ([]Record, error) {
	return o.store.DayRecords(ctx, o.setup.Site.Code, day)
}

// Days lists the days that have facts, the oldest first.
func (o *Office) Days(ctx context.Context) ([]Day, error) {
	return o.store.Days(ctx, o.setup.Site.Code)
}

// Head returns the end of the audit log.
func (o *Office) Head(ctx context.Context) (ChainHead, error) { return o.store.Head(ctx) }

// VerifyLog computes the audit log's chain again; a *ChainBreak names the first fact that is not
// what it was.
func (o *Office) VerifyLog(ctx context.Context) (ChainHead, error) { return o.store.VerifyChain(ctx) }
