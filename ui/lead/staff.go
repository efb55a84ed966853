package lead

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/staff"
)

// accounts is the page of officers.
type accounts struct {
	People   []person
	Counters []kiosk.CounterCode
	Roles    []kiosk.Role
}

// person is an account with the counters as they are ticked.
type person struct {
	staff.Officer
	Ticked map[kiosk.CounterCode]bool
	Locked string // in words; empty: not locked
}

func (p *Pages) staff(w http.ResponseWriter, r *http.Request, s staff.Session) error {
	body := accounts{Roles: []kiosk.Role{kiosk.RoleOfficer, kiosk.RoleLead, kiosk.RoleTechnician}}
	for _, c := range p.o.Office.Setup().Counters {
		body.Counters = append(body.Counters, c.Code)
	}
	now := p.o.Office.Time()
	for _, o := range p.o.Staff.Officers() {
		one := person{Officer: o, Ticked: map[kiosk.CounterCode]bool{}}
		for _, c := range o.Counters {
			one.Ticked[c] = true
		}
		if o.LockedUntil.After(now) {
			one.Locked = p.w.Staff.Locked(kiosk.MinuteOf(o.LockedUntil).String())
		}
		body.People = append(body.People, one)
	}
	slices.SortStableFunc(body.People, func(a, b person) int {
		if a.Disabled != b.Disabled {
			if a.Disabled {
				return 1
			}
			return -1
		}
		return cmp.Compare(a.Login, b.Login)
	})
	return p.write(w, r, s, http.StatusOK, "staff", frame{Title: p.w.Staff.Title, Body: body})
}

// changeStaff does what a form of the page asks for. The book keeps it as a fact, refuses what
// would leave the office without a lead, and ends the sessions that no longer hold.
func (p *Pages) changeStaff(w http.ResponseWriter, r *http.Request, s staff.Session) error {
	if _, err := keyOf(r); err != nil {
		return err
	}
	f, ctx, by := r.PostForm, r.Context(), s.Officer.By()
	code := kiosk.OfficerCode(f.Get("code"))
	return p.form(w, r, "/lead/staff?done", func() error {
		switch f.Get("do") {
		case "create":
			_, err := p.o.Staff.Create(ctx, by, p.typed(r, staff.Officer{}), f.Get("secret"))
			return err
		case "change":
			old, err := p.officer(code)
			if err != nil {
				return err
			}
			_, err = p.o.Staff.Change(ctx, by, p.typed(r, old))
			return err
		case "secret":
			return p.o.Staff.SetSecret(ctx, by, code, f.Get("secret"))
		case "unlock":
			return p.o.Staff.Unlock(ctx, by, code)
		case "disable":
			return p.o.Staff.Disable(ctx, by, code)
		case "enable":
			old, err := p.officer(code)
			if err != nil {
				return err
			}
			old.Disabled = false
			_, err = p.o.Staff.Change(ctx, by, old)
			return err
		}
		return &kiosk.Refusal{Code: kiosk.CodeBadRequest}
	})
}

// typed is an officer with what the form says.
func (p *Pages) typed(r *http.Request, o staff.Officer) staff.Officer {
	o.Login, o.Name, o.Role = r.PostForm.Get("login"), r.PostForm.Get("name"), kiosk.Role(r.PostForm.Get("role"))
	o.Counters = nil
	for _, c := range r.PostForm["counter"] {
		o.Counters = append(o.Counters, kiosk.CounterCode(c))
	}
	return o
}

func (p *Pages) officer(code kiosk.OfficerCode) (staff.Officer, error) {
	for _, o := range p.o.Staff.Officers() {
		if o.Code == code {
			return o, nil
		}
	}
	return staff.Officer{}, &kiosk.Refusal{Code: kiosk.CodeUnknownOfficer, Subject: string(code)}
}
