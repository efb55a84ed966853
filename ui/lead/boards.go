package lead

import (
	"net/http"
	"strings"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/staff"
)

// boardRow is a paired board in words.
type boardRow struct {
	ID, Seen string
	Alive    bool
}

func (p *Pages) boards(w http.ResponseWriter, r *http.Request, s staff.Session) error {
	var body []boardRow
	if p.o.Boards != nil {
		list, err := p.o.Boards.List(r.Context())
		if err != nil {
			return err
		}
		now := p.o.Office.Time()
		for _, b := range list {
			row := boardRow{ID: b.ID, Seen: p.w.Boards.Never, Alive: b.Alive}
			if !b.Seen.IsZero() {
				row.Seen = p.w.Boards.Ago(max(0, now.Sub(b.Seen)))
			}
			body = append(body, row)
		}
	}
	return p.write(w, r, s, http.StatusOK, "boards", frame{Title: p.w.Boards.Title, Body: body})
}

func (p *Pages) changeBoards(w http.ResponseWriter, r *http.Request, s staff.Session) error {
	if _, err := p.keyOf(w, r); err != nil {
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
			return p.o.Boards.Confirm(r.Context(), s.Officer.By(), digits)
		case "forget":
			return p.o.Boards.Forget(r.Context(), s.Officer.By(), f.Get("board"))
		}
		return &kiosk.Refusal{Code: kiosk.CodeBadRequest}
	})
}
