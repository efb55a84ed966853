package staff

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// How all machines together are slowed, beside each alone: less, so that who guesses does not
// keep the lead from opening the box. At one guess in thirty seconds, fifteen characters hold.
const (
	freeTogether    = 6 // wrong ones in a row that cost nothing
	longestTogether = 30 * time.Second
)

// The rows on a turnstile's shelf, each behind keyRow.
const (
	keyTogether = "all"
	keyFrom     = "from/" // and the machine
)

// TurnstileConfig is what a Turnstile is made of. Shelf and Recorder are required.
type TurnstileConfig struct {
	Shelf    kiosk.Shelf // of its own
	Recorder Recorder
	Now      func() time.Time // the runtime's where it is nil
	Log      *slog.Logger     // none where it is nil
}

// Turnstile counts wrong guesses at the box's passphrase. On that passphrase hangs the key, and on
// the key every account: there is no book yet to count in. Nothing here needs the key, and the rows
// outlive a restart. Its methods may be called from any goroutine.
type Turnstile struct {
	cfg  TurnstileConfig
	desk desk // one at a time, so that no two guesses pass as the first

	mu       sync.Mutex
	together row
	machines machines
	facts    hourly
}

// OpenTurnstile reads the shelf. A row that cannot be read is left out and logged.
func OpenTurnstile(ctx context.Context, cfg TurnstileConfig) (*Turnstile, error) {
	if cfg.Shelf == nil || cfg.Recorder == nil {
		return nil, errors.New("staff: a turnstile needs a shelf and a recorder")
	}
	cfg.Now = orElse(cfg.Now, time.Now)
	cfg.Log = cmp.Or(cfg.Log, slog.New(slog.DiscardHandler))
	t := &Turnstile{cfg: cfg, desk: newDesk(), machines: machines{}}
	items, err := cfg.Shelf.Read(ctx, "")
	if err != nil {
		return nil, fmt.Errorf("read the wrong guesses at the passphrase: %w", err)
	}
	for _, it := range items {
		r, err := decodeRow(it.Value)
		from, ofMachine := strings.CutPrefix(it.Key, keyRow+keyFrom)
		switch {
		case err != nil:
			cfg.Log.Error("wrong guesses at the passphrase left out", logItem, it.Key, kiosk.LogError, err)
		case ofMachine:
			t.machines[from] = r
		case it.Key == keyRow+keyTogether:
			t.together = r
		}
	}
	return t, nil
}

// Try lets look find out whether a passphrase that came from a machine is right. A wrong one is
// refused with kiosk.CodeWrongPassphrase; kiosk.CodeLocked means that it was not looked at, and
// its hint holds the seconds to wait. An error of look is neither and is returned as it is.
func (t *Turnstile) Try(ctx context.Context, from string, look func() (right bool, err error)) error {
	from = machine(from)
	// Who has to wait does not queue for the desk.
	if err := t.held(from); err != nil {
		return err
	}
	if err := t.desk.enter(ctx); err != nil {
		return err
	}
	defer t.desk.leave()
	if err := t.held(from); err != nil {
		return err
	}
	right, err := look()
	if err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx) // a browser that hangs up has guessed all the same
	if right {
		t.forget(ctx)
		return nil
	}
	t.miss(ctx, from)
	return refuse(kiosk.CodeWrongPassphrase, "", "")
}

// held refuses while the machine or all of them have to wait.
func (t *Turnstile) held(from string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.cfg.Now()
	t.together = t.together.at(now) // notes a clock that was put back
	if m, ok := t.machines[from]; ok {
		t.machines[from] = m.at(now)
	}
	if wait := max(t.machines[from].wait(now), waitTogether(t.together, now)); wait > 0 {
		return locked(wait)
	}
	return nil
}

func delayTogether(wrong int) time.Duration {
	over := wrong - freeTogether - 1
	if over < 0 {
		return 0
	}
	return min(firstDelay<<min(over, 10), longestTogether)
}

func waitTogether(r row, now time.Time) time.Duration {
	return max(0, r.last.Add(delayTogether(r.wrong)).Sub(now))
}

// miss counts a wrong guess, first in memory, so that a full disk gives no free guesses.
func (t *Turnstile) miss(ctx context.Context, from string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.cfg.Now()
	m := t.machines.miss(from, now)
	t.together = t.together.miss(now)
	items := []kiosk.Item{rowItem(keyFrom+from, m), rowItem(keyTogether, t.together)}
	for other, r := range t.machines {
		if r.at(now).wrong == 0 {
			delete(t.machines, other)
			items = append(items, gone(keyRow+keyFrom+other))
		}
	}
	what := kiosk.StaffUnlockRefused
	if m.delay() > 0 || delayTogether(t.together.wrong) > 0 {
		what = kiosk.StaffUnlockHeld
	}
	t.cfg.Log.Warn("wrong passphrase of the box", logFrom, from, "what", what)
	if t.facts.allow(now, nobodysFacts) {
		t.record(ctx, kiosk.StaffMoved{What: what, Detail: told(from)}, byGateway)
	}
	t.write(ctx, items)
}

// forget ends all rows: the box is open.
func (t *Turnstile) forget(ctx context.Context) {
	t.mu.Lock()
	defer t.mu.Unlock()
	items := []kiosk.Item{gone(keyRow + keyTogether)}
	for from := range t.machines {
		items = append(items, gone(keyRow+keyFrom+from))
	}
	t.together, t.machines = row{}, machines{}
	t.write(ctx, items)
}

// Opened writes down who opened the box: "kioskctl", or the page.
func (t *Turnstile) Opened(ctx context.Context, by string) {
	t.record(context.WithoutCancel(ctx), kiosk.StaffMoved{What: kiosk.StaffUnlocked}, by)
}

// Refused writes down a wrong passphrase that another way in has met, which has its own bounds.
func (t *Turnstile) Refused(ctx context.Context, by string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.facts.allow(t.cfg.Now(), nobodysFacts) {
		t.record(context.WithoutCancel(ctx), kiosk.StaffMoved{What: kiosk.StaffUnlockRefused}, by)
	}
}

// record writes a fact. A disk that takes none must not keep the box shut, and changes no answer:
// an error here has this log as its only reader.
func (t *Turnstile) record(ctx context.Context, f kiosk.StaffMoved, by string) {
	if err := t.cfg.Recorder.RecordStaff(ctx, f, by); err != nil {
		t.cfg.Log.Error("keep in the audit log", "what", f.What, kiosk.LogError, err)
	}
}

func (t *Turnstile) write(ctx context.Context, items []kiosk.Item) {
	if err := t.cfg.Shelf.Write(ctx, items...); err != nil {
		t.cfg.Log.Error("keep wrong guesses at the passphrase", kiosk.LogError, err)
	}
}
