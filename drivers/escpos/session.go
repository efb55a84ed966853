package escpos

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// How a printer is watched while nothing prints. One that tells of changes by itself is only
// asked whether it still lives: three bytes and one back each ten seconds. One that does not
// is asked each two seconds, which is how long an open cover goes unnoticed.
const (
	keepAlive = 10 * time.Second
	pollEvery = 2 * time.Second
	askAgain  = 30 * time.Second // one that has never answered, and may have been off
)

const (
	// askTimeout bounds the wait for one answer to DLE EOT, which a printer gives within
	// milliseconds, through every buffer.
	askTimeout = 1500 * time.Millisecond
	// settle is the silence after which an answer that never came is not expected any more.
	settle = 3 * time.Second
	// commandTimeout bounds the writing of a few bytes.
	commandTimeout = time.Second
	// confirmProbe bounds the wait for the answer to a question in the buffer's order, when
	// nothing is printed.
	confirmProbe = 4 * time.Second
)

// What counts as noise: a broken byte now and then is life, a line full of them is a wrong
// speed or a bad cable.
const (
	noiseWindow = 2 * time.Second
	noiseLimit  = 48
	noiseQuiet  = 5 * time.Second
)

// errSilent says that a printer that has answered does not any more.
var errSilent = errors.New("no answer to DLE EOT: the printer is switched off, its cable loose, or baud rate or profile wrong")

// session is one connection to a printer. All of it runs on the goroutine of Run.
type session struct {
	p       *Printer
	profile Profile // without what this wire cannot carry
	link    *link
	demux   demux
	events  []event

	cond    condition
	known   bool // cond was learned on this connection
	talks   bool // the printer has answered on this connection
	synced  bool // the printer has been reset, and has shown that it confirms
	retryAt time.Time

	asked   byte    // the n of DLE EOT that is unanswered; zero for none
	owed    int     // answers to it that may still come
	unasked [5]bool // those n that this printer does not know
	heardAt time.Time
	inOrder int // answers to GS r that may still come
	answers int // answers to GS r so far

	waits  waits
	clears int // answers to DLE DC4 8 so far

	noise      int
	noiseSince time.Time
	noisy      bool
	noisyUntil time.Time
}

// waits is what send waits for.
type waits struct {
	id        processID
	confirmed bool
	noise     bool      // something that no printer sends, since it began
	hurt      condition // a condition that a slip does not survive, seen since it began
}

