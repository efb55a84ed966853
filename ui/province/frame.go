package province

import (
	"bytes"
	"errors"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/lan"
	"github.com/motcua/gateway/ui/words"
)

// The bounds of what is typed, in bytes. An account's form may tick every site.
const (
	maxForm    = 64 << 10
	maxPurpose = 300
	minPurpose = 5
	maxLogged  = 900 // of a purpose in the log, which takes 1,000
	maxTerm    = 100
)

// frame is what every page has around its content.
type frame struct {
	W       words.Province
	Title   string
	Name    string
	Person  string
	Nav     []navItem
	CSRF    string
	Note    string // what was done, or why it was not
	Bad     bool   // the note is about something that was not done
	Style   string
	Refresh string // where the page comes from again by itself; empty: it stays
	Body    any
}

type navItem struct {
	Path, Name string
	Here       bool
}

// write renders a page whole before the first byte goes out.
func (p *Pages) write(w http.ResponseWriter, r *http.Request, m me, status int, name string, f frame) error {
	f.W, f.Name = p.w, p.o.Name
	if m.session.ID != "" {
		f.Person, f.CSRF, f.Nav = m.session.Officer.Name, p.o.Gate.CSRF(m.session), p.nav(r, m.right.Role)
	}
	if r.URL.Query().Has("done") && f.Note == "" {
		f.Note = p.w.Done
	}
	var err error
	if f.Style, err = p.assets.Path("style.css"); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := p.pages[name].Execute(&b, f); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = b.WriteTo(w) // a browser that went away needs no page
	return nil
}

// nav are the pages of a role, the first of them its home.
func (p *Pages) nav(r *http.Request, role Role) []navItem {
	n := p.w.Nav
	boxes, numbers, search := navItem{"/province/gateways", n.Gateways, false}, navItem{"/province/numbers", n.Numbers, false}, navItem{"/province/search", n.Search, false}
	var out []navItem
	switch role {
	case RoleViewer, RoleProvince:
		out = []navItem{boxes, numbers, search}
	case RoleAuditor:
		out = []navItem{{"/province/log", n.Log, false}}
	case RoleAdmin:
		out = []navItem{{"/province/accounts", n.Accounts, false}, {"/province/subject", n.Subject, false}, boxes}
	}
	for i := range out {
		here := backOf(r.URL.Path) // a dossier is of the search
		out[i].Here = out[i].Path == here || out[i].Path == r.URL.Path
	}
	return out
}

// sorry answers with what was not done.
func (p *Pages) sorry(w http.ResponseWriter, r *http.Request, m me, err error) {
	problem := p.problemOf(err)
	if problem.Status >= http.StatusInternalServerError && r.Context().Err() == nil {
		p.o.Logger.Warn("province page failed", logPath, r.URL.Path, logError, err)
	}
	f := frame{Title: p.w.Sorry, Note: problem.Message, Bad: true, Body: backOf(r.URL.Path)}
	if err := p.write(w, r, m, problem.Status, "sorry", f); err != nil { // the page is built in and tested
		http.Error(w, problem.Message, problem.Status)
	}
}

// problemOf is why something was not done, in this page's own words where the box's would speak of
// a counter or a PIN.
func (p *Pages) problemOf(err error) *lan.Problem {
	problem := *lan.ProblemOf(err, p.vi)
	if errors.Is(err, ErrNotFound) {
		problem.Status, problem.Code, problem.Message = http.StatusNotFound, lan.CodeNoPage, p.w.NotFound
	}
	if own := p.w.Refusal(problem.Code); own != "" {
		if chosen, ok := errors.AsType[*lan.Problem](err); !ok || chosen.Message == "" {
			problem.Message = own
		}
	}
	return &problem
}

// wrong refuses what was typed, and says what is wrong with it.
func wrong(says string) error {
	return &lan.Problem{Status: http.StatusBadRequest, Code: kiosk.CodeBadRequest, Message: says}
}

// backOf is the page from which a form came.
func backOf(path string) string {
	parts := strings.SplitN(path, "/", 4)
	if len(parts) < 3 || parts[1] != "province" {
		return "/province"
	}
	if parts[2] == "dossiers" {
		return "/province/search"
	}
	return "/province/" + parts[2]
}

// purposeOf reads the purpose that a form states.
func (p *Pages) purposeOf(r *http.Request) (string, error) {
	s := strings.Join(strings.Fields(p.o.NFC(r.PostFormValue("purpose"))), " ")
	if utf8.RuneCountInString(s) < minPurpose || len(s) > maxPurpose || !printable(s) {
		return "", wrong(p.w.WantPurpose)
	}
	if NamesPerson(s) {
		return "", wrong(p.w.NoNumber)
	}
	return s, nil
}

// printable reports whether a text is one that a log can show: an entry must not look like two, or
// like another one.
func printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return !strconv.IsPrint(r) })
}

// audit writes an entry. What it returns is the reason to show nothing.
func (p *Pages) audit(r *http.Request, m me, what, about, purpose string) error {
	return p.auditAs(r, m.by(), what, about, purpose)
}

func (p *Pages) auditAs(r *http.Request, by, what, about, purpose string) error {
	if err := p.o.Log.Audit(r.Context(), Entry{Who: by, What: what, About: about, Purpose: purpose}); err != nil {
		return &lan.Problem{Status: http.StatusServiceUnavailable, Code: kiosk.CodeStoreFailed, Message: p.w.NotLogged, Cause: err}
	}
	return nil
}

// attach makes an answer a file.
func attach(w http.ResponseWriter, kind, name string) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
}

// funcs are what the templates call.
func (p *Pages) funcs() template.FuncMap {
	return template.FuncMap{
		"when":   p.when,
		"second": func(t time.Time) string { return t.In(kiosk.ICT()).Format("02/01/2006 15:04:05") },
		"date":   dateOf,
		"day":    p.vi.Date,
		"size":   p.w.Size,
		"count":  p.w.Count,
		"site":   p.site,
		"role":   func(r Role) string { return p.w.Role(string(r)) },
		"event":  p.w.Event,
		"deed":   p.w.Deed,
		// looks and listed are lists of dossiers, with links to them and without.
		"looks":  func(f frame, found []Dossier) dossierList { return dossierList{f.W, found, true} },
		"listed": func(f frame, found []Dossier) dossierList { return dossierList{f.W, found, false} },
	}
}

// when is a moment in Vietnam.
func (p *Pages) when(t time.Time) string {
	return p.w.When(t.In(kiosk.ICT()).Format("15:04"), t.In(kiosk.ICT()).Format("02/01/2006"))
}

// dossierList is what the templates need to write a list of dossiers.
type dossierList struct {
	W     words.Province
	Found []Dossier
	Looks bool
}

// dateOf is a date in Vietnam; a dash for none.
func dateOf(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.In(kiosk.ICT()).Format("02/01/2006")
}
