package province

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/staff"
	"github.com/motcua/gateway/ui/lan"
)

// AccountsConfig is what Accounts are made of.
type AccountsConfig struct {
	People kiosk.Shelf // of who they are and what proves it
	Rights kiosk.Shelf // of what they may do
	Hasher staff.Hasher
	Sealer staff.Sealer
	Log    Log
	Now    func() time.Time // the runtime's where it is nil
	Idle   time.Duration    // staff.DefaultIdle where it is 0
	Logger *slog.Logger     // none where it is nil
}

// Accounts are the people who may sign in at the province's page. They lie in the hub's database:
// before anything is asked the shelves are read again, so that several hub processes and the verb
// `hub account` see each other's work at once.
//
// Secrets, lock-outs and sessions are [staff.Book]'s. A right lies on a shelf beside it, sealed:
// an account that a power cut has left without one can sign in and may do nothing.
type Accounts struct {
	book   *staff.Book
	shelf  kiosk.Shelf
	sealer staff.Sealer
	log    Log
	logger *slog.Logger

	mu     sync.Mutex
	rights map[kiosk.OfficerCode]Right
}

var _ lan.Book = (*Accounts)(nil)

// Account is somebody who may sign in.
type Account struct {
	staff.Officer
	Right Right // the zero Right: none
}

// OpenAccounts reads the shelves.
func OpenAccounts(ctx context.Context, c AccountsConfig) (*Accounts, error) {
	if c.People == nil || c.Rights == nil || c.Hasher == nil || c.Sealer == nil || c.Log == nil {
		return nil, errors.New("province accounts: two shelves, a hasher, a sealer and the log are needed")
	}
	a := &Accounts{shelf: c.Rights, sealer: c.Sealer, log: c.Log, logger: cmp.Or(c.Logger, slog.New(slog.DiscardHandler))}
	var err error
	a.book, err = staff.Open(ctx, staff.Config{
		Shelf: c.People, Hasher: passphrases{c.Hasher}, Sealer: c.Sealer, Recorder: recorder{c.Log},
		Counters: func() []kiosk.CounterCode { return nil }, Now: c.Now, Idle: c.Idle, Log: a.logger,
	})
	if err != nil {
		return nil, fmt.Errorf("province accounts: %w", err)
	}
	return a, a.load(ctx)
}

// passphrases takes no PINs: these accounts open a whole province, from any PC of its network.
type passphrases struct{ staff.Hasher }

func (h passphrases) Check(secret, login string) (bool, error) {
	pin, err := h.Hasher.Check(secret, login)
	if err == nil && pin {
		err = &kiosk.Refusal{Code: kiosk.CodeBadSecret, Hint: "a passphrase, not digits alone"}
	}
	return pin, err
}

// recorder makes entries of the log of what happens to accounts.
type recorder struct{ log Log }

func (r recorder) RecordStaff(ctx context.Context, f kiosk.StaffMoved, by string) error {
	return r.log.Audit(ctx, Entry{Who: by, What: deedStaff + string(f.What), About: string(f.Officer), Purpose: f.Detail})
}

// deedStaff begins the deeds that are the book's.
const deedStaff = "staff-"

// purposeRight binds sealed rights to what they are.
const purposeRight = "province/right"

