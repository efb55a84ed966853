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

	rolls   uint64 // RollChanges that are dealt with
	test    bool   // a test slip is due
	down    bool   // slips could not be sent since the last look
	retry   map[Number]bool
	backoff *time.Timer // runs while a ready printer has just refused a slip
}

// refusedPause is how long a printer that says it is ready but takes nothing is left alone.
const refusedPause = 2 * time.Second

// NewPrinting returns a Printing; Run makes it work.
func NewPrinting(cfg PrintingConfig) *Printing {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	return &Printing{cfg: cfg, tests: make(chan chan error), down: true, retry: map[Number]bool{}}
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
		if !paused {
			worked, refused := p.step(ctx)
			if worked && !refused {
				continue
			}
			if refused {
				paused = true
				p.backoff.Reset(refusedPause)
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
	p.cfg.Office.setPrinter(s)
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
// says it is ready refused.
func (p *Printing) step(ctx context.Context) (worked, refused bool) {
	if !p.cfg.Printer.Status().Ready() {
		p.down = true
		return false, false
	}
	if p.test {
		err := p.printTest(ctx)
		p.test = errors.Is(err, ErrSlipNotSent)
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
		if t.Slip.State != SlipRecorded && !(t.Slip.State == SlipSent && p.retry[t.Number]) {
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
			p.retry[t.Number] = t.Slip.State == SlipSent
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
func (p *Printing) give(ctx context.Context, t Ticket) {
	delete(p.retry, t.Number)
	to := SlipUnprinted
	if t.State.Final() {
		to = SlipWaived
	}
	p.move(ctx, t, t.Slip.State, to)
}

func (p *Printing) move(ctx context.Context, t Ticket, from, to SlipState) bool {
	if _, err := p.cfg.Office.stepSlip(ctx, t.Number, from, to); err != nil {
		p.cfg.Log.Error("keep slip's step", LogTicket, t.Number, "slip", to, LogError, err)
		return false
	}
	return true
}

// print sends one slip and keeps what became of it. It reports whether the printer refused.
func (p *Printing) print(ctx context.Context, s *Snapshot, t Ticket) (refused bool) {
	if t.State.Final() || t.Slip.Auto >= s.Setup.Slips.Attempts || p.retry[t.Number] && !mayResume(t, s) {
		p.give(ctx, t)
		return false
	}
	if !p.move(ctx, t, t.Slip.State, SlipSent) {
		return true // the store is broken: no paper before it works again
	}
	delete(p.retry, t.Number)
	outcome, err := p.cfg.Printer.Print(ctx, p.cfg.Slip(t, s, t.Slip.Sends > 0))
	switch {
	case err == nil && outcome == OutcomePrinted:
		p.move(ctx, t, SlipSent, SlipPrinted)
		return false
	case err == nil:
		return false // Sent is all that this printer can say
	case errors.Is(err, ErrSlipNotSent):
		p.move(ctx, t, SlipSent, SlipRecorded)
		p.cfg.Log.Info("slip not sent", LogTicket, t.Number, LogError, err)
		return true
	}
	p.cfg.Log.Warn("slip not confirmed", LogTicket, t.Number, LogError, err)
	switch {
	case ctx.Err() != nil:
		// The next start decides.
	case p.cfg.Printer.Status().Confirms:
		// Where the printer went down with it, the look after its return decides again.
		p.retry[t.Number] = true
	default:
		// This printer never says more, but that something went wrong is known.
		t.Slip.State = SlipSent
		p.give(ctx, t)
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
