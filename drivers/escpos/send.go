package escpos

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/motcua/gateway/kiosk"
)

const (
	// writeChunk is written at once; between chunks the printer's word is heard.
	writeChunk = 512
	// writeSlice is how long a write may block before the printer's word is heard.
	writeSlice = 200 * time.Millisecond
	// slack is added to what a slip takes on the line and on paper: a warm-up, a cutter that
	// tries twice, a line at 9600 baud shared with status.
	slack = 8 * time.Second
	// grace is how long a slip in trouble may still be confirmed: the last line of a roll is
	// often out before the sensor says that the paper is.
	grace = 2 * time.Second
	// pollWhile is how often a printer that does not tell by itself is asked while a slip is
	// awaited. Not while its bytes are on their way: a question in the middle of a picture
	// would become dots.
	pollWhile = 500 * time.Millisecond
)

// send prints one slip. Its errors wrap one of the two of [kiosk.Printer]; what it learns of
// the printer stays in the session.
func (s *session) send(ctx context.Context, j *job) (kiosk.Outcome, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(j.ctx, cancel)()

	if err := s.prepare(ctx); err != nil {
		return "", fmt.Errorf("%w: %w", kiosk.ErrSlipNotSent, err)
	}
	data := j.slip.Data
	if j.again && !s.p.memory.begunSlip {
		// The first slip of this process is a reprint: an earlier process was killed over it,
		// and its half may still hang from the printer.
		data = append(s.cutOff(), data...)
	}
	confirm := s.confirmation()
	data = append(data[:len(data):len(data)], confirm...)

	bound := s.onLine(len(data))*3/2 + s.onPaper(j.slip.Rows)*2 + slack
	deadline := time.Now().Add(bound)
	n, err := s.stream(ctx, data, bound, s.inTrouble())
	if n == 0 {
		s.forgetConfirmation()
		return "", fmt.Errorf("%w: %w", kiosk.ErrSlipNotSent, s.because(err))
	}
	s.p.memory.begunSlip = true
	if err == nil {
		err = s.await(ctx, deadline, j.slip.Rows)
	}
	if err != nil {
		s.p.memory.interrupted = true
		s.p.memory.longest = min(j.slip.Longest+64, maxPayload)
		s.synced, s.retryAt = false, time.Time{}
		s.drop()
		return "", fmt.Errorf("%w: %w", kiosk.ErrSlipUnconfirmed, s.because(err))
	}
	if s.profile.Confirm == ConfirmNone {
		return kiosk.OutcomeSent, nil
	}
	return kiosk.OutcomePrinted, nil
}

// prepare makes sure, an instant before, that the printer takes a slip.
func (s *session) prepare(ctx context.Context) error {
	s.waits = waits{}
	if s.talks {
		if err := s.examine(ctx); err != nil {
			return err
		}
	}
	if !s.ready() {
		_, hint := s.cond.trouble()
		if hint == "" {
			hint = "the printer is not ready"
		}
		return errors.New(hint)
	}
	return ctx.Err()
}

// confirmation is the question behind the slip.
func (s *session) confirmation() []byte {
	s.waits = waits{}
	switch s.profile.Confirm {
	case ConfirmProcessID:
		s.waits.id = s.freshID()
		return cmdProcessID(s.waits.id)
	case ConfirmInOrder:
		s.inOrder++
		return cmdPaperInOrder()
	}
	return nil
}

// forgetConfirmation takes back a question that never left.
func (s *session) forgetConfirmation() {
	if s.profile.Confirm == ConfirmInOrder {
		s.inOrder--
	}
}

// inTrouble returns a function that says whether the printer has been in trouble for longer
// than a confirmation may still take.
func (s *session) inTrouble() func() bool {
	var since time.Time
	return func() bool {
		switch {
		case s.noisy:
			return true // garbage might pass for a confirmation
		case !s.waits.hurt.stuck():
			return false
		case since.IsZero():
			since = time.Now()
		}
		return time.Since(since) >= grace
	}
}

