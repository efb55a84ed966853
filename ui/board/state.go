package board

import (
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/words"
)

// lastCalls is how many of the last calls are shown.
const lastCalls = 6

// maxShown bounds what stands beside the number: counters and services beyond have no room.
const maxShown = 24

// state is all that a board shows.
type state struct {
	Office   string    `json:"office"`
	Hall     string    `json:"hall,omitempty"`
	Call     *call     `json:"call,omitempty"`
	Sound    bool      `json:"sound,omitempty"` // this board says the numbers
	Next     []string  `json:"next"`            // the sounds of the calls to come, to be fetched
	Last     []called  `json:"last"`
	Counters []counter `json:"counters"`
	Waiting  []waiting `json:"waiting"`
	Heading  string    `json:"heading,omitempty"` // of a notice
	Notice   string    `json:"notice,omitempty"`
}

// call is the number in the middle.
type call struct {
	Order  uint64 `json:"order,string"` // beyond 2⁵³ a script would round it
	Number string `json:"number"`
	// New is true while it is being announced.
	New bool `json:"new"`
	// Where says to which counter in Vietnamese, Also in the citizen's own language.
	Where string `json:"where"`
	Also  string `json:"also,omitempty"`
	Lang  string `json:"lang,omitempty"` // of Also
	Sound string `json:"sound,omitempty"`
}

type called struct {
	Number  string `json:"number"`
	Counter string `json:"counter"`
}

type counter struct {
	Code   string `json:"code"`
	State  string `json:"state"` // serving, free, paused, closed
	Number string `json:"number,omitempty"`
	Says   string `json:"says"`
}

type waiting struct {
	Service string `json:"service"`
	Number  int    `json:"n"`
}

// state shapes a snapshot. Nothing of it says who somebody is, why a counter is paused or why
// somebody has priority.
func (b *Board) state(s *kiosk.Snapshot, now time.Time, current *kiosk.Announcement, next []kiosk.Announcement) *state {
	out := &state{
		Office: s.Setup.Name.In(kiosk.Vietnamese), Hall: s.Setup.Site.Name.In(kiosk.Vietnamese),
		Next: []string{}, Counters: counters(s), Waiting: queues(s),
	}
	out.Heading, out.Notice = words.BoardNotice(s.Hall, now, s.Clock.ShowTime)
	toCome := map[kiosk.Number]bool{}
	for _, a := range next {
		toCome[a.Number] = true
		if u := b.soundOf(a.Order); u != "" && len(out.Next) < 3 {
			out.Next = append(out.Next, u)
		}
	}
	calls := s.LastCalls(len(s.Tickets))
	out.Call = b.middle(calls, current, toCome)
	out.Last = last(calls, out.Call, toCome)
	return out
}

// middle is the call that is being announced, else the last one that was, for as long as its
// citizen is at the counter or on the way.
func (b *Board) middle(calls []kiosk.Ticket, current *kiosk.Announcement, toCome map[kiosk.Number]bool) *call {
	if current != nil {
		return b.callOf(*current, true)
	}
	for i := range calls {
		if t := &calls[i]; !toCome[t.Number] {
			if t.Active() {
				return b.callOf(t.Announcement(), false)
			}
			return nil
		}
	}
	return nil
}

func (b *Board) callOf(a kiosk.Announcement, fresh bool) *call {
	c := &call{Order: a.Order, Number: string(a.Number), New: fresh, Where: words.BoardCall(a.Counter, kiosk.Vietnamese)}
	if a.Language != kiosk.Vietnamese && a.Language.Valid() {
		c.Also, c.Lang = words.BoardCall(a.Counter, a.Language), string(a.Language)
	}
	if fresh {
		c.Sound = b.soundOf(a.Order)
	}
	return c
}

// last lists the newest calls but for the one in the middle and those still to be announced.
func last(calls []kiosk.Ticket, middle *call, toCome map[kiosk.Number]bool) []called {
	out := []called{}
	for _, t := range calls {
		if len(out) == lastCalls {
			break
		}
		if middle != nil && middle.Number == string(t.Number) || toCome[t.Number] {
			continue
		}
		out = append(out, called{string(t.Number), string(t.Counter)})
	}
	return out
}

func counters(s *kiosk.Snapshot) []counter {
	w := words.ForBoard()
	out := []counter{}
	for _, c := range s.Counters {
		v := counter{Code: string(c.Counter.Code), Number: string(c.Ticket)}
		switch {
		case c.Ticket != "":
			v.State, v.Says = "serving", w.Serving
		case c.State == kiosk.CounterOpen:
			v.State, v.Says = "free", w.Free
		case c.State == kiosk.CounterPaused, c.State == kiosk.CounterAbsent:
			v.State, v.Says = "paused", w.Paused
		case len(s.Counters) > maxShown:
			continue // in so large a hall only those that are there
		default:
			v.State, v.Says = "closed", w.Shut
		}
		out = append(out, v)
	}
	return out[:min(len(out), maxShown)]
}

// queues lists the services for which somebody waits.
func queues(s *kiosk.Snapshot) []waiting {
	out := []waiting{}
	for _, v := range s.Services {
		if v.Waiting > 0 && len(out) < maxShown {
			out = append(out, waiting{v.Service.Name.In(kiosk.Vietnamese), v.Waiting})
		}
	}
	return out
}
