package lead

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/staff"
)

// auditPage is the end of the log, what a check of it found, and what staff did of late.
type auditPage struct {
	Facts    uint64
	Last     string
	Hash     string
	Checked  bool
	Broken   bool
	BrokenAt string
	Events   []event
}

// event is a StaffMoved in words.
type event struct{ When, What, Detail, Counter, Whose, By string }

// eventsShown is how many events the page lists.
const eventsShown = 50

// audit shows the log; a POST checks the whole of it first. It changes nothing.
func (p *Pages) audit(w http.ResponseWriter, r *http.Request, s staff.Session) error {
	var body auditPage
	head, err := p.o.Office.Head(r.Context())
	if r.Method == http.MethodPost {
		body.Checked = true
		checked, bad := p.o.Office.VerifyLog(r.Context())
		if broken, ok := errors.AsType[*kiosk.ChainBreak](bad); ok {
			body.Broken, body.BrokenAt = true, p.w.Audit.BrokenAt(place(broken.At))
		} else if bad != nil {
			return fmt.Errorf("verify the audit log: %w", bad)
		} else {
			head = checked
		}
	}
	if err != nil {
		return fmt.Errorf("read the audit log's head: %w", err)
	}
	body.Facts, body.Last, body.Hash = head.Facts, place(head.Last), hex.EncodeToString(head.Hash[:])
	if body.Events, err = p.events(r); err != nil {
		return err
	}
	return p.write(w, r, s, http.StatusOK, "audit", frame{Title: p.w.Audit.Title, Body: body})
}

func place(p kiosk.Position) string { return fmt.Sprintf("%d-%d", p.Epoch, p.Seq) }

// events lists what staff did today, the newest first.
func (p *Pages) events(r *http.Request) ([]event, error) {
	records, err := p.o.Office.DayRecords(r.Context(), p.o.Office.Snapshot().Day)
	if err != nil {
		return nil, fmt.Errorf("read the day's facts: %w", err)
	}
	logins := map[kiosk.OfficerCode]string{}
	for _, o := range p.o.Staff.Officers() {
		logins[o.Code] = o.Login
	}
	var out []event
	for i := len(records) - 1; i >= 0 && len(out) < eventsShown; i-- {
		f, ok := records[i].Fact.(kiosk.StaffMoved)
		if !ok {
			continue
		}
		e := event{What: p.w.StaffEvent(f.What), Detail: f.Detail, Counter: string(f.Counter), Whose: loginOf(logins, f.Officer), By: p.doer(logins, records[i].By)}
		if records[i].AtSure {
			e.When = kiosk.MinuteOf(records[i].At).String()
		}
		out = append(out, e)
	}
	return out, nil
}

func loginOf(logins map[kiosk.OfficerCode]string, code kiosk.OfficerCode) string {
	if l := logins[code]; l != "" {
		return l
	}
	return string(code)
}

// doer says who did it: a login, the machine itself, or the name of a program or screen.
func (p *Pages) doer(logins map[kiosk.OfficerCode]string, by string) string {
	if code, ok := strings.CutPrefix(by, "staff/"); ok {
		return loginOf(logins, kiosk.OfficerCode(code))
	}
	if by == "gateway" {
		return p.w.Audit.Gateway
	}
	return by
}
