package touch

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// Desk is what the screen needs of the office. [kiosk.Office] is one.
type Desk interface {
	IssueTicket(ctx context.Context, req kiosk.IssueRequest) (kiosk.Ticket, error)
	Reprint(ctx context.Context, n kiosk.Number, byCitizen bool, by string) (kiosk.Ticket, error)
	WaiveSlip(ctx context.Context, n kiosk.Number, by string) (kiosk.Ticket, error)
	AskHelp(ctx context.Context, terminal string) error
	ConfirmPaper(ctx context.Context, readable bool, by string) error
	Snapshot() *kiosk.Snapshot
	Changed() <-chan struct{}
}

var _ Desk = (*kiosk.Office)(nil)

const (
	// callTime is how long one call of the desk may take: longer than an SD card that collects
	// its garbage, shorter than a citizen waits.
	callTime = 10 * time.Second
	// maxWork is how much work may wait behind a desk that does not answer.
	maxWork = 8
)

// porter carries work to the desk, one at a time and in order, and answers back.
type porter struct {
	desk     Desk
	terminal string
	log      *slog.Logger
	work     chan Work
	answers  chan Answer
}

func newPorter(desk Desk, terminal string, log *slog.Logger) *porter {
	return &porter{desk: desk, terminal: terminal, log: log, work: make(chan Work, maxWork), answers: make(chan Answer, maxWork)}
}

// run works until ctx ends. Work that has begun is finished: a number that the office has kept
// is on its way to paper whether or not the screen still stands.
func (p *porter) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case w := <-p.work:
			a := p.do(ctx, w)
			select {
			case p.answers <- a:
			case <-ctx.Done():
				return
			}
		}
	}
}

// give takes work in without waiting; it reports false when too much waits already.
func (p *porter) give(w Work) bool {
	select {
	case p.work <- w:
		return true
	default:
		return false
	}
}

func (p *porter) do(ctx context.Context, w Work) Answer {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), callTime)
	defer cancel()
	a := Answer{Work: w}
	by := "touch/" + p.terminal
	switch w := w.(type) {
	case Issue:
		a.Ticket, a.Err = p.desk.IssueTicket(ctx, w.Request)
	case Reprint:
		a.Ticket, a.Err = p.desk.Reprint(ctx, w.Number, true, by)
	case Waive:
		_, a.Err = p.desk.WaiveSlip(ctx, w.Number, by)
	case CallOfficer:
		a.Err = p.desk.AskHelp(ctx, p.terminal)
	case JudgePaper:
		a.Err = p.desk.ConfirmPaper(ctx, w.Readable, by)
	}
	switch {
	case a.Err == nil:
	case refused(a.Err) != "":
		p.log.Info("screen refused", "work", fmt.Sprintf("%T", w), kiosk.LogError, a.Err)
	default:
		p.log.Error("screen failed", "work", fmt.Sprintf("%T", w), kiosk.LogError, a.Err)
	}
	return a
}
