package province

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// entriesShown is how many entries a page of the log has.
const entriesShown = 100

// checked is when the log's chain was last computed again, and what came of it.
type checked struct {
	mu     sync.Mutex
	at     time.Time // zero: not since the start
	n      int64
	broken string // where it does not hold; empty: it does
}

// logBody is a page of the log.
type logBody struct {
	Entries []entryLine
	Older   int64 // the place before which the next page begins; 0: none
	Newer   bool  // this is not the newest page
	At      time.Time
	N       int64
	Broken  string
	Head    *Entry
}

// entryLine is an entry with its account by name.
type entryLine struct {
	Entry
	Person string
	Of     string // what it is about, in words
}

func (p *Pages) log(w http.ResponseWriter, r *http.Request, m me) error {
	before, err := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64)
	if err != nil || before < 0 {
		before = 0
	}
	return p.showLog(w, r, m, before)
}

func (p *Pages) showLog(w http.ResponseWriter, r *http.Request, m me, before int64) error {
	entries, err := p.o.Log.Audits(r.Context(), before, entriesShown)
	if err != nil {
		return err
	}
	logins, err := p.logins(r)
	if err != nil {
		return err
	}
	body := logBody{Newer: before > 0}
	for _, e := range entries {
		of := e.About
		if who := logins[kiosk.OfficerCode(e.About)]; who != "" {
			of = who
		}
		if e.About == aboutPerson {
			of = p.w.Log.Person
		}
		body.Entries = append(body.Entries, entryLine{e, doer(logins, e.Who), of})
	}
	if n := len(entries); n == entriesShown && entries[n-1].Seq > 1 {
		body.Older = entries[n-1].Seq
	}
	if !body.Newer && len(entries) > 0 {
		body.Head = &entries[0]
	}
	p.checked.mu.Lock()
	body.At, body.N, body.Broken = p.checked.at, p.checked.n, p.checked.broken
	p.checked.mu.Unlock()
	f := frame{Title: p.w.Log.Title, Body: body}
	if r.URL.Query().Has("checked") && body.Broken == "" && !body.At.IsZero() {
		f.Note = p.w.Log.Right(body.N)
	}
	return p.write(w, r, m, http.StatusOK, "log", f)
}

// verify computes the chain again from its first entry on.
func (p *Pages) verify(w http.ResponseWriter, r *http.Request, _ me) error {
	n, err := p.o.Log.VerifyAudit(r.Context())
	if err != nil && !errors.Is(err, ErrBroken) {
		return err
	}
	broken := ""
	if err != nil {
		broken = err.Error()
		p.o.Logger.Error("the log of who looked at what does not hold", logError, err)
	}
	p.checked.mu.Lock()
	p.checked.at, p.checked.n, p.checked.broken = p.o.Now(), n, broken
	p.checked.mu.Unlock()
	http.Redirect(w, r, "/province/log?checked", http.StatusSeeOther)
	return nil
}

func (p *Pages) logins(r *http.Request) (map[kiosk.OfficerCode]string, error) {
	all, err := p.o.Accounts.List(r.Context())
	if err != nil {
		return nil, err
	}
	out := map[kiosk.OfficerCode]string{}
	for _, a := range all {
		out[a.Code] = a.Login
	}
	return out, nil
}

// doer says who did it: a login, or the verb's user as the hub has it.
func doer(logins map[kiosk.OfficerCode]string, who string) string {
	if code, ok := strings.CutPrefix(who, "staff/"); ok && logins[kiosk.OfficerCode(code)] != "" {
		return logins[kiosk.OfficerCode(code)]
	}
	return who
}