// find opens the port and makes sure that a printer answers there, if it ever does.
func (p *Printer) find(ctx context.Context) (*session, error) {
	w, err := p.open(ctx, p.cfg)
	if err != nil {
		return nil, err
	}
	s := &session{p: p, profile: p.cfg.Profile, link: newLink(w, p.cfg), heardAt: time.Now()}
	s.link.discard() // what an earlier connection left; a failure shows at the first write
	if err := s.contact(ctx); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Close lets go of the wire.
func (s *session) Close() error { return s.link.Close() }

// contact asks the printer for its status for the first time.
func (s *session) contact(ctx context.Context) error {
	if s.profile.Status == StatusNone {
		s.profile = s.profile.silent()
		return nil
	}
	err := s.examine(ctx)
	if err == nil {
		s.talks, s.p.memory.talked = true, true
		return nil
	}
	if !errors.Is(err, errSilent) {
		return err
	}
	switch {
	case isMute(s.link.wire):
		s.profile = s.profile.silent()
		return nil
	case s.noise > 0:
		return &trouble{code: kiosk.FaultPrinterNoise, hint: "garbage instead of answers on " + s.p.cfg.Port + ": wrong baud rate, or not a printer"}
	case s.profile.Status == StatusTry && !s.p.memory.talked:
		return nil // used blind
	}
	return &trouble{code: kiosk.FaultPrinterOffline, hint: errSilent.Error() + " (" + s.p.cfg.Port + ", profile " + s.profile.Name + ")"}
}

// use serves the printer until it is lost or ctx ends.
func (p *Printer) use(ctx context.Context, s *session) error {
	for {
		if err := s.tend(ctx); err != nil {
			return err
		}
		s.publish()
		timer := time.NewTimer(s.nextLook())
		var jobs chan *job
		if s.ready() {
			jobs = p.jobs
		}
		var err error
		select {
		case <-ctx.Done():
			err = ctx.Err()
		case j := <-jobs:
			outcome, failure := s.send(ctx, j)
			s.publish() // before the answer: who asks next must see what this slip found
			j.result <- result{outcome: outcome, err: failure}
		case chunk, ok := <-s.link.chunks:
			err = s.take(chunk, ok)
		case <-timer.C:
			err = s.look(ctx)
		}
		timer.Stop()
		if err != nil {
			return err
		}
	}
}

// nextLook is when the printer is asked again by itself.
func (s *session) nextLook() time.Duration {
	switch {
	case s.noisy:
		return max(time.Until(s.noisyUntil), 10*time.Millisecond)
	case !s.synced && s.clean():
		return max(time.Until(s.retryAt), 10*time.Millisecond)
	case s.profile.Status == StatusAuto:
		return keepAlive
	case s.profile.Status == StatusPoll, s.talks:
		return pollEvery
	}
	return askAgain
}

// look asks a printer that could answer how it is.
func (s *session) look(ctx context.Context) error {
	if s.noisy && time.Now().Before(s.noisyUntil) {
		return nil
	}
	wasNoisy := s.noisy
	s.noisy = false
	if !s.talks {
		if s.profile.Status != StatusTry {
			return nil // it never says anything: writing shows whether it is there
		}
		err := s.contact(ctx)
		if _, garbage := errors.AsType[*trouble](err); garbage {
			return nil
		}
		return err
	}
	if err := s.examine(ctx); err != nil {
		return err
	}
	if wasNoisy {
		s.synced = false // what was asked for in the noise may have been lost
	}
	return nil
}

// tend brings the printer into order once its condition allows.
func (s *session) tend(ctx context.Context) error {
	if s.synced || s.noisy || !s.clean() || time.Now().Before(s.retryAt) {
		return nil
	}
	return s.recover(ctx)
}

// clean reports whether nothing keeps the printer from printing.
func (s *session) clean() bool {
	if !s.talks {
		return true // never heard of anything
	}
	code, _ := s.cond.trouble()
	return s.known && code == ""
}

func (s *session) ready() bool { return s.synced && !s.noisy && s.clean() }

// take digests what the reader has read.
func (s *session) take(chunk []byte, open bool) error {
	if !open {
		return s.link.err
	}
	s.heardAt = time.Now()
	s.events = s.events[:0]
	for _, b := range chunk {
		s.events = s.demux.feed(b, s.events)
	}
	for _, e := range s.events {
		s.handle(e)
	}
	return nil
}

func (s *session) handle(e event) {
	switch e.kind {
	case eventStatus:
		if s.asked == 0 || s.owed == 0 {
			s.heardNoise(1)
			return
		}
		s.owed--
		s.learn(s.cond.withStatus(s.asked, e.data[0]))
		if s.owed == 0 {
			s.asked = 0
		}
	case eventAuto:
		if s.profile.Status != StatusAuto && !s.talks {
			s.heardNoise(e.bytes)
			return
		}
		s.learn(withAuto(e.data))
	case eventInOrder:
		if s.inOrder == 0 {
			s.heardNoise(1)
			return
		}
		s.inOrder--
		s.answers++
		if s.inOrder == 0 {
			s.waits.confirmed = true
		}
		if e.data[0]&0x0C != 0 {
			c := s.cond
			c.paperOut = true
			s.learn(c)
		}
	case eventProcessID:
		if processID(e.data) == s.waits.id {
			s.waits.confirmed = true
		} // else the answer to a slip that was given up: late, and not this one's
	case eventCleared:
		s.clears++
	case eventNoise:
		s.heardNoise(e.bytes)
	}
}

// learn takes a new condition and counts the hands that were inside the printer.
func (s *session) learn(c condition) {
	s.cond = c
	if c.stuck() {
		s.waits.hurt = c
	}
	m := &s.p.memory
	if m.opened && !c.handInside() {
		s.p.setStatus(func(st *kiosk.PrinterStatus) { st.RollChanges++ })
	}
	m.opened = c.handInside()
}

func (s *session) heardNoise(n int) {
	s.waits.noise = true
	now := time.Now()
	if now.Sub(s.noiseSince) > noiseWindow {
		s.noise, s.noiseSince = 0, now
	}
	if s.noise += n; s.noise >= noiseLimit {
		s.noisy, s.noisyUntil = true, now.Add(noiseQuiet)
	}
}

// publish tells the office what is known.
func (s *session) publish() {
	state, hint := kiosk.DeviceReady, ""
	code, why := s.cond.trouble()
	switch {
	case s.noisy:
		state, code = kiosk.DeviceFaulty, kiosk.FaultPrinterNoise
		hint = "garbage from the printer on " + s.p.cfg.Port + ": wrong baud rate, bad cable, or not a printer"
	case s.talks && code != "":
		state, hint = kiosk.DeviceFaulty, why
	case !s.synced:
		state, code = kiosk.DeviceFaulty, kiosk.FaultPrinterOffline
		hint = "the printer is being brought into order"
		if !s.retryAt.IsZero() {
			hint = s.unconfirming()
		}
	default:
		code = ""
	}
	paper := kiosk.PaperUnknown
	if s.talks && s.known {
		paper = s.cond.paper()
	}
	s.p.setStatus(func(st *kiosk.PrinterStatus) {
		st.State, st.Code, st.Hint, st.Paper = state, code, hint, paper
		st.Confirms = s.profile.confirms()
	})
}

// unconfirming says what is wrong with a printer that answers DLE EOT but not the question
// that its profile confirms by.
func (s *session) unconfirming() string {
	if s.profile.Confirm == ConfirmProcessID {
		return "the printer does not answer GS ( H 48: choose a profile that confirms in-order or none"
	}
	return "the printer does not answer GS r: choose a profile that confirms by process-id or none"
}

// pump waits up to d for ready to become true, and digests what comes meanwhile. It ends
// early when ctx or the wire does.
func (s *session) pump(ctx context.Context, d time.Duration, ready func() bool) error {
	if ready() {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	for !ready() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case chunk, ok := <-s.link.chunks:
			if err := s.take(chunk, ok); err != nil {
				return err
			}
		case <-timer.C:
			return os.ErrDeadlineExceeded
		}
	}
	return nil
}
