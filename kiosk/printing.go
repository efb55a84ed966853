package kiosk

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"
)

// PrintingConfig is what a Printing is made of.
type PrintingConfig struct {
	Office  *Office
	Printer Printer
	// Slip composes the paper of a ticket; reprint asks for the reprint mark.
	Slip func(t Ticket, s *Snapshot, reprint bool) Slip
	// Test composes the slip that asks "can you read this?".
	Test func(s *Snapshot) Slip
	Log  *slog.Logger
}

// Printing owns the way of every slip: Recorded → Sent → Printed. It is the only caller of its
// printer.
//
// A slip is marked Sent, durably, before its first byte leaves, and Printed when the printer
// said so. What is Sent without that word, on a printer that can give it, is printed again
// with a reprint mark, within SlipRules and only for a ticket that still waits; everything
// else goes under "slips not printed". Nothing old prints by itself.
type Printing struct {
	cfg   PrintingConfig
	tests chan chan error

	rolls   uint64          // RollChanges that are dealt with
	test    bool            // a test slip is due
	down    bool            // slips could not be sent since the last look
	retry   map[uint64]bool // by Ticket.Order: Sent, and to be printed again
	owed    []owed
	pause   time.Duration // after the last refusal of a ready printer; 0: none
	backoff *time.Timer   // runs while the printer or the store has just refused
}

// owed is a step of a slip that happened and that the store did not take.
type owed struct {
	ticket Ticket // as it was before the step
	to     SlipState
}

const (
	// refusedPause is how long a printer that says it is ready but takes nothing is left alone
	// at first. Each attempt is two facts, so that the pause doubles.
	refusedPause = 2 * time.Second
	// refusedLong is the longest pause; a printer that has refused for so long is as good as down.
	refusedLong = time.Minute
)

// NewPrinting returns a Printing; Run makes it work.
func NewPrinting(cfg PrintingConfig) *Printing {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	return &Printing{cfg: cfg, tests: make(chan chan error), down: true, retry: map[uint64]bool{}}
}

// Run prints until ctx ends.
func (p *Printing) Run(ctx context.Context) error {
	p.backoff = time.NewTimer(0)
	defer p.backoff.Stop()
	<-p.backoff.C
	paused := false
	for ctx.Err() == nil {
		changed := p.cfg.Office.Changed()
		p.follow(ctx)
		if p.pause > 0 && !p.cfg.Printer.Status().Ready() {
			p.pause = 0 // what comes back is a new chance
			if paused {
				p.backoff.Reset(refusedPause)
			}
		}
		if !paused {
			worked, refused := p.step(ctx)
			if worked && !refused {
				continue
			}
			if refused {
				paused = true
				p.backoff.Reset(max(refusedPause, p.pause))
			}
		}
		select {
		case <-ctx.Done():
		case <-changed:
		case <-p.cfg.Printer.Changed():
		case <-p.backoff.C:
			paused = false
		case answer := <-p.tests:
			answer <- p.printTest(ctx)
		}
	}
	return nil
}

