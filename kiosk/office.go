package kiosk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// OfficeConfig is what an Office is made of.
type OfficeConfig struct {
	Setup *Setup // checked: Setup.Check found nothing
	Store Store
	// Now is the wall clock, Mono a clock that only ever runs forward. Both are the runtime's
	// where they are nil.
	Now  func() time.Time
	Mono func() time.Duration
	// Built is when the binary was made: no clock that is right can be earlier. May be zero.
	Built time.Time
	Log   *slog.Logger
}

// Office is the one-stop office: the only writer of its store. Its verbs may be called from
// any goroutine; each is one transaction.
type Office struct {
	setup *Setup
	store Store
	log   *slog.Logger

	mu      sync.Mutex
	clock   clockGuard
	day     *dayState
	box     BoxRecord
	last    Position // of the last record that is kept
	faults  faultSet
	printer PrinterStatus
	broken  *breakage // nil while the store works
	closed  bool
	changed bool // what is shown, in this transaction
	presses pressLog
	built   time.Time
	said    saidDate
	away    *away // before this start; nil once it is kept, or was nobody's waiting time

	views views
}

// The keys under which the office logs.
const (
	LogTicket  = "ticket"
	LogDossier = "dossier"
	LogFault   = "fault"
	LogDay     = "day"
	LogError   = "err"
	LogBy      = "by"
)

// NewOffice loads what the store keeps, looks at the clock, and begins a new day where one has
// come. What counters had in hand stays in their hands; nothing is announced.
func NewOffice(ctx context.Context, cfg OfficeConfig) (*Office, error) {
	if p := cfg.Setup.Check(); len(p) > 0 {
		return nil, fmt.Errorf("check setup: %w", p[0])
	}
	o := &Office{setup: cfg.Setup, store: cfg.Store, log: cfg.Log, built: cfg.Built}
	if o.log == nil {
		o.log = slog.New(slog.DiscardHandler)
	}
	o.clock = clockGuard{now: cfg.Now, mono: cfg.Mono}
	if o.clock.now == nil {
		o.clock.now = time.Now
	}
	if o.clock.mono == nil {
		start := time.Now()
		o.clock.mono = func() time.Duration { return time.Since(start) }
	}
	o.faults = newFaultSet()
	o.printer = PrinterStatus{State: DeviceAbsent, Paper: PaperUnknown}
	o.views.init()

	kept, err := o.store.Load(ctx, o.setup.Site.Code)
	if err != nil {
		return nil, fmt.Errorf("load office: %w", err)
	}
	o.clock.confirmed, o.clock.unsure = kept.Box.Confirmed, kept.Box.Unsure
	o.clock.start(kept.Box.LastSeen, cfg.Built)
	o.away = o.awaySince(kept)
	if err := o.adopt(ctx, kept); err != nil {
		return nil, err
	}
	return o, nil
}

// adopt takes what the store keeps as the office's state and brings it up to date. The lock is
// held, or nobody else knows the office yet.
func (o *Office) adopt(ctx context.Context, kept Kept) error {
	o.box, o.last = kept.Box, kept.Last
	now := o.clock.wall
	day := kept.Day
	if day == 0 {
		day = DayOf(now)
		if o.clock.confirmed != 0 {
			day = o.clock.confirmed
		}
	}
	o.day = newDayState(o.setup, day, kept)
	// The list is kept before a new day can begin: a power cut must not lose the question.
	ask := kept.NumbersUnknown && len(o.box.NumbersUnknown) == 0
	if ask {
		if err := o.numbersAsked(ctx, o.setup.ServiceCodes()); err != nil {
			return err
		}
	}
	if kept.Replaced {
		o.faults.raise(FaultStoreReplaced, "a new database was begun: the old one was damaged and set aside beside it, or missing; see the log", o.clock.at, now)
	}
	err := o.rollover(ctx, now)
	if err != nil {
		return fmt.Errorf("begin day: %w", err)
	}
	if err := o.noteOutage(ctx, now); err != nil {
		return err
	}
	switch {
	case o.box.UnknownDay == o.day.day || len(o.box.NumbersUnknown) == 0:
	case ask:
		err = o.numbersAsked(ctx, o.box.NumbersUnknown)
	default:
		err = o.keepAsked(ctx, now, kept.LastNumbers)
	}
	if err != nil {
		return err
	}
	o.clockFault(now)
	o.numbersFault(now)
	if o.agreed() {
		if err := o.keepLastSeen(ctx, now); err != nil {
			return fmt.Errorf("keep that the clock is right: %w", err)
		}
	}
	return nil
}

