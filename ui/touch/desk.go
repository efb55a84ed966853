package touch

import (
	"cmp"
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
	Rate(ctx context.Context, n kiosk.Number, level kiosk.RatingLevel, reason kiosk.RatingReason, by string) (kiosk.Ticket, error)
	Step(ctx context.Context, s kiosk.Step) (kiosk.Stepped, error)
	ResumeCounter(ctx context.Context, code kiosk.CounterCode, by string) error
	OpenHall(ctx context.Context, by string) error
	CloseHall(ctx context.Context, by string) error
	AnswerHelp(ctx context.Context, by string) error
	Snapshot() *kiosk.Snapshot
	Changed() <-chan struct{}
}

// Staff knows the officers. It may take its time; kiosk/staff makes a guess cost half a second.
type Staff interface {
	// CheckPIN tells whose PIN was typed at the screen from ("touch/main"). It refuses with
	// kiosk.CodeSignIn, and with kiosk.CodeLocked, whose hint is how many seconds to wait.
	CheckPIN(ctx context.Context, secret, from string) (kiosk.OfficerCode, kiosk.Role, error)
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
	staff    Staff // nil: no staff mode
	terminal string
	log      *slog.Logger
	work     chan Work
	answers  chan Answer
}

func newPorter(desk Desk, staff Staff, terminal string, log *slog.Logger) *porter {
	return &porter{desk: desk, staff: staff, terminal: terminal, log: log, work: make(chan Work, maxWork), answers: make(chan Answer, maxWork)}
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
		a.Ticket, a.Err = p.desk.Reprint(ctx, w.Number, w.By == "", cmp.Or(w.By, by))
	case Waive:
		_, a.Err = p.desk.WaiveSlip(ctx, w.Number, by)
	case CallOfficer:
		a.Err = p.desk.AskHelp(ctx, p.terminal)
	case JudgePaper:
		a.Err = p.desk.ConfirmPaper(ctx, w.Readable, cmp.Or(w.By, by))
	case Rate:
		a.Ticket, a.Err = p.desk.Rate(ctx, w.Number, w.Level, w.Reason, by)
	default:
		p.doStaff(ctx, &a)
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

// doStaff does what is asked in staff mode.
func (p *porter) doStaff(ctx context.Context, a *Answer) {
	switch w := a.Work.(type) {
	case CheckPIN:
		if p.staff == nil {
			a.Err = &kiosk.Refusal{Code: kiosk.CodeNotAllowed}
			return
		}
		a.Officer, a.Role, a.Err = p.staff.CheckPIN(ctx, string(w.PIN), "touch/"+p.terminal)
	case Move:
		var out kiosk.Stepped
		out, a.Err = p.desk.Step(ctx, w.Step)
		a.Ticket = out.Ticket
	case Reopen:
		a.Err = p.desk.ResumeCounter(ctx, w.Counter, w.By)
	case MoveHall:
		if w.Open {
			a.Err = p.desk.OpenHall(ctx, w.By)
		} else {
			a.Err = p.desk.CloseHall(ctx, w.By)
		}
	case AnswerHelp:
		a.Err = p.desk.AnswerHelp(ctx, w.By)
	}
}
