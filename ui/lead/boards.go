package lead

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/staff"
	"github.com/motcua/gateway/ui/lan"
)

// screens is the page of paired screens.
type screens struct {
	// All is false for an officer, who lets boards in and changes nothing else: a tablet rates those
	// who serve, so that nobody who serves chooses which machine may.
	All      bool
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

// keepsBoards reports whether somebody may do all that can be done with screens.
func keepsBoards(s staff.Session) bool { return s.Officer.Role != kiosk.RoleOfficer }

// here reports whether a screen is there now.
func here(s lan.Screen, now time.Time) bool {
	return !s.Seen.IsZero() && now.Sub(s.Seen) < absent
}

func (p *Pages) boards(w http.ResponseWriter, r *http.Request, s staff.Session) error {
	body := screens{All: keepsBoards(s)}
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
		switch do := f.Get("do"); {
		case do == "confirm" && !keepsBoards(s):
			// Without a counter the digits of a tablet let nothing in.
			_, err := p.o.Boards.Confirm(r.Context(), digitsOf(f), f.Get("name"), "", s.Officer.By())
			if refused, ok := errors.AsType[*kiosk.Refusal](err); ok && refused.Code == kiosk.CodeUnknownCounter {
				return &kiosk.Refusal{Code: kiosk.CodeNotAllowed, Hint: "a tablet is let in by a lead or a technician"}
			}
			return err
		case !keepsBoards(s):
			return &kiosk.Refusal{Code: kiosk.CodeNotAllowed, Hint: "an officer lets boards in"}
		case do == "confirm":
			screen, err := p.o.Boards.Confirm(r.Context(), digitsOf(f), f.Get("name"), kiosk.CounterCode(f.Get("counter")), s.Officer.By())
			if err != nil || f.Get("sound") == "" || screen.Kind != lan.BoardScreen {
				return err
			}
			return p.o.Boards.SetSound(r.Context(), screen.ID, true, s.Officer.By())
		case do == "sound", do == "silent":
			return p.o.Boards.SetSound(r.Context(), f.Get("board"), do == "sound", s.Officer.By())
		case do == "forget":
			return p.o.Boards.Forget(r.Context(), f.Get("board"), s.Officer.By())
		}
		return &kiosk.Refusal{Code: kiosk.CodeBadRequest}
	})
}

// digitsOf are the digits of a form; "12 34" is how one reads them.
func digitsOf(f url.Values) string { return strings.Join(strings.Fields(f.Get("digits")), "") }
