package kiosk

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
)

const (
	maxWhy    = 48  // bytes of a hub's code
	someBlobs = 200 // that are released in one transaction
)

// ParkBlob puts a blob aside that the province has refused for good: a person decides. why is the
// province's code. One that does not wait any more, or was parked, is left as it is.
func (o *Office) ParkBlob(ctx context.Context, place BlobPlace, why string) error {
	now, err := o.begin(ctx)
	if err != nil {
		return err
	}
	defer o.end()
	b, waits, err := o.store.Blob(ctx, place)
	if err != nil {
		return fmt.Errorf("look for blob: %w", err)
	}
	if !waits || b.State == BlobParked {
		return nil
	}
	var c Change
	o.moveBlob(&c, now, byHub, b, BlobParked, strings.ToValidUTF8(why[:min(len(why), maxWhy)], ""))
	if err := o.commit(ctx, c); err != nil {
		return err
	}
	o.parkedFault(ctx, now)
	o.log.Warn("blob parked", LogDossier, b.Dossier, "why", why)
	return nil
}

// ParkedBlobs returns the first blobs, at most so many, that were parked, in the queue's order.
func (o *Office) ParkedBlobs(ctx context.Context, most int) ([]BlobRecord, error) {
	var parked []BlobRecord
	for after := (BlobPlace{}); ; {
		some, err := o.store.Pending(ctx, after, someBlobs)
		if err != nil {
			return nil, fmt.Errorf("look for parked blobs: %w", err)
		}
		for _, b := range some {
			if after = b.BlobPlace; b.State != BlobParked {
				continue
			}
			if parked = append(parked, b); len(parked) == most {
				return parked, nil
			}
		}
		if len(some) < someBlobs {
			return parked, nil
		}
	}
}

// ReleaseBlobs lets every blob that was parked go once more, and returns how many.
func (o *Office) ReleaseBlobs(ctx context.Context, by string) (int, error) {
	var after BlobPlace
	for all := 0; ; {
		n, end, err := o.releaseSome(ctx, &after, by)
		all += n
		if err != nil || end {
			return all, err
		}
	}
}

// releaseSome looks at the next blobs. It reports the end where there are no more.
func (o *Office) releaseSome(ctx context.Context, after *BlobPlace, by string) (n int, end bool, err error) {
	now, err := o.begin(ctx)
	if err != nil {
		return 0, true, err
	}
	defer o.end()
	some, err := o.store.Pending(ctx, *after, someBlobs)
	if err != nil {
		return 0, true, fmt.Errorf("look for parked blobs: %w", err)
	}
	var c Change
	for _, b := range some {
		if *after = b.BlobPlace; b.State == BlobParked {
			o.moveBlob(&c, now, by, b, BlobPending, "")
		}
	}
	if err := o.commit(ctx, c); err != nil {
		return 0, true, err
	}
	o.parkedFault(ctx, now)
	return len(c.Blobs), len(some) < someBlobs, nil
}

func (o *Office) moveBlob(c *Change, now time.Time, by string, b BlobRecord, to BlobState, why string) {
	b.State, b.Why = to, why
	c.Blobs = append(c.Blobs, b)
	o.record(c, now, by, BlobMoved{Dossier: b.Dossier, Hash: b.Hash, State: to, Why: why})
}

// parkedFault tells that pages were put aside. The province may have taken them since.
func (o *Office) parkedFault(ctx context.Context, now time.Time) {
	b, err := o.store.Waiting(ctx)
	switch {
	case err != nil: // a store that is broken has a fault of its own
	case b.Parked == 0:
		o.faults.clear(FaultBlobsParked, o.clock.at)
	default:
		o.faults.raise(FaultBlobsParked, fmt.Sprintf("%d pages were refused for good: kioskctl line parked shows why", b.Parked), o.clock.at, now)
	}
}

// RecordLine keeps a change in who this box is to the province, or what came down from it.
func (o *Office) RecordLine(ctx context.Context, f LineMoved, by string) error {
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

// mostTrusted is the highest epoch of a mark that is believed: no box that counts from its clock
// comes so far, and a hub that lies must not use the epochs up.
const mostTrusted = MaxEpoch/2 + 1<<16

// BeginEpoch goes on in a new epoch, behind the present one, the mark's and that of the clock:
// this store is an older copy of one that had gone further, or a spare box goes on for a lost one.
// The numbers of the present day are unknown from then on, and none is given before each is
// confirmed, by the province or by a person ([Office.ConfirmNumber]). An epoch that was begun for
// the same mark and reason is not begun twice.
func (o *Office) BeginEpoch(ctx context.Context, mark Position, why EpochReason, by string) error {
	if mark.Epoch > mostTrusted || mark.Seq > math.MaxInt64 {
		return refuse(CodeBadRequest, fmt.Sprintf("%d-%d", mark.Epoch, mark.Seq), "no box has come so far")
	}
	now, err := o.begin(ctx)
	if err != nil {
		return err
	}
	defer o.end()
	begun, err := o.begunFor(ctx, mark, why)
	if err != nil || begun {
		return err
	}
	epoch := max(o.last.Epoch, mark.Epoch) + 1
	if o.clock.sure() {
		epoch = max(epoch, EpochAt(now))
	}
	if epoch > MaxEpoch {
		return errors.New("begin epoch: there is none left")
	}
	box := o.boxOn(o.day.day, now)
	box.UnknownDay, box.NumbersUnknown = o.day.day, o.setup.ServiceCodes()
	c := Change{Box: &box, NewEpoch: true}
	r := o.record(&c, now, by, EpochBegun{After: o.last, Mark: mark, Why: why})
	r.Position = Position{Epoch: epoch, Seq: 1}
	c.Records[0] = r
	if err := o.commit(ctx, c); err != nil {
		return err
	}
	o.numbersFault(now)
	o.log.Warn("epoch begun", "epoch", epoch, "why", why, LogBy, by)
	return nil
}

// begunFor reports whether the present epoch was begun for a mark.
func (o *Office) begunFor(ctx context.Context, mark Position, why EpochReason) (bool, error) {
	first, err := o.store.Records(ctx, Position{Epoch: o.last.Epoch}, 1)
	if err != nil {
		return false, fmt.Errorf("look how the epoch began: %w", err)
	}
	if len(first) == 0 || first[0].Seq != 1 {
		return false, nil
	}
	f, ok := first[0].Fact.(EpochBegun)
	return ok && f.Mark == mark && f.Why == why, nil
}
