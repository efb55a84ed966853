package control

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"slices"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/staff"
)

// Staff is the office's list of officers; *staff.Book is one.
type Staff interface {
	Officers() []staff.Officer
	Create(ctx context.Context, by string, o staff.Officer, secret string) (staff.Officer, error)
	SetSecret(ctx context.Context, by string, code kiosk.OfficerCode, secret string) error
	Disable(ctx context.Context, by string, code kiosk.OfficerCode) error
	Unlock(ctx context.Context, by string, code kiosk.OfficerCode) error
}

// Officer is an account. Secret is set in the one answer in which a new PIN is told.
type Officer struct {
	Code        string    `json:"code"`
	Login       string    `json:"login"`
	Name        string    `json:"name"`
	Role        string    `json:"role"` // officer, lead, technician
	Counters    []string  `json:"counters"`
	Disabled    bool      `json:"disabled"`
	LockedUntil time.Time `json:"locked_until,omitzero"`
	Secret      string    `json:"secret,omitempty"`
}

// NewOfficer asks for an account.
type NewOfficer struct {
	Login    string   `json:"login"`
	Name     string   `json:"name"`
	Role     string   `json:"role"`
	Counters []string `json:"counters,omitempty"`
}

// pinDigits is the length of a PIN that the box gives out: long enough that nobody guesses it
// between two lock-outs.
const pinDigits = 8

// pinTries is how often another PIN is drawn where one is too simple or already somebody's.
const pinTries = 20

func shapeOfficer(o staff.Officer) Officer {
	return Officer{
		Code: string(o.Code), Login: o.Login, Name: o.Name, Role: string(o.Role), Counters: texts(o.Counters),
		Disabled: o.Disabled, LockedUntil: local(o.LockedUntil),
	}
}

func (k *Keyed) staffList(*http.Request) (any, error) {
	all := k.Staff.Officers()
	out := make([]Officer, 0, len(all))
	for _, o := range all {
		out = append(out, shapeOfficer(o))
	}
	return out, nil
}

// staffAdd makes an account. Nobody types its PIN: the box draws one and tells it once.
func (k *Keyed) staffAdd(r *http.Request) (any, error) {
	var in NewOfficer
	if err := read(r, &in); err != nil {
		return nil, err
	}
	o := staff.Officer{Login: in.Login, Name: in.Name, Role: kiosk.Role(in.Role), Counters: make([]kiosk.CounterCode, len(in.Counters))}
	for i, c := range in.Counters {
		o.Counters[i] = kiosk.CounterCode(c)
	}
	pin, err := DrawPIN(func(pin string) (err error) {
		o, err = k.Staff.Create(r.Context(), by, o, pin)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := shapeOfficer(o)
	out.Secret = pin
	return out, nil
}

func (k *Keyed) staffVerb(r *http.Request) (any, error) {
	login := r.PathValue("login")
	all := k.Staff.Officers()
	i := slices.IndexFunc(all, func(o staff.Officer) bool { return o.Login == login || string(o.Code) == login })
	if i < 0 {
		return nil, &kiosk.Refusal{Code: kiosk.CodeUnknownOfficer, Subject: login, Hint: "kioskctl staff list"}
	}
	code, pin := all[i].Code, ""
	var err error
	switch verb := r.PathValue("verb"); verb {
	case "pin":
		pin, err = DrawPIN(func(pin string) error { return k.Staff.SetSecret(r.Context(), by, code, pin) })
	case "disable":
		err = k.Staff.Disable(r.Context(), by, code)
	case "unlock":
		err = k.Staff.Unlock(r.Context(), by, code)
	default:
		err = noVerb(verb, "pin, disable or unlock")
	}
	if err != nil {
		return nil, err
	}
	all = k.Staff.Officers()
	out := shapeOfficer(all[slices.IndexFunc(all, func(o staff.Officer) bool { return o.Code == code })])
	out.Secret = pin
	return out, nil
}

// DrawPIN draws PINs until one is taken: some are too simple, some are somebody's already.
func DrawPIN(take func(pin string) error) (string, error) {
	limit := new(big.Int).Exp(big.NewInt(10), big.NewInt(pinDigits), nil)
	for try := 1; ; try++ {
		n, err := rand.Int(rand.Reader, limit)
		if err != nil {
			return "", fmt.Errorf("draw a PIN: %w", err)
		}
		pin := fmt.Sprintf("%0*d", pinDigits, n)
		err = take(pin)
		if err == nil {
			return pin, nil
		}
		if r, ok := errors.AsType[*kiosk.Refusal](err); !ok || r.Code != kiosk.CodeBadSecret || try == pinTries {
			return "", err
		}
	}
}
