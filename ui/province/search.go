package province

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/motcua/gateway/kiosk"
)

// found is how many dossiers a search shows.
const found = 200

// searchBody is the page of searching, and what was found.
type searchBody struct {
	Sites  []commune
	Today  string
	Asked  bool
	Found  []Dossier
	More   bool
	Typed  map[string]string // what stands in the fields again; never a person's number
	Chosen kiosk.SiteCode
}

// commune is the sites of a commune.
type commune struct {
	Name  string
	Sites []Site
}

// communes are the sites that a right allows, by commune: those of the configuration in its order,
// and behind them those that have a gateway and that it does not name.
func (p *Pages) communes(ctx context.Context, allowed func(kiosk.SiteCode) bool) ([]commune, error) {
	all := slices.Clone(p.o.Sites)
	gateways, err := p.o.Hub.Gateways(ctx)
	if err != nil {
		return nil, err
	}
	for _, g := range gateways {
		if !slices.ContainsFunc(all, func(s Site) bool { return s.Code == g.Site }) {
			all = append(all, Site{Code: g.Site})
		}
	}
	var out []commune
	for _, s := range all {
		if !allowed(s.Code) {
			continue
		}
		s = p.site(s.Code)
		i := slices.IndexFunc(out, func(c commune) bool { return c.Name == s.Commune })
		if i < 0 {
			i = len(out)
			out = append(out, commune{Name: s.Commune})
		}
		out[i].Sites = append(out[i].Sites, s)
	}
	return out, nil
}

func (p *Pages) search(w http.ResponseWriter, r *http.Request, m me) error {
	return p.showSearch(w, r, m, searchBody{})
}

func (p *Pages) showSearch(w http.ResponseWriter, r *http.Request, m me, body searchBody) error {
	sites, err := p.communes(r.Context(), m.right.May)
	if err != nil {
		return err
	}
	body.Sites, body.Today = sites, isoDay(kiosk.DayOf(p.o.Now()))
	f := frame{Title: p.w.Search.Title, Body: body}
	if body.Asked && len(body.Found) == 0 {
		f.Note = p.w.Search.Nothing
	}
	return p.write(w, r, m, http.StatusOK, "search", f)
}

// find searches in one of three ways. The entry in the log comes first; what somebody may not see
// was not found.
func (p *Pages) find(w http.ResponseWriter, r *http.Request, m me) error {
	purpose, err := p.purposeOf(r)
	if err != nil {
		return err
	}
	body := searchBody{Asked: true, Typed: map[string]string{"purpose": purpose}}
	var ask func() ([]Dossier, error)
	about := ""
	switch r.PostFormValue("by") {
	case "name":
		name := strings.TrimSpace(p.o.NFC(r.PostFormValue("name")))
		if err := p.dossierName(name); err != nil {
			return err
		}
		about, body.Typed["name"] = name, name
		ask = func() ([]Dossier, error) { return p.named(r.Context(), name) }
	case "visit":
		site, number := kiosk.SiteCode(r.PostFormValue("site")), strings.ToUpper(strings.TrimSpace(r.PostFormValue("number")))
		day, err := kiosk.ParseDay(r.PostFormValue("day"))
		if err != nil || !m.right.May(site) || number == "" || len(number) > maxTerm || !printable(number) || NamesPerson(number) {
			return wrong(p.w.Search.WantVisit)
		}
		about = string(site) + " " + day.String() + " " + number
		body.Typed["number"], body.Typed["day"], body.Chosen = number, isoDay(day), site
		ask = func() ([]Dossier, error) { return p.o.Hub.Visit(r.Context(), site, day, kiosk.Number(number)) }
	case "person":
		number, err := p.personOf(r.PostFormValue("person"))
		if err != nil {
			return err
		}
		about = aboutPerson
		ask = func() ([]Dossier, error) { return p.o.Hub.Of(r.Context(), number) }
	default:
		return wrong(p.w.Unreadable)
	}
	if err := p.audit(r, m, deedSearch, about, purpose); err != nil {
		return err
	}
	all, err := ask()
	if err != nil {
		return err
	}
	for _, d := range all {
		if m.right.May(d.Site) && len(body.Found) < found {
			body.Found = append(body.Found, d)
			p.purposes.hold(look{m.session.ID, d.ID}, purpose, p.o.Now())
		} else if m.right.May(d.Site) {
			body.More = true
		}
	}
	return p.showSearch(w, r, m, body)
}

// named finds the dossier with an ID, and those that bear a code. A code may read as another one's
// ID: neither is kept from being found by the other.
func (p *Pages) named(ctx context.Context, name string) ([]Dossier, error) {
	var out []Dossier
	if id := kiosk.DossierID(name); id.Valid() {
		d, err := p.o.Hub.Dossier(ctx, id)
		if err == nil {
			out = append(out, d)
		} else if !errors.Is(err, ErrNotFound) {
			return nil, err
		}
	}
	coded, err := p.o.Hub.Coded(ctx, kiosk.DossierCode(name))
	for _, d := range coded {
		if string(d.ID) != name {
			out = append(out, d)
		}
	}
	return out, err
}

// aboutPerson is what the log has in the place of a person's number.
const aboutPerson = "person"

// dossierName checks what was typed as a dossier's ID or code. It goes into the log, so a person's
// number that was typed into the wrong field must not come so far.
func (p *Pages) dossierName(s string) error {
	if s == "" || len(s) > maxTerm || strings.ContainsFunc(s, func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(".-/", r)
	}) {
		return wrong(p.w.Search.WantName)
	}
	if kiosk.DossierID(s).Valid() {
		return nil
	}
	if NamesPerson(s) {
		return wrong(p.w.Search.PersonThere)
	}
	return nil
}

// isoDay is a day as browsers write it into a field.
func isoDay(d kiosk.Day) string { return d.Midnight().In(kiosk.ICT()).Format(time.DateOnly) }
