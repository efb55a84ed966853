package lead

import (
	"net/http"
	"strings"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/staff"
	"github.com/motcua/gateway/ui/lan"
)

// screens is the page of paired screens.
type screens struct {
	Rows     []screenRow
	Counters []kiosk.CounterCode
}

// screenRow is a paired screen in words.
type screenRow struct {
	lan.Screen
	Ago   string
	Alive bool
	Board bool // and no tablet: it can speak
}

// here reports whether a screen is there now.
func here(s lan.Screen, now time.Time) bool {
	return !s.Seen.IsZero() && now.Sub(s.Seen) < absent
}

func (p *Pages) boards(w http.ResponseWriter, r *http.Request, s staff.Session) error {
	var body screens
	for _, c := range p.o.Office.Setup().Counters {
		body.Counters = append(body.Counters, c.Code)
	}
	if p.o.Boards != nil {
		now := p.o.Office.Time()
		for _, v := range p.o.Boards.List() {
			row := screenRow{Screen: v, Ago: p.w.Boards.Never, Alive: here(v, now), Board: v.Kind == lan.BoardScreen}
			if !v.Seen.IsZero() {
				row.Ago = p.w.Boards.Ago(max(0, now.Sub(v.Seen)))
			}
			body.Rows = append(body.Rows, row)
		}
	}
	return p.write(w, r, s, http.StatusOK, "boards", frame{Title: p.w.Boards.Title, Body: body})
}

func (p *Pages) changeBoards(w http.ResponseWriter, r *http.Request, s staff.Session) error {
	if _, err := keyOf(r); err != nil {
		return err
	}
	if p.o.Boards == nil {
		return &kiosk.Refusal{Code: kiosk.CodeBadPairing}
	}
	f := r.PostForm
	return p.form(w, r, "/lead/boards?done", func() error {
		switch f.Get("do") {
		case "confirm":
			digits := strings.Join(strings.Fields(f.Get("digits")), "") // "12 34" is how one reads them
			screen, err := p.o.Boards.Confirm(r.Context(), digits, f.Get("name"), kiosk.CounterCode(f.Get("counter")), s.Officer.By())
			if err != nil || f.Get("sound") == "" || screen.Kind != lan.BoardScreen {
				return err
			}
			return p.o.Boards.SetSound(r.Context(), screen.ID, true, s.Officer.By())
		case "sound", "silent":
			return p.o.Boards.SetSound(r.Context(), f.Get("board"), f.Get("do") == "sound", s.Officer.By())
		case "forget":
			return p.o.Boards.Forget(r.Context(), f.Get("board"), s.Officer.By())
		}
		return &kiosk.Refusal{Code: kiosk.CodeBadRequest}
	})
}
