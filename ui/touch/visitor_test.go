package touch

import (
	"fmt"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/ui/touch/screen"
)

// visitor drives a session as a person would, with a clock that stands until told otherwise.
type visitor struct {
	t    *testing.T
	s    *Session
	snap *kiosk.Snapshot
	now  time.Time
	keys int
	work []Work
}

func newVisitor(t *testing.T) *visitor {
	v := &visitor{t: t, snap: hall(), now: kiosktest.At(0)}
	v.s = NewSession("main", DefaultLimits(), func() string {
		v.keys++
		return fmt.Sprintf("key-%d", v.keys)
	})
	return v
}

// hall is an open hall on a Monday morning, with a printer that confirms.
func hall() *kiosk.Snapshot {
	setup := kiosktest.Setup()
	s := &kiosk.Snapshot{
		At: kiosktest.At(0), Day: kiosktest.Monday, Setup: setup,
		Clock:   kiosk.ClockStatus{Sure: true, ShowTime: true},
		Hall:    kiosk.HallStatus{Phase: kiosk.HallOpen, ClosesAt: kiosktest.Monday.At(17 * 60)},
		Printer: kiosk.PrinterStatus{State: kiosk.DeviceReady, Paper: kiosk.PaperOK, Confirms: true},
	}
	for i := range setup.Services {
		s.Services = append(s.Services, kiosk.ServiceStatus{Service: &setup.Services[i]})
	}
	return s
}

// press presses and returns the work that began.
func (v *visitor) press(do screen.Action, with ...screen.Press) []Work {
	p := screen.Press{}
	if len(with) > 0 {
		p = with[0]
	}
	p.Do = do
	work := v.s.Press(p, v.snap, v.now)
	v.work = append(v.work, work...)
	return work
}

func (v *visitor) choose(c kiosk.ServiceCode) []Work {
	return v.press(screen.Choose, screen.Press{Service: c})
}

// wait lets time pass, with a tick whenever the session asks for one.
func (v *visitor) wait(d time.Duration) {
	end := v.now.Add(d)
	for {
		at, ok := v.s.Next()
		if !ok || at.After(end) {
			break
		}
		v.now = at
		v.s.Tick(v.now)
	}
	v.now = end
}

// issue answers the last work with a ticket, as the office would.
func (v *visitor) issue() kiosk.Ticket {
	v.t.Helper()
	w, ok := v.work[len(v.work)-1].(Issue)
	if !ok {
		v.t.Fatalf("the last work is %T, want Issue", v.work[len(v.work)-1])
	}
	t := ticketFor(w.Request, uint32(len(v.snap.Tickets)+1), v.now)
	v.keep(t)
	v.s.Answer(Answer{Work: w, Ticket: t}, v.snap, v.now)
	return t
}

func ticketFor(r kiosk.IssueRequest, seq uint32, now time.Time) kiosk.Ticket {
	return kiosk.Ticket{
		Site: kiosktest.Site, Day: kiosktest.Monday, Service: r.Service, Seq: seq, Number: kiosk.FormatNumber("A", seq),
		State: kiosk.Waiting, Language: r.Language, Priority: r.Priority, Key: r.Key, Terminal: r.Terminal,
		Order: uint64(seq), IssuedAt: now, TimeSure: true, Slip: kiosk.SlipRecord{State: kiosk.SlipRecorded},
	}
}

// keep puts a ticket into a new snapshot.
func (v *visitor) keep(t kiosk.Ticket) {
	s := *v.snap
	s.Tickets = append([]kiosk.Ticket(nil), s.Tickets...)
	for i := range s.Tickets {
		if s.Tickets[i].Number == t.Number {
			s.Tickets[i] = t
			v.snap = &s
			return
		}
	}
	s.Tickets = append(s.Tickets, t)
	v.snap = &s
}

// slip moves the paper of the ticket on the page.
func (v *visitor) slip(to kiosk.SlipState) {
	t := v.s.ticket
	t.Slip.State = to
	v.keep(t)
	v.s.Look(v.snap, v.now)
}

func (v *visitor) model() screen.Model { return v.s.Scene(v.snap, true, v.now).Model }

func (v *visitor) at(p page) {
	v.t.Helper()
	if v.s.page != p {
		v.t.Fatalf("on page %q, want %q", v.s.page, p)
	}
}

func (v *visitor) refuse(code kiosk.Code) {
	v.s.Answer(Answer{Work: v.work[len(v.work)-1], Err: fmt.Errorf("issue ticket: %w", &kiosk.Refusal{Code: code})}, v.snap, v.now)
}
