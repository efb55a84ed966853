package province

import (
	"net/http"
	"strconv"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/lan"
)

// dossierBody is the page of a dossier.
type dossierBody struct {
	Dossier
	Pages    []pageLine
	History  []eventLine
	Purpose  string
	Total    int
	Here     int // pages that are here
	Official bool
}

// pageLine is a page of a dossier.
type pageLine struct {
	N int // from 1
	kiosk.Page
	Kind  string // in words
	Shown bool   // as a picture
}

type eventLine struct {
	Event
	Place string
}

func position(p kiosk.Position) string {
	return strconv.FormatUint(uint64(p.Epoch), 10) + "-" + strconv.FormatUint(uint64(p.Seq), 10)
}

// askBody asks for the purpose of a look.
type askBody struct{ ID, Next string }

// dossier shows a dossier to who has said why.
func (p *Pages) dossier(w http.ResponseWriter, r *http.Request, m me) error {
	id := kiosk.DossierID(r.PathValue("id"))
	if !id.Valid() {
		return ErrNotFound
	}
	l := look{m.session.ID, id}
	why := p.purposes.of(l, p.o.Now())
	if why == "" {
		return p.ask(w, r, m, id, http.StatusOK)
	}
	d, err := p.allowed(r, m, id, why)
	if err != nil {
		return err
	}
	body := dossierBody{Dossier: d, Purpose: why, Total: len(d.Dossier.Pages), Here: len(d.Dossier.Pages) - d.Missing}
	history, err := p.o.Hub.History(r.Context(), id)
	if err != nil {
		return err
	}
	for i, page := range d.Dossier.Pages {
		body.Pages = append(body.Pages, pageLine{i + 1, page, p.w.Media(page.Media), media[page.Media].inline})
	}
	for _, e := range history {
		body.History = append(body.History, eventLine{e, position(e.At)})
	}
	if err := p.audit(r, m, deedDossier, string(id), why); err != nil {
		return err
	}
	p.purposes.open(l)
	return p.write(w, r, m, http.StatusOK, "dossier", frame{Title: p.w.Dossier.Title, Body: body})
}

// ask asks why somebody looks at a dossier. It does not tell whether there is one.
func (p *Pages) ask(w http.ResponseWriter, r *http.Request, m me, id kiosk.DossierID, status int) error {
	body := askBody{ID: string(id), Next: r.URL.Path}
	return p.write(w, r, m, status, "ask", frame{Title: p.w.Ask.Title, Body: body})
}

// say takes a purpose and leads on to the dossier.
func (p *Pages) say(w http.ResponseWriter, r *http.Request, m me) error {
	id := kiosk.DossierID(r.PathValue("id"))
	if !id.Valid() {
		return ErrNotFound
	}
	why, err := p.purposeOf(r)
	if err != nil {
		return err
	}
	p.purposes.hold(look{m.session.ID, id}, why, p.o.Now())
	http.Redirect(w, r, "/province/dossiers/"+string(id), http.StatusSeeOther)
	return nil
}

// allowed returns a dossier that somebody may look at. A foreign one is not found, and that
// somebody tried is written down.
func (p *Pages) allowed(r *http.Request, m me, id kiosk.DossierID, why string) (Dossier, error) {
	d, err := p.o.Hub.Dossier(r.Context(), id)
	if err != nil {
		return Dossier{}, err
	}
	if !m.right.May(d.Site) {
		if err := p.audit(r, m, deedRefused, string(id), why); err != nil {
			return Dossier{}, err
		}
		return Dossier{}, ErrNotFound
	}
	return d, nil
}

// leaf finds a page of a dossier that somebody may look at, and has said why.
func (p *Pages) leaf(r *http.Request, m me) (d Dossier, n int, why string, err error) {
	id := kiosk.DossierID(r.PathValue("id"))
	n, wrongN := strconv.Atoi(r.PathValue("n"))
	if !id.Valid() || wrongN != nil {
		return Dossier{}, 0, "", ErrNotFound
	}
	if why = p.purposes.of(look{m.session.ID, id}, p.o.Now()); why == "" {
		return Dossier{}, 0, "", &lan.Problem{Status: http.StatusForbidden, Code: kiosk.CodeNotAllowed, Message: p.w.PurposeFirst}
	}
	if d, err = p.allowed(r, m, id, why); err != nil {
		return Dossier{}, 0, "", err
	}
	if n < 1 || n > len(d.Dossier.Pages) {
		return Dossier{}, 0, "", ErrNotFound
	}
	if !d.Erased.IsZero() {
		return Dossier{}, 0, "", &lan.Problem{Status: http.StatusGone, Code: lan.CodeNoPage, Message: p.w.Dossier.Gone}
	}
	return d, n, why, nil
}

// viewBody is one page of a dossier, as a picture among the others.
type viewBody struct {
	ID            string
	N, All        int
	Before, After int // pages to turn to; 0: none
	Kind          string
	Component     kiosk.ComponentCode
	Shown         bool
	Size          int64
}

// view shows a page in a frame in which one can turn to the next. It tells no more than the
// dossier's page, and only who has opened that one comes here: that look is written down already,
// and the picture, which is another request, is one of its own.
func (p *Pages) view(w http.ResponseWriter, r *http.Request, m me) error {
	id := kiosk.DossierID(r.PathValue("id"))
	l := look{m.session.ID, id}
	if id.Valid() && p.purposes.of(l, p.o.Now()) == "" {
		return p.ask(w, r, m, id, http.StatusOK)
	}
	d, n, _, err := p.leaf(r, m)
	if err != nil {
		return err
	}
	if !p.purposes.opened(l, p.o.Now()) {
		http.Redirect(w, r, "/province/dossiers/"+string(id), http.StatusSeeOther)
		return nil
	}
	page := d.Dossier.Pages[n-1]
	body := viewBody{
		ID: string(d.ID), N: n, All: len(d.Dossier.Pages), Before: n - 1, Kind: p.w.Media(page.Media), Component: page.Component,
		Shown: media[page.Media].inline, Size: page.Size,
	}
	if n < body.All {
		body.After = n + 1
	}
	return p.write(w, r, m, http.StatusOK, "view", frame{Title: p.w.Dossier.PageOf(n, body.All), Body: body})
}
