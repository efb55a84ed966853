package escpos

import (
	"context"
	"errors"
	"os"
	"time"
)

// examine asks for everything that is needed to know the printer's condition: whether it is
// on line, how its paper is, and, if something is wrong, what.
func (s *session) examine(ctx context.Context) error {
	before := s.cond
	if err := s.ask(ctx, 1); err != nil {
		return err
	}
	details := []byte{4}
	if s.cond.offline {
		details = []byte{2, 3, 4}
	}
	for _, n := range details {
		if err := s.askDetail(ctx, n); err != nil {
			return err
		}
	}
	s.known = true
	if s.profile.Status == StatusAuto && s.synced && s.cond.offline != before.offline {
		// It should have said so by itself: it was switched off and on in between, and has
		// forgotten that it was asked to.
		s.synced = false
	}
	return nil
}

// askDetail is ask for a question that some clones do not know. One that answers DLE EOT 1
// and not this is not asked again.
func (s *session) askDetail(ctx context.Context, n byte) error {
	if s.unasked[n] {
		return nil
	}
	err := s.ask(ctx, n)
	if !errors.Is(err, errSilent) {
		return err
	}
	if err := s.ask(ctx, 1); err != nil {
		return err
	}
	s.unasked[n] = true
	return nil
}

// glance asks whether the printer is still on line, and what is wrong if it is not.
func (s *session) glance(ctx context.Context) error {
	if err := s.ask(ctx, 1); err != nil || !s.cond.offline {
		return err
	}
	return s.examine(ctx)
}

// ask sends DLE EOT n and waits for the answer. An answer does not say to which n it belongs,
// so n stays the only question until every answer to it has come or is given up; it is put
// twice before the printer counts as silent.
func (s *session) ask(ctx context.Context, n byte) error {
	if s.owed > 0 && s.asked != n {
		if err := s.pump(ctx, settle, func() bool { return s.owed == 0 }); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			return err
		}
	}
	if s.asked != n || time.Since(s.heardAt) >= settle {
		s.owed = 0
	}
	s.asked = n
	for range 2 {
		if _, err := s.link.write(cmdStatus(n), commandTimeout); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			return err
		}
		s.owed++
		expect := s.owed - 1
		err := s.pump(ctx, s.link.behind()+askTimeout, func() bool { return s.owed <= expect })
		if err == nil {
			return nil
		}
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			return err
		}
	}
	return errSilent
}