// stream writes data within d, and hears what the printer says meanwhile; it gives up early
// when stop says so. n is what the wire took.
func (s *session) stream(ctx context.Context, data []byte, d time.Duration, stop func() bool) (n int, err error) {
	deadline := time.Now().Add(d)
	for n < len(data) {
		if err := s.hear(ctx); err != nil {
			return n, err
		}
		left := time.Until(deadline)
		if left <= 0 || stop() {
			return n, os.ErrDeadlineExceeded
		}
		taken, err := s.link.write(data[n:min(n+writeChunk, len(data))], min(left, writeSlice))
		n += taken
		if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			return n, err
		}
	}
	return n, nil
}

// hear digests what has come, without waiting.
func (s *session) hear(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case chunk, ok := <-s.link.chunks:
			if err := s.take(chunk, ok); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}

// await waits until the printer says that the slip is out.
func (s *session) await(ctx context.Context, deadline time.Time, rows int) error {
	if s.profile.Confirm == ConfirmNone {
		return s.awaitQuietly(ctx, deadline, rows)
	}
	stop := s.inTrouble()
	for !s.waits.confirmed {
		if !time.Now().Before(deadline) || stop() {
			return os.ErrDeadlineExceeded
		}
		err := s.pump(ctx, min(pollWhile, time.Until(deadline)), func() bool { return s.waits.confirmed })
		if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			return err
		}
		if !s.waits.confirmed && s.profile.Status == StatusPoll {
			if err := s.examine(ctx); err != nil && !errors.Is(err, errSilent) {
				return err
			}
		}
	}
	if s.profile.Confirm == ConfirmInOrder {
		// The answer says that the buffer was worked off; only a clean status says that it
		// went onto paper.
		if err := s.examine(ctx); err != nil {
			return err
		}
		if s.waits.hurt.stuck() || !s.clean() || s.noisy {
			return os.ErrDeadlineExceeded
		}
	}
	return nil
}

// awaitQuietly waits until the bytes are out and the slip should be on paper, and looks
// whether a printer that tells its condition has come to grief over it.
func (s *session) awaitQuietly(ctx context.Context, deadline time.Time, rows int) error {
	if d, ok := s.link.wire.(drainer); ok {
		ctx, cancel := context.WithDeadline(ctx, deadline)
		defer cancel()
		if err := d.Drain(ctx); err != nil {
			if ctx.Err() != nil {
				return os.ErrDeadlineExceeded
			}
			return gone("write to", s.link.port, err)
		}
	}
	if !s.talks {
		return nil
	}
	until := time.Now().Add(s.onPaper(rows))
	for time.Now().Before(until) {
		err := s.pump(ctx, min(pollWhile, time.Until(until)), func() bool { return false })
		if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			return err
		}
		if err := s.examine(ctx); err != nil {
			return err
		}
		if s.waits.hurt.stuck() {
			return os.ErrDeadlineExceeded
		}
	}
	return nil
}

// drop takes an unconfirmed slip out of the printer's buffer where that works at once, so
// that its rest does not come out when the paper is back. Failing is no worse than not trying.
func (s *session) drop() {
	if d, ok := s.link.wire.(discarder); ok {
		d.Discard()
	}
	if s.profile.ClearBuffer {
		s.command(cmdClear())
	}
}

// because says why a slip failed: what the printer reported, or that it said nothing.
func (s *session) because(err error) error {
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		return err
	}
	if _, hint := s.waits.hurt.trouble(); hint != "" {
		return errors.New(hint)
	}
	if _, hint := s.cond.trouble(); hint != "" {
		return errors.New(hint)
	}
	return errors.New("no confirmation in time")
}

// onPaper is how long so many dots of paper take.
func (s *session) onPaper(rows int) time.Duration {
	return time.Duration(rows) * time.Second / time.Duration(s.profile.Speed)
}
