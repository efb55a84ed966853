package province

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// The bounds of erasures that wait for their second step.
const (
	orderLasts = 10 * time.Minute
	maxOrders  = 64
	maxOrder   = 150 // bytes of a reference
)

// orders are erasures that were asked for and not yet confirmed, by key. The zero value is ready.
type orders struct {
	mu    sync.Mutex
	asked map[string]order
}

// order is an erasure that waits. Its person's number is kept for the ten minutes that it lasts.
type order struct {
	session, number, reference string
	until                      time.Time
}

// ask keeps an order and returns its key; "" while too many wait.
func (o *orders) ask(v order, now time.Time) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	for key, old := range o.asked {
		if !now.Before(old.until) {
			delete(o.asked, key)
		}
	}
	if len(o.asked) >= maxOrders {
		return ""
	}
	if o.asked == nil {
		o.asked = map[string]order{}
	}
	key := rand.Text()
	v.until = now.Add(orderLasts)
	o.asked[key] = v
	return key
}

// take returns an order and forgets it: one that was confirmed wrongly is asked for anew.
func (o *orders) take(key, session string, now time.Time) (order, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	v, ok := o.asked[key]
	if !ok || v.session != session {
		return order{}, false
	}
	delete(o.asked, key)
	return v, now.Before(v.until)
}

func (p *Pages) subject(w http.ResponseWriter, r *http.Request, m me) error {
	f := frame{Title: p.w.Subject.Title}
	if r.URL.Query().Has("erased") {
		f.Note = p.w.Subject.Erased
	}
	return p.write(w, r, m, http.StatusOK, "subject", f)
}

// export hands out everything that is held of a person.
func (p *Pages) export(w http.ResponseWriter, r *http.Request, m me) error {
	why, err := p.purposeOf(r)
	if err != nil {
		return err
	}
	number, err := p.personOf(r.PostFormValue("person"))
	if err != nil {
		return err
	}
	if err := p.audit(r, m, deedExport, aboutPerson, why); err != nil {
		return err
	}
	held, err := p.o.Hub.Export(r.Context(), number)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	if err := e.Encode(held); err != nil {
		return err
	}
	attach(w, "application/json; charset=utf-8", "du-lieu-ca-nhan.json")
	_, _ = b.WriteTo(w)
	return nil
}

// eraseBody asks for the second step of an erasure.
type eraseBody struct {
	Key, Reference string
	Dossiers       []Dossier
	Aside          []asideLine
}

// erase first says how much an erasure would reach, and does it once the number was typed again.
func (p *Pages) erase(w http.ResponseWriter, r *http.Request, m me) error {
	number, err := p.personOf(r.PostFormValue("person"))
	if err != nil {
		return err
	}
	if key := r.PostFormValue("key"); key != "" {
		return p.eraseNow(w, r, m, key, number)
	}
	reference := strings.Join(strings.Fields(p.o.NFC(r.PostFormValue("order"))), " ")
	if len(reference) < 3 || len(reference) > maxOrder || !printable(reference) {
		return wrong(p.w.Subject.WantOrder)
	}
	if NamesPerson(reference) {
		return wrong(p.w.NoNumber)
	}
	if err := p.audit(r, m, deedEraseLook, aboutPerson, reference); err != nil {
		return err
	}
	held, err := p.o.Hub.Held(r.Context(), number)
	if err != nil {
		return err
	}
	key := p.orders.ask(order{session: m.session.ID, number: number, reference: reference}, p.o.Now())
	if key == "" {
		return &kiosk.Refusal{Code: kiosk.CodeTooMany}
	}
	return p.write(w, r, m, http.StatusOK, "erase", frame{Title: p.w.Subject.ConfirmTitle, Body: eraseBody{key, reference, held.Dossiers, p.asideLines(held.Aside)}})
}

func (p *Pages) eraseNow(w http.ResponseWriter, r *http.Request, m me, key, number string) error {
	o, ok := p.orders.take(key, m.session.ID, p.o.Now())
	if !ok || o.number != number {
		return wrong(p.w.Subject.NotSame)
	}
	if err := p.audit(r, m, deedErase, aboutPerson, o.reference); err != nil {
		return err
	}
	switch n, err := p.o.Hub.Erase(r.Context(), number, o.reference); {
	case err != nil && n == 0:
		return err
	case err != nil: // it is done, and something is left to tidy
		p.o.Logger.Warn("after an erasure", logError, err)
	}
	http.Redirect(w, r, "/province/subject?erased", http.StatusSeeOther)
	return nil
}
