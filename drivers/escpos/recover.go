package escpos

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// retryRecover is the pause between two tries to bring a printer into order.
const retryRecover = 5 * time.Second

// recover brings the printer into a known state: nothing of an earlier slip in its buffers or
// glued to the next, and the way to confirm shown to work. It returns an error only when the
// printer is lost; otherwise synced says whether it worked.
func (s *session) recover(ctx context.Context) error {
	if s.talks {
		// What is known may be from before a slip that failed.
		if err := s.examine(ctx); err != nil || !s.clean() {
			return err
		}
	}
	m := &s.p.memory
	if err := s.empty(ctx); err != nil {
		return s.lost(err)
	}
	if err := s.command(cmdReset(s.profile.Status == StatusAuto)); err != nil {
		return s.lost(err)
	}
	m.begun = true
	err := s.probe(ctx)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		if !s.clean() {
			return nil // a cover was opened meanwhile: again when it is closed
		}
		s.retryAt = time.Now().Add(retryRecover)
		return s.stillThere(ctx)
	}
	if err != nil {
		return err
	}
	if m.interrupted {
		// Only now, when the printer is known to listen: a cut that is lost in a picture or in
		// a bad cable would leave the half slip on the next one, and one with every probe
		// would eat the roll.
		if err := s.command(s.cutOff()); err != nil {
			return s.lost(err)
		}
		m.interrupted = false
	}
	s.synced, s.retryAt = true, time.Time{}
	return nil
}

// stillThere tells a printer that does not confirm from one that is gone.
func (s *session) stillThere(ctx context.Context) error {
	if !s.talks {
		return nil
	}
	return s.examine(ctx)
}

// lost makes of a deadline the loss of the printer: a few bytes always fit, unless nothing
// takes any.
func (s *session) lost(err error) error {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return &trouble{code: kiosk.FaultPrinterOffline, hint: "the printer at " + s.link.port + " takes no bytes: check flow control and cable"}
	}
	return err
}

// empty gets rid of whatever the printer still holds or waits for. Where it has a command for
// that, the command works at once. Elsewhere the printer may be waiting for the rest of a
// picture, and would take a reset for dots; so it is given as many NULs as it can be waiting
// for at most, which outside of a picture are ignored.
func (s *session) empty(ctx context.Context) error {
	m := &s.p.memory
	if m.interrupted {
		if err := s.link.discard(); err != nil {
			return err
		}
	}
	if m.begun && !m.interrupted {
		return nil
	}
	if s.profile.ClearBuffer {
		clears := s.clears
		if err := s.command(cmdClear()); err != nil {
			return err
		}
		err := s.pump(ctx, askTimeout, func() bool { return s.clears > clears })
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			s.inOrder = 0
			return err
		}
	}
	if !m.interrupted && !s.profile.confirms() {
		// Nobody knows this printer, and nothing is known to be wrong: some firmware might
		// print a NUL as a blank.
		return nil
	}
	pad := make([]byte, m.longest)
	_, err := s.stream(ctx, pad, nil, s.p.cfg.onLine(len(pad))+2*time.Second, func() bool { return false })
	return err
}

// cutOff feeds out what stands on the paper and cuts it, where there is a cutter.
func (s *session) cutOff() []byte {
	st := &stream{profile: s.profile}
	st.end()
	return st.b
}

// probe asks, with nothing to print, for the confirmation that slips of this printer rely on.
func (s *session) probe(ctx context.Context) error {
	wait := confirmProbe + s.p.cfg.onLine(s.p.memory.longest)
	switch s.profile.Confirm {
	case ConfirmProcessID:
		s.waits = waits{id: s.freshID()}
		if err := s.command(cmdProcessID(s.waits.id)); err != nil {
			return s.lost(err)
		}
	case ConfirmInOrder:
		s.waits = waits{}
		s.inOrder++
		if err := s.command(cmdPaperInOrder()); err != nil {
			return s.lost(err)
		}
	default:
		return nil
	}
	answers := s.answers
	err := s.pump(ctx, wait, func() bool { return s.waits.confirmed || !s.clean() })
	if err == nil && !s.waits.confirmed {
		return os.ErrDeadlineExceeded
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		// Answers to questions that were cleared away with a slip never come. If this one has
		// brought an answer, and silence since, the count starts afresh.
		s.inOrder = 0
		if s.answers > answers {
			return nil
		}
	}
	return err
}

func (s *session) freshID() processID {
	s.p.memory.nextID++
	return newProcessID(s.p.memory.nextID)
}

// command writes a few bytes.
func (s *session) command(b []byte) error {
	_, err := s.link.write(b, commandTimeout)
	return err
}