// begin starts a transaction: it takes the lock, reads the time once and makes sure that the
// office can keep what is coming. The caller must call o.end when err is nil.
func (o *Office) begin(ctx context.Context) (now time.Time, err error) {
	o.mu.Lock()
	if o.closed {
		o.mu.Unlock()
		return time.Time{}, refuse(CodeStopping, "", "")
	}
	now, changed := o.clock.read()
	if changed {
		o.clockFault(now)
	}
	if o.broken != nil {
		if err := o.mend(ctx, now); err != nil {
			o.mu.Unlock()
			return time.Time{}, err
		}
	}
	if err := o.rollover(ctx, now); err != nil {
		o.mu.Unlock()
		return time.Time{}, err
	}
	if err := o.noteOutage(ctx, now); err != nil {
		o.mu.Unlock()
		return time.Time{}, err
	}
	return now, nil
}

// end closes a transaction: who watches is woken, if anything has changed.
func (o *Office) end() {
	if o.changed || o.faults.dirty {
		o.changed, o.faults.dirty = false, false
		o.views.stale()
	}
	o.mu.Unlock()
}

// record forms the record of a fact at the place after the ones already in c.
func (o *Office) record(c *Change, now time.Time, by string, f Fact) Record {
	pos := o.last.Next()
	if n := len(c.Records); n > 0 {
		pos = c.Records[n-1].Position.Next()
	}
	r := Record{Position: pos, Site: o.setup.Site.Code, Day: o.day.day, At: now, AtSure: o.clock.sure(), By: by, Fact: f}
	c.Records = append(c.Records, r)
	return r
}

// touch derives a ticket's new value from a fact about it and puts both into c.
func (o *Office) touch(c *Change, now time.Time, by string, t Ticket, f Fact) Ticket {
	r := o.record(c, now, by, f)
	if born, ok := f.(TicketIssued); ok {
		born.Ticket.Order = r.Order()
		r.Fact = born
		c.Records[len(c.Records)-1] = r
	}
	t = evolve(t, r)
	for i := range c.Tickets {
		if c.Tickets[i].Number == t.Number && c.Tickets[i].Day == t.Day {
			c.Tickets[i] = t
			return t
		}
	}
	c.Tickets = append(c.Tickets, t)
	return t
}

// commit makes c durable and only then part of the office's state.
func (o *Office) commit(ctx context.Context, c Change) error {
	if len(c.Records) == 0 && c.Box == nil {
		return nil
	}
	c.Site = o.setup.Site.Code
	// A commit that has begun is not given up half-way because a browser went away.
	err := o.store.Commit(context.WithoutCancel(ctx), c)
	if err != nil && !errors.Is(err, ErrNumbersFile) {
		o.break_(err, c)
		return &Refusal{Code: CodeStoreFailed, Cause: err}
	}
	if n := len(c.Records); n > 0 {
		o.last = c.Records[n-1].Position
	}
	if c.Box != nil {
		o.box = *c.Box
	}
	o.day.install(c, o.clock.at)
	o.changed = true
	if err != nil {
		// The fact is kept, but the next number might not survive a lost database.
		o.break_(err, Change{})
	}
	return nil
}

// Records returns at most n facts after pos, oldest first.
func (o *Office) Records(ctx context.Context, after Position, n int) ([]Record, error) {
	return o.store.Records(ctx, after, n)
}

// Last returns the position of the newest fact.
func (o *Office) Last() Position {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.last
}

// Setup returns the office's data. It must not be changed.
func (o *Office) Setup() *Setup { return o.setup }

// Close keeps the last sure second and refuses every verb from then on.
func (o *Office) Close(ctx context.Context) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return nil
	}
	now, _ := o.clock.read()
	err := o.keepLastSeen(ctx, now)
	o.closed = true
	o.views.stale()
	return err
}

// agreed reports whether the clock stands on its own again and that is not kept yet.
func (o *Office) agreed() bool { return o.clock.sure() && o.box.Confirmed != 0 }

// keepLastSeen keeps the last second at which the clock was sure, and how long the box has run
// since then with one that is not.
func (o *Office) keepLastSeen(ctx context.Context, now time.Time) error {
	if o.broken != nil || o.clock.sure() && !now.After(o.box.LastSeen) && !o.agreed() {
		return nil
	}
	if err := o.noteOutage(ctx, now); err != nil {
		return err
	}
	box := o.boxOn(o.day.day, now)
	return o.commit(ctx, Change{Box: &box})
}
