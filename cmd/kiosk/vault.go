package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/boltstore"
	"github.com/motcua/gateway/kiosk/control"
	"github.com/motcua/gateway/kiosk/secret"
	"github.com/motcua/gateway/kiosk/staff"
	"github.com/motcua/gateway/ui/rating"
	"github.com/motcua/gateway/ui/words"
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
// through it: nobody has to wait for a lead to take a number, and no slip is cut in two. Nor does
// the hall end with a key, or a folder behind it, that cannot be read: that is a fault, and it is
// looked at again.
type vault struct {
	office *kiosk.Office
	lock   *secret.Lock
	log    *slog.Logger
	// where returns the address at which the passphrase can be typed, empty while there is none. It
	// is set before anything is served.
	where  func() string
	open   atomic.Pointer[keyed] // nil while locked
	opened chan struct{}         // closed with it
	nudge  chan struct{}         // holds a token when somebody wants it looked at again now
	saying sync.Mutex            // so that what is said last is what holds

	mu      sync.Mutex
	trouble error         // of the last attempt; nil where it only waits for a passphrase
	tried   chan struct{} // closed by the next attempt
}

func newVault(office *kiosk.Office, lock *secret.Lock, log *slog.Logger) *vault {
	return &vault{
		office: office, lock: lock, log: log, where: func() string { return "" },
		opened: make(chan struct{}), nudge: make(chan struct{}, 1), tried: make(chan struct{}),
	}
}

// say keeps the faults of the key as the key is.
func (v *vault) say() {
	v.saying.Lock()
	defer v.saying.Unlock()
	v.mu.Lock()
	trouble := v.trouble
	v.mu.Unlock()
	if trouble != nil {
		v.office.ClearFault(kiosk.FaultKeyLocked)
		v.office.RaiseFault(kiosk.FaultKeyFaulty, trouble.Error()+"; once that is put right it is noticed within a minute")
		return
	}
	v.office.ClearFault(kiosk.FaultKeyFaulty)
	weakKey(v.office, v.lock, v.where())
}

// lookAgain is how often what could not be opened is looked at again.
const lookAgain = time.Minute

// begin opens the vault at once where the key is there, or leaves somebody behind who waits for it.
func (v *vault) begin(ctx context.Context, p keyedParts) {
	if v.attempt(ctx, p) {
		return
	}
	p.ground.run("lock", func(ctx context.Context) error {
		for {
			ready := v.lock.Ready()
			if v.lock.Key() != nil {
				ready = nil // it is there, and something behind it is not
			}
			select {
			case <-ctx.Done():
				return nil
			case <-ready:
			case <-v.nudge:
			case <-time.After(lookAgain):
			}
			if v.attempt(ctx, p) {
				break
			}
		}
		p.log.Info("unlocked")
		<-ctx.Done()
		return nil
	})
}

// attempt looks for the key, opens what stands on it, and says what came of it.
func (v *vault) attempt(ctx context.Context, p keyedParts) (done bool) {
	err := v.lock.Look(ctx)
	if err == nil && v.lock.Key() != nil {
		var k *keyed
		if k, err = p.open(ctx, v.lock); err == nil {
			v.open.Store(k)
			close(v.opened)
			done = true
		}
	}
	v.mu.Lock()
	// It is looked at every minute: what has not changed is said once.
	if err != nil && ctx.Err() == nil && (v.trouble == nil || v.trouble.Error() != err.Error()) {
		v.log.Error("open the box's key and what stands on it", logErr, err)
	}
	v.trouble = err
	close(v.tried)
	v.tried = make(chan struct{})
	v.mu.Unlock()
	v.say()
	return done
}

// wait returns when the vault is open, or what the next attempt to open it has met.
func (v *vault) wait(ctx context.Context) error {
	v.mu.Lock()
	tried := v.tried
	v.mu.Unlock()
	select {
	case v.nudge <- struct{}{}:
	default:
	}
	select {
	case <-v.opened:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-tried:
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.trouble != nil {
		return &kiosk.Refusal{Code: kiosk.CodeKeyFaulty, Hint: v.trouble.Error(), Cause: v.trouble}
	}
	return nil
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

// Line is what staff mode, which is behind a PIN and so behind the key, says of the line.
func (p pinpad) Line() words.LineState {
	k := p.vault.open.Load()
	if k == nil {
		return words.LineState{}
	}
	return k.line.link()
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
	if k.book, err = openStaff(ctx, p.bolt, key, p.office, p.cfg.Counters, p.log); err != nil {
		return nil, err
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
	if err := p.metrics.Register(newLineMetrics(k.line.uplink, p.office.Time)); err != nil {
		return nil, fmt.Errorf("show the line in metrics: %w", err)
	}
	// From here on nothing fails, so that all of it runs, or nothing.
	if p.opt.demo {
		// Hashing three PINs takes longer than everything else of a start: the screen does not wait.
		p.ground.run("demo staff", func(ctx context.Context) error { return p.hireDemo(ctx, k.book) })
	}
	// Counters stay in step with who is signed in.
	p.ground.run("staff", k.book.Run)
	p.ground.run("seats", newSeats(p.office, k.book, p.log).Run)
	k.line.run(p.ground)
	return k, nil
}
