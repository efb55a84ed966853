package counter

import (
	"net/http"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/staff"
	"github.com/motcua/gateway/ui/lan"
	"github.com/motcua/gateway/ui/words"
)

// noWords is where only the status of a refusal is asked for.
func noWords() words.Words { return words.For(kiosk.Vietnamese) }

// hello is what a page needs of its session, also after another sign-in.
type hello struct {
	CSRF    string            `json:"csrf"`
	Officer kiosk.OfficerCode `json:"officer"`
	Name    string            `json:"name"`
	Counter kiosk.CounterCode `json:"counter"`
	Page    State             `json:"page"`
}

// session answers a page that asks whether it is still signed in.
func (p *Pages) session(w http.ResponseWriter, r *http.Request, s staff.Session) {
	c, err := p.counterOf(s, kiosk.CounterCode(r.URL.Query().Get("at")))
	if err != nil {
		p.c.Shield.Refuse(w, r, err)
		return
	}
	lan.WriteJSON(w, http.StatusOK, p.hello(s, c))
}

func (p *Pages) hello(s staff.Session, c kiosk.CounterCode) hello {
	return hello{p.c.Gate.CSRF(s), s.Officer.Code, s.Officer.Name, c, p.state(c)}
}

// stream sends the state of a counter after each change, as long as the session lasts.
func (p *Pages) stream(w http.ResponseWriter, r *http.Request, s staff.Session) {
	c, err := p.counterOf(s, kiosk.CounterCode(r.URL.Query().Get("at")))
	if err != nil {
		p.c.Shield.Refuse(w, r, err)
		return
	}
	id := s.ID
	p.c.Shield.Streamed(lan.LetIn, func(stream *lan.Stream, r *http.Request) error {
		return stream.Follow(p.c.Office.Changed, func() error {
			// Who has signed out since, or whose counter was taken over, must see no more.
			s, err := p.c.Gate.Look(r)
			if err != nil {
				return err
			}
			if s.ID != id {
				return &lan.Problem{Code: kiosk.CodeNoSession}
			}
			// Nor who was a lead and is none any more.
			if _, err := p.counterOf(s, c); err != nil {
				return err
			}
			return stream.Send("state", "", p.state(c))
		})
	}).ServeHTTP(w, r)
}

// state is what a counter's page shows now.
func (p *Pages) state(c kiosk.CounterCode) State {
	// The time is asked for after the snapshot: a step cannot lie in the future then.
	s := p.c.Office.Snapshot()
	st, _ := Look(s, c, p.c.Office.Time(), p.vi)
	st.Boot = p.boot
	return st
}
