package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/boltstore"
	"github.com/motcua/gateway/kiosk/control"
	"github.com/motcua/gateway/kiosk/secret"
	"github.com/motcua/gateway/kiosk/staff"
	"github.com/motcua/gateway/ui/rating"
)

// keyed is what stands on the box's key: the staff, the line to the province with all that goes
// there, and the pages for which somebody signs in. All of it is there, or none.
type keyed struct {
	book  *staff.Book
	line  *province
	codes *rating.Codes
	pages *officePages
}

// vault gives what stands on the box's key, from the start where the key is there, and else from
// the moment in which a lead has typed the passphrase. Everything else runs before it and goes on
// through it: nobody has to wait for a lead to take a number, and no slip is cut in two.
type vault struct {
	office *kiosk.Office
	lock   *secret.Lock
	// where returns the address at which the passphrase can be typed, empty while there is none. It
	// is set before anything is served.
	where  func() string
	open   atomic.Pointer[keyed] // nil while locked
	opened chan struct{}         // closed with it
	saying sync.Mutex            // so that what is said last is what holds
}

func newVault(office *kiosk.Office, lock *secret.Lock) *vault {
	return &vault{office: office, lock: lock, where: func() string { return "" }, opened: make(chan struct{})}
}

// say keeps the faults of the key as the key is.
func (v *vault) say() {
	v.saying.Lock()
	defer v.saying.Unlock()
	weakKey(v.office, v.lock, v.where())
}

// begin opens the vault at once where the key is there, or leaves somebody behind who waits for it.
func (v *vault) begin(ctx context.Context, p keyedParts) error {
	if v.lock.Key() != nil {
		return v.fill(ctx, p)
	}
	p.ground.run("lock", func(ctx context.Context) error {
		select {
		case <-ctx.Done():
			return nil
		case <-v.lock.Ready():
		}
		if err := v.fill(ctx, p); err != nil {
			return err
		}
		v.say()
		p.log.Info("unlocked")
		<-ctx.Done()
		return nil
	})
	return nil
}

func (v *vault) fill(ctx context.Context, p keyedParts) error {
	k, err := p.open(ctx, v.lock)
	if err != nil {
		return err
	}
	v.open.Store(k)
	close(v.opened)
	return nil
}

// wait returns when the vault is open.
func (v *vault) wait(ctx context.Context) error {
	select {
	case <-v.opened:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// pages returns the pages for which somebody signs in; nil while locked.
func (v *vault) pages() *officePages {
	if k := v.open.Load(); k != nil {
		return k.pages
	}
	return nil
}

// forControl is what kioskctl may ask for; nil while locked.
func (v *vault) forControl() *control.Keyed {
	if k := v.open.Load(); k != nil {
		return &control.Keyed{Staff: composed{k.book}, Province: k.line}
	}
	return nil
}

// pinpad is what the touchscreen asks about a PIN.
type pinpad struct{ vault *vault }

// CheckPIN tells whose PIN was typed at a screen.
func (p pinpad) CheckPIN(ctx context.Context, typed, from string) (kiosk.OfficerCode, kiosk.Role, error) {
	k := p.vault.open.Load()
	if k == nil {
		return "", "", &kiosk.Refusal{Code: kiosk.CodeKeyLocked, Subject: p.vault.where()}
	}
	o, err := k.book.CheckPIN(ctx, typed, from)
	return o.Code, o.Role, err
}

// keyedParts are what a vault is filled from.
type keyedParts struct {
	officeParts
	opt     *options
	cfg     *config
	bolt    *boltstore.Store
	metrics *prometheus.Registry
	ground  *floor          // on which it runs
	told    <-chan struct{} // closed once the addresses are written to stdout
	stdout  io.Writer
	log     *slog.Logger
}

// hireDemo makes the officers of a demonstration and tells their PINs after the addresses.
func (p keyedParts) hireDemo(ctx context.Context, book *staff.Book) error {
	accounts, err := demoStaff(ctx, book, p.opt.state)
	if err != nil {
		return err
	}
	select {
	case <-p.told:
		announceAccounts(p.stdout, accounts)
		<-ctx.Done()
	case <-ctx.Done():
	}
	return nil
}

// open opens everything that needs the key, and starts what of it runs.
func (p keyedParts) open(ctx context.Context, lock *secret.Lock) (*keyed, error) {
	key := lock.Key()
	k := &keyed{}
	var err error
	if k.book, err = openStaff(ctx, p.bolt, key, p.office, p.cfg.Counters.Idle, p.log); err != nil {
		return nil, err
	}
	if p.opt.demo {
		// Hashing three PINs takes longer than everything else of a start: the screen does not wait.
		p.ground.run("demo staff", func(ctx context.Context) error { return p.hireDemo(ctx, k.book) })
	}
	if k.line, err = openProvince(ctx, p.office, p.bolt, lock, p.cfg, p.opt, p.log); err != nil {
		return nil, err
	}
	if k.codes, err = rateCodes(key, &p.cfg.Setup); err != nil {
		return nil, err
	}
	if k.pages, err = newOfficePages(p.officeParts, k, key, p.log); err != nil {
		return nil, err
	}
	if err := p.metrics.Register(newLineMetrics(k.line.uplink)); err != nil {
		return nil, fmt.Errorf("show the line in metrics: %w", err)
	}
	// Counters stay in step with who is signed in.
	p.ground.run("staff", k.book.Run)
	p.ground.run("seats", newSeats(p.office, k.book, p.log).Run)
	k.line.run(p.ground)
	return k, nil
}
