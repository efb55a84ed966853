package control

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/kiosk/staff"
)

func TestStepsOfACounter(t *testing.T) {
	t.Parallel()
	b := start(t)
	for range 3 {
		b.get(t, "POST", "/v1/tickets", Issue{Service: "A"})
	}
	for _, s := range []struct {
		path string
		in   any
		want []string // in the answer
	}{
		{"/v1/counters/2/call", Choose{Number: "A003"}, []string{`"number":"A003"`, `"why":"chosen"`, `"explain":[]`}},
		{"/v1/counters/2/undo", nil, []string{`"number":"A003"`, `"state":"waiting"`}},
		{"/v1/tickets/A001/raise", nil, []string{`"priority":"officer"`}},
		{"/v1/tickets/A001/lower", nil, []string{`"priority":""`}},
		{"/v1/tickets/A001/send", Send{To: "B", For: "3", Place: "after", Minutes: 10}, []string{
			`"state":"waiting"`, `"queue":"ho-tich"`, `"for":"3"`, `"not_before":"2026-11-23T08:10:00+07:00"`, `"legs":1`,
		}},
		{"/v1/counters/2/call", nil, []string{`"number":"A002"`, `"why":"order"`}},
		{"/v1/tickets/A002/return", nil, []string{`"state":"waiting"`}},
		{"/v1/counters/2/absent", nil, []string{`"state":"absent"`}},
	} {
		got := b.get(t, "POST", s.path, s.in)
		for _, want := range s.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s: %s\nlacks %s", s.path, got, want)
			}
		}
	}
	for path, want := range map[string]kiosk.Code{
		"/v1/counters/1/undo":    kiosk.CodeNothingToUndo,
		"/v1/tickets/A002/lower": kiosk.CodeWrongState,
	} {
		var p *Problem
		if err := b.Do(t.Context(), "POST", path, nil, nil); !errors.As(err, &p) || p.Code != string(want) {
			t.Errorf("%s: %v, want %s", path, err, want)
		}
	}
}

// TestAuditLog exports what a checker needs and notices a fact that was changed.
func TestAuditLog(t *testing.T) {
	t.Parallel()
	b := start(t)
	b.get(t, "POST", "/v1/tickets", Issue{Service: "A", Language: "zh"})
	b.get(t, "POST", "/v1/counters/2/call", nil)
	b.get(t, "POST", "/v1/tickets/A001/finish", nil)
	b.get(t, "POST", "/v1/counters/2/undo", nil)
	var lines []AuditLine
	if err := json.Unmarshal([]byte(b.get(t, "GET", "/v1/days/today/audit", nil)), &lines); err != nil {
		t.Fatal(err)
	}
	kinds := ""
	for _, l := range lines {
		kinds += l.Kind + " "
	}
	if want := "ticket-issued counter-moved ticket-moved ticket-moved step-undone "; kinds != want {
		t.Errorf("facts %s, want %s", kinds, want)
	}
	if l := lines[4]; l.Before == nil || l.Before.State != "called" || l.Verb != "finish" {
		t.Errorf("undone: %+v", l)
	}
	if l := AuditOf(&kiosk.Record{Late: 90 * time.Second, Fact: kiosk.TicketMoved{}}); l.Late != 90 {
		t.Errorf("a step that came 90 s late: %+v", l)
	}
	if got := b.get(t, "GET", "/v1/days", nil); strings.TrimSpace(got) != `["2026-11-23"]` {
		t.Errorf("days %s", got)
	}
	if got := b.get(t, "GET", "/v1/audit", nil); !strings.Contains(got, `"facts":5,`) {
		t.Errorf("audit: %s", got)
	}
	b.store.Forge(kiosktest.ForgeChange, kiosk.Position{Epoch: 1, Seq: 2})
	var p *Problem
	if err := b.Do(t.Context(), "GET", "/v1/audit", nil, nil); !errors.As(err, &p) || p.Code != "audit-broken" {
		t.Errorf("a changed fact: %v", err)
	}
}

// roster is a list of officers that takes every PIN but the first two.
type roster struct {
	all   []staff.Officer
	asked []string
}

func (r *roster) Officers() []staff.Officer { return r.all }

func (r *roster) Create(ctx context.Context, _ string, o staff.Officer, secret string) (staff.Officer, error) {
	if err := r.SetSecret(ctx, "", "", secret); err != nil {
		return o, err
	}
	o.Code = "o1"
	r.all = append(r.all, o)
	return o, nil
}

func (r *roster) SetSecret(_ context.Context, _ string, _ kiosk.OfficerCode, secret string) error {
	if r.asked = append(r.asked, secret); len(r.asked) < 3 {
		return &kiosk.Refusal{Code: kiosk.CodeBadSecret}
	}
	return nil
}

func (r *roster) Disable(context.Context, string, kiosk.OfficerCode) error {
	r.all[0].Disabled = true
	return nil
}
func (r *roster) Unlock(context.Context, string, kiosk.OfficerCode) error { return nil }

// TestNobodyTypesAPIN: the box draws it, and another one where the first was too simple.
func TestNobodyTypesAPIN(t *testing.T) {
	t.Parallel()
	list := &roster{}
	s := &Server{Keyed: func() *Keyed { return &Keyed{Staff: list} }}
	b := startServer(t, s)
	var o Officer
	if err := json.Unmarshal([]byte(b.get(t, "POST", "/v1/staff", NewOfficer{Login: "lan", Name: "Nguyễn Thị Lan", Role: "lead"})), &o); err != nil {
		t.Fatal(err)
	}
	if len(list.asked) != 3 || o.Secret != list.asked[2] || len(o.Secret) != pinDigits || o.Code != "o1" {
		t.Errorf("made %+v after %v", o, list.asked)
	}
	if got := b.get(t, "GET", "/v1/staff", nil); strings.Contains(got, "secret") {
		t.Errorf("the PIN is told again: %s", got)
	}
	if got := b.get(t, "POST", "/v1/staff/lan/disable", nil); !strings.Contains(got, `"disabled":true`) {
		t.Errorf("disabled: %s", got)
	}
	var p *Problem
	if err := b.Do(t.Context(), "POST", "/v1/staff/nobody/pin", nil, nil); !errors.As(err, &p) || p.Code != string(kiosk.CodeUnknownOfficer) || p.Status != 404 {
		t.Errorf("nobody's PIN: %v", err)
	}
}
