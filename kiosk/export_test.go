package kiosk

import "context"

// PrintAsSeen begins a slip as Printing does, with a snapshot that may be out of date.
func (p *Printing) PrintAsSeen(ctx context.Context, s *Snapshot, t Ticket) { p.print(ctx, s, t) }

// StepSlip moves a slip as Printing does.
func (o *Office) StepSlip(ctx context.Context, seen Ticket, to SlipState) (bool, error) {
	return o.stepSlip(ctx, seen, to)
}
