package counter

import (
	"cmp"
	"slices"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// lister makes the lists of one counter's page.
type lister struct {
	s       *kiosk.Snapshot
	counter *kiosk.Counter
	now     time.Time
}

// row is a ticket as lists show it, with since as its time where that can be trusted.
func (l lister) row(t *kiosk.Ticket, since time.Time) Row {
	r := Row{
		Number: t.Number, Priority: t.Priority, Moves: t.Moves,
		Service: slices.IndexFunc(l.s.Setup.Services, func(v kiosk.Service) bool { return v.Code == t.Queue() }),
	}
	if t.Language != kiosk.Vietnamese {
		r.Language = t.Language
	}
	if l.known(t) {
		r.At = unix(since)
	}
	return r
}

// known reports whether lengths of time about a ticket are worth anything.
func (l lister) known(t *kiosk.Ticket) bool { return t.TimeSure && l.s.Clock.Sure }

func (l lister) hand(n kiosk.Number, left int) *Row {
	t, ok := l.s.Ticket(n)
	if n == "" || !ok {
		return nil
	}
	since := t.CalledAt
	if t.State == kiosk.Serving {
		since = t.ServedAt
	}
	r := l.row(&t, since)
	r.State, r.Calls, r.Left = t.State, t.Calls, left
	if l.known(&t) {
		r.Waited = int64(max(0, t.CalledAt.Sub(t.QueuedAt())) / time.Second)
	}
	return &r
}

func (l lister) waiting() Queue {
	q := Queue{Rows: []Row{}}
	limit := l.s.Setup.Report.Wait
	for _, t := range l.s.Waits(l.counter.Code) {
		q.Count++
		if l.known(&t) && l.now.Sub(t.QueuedAt()) > limit {
			q.Over++
		}
		if len(q.Rows) == showWaiting {
			continue
		}
		r := l.row(&t, t.QueuedAt())
		r.Sent = t.SentFor == l.counter.Code || t.SentFirst
		if !t.Due(l.now) {
			r.Due = t.NotBefore.Unix()
		}
		q.Rows = append(q.Rows, r)
	}
	return q
}

// aside lists what was held or did not show up: this counter's own first, then what others with
// the same services left, for their citizens come to any of them.
func (l lister) aside(state kiosk.TicketState) Queue {
	q := Queue{Rows: []Row{}}
	list := l.left(state)
	q.Count = len(list)
	for _, t := range list[:min(len(list), showAside)] {
		r := l.row(t, t.CalledAt)
		r.Of = t.Counter
		q.Rows = append(q.Rows, r)
	}
	return q
}

// left lists all of them.
func (l lister) left(state kiosk.TicketState) []*kiosk.Ticket {
	var list []*kiosk.Ticket
	for i := range l.s.Tickets {
		if t := &l.s.Tickets[i]; t.State == state && (t.Counter == l.counter.Code || l.counter.Takes(t.Queue())) {
			list = append(list, t)
		}
	}
	slices.SortStableFunc(list, func(a, b *kiosk.Ticket) int {
		return cmp.Or(cmp.Compare(l.foreign(a), l.foreign(b)), cmp.Compare(b.CallOrder, a.CallOrder))
	})
	return list
}

func (l lister) foreign(t *kiosk.Ticket) int {
	if t.Counter == l.counter.Code {
		return 0
	}
	return 1
}

func (l lister) served() Served {
	v := Served{Rows: []Row{}}
	var list []*kiosk.Ticket
	var took time.Duration
	measured := 0
	for i := range l.s.Tickets {
		t := &l.s.Tickets[i]
		if t.State != kiosk.Served || t.Counter != l.counter.Code {
			continue
		}
		list = append(list, t)
		if d := t.EndedAt.Sub(t.ServedAt); t.TimeSure && !t.ServedAt.IsZero() && d >= 0 {
			took += d
			measured++
		}
	}
	if v.Count = len(list); measured > 0 {
		v.Mean = int64(took / time.Duration(measured) / time.Second)
	}
	slices.SortFunc(list, func(a, b *kiosk.Ticket) int {
		return cmp.Or(b.EndedAt.Compare(a.EndedAt), cmp.Compare(b.CallOrder, a.CallOrder))
	})
	for _, t := range list[:min(len(list), showServed)] {
		v.Rows = append(v.Rows, l.row(t, t.EndedAt))
	}
	return v
}