// PrintTest prints the test slip now and returns what the printer said.
func (p *Printing) PrintTest(ctx context.Context) error {
	answer := make(chan error, 1)
	select {
	case p.tests <- answer:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-answer:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// follow takes the printer's status into the office, and a new roll into the question whether
// its print can be read: a roll put in upside down prints blank and confirms.
func (p *Printing) follow(ctx context.Context) {
	s := p.cfg.Printer.Status()
	told := s
	if p.pause > 0 && s.Ready() {
		// It says that it is ready and takes nothing: who waits for paper is told so.
		told.State, told.Code, told.Hint = DeviceFaulty, FaultPrinterOffline, "answers that it is ready, but takes no slip: switch it off and on"
	}
	p.cfg.Office.setPrinter(told)
	if s.RollChanges == p.rolls {
		return
	}
	if err := p.cfg.Office.askPaper(ctx); err != nil {
		p.cfg.Log.Error("ask for paper check", LogError, err)
		return // asked again at the next look
	}
	p.rolls, p.test = s.RollChanges, true
}

// step sends at most one slip. It reports whether it did something, and whether a printer that
// says it is ready refused, or the store.
func (p *Printing) step(ctx context.Context) (worked, refused bool) {
	if !p.settle(ctx) {
		return false, true
	}
	if !p.cfg.Printer.Status().Ready() {
		p.down = true
		return false, false
	}
	if p.test {
		err := p.printTest(ctx)
		// Half a test slip cannot be read. Where the printer stays up it is not tried for ever.
		p.test = errors.Is(err, ErrSlipNotSent) || err != nil && !p.cfg.Printer.Status().Ready()
		return true, p.test
	}
	snapshot := p.cfg.Office.Snapshot()
	if snapshot.PaperCheck {
		p.down = true
		return false, false
	}
	if p.down {
		p.down = false
		p.resume(ctx, snapshot)
		snapshot = p.cfg.Office.Snapshot()
	}
	for _, t := range snapshot.Tickets {
		if t.Slip.State != SlipRecorded && !(t.Slip.State == SlipSent && p.retry[t.Order]) {
			continue
		}
		return true, p.print(ctx, snapshot, t)
	}
	return false, false
}

// resume sorts out what an interruption has left behind: the newest few whose citizens may
// still stand there are printed, the rest waits for a person.
func (p *Printing) resume(ctx context.Context, s *Snapshot) {
	var left []Ticket
	for _, t := range s.Tickets {
		unsure := t.Slip.State == SlipSent && p.cfg.Printer.Status().Confirms
		if t.Slip.State == SlipRecorded || unsure {
			left = append(left, t)
		}
	}
	slices.SortFunc(left, func(a, b Ticket) int { return cmp.Compare(b.Order, a.Order) })
	run := 0
	for _, t := range left {
		if run < s.Setup.Slips.ReprintRun && mayResume(t, s) {
			run++
			p.retry[t.Order] = t.Slip.State == SlipSent
			continue
		}
		p.give(ctx, t)
	}
}

// mayResume reports whether the slip of t may still print by itself.
func mayResume(t Ticket, s *Snapshot) bool {
	age, known := slipAge(t, s.At, s.Clock.Sure)
	return t.State == Waiting && known && age >= 0 && age < s.Setup.Slips.ReprintWithin && t.Slip.Auto < s.Setup.Slips.Attempts
}

// give leaves a slip to a person: under "slips not printed", or nowhere if the visit is over.
// It reports whether that is kept.
func (p *Printing) give(ctx context.Context, t Ticket) bool {
	delete(p.retry, t.Order)
	to := SlipUnprinted
	if t.State.Final() {
		to = SlipWaived
	}
	return p.keep(ctx, t, to)
}

// keep keeps a step that has happened, now or, where the store is broken, later.
func (p *Printing) keep(ctx context.Context, t Ticket, to SlipState) bool {
	p.owed = append(p.owed, owed{t, to})
	return p.settle(ctx)
}

// settle keeps what is owed, the oldest first, and reports whether nothing is owed any more.
func (p *Printing) settle(ctx context.Context) bool {
	for len(p.owed) > 0 {
		next := p.owed[0]
		if _, err := p.cfg.Office.stepSlip(ctx, next.ticket, next.to); err != nil {
			p.cfg.Log.Error("keep slip's step", LogTicket, next.ticket.Number, "slip", next.to, LogError, err)
			return false
		}
		p.owed = p.owed[1:]
	}
	return true
}

// print sends one slip and keeps what became of it. It reports whether the printer refused, or
// the store.
func (p *Printing) print(ctx context.Context, s *Snapshot, t Ticket) (refused bool) {
	if t.State.Final() || t.Slip.Auto >= s.Setup.Slips.Attempts || t.Slip.State == SlipSent && !mayResume(t, s) {
		return !p.give(ctx, t)
	}
	sent := t
	sent.Slip.State = SlipSent
	moved, err := p.cfg.Office.stepSlip(ctx, t, SlipSent)
	if err != nil {
		if t.Slip.State == SlipRecorded {
			// Refused, and yet it may have reached the disk: then the word is taken back.
			p.owed = append(p.owed, owed{sent, SlipRecorded})
		}
		p.cfg.Log.Error("keep that a slip is sent", LogTicket, t.Number, LogError, err)
		return true // no paper before the store works again
	}
	if !moved {
		return false // and the next look sees why
	}
	delete(p.retry, t.Order)
	reprint := t.Slip.Sends > 0
	outcome, err := p.cfg.Printer.Print(ctx, p.cfg.Slip(t, s, reprint))
	t = sent
	if errors.Is(err, ErrSlipNotSent) {
		p.cfg.Log.Info("slip not sent", LogTicket, t.Number, LogError, err)
		p.keep(ctx, t, SlipRecorded)
		p.pause = min(max(refusedPause, 2*p.pause), refusedLong)
		p.down = p.down || p.pause == refusedLong
		return true
	}
	p.pause = 0
	switch {
	case err == nil && outcome == OutcomePrinted:
		return !p.keep(ctx, t, SlipPrinted)
	case err == nil:
		return false // Sent is all that this printer can say
	}
	p.cfg.Log.Warn("slip not confirmed", LogTicket, t.Number, LogError, err)
	switch {
	case ctx.Err() != nil:
		// The next start decides.
	case p.cfg.Printer.Status().Confirms:
		// Where the printer went down with it, the look after its return decides again.
		p.retry[t.Order] = true
	default:
		// This printer never says more, but that something went wrong is known.
		return !p.give(ctx, t)
	}
	return false
}

// printTest prints the slip that asks "can you read this?".
func (p *Printing) printTest(ctx context.Context) error {
	_, err := p.cfg.Printer.Print(ctx, p.cfg.Test(p.cfg.Office.Snapshot()))
	if err != nil {
		p.cfg.Log.Info("test slip", LogError, err)
	}
	return err
}