// load reads the rights. One that cannot be read is none.
func (a *Accounts) load(ctx context.Context) error {
	items, err := a.shelf.Read(ctx, "")
	if err != nil {
		return fmt.Errorf("read rights: %w", err)
	}
	rights := make(map[kiosk.OfficerCode]Right, len(items))
	for _, it := range items {
		b, err := a.sealer.Open(purposeRight, it.Value, []byte(it.Key))
		if err != nil {
			a.logger.Error("a right left out", logAccount, it.Key, logError, err)
			continue
		}
		r, err := decodeRight(b)
		if err != nil {
			a.logger.Error("a right left out", logAccount, it.Key, logError, err)
			continue
		}
		rights[kiosk.OfficerCode(it.Key)] = r
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.rights = rights
	return nil
}

// refresh reads what others may have written.
func (a *Accounts) refresh(ctx context.Context) error {
	if err := a.book.Refresh(ctx); err != nil {
		return err
	}
	if err := a.load(ctx); err != nil {
		return &kiosk.Refusal{Code: kiosk.CodeStoreFailed, Cause: err}
	}
	return nil
}

// Run ends idle sessions at their time, until ctx ends.
func (a *Accounts) Run(ctx context.Context) error { return a.book.Run(ctx) }

// SignIn implements [lan.Book].
func (a *Accounts) SignIn(ctx context.Context, in staff.SignIn) (string, staff.Session, error) {
	if err := a.refresh(ctx); err != nil {
		return "", staff.Session{}, err
	}
	return a.book.SignIn(ctx, in)
}

// Session implements [lan.Book].
func (a *Accounts) Session(ctx context.Context, token, from string) (staff.Session, error) {
	if err := a.refresh(ctx); err != nil {
		return staff.Session{}, err
	}
	return a.book.Session(ctx, token, from)
}

// Look implements [lan.Book].
func (a *Accounts) Look(ctx context.Context, token, from string) (staff.Session, error) {
	if err := a.refresh(ctx); err != nil {
		return staff.Session{}, err
	}
	return a.book.Look(ctx, token, from)
}

// SignOut implements [lan.Book].
func (a *Accounts) SignOut(ctx context.Context, token string) error {
	if err := a.refresh(ctx); err != nil {
		return err
	}
	return a.book.SignOut(ctx, token)
}

// right is what somebody may do now. The role is kept twice, and an admin is one in both places:
// what a power cut has parted is the lesser of the two.
func (a *Accounts) right(o staff.Officer) Right {
	a.mu.Lock()
	defer a.mu.Unlock()
	r := a.rights[o.Code]
	if r.Role == "" || r.Role.kiosk() != o.Role {
		return Right{}
	}
	return r
}

// List returns all accounts in the order of their logins.
func (a *Accounts) List(ctx context.Context) ([]Account, error) {
	if err := a.refresh(ctx); err != nil {
		return nil, err
	}
	var out []Account
	for _, o := range a.book.Officers() {
		out = append(out, Account{o, a.right(o)})
	}
	return out, nil
}

// Find returns the account with a code; [kiosk.CodeUnknownOfficer] where there is none.
func (a *Accounts) Find(ctx context.Context, code kiosk.OfficerCode) (Account, error) {
	all, err := a.List(ctx)
	if err != nil {
		return Account{}, err
	}
	for _, v := range all {
		if v.Code == code {
			return v, nil
		}
	}
	return Account{}, &kiosk.Refusal{Code: kiosk.CodeUnknownOfficer, Subject: string(code)}
}

// Add opens an account; its code is given here. by signs it in the log.
func (a *Accounts) Add(ctx context.Context, by string, v Account, secret string) (Account, error) {
	right, err := v.Right.Check()
	if err != nil {
		return Account{}, badRight(err)
	}
	if err := a.refresh(ctx); err != nil {
		return Account{}, err
	}
	v.Role, v.Counters, v.Disabled = right.Role.kiosk(), nil, false
	o, err := a.book.Create(ctx, by, v.Officer, secret)
	if err != nil {
		return Account{}, err
	}
	if err := a.give(ctx, by, o.Code, Right{}, right); err != nil {
		return Account{}, err
	}
	// Two who opened accounts at the same instant may have been given one code: the shelf has the
	// later one.
	kept, err := a.Find(ctx, o.Code)
	if err == nil && kept.Login != o.Login {
		err = &kiosk.Refusal{Code: kiosk.CodeStoreFailed, Cause: errors.New("somebody else opened an account at the same instant")}
	}
	return kept, err
}

// Change gives the account v.Code the name, login, state and right of v. The last admin who may
// sign in stays one: [kiosk.CodeLastLead].
func (a *Accounts) Change(ctx context.Context, by string, v Account) (Account, error) {
	right, err := v.Right.Check()
	if err != nil {
		return Account{}, badRight(err)
	}
	was, err := a.Find(ctx, v.Code)
	if err != nil {
		return Account{}, err
	}
	v.Role, v.Counters = right.Role.kiosk(), nil
	o, err := a.book.Change(ctx, by, v.Officer)
	if err == nil && !was.Right.equal(right) {
		err = a.give(ctx, by, o.Code, was.Right, right)
	}
	return Account{o, right}, err
}

// SetSecret gives an account a new passphrase, and ends its sessions.
func (a *Accounts) SetSecret(ctx context.Context, by string, code kiosk.OfficerCode, secret string) error {
	if err := a.refresh(ctx); err != nil {
		return err
	}
	return a.book.SetSecret(ctx, by, code, secret)
}

// Disable closes an account and ends its sessions.
func (a *Accounts) Disable(ctx context.Context, by string, code kiosk.OfficerCode) error {
	if err := a.refresh(ctx); err != nil {
		return err
	}
	return a.book.Disable(ctx, by, code)
}

// Unlock forgives an account its wrong guesses.
func (a *Accounts) Unlock(ctx context.Context, by string, code kiosk.OfficerCode) error {
	if err := a.refresh(ctx); err != nil {
		return err
	}
	return a.book.Unlock(ctx, by, code)
}

// give keeps a right in the place of another one, in the log first.
func (a *Accounts) give(ctx context.Context, by string, code kiosk.OfficerCode, was, r Right) error {
	ctx = context.WithoutCancel(ctx) // the account is made: a browser that hangs up does not part the two
	b, err := json.Marshal(r)
	for _, text := range r.since(was) {
		if err == nil {
			err = a.log.Audit(ctx, Entry{Who: by, What: deedRight, About: string(code), Purpose: text})
		}
	}
	if err == nil {
		err = a.shelf.Write(ctx, kiosk.Item{Key: string(code), Value: a.sealer.Seal(purposeRight, b, []byte(code))})
	}
	if err == nil {
		err = a.load(ctx)
	}
	if err != nil {
		return &kiosk.Refusal{Code: kiosk.CodeStoreFailed, Cause: err}
	}
	return nil
}

func badRight(err error) error { return &kiosk.Refusal{Code: kiosk.CodeBadRequest, Cause: err} }

// NewSecret returns a passphrase for a new account, to be told once: 100 random bits in groups
// that can be read aloud.
func NewSecret() string {
	s := strings.ToLower(rand.Text())
	return strings.Join([]string{s[:4], s[4:8], s[8:12], s[12:16], s[16:20]}, "-")
}
