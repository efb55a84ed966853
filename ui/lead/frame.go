package lead

import (
	"bytes"
	"errors"
	"html/template"
	"net/http"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/staff"
	"github.com/motcua/gateway/ui/lan"
	"github.com/motcua/gateway/ui/words"
)

// frame is what every page has around its content.
type frame struct {
	W      words.Lead
	Title  string
	Office string
	Me     staff.Officer
	Nav    []navItem
	CSRF   string
	Key    string // of this page's forms
	Note   string // what was done, or why it was not
	Bad    bool   // the note is about something that was not done
	Style  string
	Script string // empty: none
	Body   any
}

type navItem struct {
	Path, Name string
	Here       bool
}

// maxForm bounds a form, in bytes.
const maxForm = 16 << 10

// page makes a handler of h.
func (p *Pages) page(h serve) func(http.ResponseWriter, *http.Request, staff.Session) {
	return func(w http.ResponseWriter, r *http.Request, s staff.Session) {
		if err := h(w, r, s); err != nil {
			p.sorry(w, r, s, err)
		}
	}
}

// write renders a page whole before the first byte goes out.
func (p *Pages) write(w http.ResponseWriter, r *http.Request, s staff.Session, status int, name string, f frame) error {
	f.W, f.Me, f.CSRF, f.Key = p.w, s.Officer, p.o.Gate.CSRF(s), newKey()
	f.Office = p.o.Office.Setup().Name.In(kiosk.Vietnamese)
	f.Nav = p.nav(r, s.Officer.Role)
	if r.URL.Query().Has("done") && f.Note == "" {
		f.Note = p.w.Nav.Done
	}
	var err error
	if f.Style, err = p.assets.Path("style.css"); err != nil {
		return err
	}
	if name == "voice" {
		if f.Script, err = p.assets.Path("voice.js"); err != nil {
			return err
		}
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

func (p *Pages) nav(r *http.Request, role kiosk.Role) []navItem {
	n := p.w.Nav
	all := []navItem{{"/lead", n.Card, false}, {"/lead/report", n.Report, false}, {"/lead/staff", n.Staff, false}, {"/lead/voice", n.Voice, false}}
	box := []navItem{{"/lead/boards", n.Boards, false}, {"/lead/audit", n.Audit, false}}
	groups := navItem{"/report/groups", n.Groups, false}
	var out []navItem
	switch role {
	case kiosk.RoleLead:
		out = append(append(all, box...), groups)
	case kiosk.RoleTechnician:
		out = box
	default:
		out = []navItem{{"/counter", n.Counter, false}, {"/lead/boards", n.Boards, false}, groups}
	}
	for i := range out {
		out[i].Here = out[i].Path == r.URL.Path
	}
	return out
}

// sorry answers with what was not done.
func (p *Pages) sorry(w http.ResponseWriter, r *http.Request, s staff.Session, err error) {
	problem := lan.ProblemOf(err, p.office)
	if problem.Status >= http.StatusInternalServerError {
		p.o.Log.Warn("lead page failed", "path", r.URL.Path, "err", err)
	}
	if r.Header.Get("Content-Type") == wavType {
		lan.WriteJSON(w, problem.Status, problem)
		return
	}
	f := frame{Title: p.w.Nav.Sorry, Note: problem.Message, Bad: true, Body: backOf(r.URL.Path)}
	if err := p.write(w, r, s, problem.Status, "sorry", f); err != nil { // the page is built in and tested
		http.Error(w, problem.Message, problem.Status)
	}
}

// backOf is the page from which a form came.
func backOf(path string) string {
	switch path {
	case "/lead/hall", "/lead/numbers":
		return "/lead"
	case "/lead/report/export":
		return "/lead/report"
	}
	return path
}

// form reads a form and does f once, then leads back to the page, so that loading it again sends
// nothing.
func (p *Pages) form(w http.ResponseWriter, r *http.Request, to string, f func() error) error {
	key, err := keyOf(r)
	if err != nil {
		return err
	}
	if err := p.once.do(key, f); err != nil {
		return err
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// keyOf reads a form and returns its key.
func keyOf(r *http.Request) (string, error) {
	if err := r.ParseForm(); err != nil {
		return "", badForm(err)
	}
	key := r.PostForm.Get("key")
	if len(key) < 16 || len(key) > 64 {
		return "", badForm(errors.New("no key"))
	}
	return key, nil
}

func badForm(cause error) error {
	if large, ok := errors.AsType[*http.MaxBytesError](cause); ok {
		return large
	}
	return &kiosk.Refusal{Code: kiosk.CodeBadRequest, Cause: cause}
}

// funcs are what the templates call.
func (p *Pages) funcs() template.FuncMap {
	return template.FuncMap{
		"seconds": p.w.Seconds,
		"span":    p.w.Span,
		"percent": p.w.Percent,
		"clock":   func(t time.Time) string { return kiosk.MinuteOf(t).String() },
		"date":    p.office.Date,
		"counter": p.w.Counter,
		"role":    p.w.Role,
		"reason":  p.w.Reason,
		"rows": func(head string, lines []line, issued bool) table {
			return table{W: p.w.Report, Head: head, Lines: lines, Issued: issued}
		},
	}
}

// table is what the templates need to write lines of a report.
type table struct {
	W      words.LeadReport
	Head   string
	Lines  []line
	Issued bool // with the column of what was issued
}
