package lead

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/report"
	"github.com/motcua/gateway/kiosk/staff"
)

// card is the morning card.
type card struct {
	Date      string
	Clock     string
	HallOpen  bool
	Hall      string // in words
	Closing   bool   // asked to close, not yet sure
	CloseAsk  string
	Left      int // tickets that would lapse
	Numbers   []numberAsk
	Checks    []check
	Counters  []seat
	Today     *five
	Yesterday *five
	WaitLimit int // minutes
}

// check is one thing to look at before the hall opens.
type check struct {
	Name, Says string
	Good       bool
	// Quiet is true for what is neither good nor bad: a device that the office does not have.
	Quiet bool
}

// seat is a counter with who sits there.
type seat struct {
	Code    kiosk.CounterCode
	State   kiosk.CounterState
	Until   string
	Reason  string
	Officer string
	Hand    kiosk.Number
}

// five are the numbers by which a day is known.
type five struct {
	Day, Date       string
	Tickets, Served int
	Waiting         int // now
	Wait            report.Spread
}

func (p *Pages) card(w http.ResponseWriter, r *http.Request, s staff.Session) error {
	return p.showCard(w, r, s, r.URL.Query().Has("close"), "")
}

func (p *Pages) showCard(w http.ResponseWriter, r *http.Request, s staff.Session, closing bool, note string) error {
	snap, now := p.o.Office.Snapshot(), p.o.Office.Time()
	c := card{
		Date: p.office.Date(snap.Day), Clock: kiosk.MinuteOf(now).String(),
		HallOpen: snap.Hall.Phase == kiosk.HallOpen, Hall: p.hall(snap.Hall), Left: unfinished(snap),
		Numbers: p.numbersAsked(snap, now), Checks: p.checks(snap), Counters: p.seats(snap),
		WaitLimit: int(snap.Setup.Report.Wait / time.Minute),
	}
	// Closing is offered while anybody could still be hit by it.
	c.Closing = closing && (snap.Hall.Phase != kiosk.HallClosed || c.Left > 0)
	c.CloseAsk = p.w.Card.CloseAsk(c.Left)
	var err error
	if c.Today, err = p.five(r.Context(), snap.Day, snap, now); err != nil {
		return err
	}
	if c.Yesterday, err = p.dayBefore(r.Context(), snap.Day, now); err != nil {
		return err
	}
	return p.write(w, r, s, http.StatusOK, "card", frame{Title: p.w.Card.Title, Note: note, Bad: note != "", Body: c})
}

// hall says what the hall does.
func (p *Pages) hall(h kiosk.HallStatus) string {
	switch {
	case h.Phase == kiosk.HallOpen && h.ClosesAt.IsZero():
		return p.w.Card.OpenByHand
	case h.Phase == kiosk.HallOpen:
		return p.w.Card.Closes(kiosk.MinuteOf(h.ClosesAt).String())
	}
	return p.w.Card.Shut(p.office.Shut(h.Reason))
}

// unfinished counts the tickets that would lapse now.
func unfinished(s *kiosk.Snapshot) int {
	n := 0
	for i := range s.Tickets {
		if !s.Tickets[i].State.Final() {
			n++
		}
	}
	return n
}

// five counts the present day; nil while nobody has come.
func (p *Pages) five(ctx context.Context, day kiosk.Day, snap *kiosk.Snapshot, now time.Time) (*five, error) {
	rep, err := p.live.Today(ctx, day, now)
	if err != nil || rep.Total.Issued == 0 {
		return nil, err
	}
	f := fiveOf(&rep, p.office.Date(day))
	for i := range snap.Tickets {
		if snap.Tickets[i].State == kiosk.Waiting {
			f.Waiting++
		}
	}
	return f, nil
}

func fiveOf(r *report.Report, date string) *five {
	return &five{Day: r.Day, Date: date, Tickets: r.Total.Issued, Served: r.Total.Served, Wait: r.Total.Waiting}
}

// lookBack bounds how many days without a ticket are passed over to find the day before.
const lookBack = 10

// dayBefore counts the last day before the present one on which somebody came.
func (p *Pages) dayBefore(ctx context.Context, today kiosk.Day, now time.Time) (*five, error) {
	days, err := p.o.Office.Days(ctx)
	if err != nil {
		return nil, fmt.Errorf("list days: %w", err)
	}
	looked := 0
	for i := len(days) - 1; i >= 0 && looked < lookBack; i-- {
		if days[i] >= today {
			continue
		}
		looked++
		rep, err := p.live.Of(ctx, days[i], now)
		if err != nil {
			return nil, err
		}
		if rep.Total.Issued > 0 {
			return fiveOf(&rep, p.office.Date(days[i])), nil
		}
	}
	return nil, nil
}

// seats lists the counters.
func (p *Pages) seats(snap *kiosk.Snapshot) []seat {
	names := p.names()
	var out []seat
	for _, c := range snap.Counters {
		s := seat{Code: c.Counter.Code, State: c.State, Reason: c.Reason, Officer: names[c.Officer], Hand: c.Ticket}
		if c.Officer != "" && s.Officer == "" {
			s.Officer = string(c.Officer)
		}
		if !c.Until.IsZero() {
			s.Until = p.w.Card.Until(kiosk.MinuteOf(c.Until).String())
		}
		out = append(out, s)
	}
	return out
}

// names returns what the lead calls each officer.
func (p *Pages) names() map[kiosk.OfficerCode]string {
	out := map[kiosk.OfficerCode]string{}
	for _, o := range p.o.Staff.Officers() {
		out[o.Code] = o.Name
	}
	return out
}

// moveHall opens the hall, or closes it by a second press that has seen how many lapse.
func (p *Pages) moveHall(w http.ResponseWriter, r *http.Request, s staff.Session) error {
	if _, err := keyOf(r); err != nil {
		return err
	}
	ctx, by := r.Context(), s.Officer.By()
	if r.PostForm.Get("do") == "open" {
		return p.form(w, r, "/lead?done", func() error {
			if p.o.Office.Snapshot().Hall.Phase == kiosk.HallOpen {
				return nil // somebody else was first, and it is as it was asked for
			}
			return p.o.Office.OpenHall(ctx, by)
		})
	}
	seen, err := strconv.Atoi(r.PostForm.Get("left"))
	if r.PostForm.Get("do") != "close" || err != nil {
		return &kiosk.Refusal{Code: kiosk.CodeBadRequest}
	}
	return p.form(w, r, "/lead?done", func() error {
		if left := unfinished(p.o.Office.Snapshot()); left > seen {
			// More have come since: the lead decides anew, with the new number.
			return &kiosk.Refusal{Code: kiosk.CodeGoneOn, Hint: fmt.Sprintf("%d would lapse, %d were shown", left, seen)}
		}
		return p.o.Office.CloseHall(ctx, by)
	})
}
