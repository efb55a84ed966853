package counter

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/staff"
	"github.com/motcua/gateway/ui/lan"
)

// What can be done with the counter itself, and the call for help at the screen.
const (
	doOpen   = "open"
	doPause  = "pause"
	doResume = "resume"
	doClose  = "close"
	doHelp   = "help"
)

// sitting is what a page asks for about its counter. It needs no key: done twice it is done once.
type sitting struct {
	Do      string            `json:"do"`
	Counter kiosk.CounterCode `json:"counter"`
	Until   string            `json:"until"` // of a pause: "13:30" of today; empty: open-ended
	Reason  string            `json:"reason"`
	Other   string            `json:"other"` // typed, in place of Reason
}

// seated is the answer.
type seated struct {
	Do   string `json:"do"`
	Page State  `json:"page"`
}

// seat opens, pauses, resumes or closes a counter, or answers the call for help.
func (p *Pages) seat(w http.ResponseWriter, r *http.Request, s staff.Session) {
	form := isForm(r)
	v, err := readSitting(r, form)
	if err == nil {
		v.Counter, err = p.counterOf(s, v.Counter)
	}
	if err == nil {
		err = p.sit(r.Context(), v, s)
	}
	switch {
	case form && err == nil:
		back(w, r, s, v.Counter, url.Values{"did": {v.Do}})
	case form && err != nil && pageRefusal(err):
		p.render(w, r, s, v.Counter, view{Alert: p.vi.Refused(err), Status: lan.ProblemOf(err, p.vi).Status})
	case err != nil:
		p.c.Shield.Refuse(w, r, err)
	default:
		lan.WriteJSON(w, http.StatusOK, seated{v.Do, p.state(v.Counter)})
	}
}

func readSitting(r *http.Request, form bool) (sitting, error) {
	var v sitting
	if !form {
		if err := lan.ReadJSON(r, &v); err != nil {
			return v, err
		}
		for _, text := range []string{v.Until, v.Reason, v.Other} {
			if err := checkText(text); err != nil {
				return v, bad("text: %w", err)
			}
		}
	} else {
		f, err := fields(r, "key", "do", "counter", "until", "reason", "other")
		if err != nil {
			return v, err
		}
		v = sitting{f.Get("do"), kiosk.CounterCode(f.Get("counter")), f.Get("until"), f.Get("reason"), f.Get("other")}
	}
	if !code(string(v.Counter), maxCode) {
		return v, bad("a counter's code")
	}
	if v.Do != doPause && v.Until+v.Reason+v.Other != "" {
		return v, bad("%q with a reason", clip(v.Do))
	}
	return v, nil
}

func (p *Pages) sit(ctx context.Context, v sitting, s staff.Session) error {
	by := s.Officer.By()
	switch v.Do {
	case doOpen:
		if v.Counter == s.Counter {
			return p.c.Office.SeatOfficer(ctx, v.Counter, s.Officer.Code, by)
		}
		return p.c.Office.OpenCounter(ctx, v.Counter, by)
	case doPause:
		until, err := p.until(v.Until)
		if err != nil {
			return err
		}
		reason := v.Reason
		if v.Other != "" {
			reason = v.Other
		}
		return p.c.Office.PauseCounter(ctx, v.Counter, until, p.c.NFC(reason), by)
	case doResume:
		return p.c.Office.ResumeCounter(ctx, v.Counter, by)
	case doClose:
		return p.c.Office.CloseCounter(ctx, v.Counter, by)
	case doHelp:
		return p.c.Office.AnswerHelp(ctx, by)
	}
	return bad("do %q", clip(v.Do))
}

// until reads a time of the box's day.
func (p *Pages) until(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse("15:04", s)
	if err != nil {
		return time.Time{}, &kiosk.Refusal{Code: kiosk.CodeBadTime, Subject: clip(s), Cause: err}
	}
	m := kiosk.Minute(t.Hour()*60 + t.Minute())
	return kiosk.DayOf(p.c.Office.Time()).At(m), nil
}
