package kiosk

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// mendEvery is how often a broken store is tried again: often enough for a citizen who waits,
// seldom enough for a full disk.
const mendEvery = 5 * time.Second

// breakage is a store that failed a write.
type breakage struct {
	err   error
	at    time.Duration // of the last attempt to mend it
	known Position      // of the last record before it: what comes after it was refused
	times int           // writes that failed since
}

// break_ stops every verb that writes: a failed fsync is never retried on the same handle.
func (o *Office) break_(err error, refused Change) {
	code, hint := FaultStore, "nothing can be kept, so nothing is given: "+err.Error()
	if errors.Is(err, ErrNumbersFile) {
		code, hint = FaultNumbersFile, "no more numbers before the second file works again: "+err.Error()
	}
	if o.broken == nil {
		o.broken = &breakage{known: o.last}
		o.log.Error("store failed", LogError, err, "refused_facts", len(refused.Records))
	}
	o.broken.err, o.broken.at = err, o.clock.at
	o.broken.times++
	o.faults.raise(code, hint, o.clock.at, o.clock.wall)
	o.views.stale()
}

// mend opens the store anew, checks it, and takes over what is really on the disk. A ticket
// that was refused but reached the disk all the same is cancelled: nobody has its number.
// That the store failed is kept as a fact, here and not before: a full disk opens and reads
// well, so that only a write tells that it works again.
func (o *Office) mend(ctx context.Context, now time.Time) error {
	if o.clock.at-o.broken.at < mendEvery {
		return &Refusal{Code: CodeStoreFailed, Cause: o.broken.err}
	}
	o.broken.at = o.clock.at
	fail := func(err error) error {
		o.broken.err = err
		return &Refusal{Code: CodeStoreFailed, Cause: err}
	}
	if err := o.store.Reopen(ctx); err != nil {
		return fail(fmt.Errorf("reopen store: %w", err))
	}
	kept, err := o.store.Load(ctx, o.setup.Site.Code)
	if err != nil {
		return fail(fmt.Errorf("load office: %w", err))
	}
	if o.away != nil && o.away.noted(kept.Records) {
		o.away = nil
	}
	known, times := o.broken.known, o.broken.times
	if err := o.adopt(ctx, kept); err != nil {
		return err
	}
	var c Change
	for _, t := range o.day.tickets {
		if kept.Last.Epoch == known.Epoch && t.Order > known.Order() && !t.State.Final() {
			o.touch(&c, now, byGateway, t, TicketMoved{Service: t.Service, Number: t.Number, Verb: VerbCancel, State: Cancelled})
		}
	}
	for _, code := range []FaultCode{FaultStore, FaultNumbersFile} {
		if s, stands := o.faults.standing[code]; stands {
			o.record(&c, now, byGateway, FaultMoved{Code: code, Raised: true, Hint: s.hint})
			o.record(&c, now, byGateway, FaultMoved{Code: code, Raised: false})
		}
	}
	if err := o.commit(ctx, c); err != nil {
		return err
	}
	if o.broken.times != times {
		return &Refusal{Code: CodeStoreFailed, Cause: o.broken.err} // the second file failed once more
	}
	o.broken = nil
	o.faults.clear(FaultStore, o.clock.at)
	o.faults.clear(FaultNumbersFile, o.clock.at)
	o.log.Info("store works again", "refused_and_cancelled", len(c.Tickets))
	return nil
}
