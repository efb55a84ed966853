package rating

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/lan"
	"github.com/motcua/gateway/ui/words"
)

// byTablet and the counter's code say in the facts where a rating came from.
const byTablet = "rating/counter-"

// tabletPage is the page of a tablet: its scenes in Vietnamese, which the script says in the
// other languages, or the digits by which it is paired.
type tabletPage struct {
	W         words.Words
	Pages     words.RatingPages
	Office    string
	Counter   string
	Digits    string
	Levels    []choice
	Reasons   []choice
	Languages []words.Words
	Version   string
	Texts     string // what changes with the language: JSON of texts by language
}

// stand is the page of the tablet at a counter, or of one that is still to be paired.
func (p *Pages) stand(w http.ResponseWriter, r *http.Request) {
	v, err := p.c.Tablets.Visit(w, r, lan.TabletScreen)
	if err != nil {
		p.c.Shield.Refuse(w, r, err)
		return
	}
	vi := words.For(kiosk.Vietnamese)
	page := tabletPage{
		W: vi, Pages: vi.RatingPages(), Office: p.c.Office.Snapshot().Setup.Name.In(kiosk.Vietnamese),
		Digits: v.Digits, Version: p.version,
	}
	if v.Screen.ID != "" {
		p.c.Tablets.Seen(v.Screen.ID)
		page.Counter = page.Pages.Counter(string(v.Screen.Counter))
		page.Levels, page.Reasons = levels(vi.Rating), reasons(vi.Rating)
		all := map[kiosk.Language]map[string]string{}
		for _, l := range kiosk.Languages() {
			page.Languages = append(page.Languages, words.For(l))
			all[l] = texts(words.For(l))
		}
		text, err := json.Marshal(all)
		if err != nil {
			p.c.Shield.Refuse(w, r, err)
			return
		}
		page.Texts = string(text)
	}
	p.write(w, http.StatusOK, p.tablet, page)
}

// texts are the words of the tablet's scenes by the names that the page gives them.
func texts(w words.Words) map[string]string {
	out := map[string]string{
		"why": w.Rating.Reason, "back": w.Ways.Back, "private": w.Rating.Why, "failed": w.Rating.Failed,
		"thanks": w.Rating.Thanks, "kept": w.Rating.ThanksMore,
	}
	for _, c := range levels(w.Rating) {
		out["level-"+c.Value] = c.Name
	}
	for _, c := range reasons(w.Rating) {
		out["reason-"+c.Value] = c.Name
	}
	return out
}

// state is what the tablet's script gets, whole each time.
type state struct {
	Version string `json:"version"`
	// Phase is "ask" while a question stands, "busy" while the counter has somebody in hand, else "idle".
	Phase    string                    `json:"phase"`
	Number   kiosk.Number              `json:"number,omitempty"`
	Language kiosk.Language            `json:"language,omitempty"`
	Ask      map[kiosk.Language]string `json:"ask,omitempty"`
	Left     int                       `json:"left,omitempty"` // seconds that the question stands
	// beside is true while the next one is on the way: the same question ends earlier then.
	beside bool
}

func (p *Pages) stateOf(code kiosk.CounterCode) state {
	s := p.c.Office.Snapshot()
	t, left, ok := asked(s, code, p.c.Office.Time())
	inHand := busy(s, code)
	switch {
	case !ok && inHand:
		return state{Version: p.version, Phase: "busy"}
	case !ok:
		return state{Version: p.version, Phase: "idle"}
	}
	out := state{
		Version: p.version, Phase: "ask", Number: t.Number, Language: t.Language, Ask: map[kiosk.Language]string{},
		Left: int((left + time.Second - 1) / time.Second), beside: inHand,
	}
	if !out.Language.Valid() {
		out.Language = kiosk.Vietnamese
	}
	for _, l := range kiosk.Languages() {
		out.Ask[l] = words.For(l).Rating.Ask(string(t.Number))
	}
	return out
}

// listen opens a tablet's stream. Who is no tablet is refused before there is one.
func (p *Pages) listen(w http.ResponseWriter, r *http.Request) {
	if _, err := p.paired(r); err != nil {
		p.c.Shield.Refuse(w, r, err)
		return
	}
	p.c.Shield.Streamed(lan.LetIn, p.stream).ServeHTTP(w, r)
}

// stream tells a tablet what to show. It is sent anew when it changes, and never to one that was
// sent away meanwhile.
func (p *Pages) stream(s *lan.Stream, r *http.Request) error {
	pulse := newPulse(r.Context(), p.c.Office.Changed, lookEvery)
	defer pulse.stop()
	last, first := state{}, true
	return s.Follow(pulse.changed, func() error {
		screen, err := p.paired(r)
		if err != nil {
			return err
		}
		p.c.Tablets.Seen(screen.ID)
		now := p.stateOf(screen.Counter)
		if !first && now.alike(last) {
			return nil
		}
		last, first = now, false
		return s.Send("state", "", now)
	})
}

// alike reports whether a tablet would show the same; it counts the seconds by itself.
func (s state) alike(other state) bool {
	return s.Phase == other.Phase && s.Number == other.Number && s.beside == other.beside
}

// paired is the tablet that sent r, or why it is none.
func (p *Pages) paired(r *http.Request) (lan.Screen, error) {
	v, err := p.c.Tablets.Who(r, lan.TabletScreen)
	if err != nil {
		return lan.Screen{}, err
	}
	if v.Screen.ID == "" {
		return lan.Screen{}, &lan.Problem{Code: kiosk.CodeNoSession}
	}
	return v.Screen, nil
}

// said is a rating as the tablet sends it.
type said struct {
	Number kiosk.Number       `json:"number"`
	Level  kiosk.RatingLevel  `json:"level"`
	Reason kiosk.RatingReason `json:"reason"`
}

// rateHere keeps a rating of the ticket that the tablet's counter finished last, while it is
// asked about and for no other: never of the one that the counter has called since.
func (p *Pages) rateHere(w http.ResponseWriter, r *http.Request) {
	screen, err := p.paired(r)
	if err != nil {
		p.c.Shield.Refuse(w, r, err)
		return
	}
	var in said
	if err := lan.ReadJSON(r, &in); err != nil {
		p.c.Shield.Refuse(w, r, err)
		return
	}
	s := p.c.Office.Snapshot()
	t, _, ok := asked(s, screen.Counter, p.c.Office.Time())
	if !ok || t.Number != in.Number {
		err := &kiosk.Refusal{Code: kiosk.CodeGoneOn, Subject: string(in.Number)}
		if given, known := s.Ticket(in.Number); known && given.Counter == screen.Counter && given.Rating != "" {
			err.Code = kiosk.CodeRatedAlready // its first answer was lost on the way
		}
		p.c.Shield.Refuse(w, r, err)
		return
	}
	if _, err := p.c.Office.Rate(r.Context(), in.Number, in.Level, in.Reason, byTablet+string(screen.Counter)); err != nil {
		p.c.Shield.Refuse(w, r, err)
		return
	}
	lan.WriteJSON(w, http.StatusOK, struct{}{})
}
