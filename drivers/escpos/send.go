package escpos

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
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
	// on its way. Only between two commands: a question in the middle of a picture would
	// become dots. It must be asked: when a printer that has stopped is sent on to, its
	// buffer of 4 KB fills up, and then no question reaches it any more.
	pollWhile = 500 * time.Millisecond
	// pollBytes is after how many bytes it is asked sooner: on a fast line that buffer is
	// full in less than half a second, and up to 2 KB come before the next gap.
	pollBytes = 1024
	// ahead is how much of a slip may wait in the kernel for a serial line: enough that the
	// line never idles, and little enough that a question is soon through, and that a printer
	// that stops is not sent the rest of its slip.
	ahead = 200 * time.Millisecond
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
	data, breaks := j.slip.Data, slices.Clone(j.slip.breaks)
	if j.again && !s.p.memory.begunSlip {
		// The first slip of this process is a reprint: an earlier process was killed over it,
		// and its half may still hang from the printer.
		before := s.cutOff()
		data = append(before, data...)
		for i := range breaks {
			breaks[i] += len(before)
		}
	}
	data = append(data[:len(data):len(data)], s.confirmation()...)

	bound := s.p.cfg.onLine(len(data))*3/2 + s.onPaper(j.slip.Rows)*2 + slack
	deadline := time.Now().Add(bound)
	n, err := s.stream(ctx, data, breaks, bound, func() bool { return s.garbled() || s.waits.hurt.stuck() })
	if n == 0 && err != nil {
		return "", fmt.Errorf("%w: %w", kiosk.ErrSlipNotSent, s.because(j, err))
	}
	s.p.memory.begunSlip = true
	if err == nil {
		if s.profile.Confirm == ConfirmInOrder {
			s.inOrder++ // from now on: what came before the question was asked is no answer
		}
		err = s.await(ctx, deadline, j.slip.Rows)
	}
	if err != nil {
		s.p.memory.interrupted = true
		s.p.memory.longest = min(j.slip.Longest+64, maxPayload)
		s.synced, s.retryAt = false, time.Time{}
		s.drop()
		return "", fmt.Errorf("%w: %w", kiosk.ErrSlipUnconfirmed, s.because(j, err))
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
		return cmdPaperInOrder()
	}
	return nil
}

// inTrouble returns a function that says whether the printer has been in trouble for longer
// than a confirmation may still take.
func (s *session) inTrouble() func() bool {
	var since time.Time
	return func() bool {
		switch {
		case s.garbled():
			return true
		case !s.waits.hurt.stuck():
			return false
		case since.IsZero():
			since = time.Now()
		}
		return time.Since(since) >= grace
	}
}

// garbled reports whether the printer's word cannot be trusted: garbage might pass for a
// confirmation of one byte.
func (s *session) garbled() bool {
	return s.noisy || s.waits.noise && s.profile.Confirm == ConfirmInOrder
}

// stream writes data within d, and hears what the printer says meanwhile; it gives up early
// when stop says so: what is sent on to a printer that has stopped fills its buffer, and then
// no question reaches it any more. At the breaks a printer that does not tell by itself is asked. n is what
// the wire took.
func (s *session) stream(ctx context.Context, data []byte, breaks []int, d time.Duration, stop func() bool) (n int, err error) {
	deadline := time.Now().Add(d)
	question, asked := time.Now().Add(pollWhile), 0
	var rest time.Time // a printer that is slow to answer is asked less, or the slip would never end
	for n < len(data) {
		for len(breaks) > 0 && breaks[0] < n {
			breaks = breaks[1:]
		}
		if wait := s.link.behind() - ahead; wait > 0 {
			err := s.pump(ctx, min(wait, time.Until(deadline)), stop)
			if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
				return n, err
			}
		}
		now := time.Now()
		due := !now.Before(rest) && (!now.Before(question) || n-asked >= pollBytes)
		if due && s.talks && s.profile.Status != StatusAuto && len(breaks) > 0 && breaks[0] == n {
			behind := s.link.behind()
			if err := s.glance(ctx); err != nil {
				return n, err
			}
			question, asked = time.Now().Add(pollWhile), n
			rest = time.Now().Add(4 * (time.Since(now) - behind))
		}
		if err := s.hear(ctx); err != nil {
			return n, err
		}
		left := time.Until(deadline)
		if left <= 0 || stop() {
			return n, os.ErrDeadlineExceeded
		}
		end := min(n+writeChunk, len(data))
		if len(breaks) > 0 && breaks[0] > n {
			end = min(end, breaks[0])
		} else if len(breaks) > 1 {
			end = min(end, breaks[1])
		}
		taken, err := s.link.write(data[n:end], min(left, writeSlice))
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
		if s.waits.hurt.stuck() || !s.clean() || s.waits.noise {
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
	until := time.Now().Add(s.link.behind() + s.onPaper(rows))
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
	s.link.discard()
	if s.profile.ClearBuffer {
		s.command(cmdClear())
	}
}

// because says why a slip failed: that it was cancelled, what the printer reported, or that
// it said nothing.
func (s *session) because(j *job, err error) error {
	if cancelled := j.ctx.Err(); cancelled != nil {
		return cancelled
	}
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
