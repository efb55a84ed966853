package lead

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/staff"
)

// numberAsk is a service that gives no number before the lead has said which one is on the last
// paper.
type numberAsk struct {
	Service kiosk.ServiceCode
	Name    string
	Known   string // in words
	Jump    uint32 // what is confirmed where no paper is to be found
}

// numbersAsked lists them.
func (p *Pages) numbersAsked(snap *kiosk.Snapshot, now time.Time) []numberAsk {
	var out []numberAsk
	for _, v := range snap.NumbersAsked {
		service, ok := snap.Setup.Service(v.Service)
		if !ok {
			continue
		}
		a := numberAsk{Service: v.Service, Name: service.Name[kiosk.Vietnamese], Known: p.w.Card.NumbersNone, Jump: snap.Jump(v, now)}
		if v.Known > 0 {
			a.Known = p.w.Card.NumbersKnown(string(kiosk.FormatNumber(service.Prefix, v.Known)))
		}
		out = append(out, a)
	}
	return out
}

// confirmNumber takes the lead's word for the last number on paper: "A012" or "12".
func (p *Pages) confirmNumber(w http.ResponseWriter, r *http.Request, s staff.Session) error {
	if _, err := keyOf(r); err != nil {
		return err
	}
	code := kiosk.ServiceCode(r.PostForm.Get("service"))
	text := strings.ToUpper(strings.TrimSpace(r.PostForm.Get("last")))
	if service, ok := p.o.Office.Setup().Service(code); ok {
		text = strings.TrimPrefix(text, service.Prefix)
	}
	last, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		return &kiosk.Refusal{Code: kiosk.CodeBadNumber, Subject: text, Cause: err}
	}
	return p.form(w, r, "/lead?done", func() error {
		return p.o.Office.ConfirmNumber(r.Context(), code, uint32(last), s.Officer.By())
	})
}
