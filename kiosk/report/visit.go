package report

import "github.com/motcua/gateway/kiosk"

// visit is one ticket: its birth and the steps that stand.
type visit struct {
	service  kiosk.ServiceCode
	priority kiosk.Priority // at its issue
	issued   moment
	steps    []step
	undone   int
	rating   *kiosk.TicketRated
}

// step is one standing step with a ticket.
type step struct {
	verb    kiosk.Verb
	at      moment
	counter kiosk.CounterCode
	officer kiosk.OfficerCode // who sat there then
	to      kiosk.ServiceCode // of VerbSend
}

// undo takes the last step back.
func (v *visit) undo() {
	v.undone++
	v.rating = nil
	if n := len(v.steps); n > 0 {
		v.steps = v.steps[:n-1]
	}
}

// outcome is how a leg ended.
type outcome int

// The outcomes. They are never written anywhere: a report has a field for each.
const (
	open outcome = iota
	sent
	served
	noShow
	cancelled
	lapsed
)

// leg is one part of a visit.
type leg struct {
	queue   kiosk.ServiceCode
	joined  moment
	calls   []step // that stand
	parts   []part // at counters
	recalls []kiosk.CounterCode
	outcome outcome
	end     step // of sent and served
}

// part is a stretch during which somebody was served.
type part struct{ from, to moment }

// counter returns whose leg it is: empty where nobody's call stands.
func (l *leg) counter() kiosk.CounterCode {
	if n := len(l.calls); n > 0 {
		return l.calls[n-1].counter
	}
	return ""
}

// legs plays a visit's steps.
func (v *visit) legs() []leg {
	out := []leg{{queue: v.service, joined: v.issued}}
	var called, begun moment
	state := kiosk.Waiting
	for _, s := range v.steps {
		l := &out[len(out)-1]
		switch s.verb {
		case kiosk.VerbCall:
			l.calls = append(l.calls, s)
			called, state = s.at, kiosk.Called
		case kiosk.VerbRecall:
			l.recalls = append(l.recalls, s.counter)
			called, state = s.at, kiosk.Called
		case kiosk.VerbReturn:
			if n := len(l.calls); n > 0 {
				l.calls = l.calls[:n-1]
			}
			state = kiosk.Waiting
		case kiosk.VerbServe:
			begun, state = s.at, kiosk.Serving
		case kiosk.VerbHold:
			if state == kiosk.Serving {
				l.parts = append(l.parts, part{begun, s.at})
			}
			state = kiosk.Held
		case kiosk.VerbFinish, kiosk.VerbSend:
			l.close(s, state, called, begun)
			if s.verb == kiosk.VerbSend {
				out = append(out, leg{queue: s.to, joined: s.at})
				state = kiosk.Waiting
			}
		case kiosk.VerbNoShow:
			l.outcome, state = noShow, kiosk.NoShow
		case kiosk.VerbResume:
			state = kiosk.Waiting
		case kiosk.VerbCancel:
			l.outcome = cancelled
			state = kiosk.Cancelled
		case kiosk.VerbLapse:
			if state != kiosk.NoShow {
				l.outcome = lapsed
			}
			continue
		}
		if last := &out[len(out)-1]; last.outcome == noShow && state != kiosk.NoShow {
			last.outcome = open // it was there after all
		}
	}
	return out
}

// close ends a leg by a finish or a transfer.
func (l *leg) close(s step, state kiosk.TicketState, called, begun moment) {
	l.outcome, l.end = sent, s
	if s.verb == kiosk.VerbFinish {
		l.outcome = served
	}
	switch state {
	case kiosk.Serving:
		l.parts = append(l.parts, part{begun, s.at})
	case kiosk.Called:
		l.parts = append(l.parts, part{called, s.at})
	}
}
