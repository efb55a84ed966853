package rating

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/words"
)

const (
	maxForm = 1 << 10 // bytes of a rating that a telephone sends
	bySlip  = "rating/slip"
)

// phonePage is what a telephone shows. Exactly one of Levels, Reasons and Message is there.
type phonePage struct {
	W       words.Words
	Path    string // of the ticket
	Office  string
	Number  kiosk.Number
	Ask     string
	Levels  []choice
	Reasons []choice
	Message string
	More    string
	Done    bool // the rating is kept
	Again   bool // offer to try once more
	Tongues []tongue
}

// tongue is a link to the same page in another language.
type tongue struct {
	Language kiosk.Language
	Own, URL string
	Here     bool
}

// show is the page of a token.
func (p *Pages) show(w http.ResponseWriter, r *http.Request) {
	t, path, ok := p.ticket(r)
	if !ok {
		p.unknown(w, r)
		return
	}
	if r.URL.Path != path {
		to := url.URL{Path: path, RawQuery: r.URL.RawQuery}
		http.Redirect(w, r, to.String(), http.StatusSeeOther)
		return
	}
	page := p.page(r, language(r, t.Language), path, t.Number)
	switch {
	case t.Rating != "" && r.URL.Query().Has("done"):
		page.Message, page.More, page.Done = page.W.Rating.Thanks, page.W.Rating.ThanksMore, true
	case t.Rating != "":
		page.Message, page.More, page.Done = page.W.RatingPages().Already, page.W.Rating.Thanks, true
	case t.State.Final() && t.State != kiosk.Served:
		page.Message = page.W.RatingPages().NotServed
	case t.State != kiosk.Served:
		page.Message = page.W.Rating.NotYet
	case r.URL.Query().Get("level") == string(kiosk.RatingBad):
		page.Ask, page.Reasons = page.W.Rating.Reason, reasons(page.W.Rating)
	default:
		page.Ask, page.Levels = page.W.Rating.Ask(string(t.Number)), levels(page.W.Rating)
	}
	p.write(w, http.StatusOK, p.phone, page)
}

// rate keeps what a telephone sends. Sent twice it is kept once; the page says so either way.
func (p *Pages) rate(w http.ResponseWriter, r *http.Request) {
	t, path, ok := p.ticket(r)
	if !ok {
		p.unknown(w, r)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	to := url.URL{Path: path}
	level, reason, err := form(r)
	l := language(r, t.Language)
	q := url.Values{"l": {string(l)}}
	if err == nil {
		_, err = p.c.Office.Rate(r.Context(), t.Number, level, reason, bySlip)
	}
	refused, isRefusal := errors.AsType[*kiosk.Refusal](err)
	switch {
	case err == nil:
		q.Set("done", "1")
	case isRefusal && refused.Permanent():
		// Rated before, not served yet, or no level of ours: the page knows what to say.
	default:
		p.c.Shield.Log.Warn("rating not kept", kiosk.LogTicket, string(t.Number), kiosk.LogError, err)
		page := p.page(r, l, path, t.Number)
		page.Message, page.Again = page.W.Rating.Failed, true
		p.write(w, http.StatusServiceUnavailable, p.phone, page)
		return
	}
	to.RawQuery = q.Encode()
	http.Redirect(w, r, to.String(), http.StatusSeeOther)
}

// form reads a rating from the body. What is no form is no level.
func form(r *http.Request) (kiosk.RatingLevel, kiosk.RatingReason, error) {
	if err := r.ParseForm(); err != nil {
		return "", "", &kiosk.Refusal{Code: kiosk.CodeBadRating, Cause: err}
	}
	return kiosk.RatingLevel(r.PostForm.Get("level")), kiosk.RatingReason(r.PostForm.Get("reason")), nil
}

// ticket is the ticket of the address, and the address as it should be.
func (p *Pages) ticket(r *http.Request) (kiosk.Ticket, string, bool) {
	s := p.c.Office.Snapshot()
	n, rest, ok := p.c.Codes.Ticket(r.PathValue("token"), s.Day)
	// A telephone that runs the two lines of the code together has the number after the token.
	if rest = strings.TrimSpace(rest); rest != "" && !strings.HasPrefix(rest, string(n)) {
		ok = false
	}
	if !ok {
		return kiosk.Ticket{}, "", false
	}
	t, ok := s.Ticket(n)
	return t, "/r/" + p.c.Codes.Token(t), ok
}

// unknown is the answer to every code that leads nowhere, whatever is wrong with it.
func (p *Pages) unknown(w http.ResponseWriter, r *http.Request) {
	page := p.page(r, language(r, kiosk.Vietnamese), r.URL.Path, "")
	page.Message = page.W.RatingPages().Unknown
	p.write(w, http.StatusNotFound, p.phone, page)
}

// page is what all pages of a telephone share.
func (p *Pages) page(r *http.Request, l kiosk.Language, path string, n kiosk.Number) phonePage {
	page := phonePage{W: words.For(l), Path: path, Number: n, Office: p.c.Office.Snapshot().Setup.Name.In(l)}
	for _, other := range kiosk.Languages() {
		q := url.Values{"l": {string(other)}}
		for _, kept := range []string{"level", "done"} {
			if v := r.URL.Query().Get(kept); v != "" && len(v) < 16 {
				q.Set(kept, v)
			}
		}
		to := url.URL{Path: path, RawQuery: q.Encode()}
		page.Tongues = append(page.Tongues, tongue{other, words.For(other).Own, to.String(), other == l})
	}
	return page
}

// language is what the reader chose, or else that of the ticket.
func language(r *http.Request, own kiosk.Language) kiosk.Language {
	if l := kiosk.Language(r.URL.Query().Get("l")); l.Valid() {
		return l
	}
	if !own.Valid() {
		return kiosk.Vietnamese
	}
	return own
}
