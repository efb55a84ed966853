package escpos

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"golang.org/x/image/font/opentype"

	"github.com/motcua/gateway/drivers"
	"github.com/motcua/gateway/kiosk"
)

// Config says which printer stands where.
type Config struct {
	// Port is "/dev/kiosk-printer" (serial), "/dev/usb/lp0" or "tcp://10.0.0.5:9100". What
	// kind of device a path is shows when it is opened.
	Port string
	// Baud is the speed of a serial line: one that serialport knows; 38400 if zero.
	Baud int
	// Profile is the kind of printer, from [Lookup], with what the configuration overrides.
	Profile Profile
	// Fonts draw what the built-in ones lack, such as Chinese; tried in order.
	Fonts []*opentype.Font
	// Log gets a line when the printer comes, goes or fails; required.
	Log *slog.Logger
}

func (c Config) baud() int {
	if c.Baud == 0 {
		return 38400
	}
	return c.Baud
}

// onLine is how long n bytes take on a serial line; other wires are never slower.
func (c Config) onLine(n int) time.Duration {
	return time.Duration(n) * 10 * time.Second / time.Duration(c.baud())
}

// Printer is a slip printer on one port. [Printer.Run] owns the wire; the other methods may
// be called from any goroutine.
type Printer struct {
	cfg     Config
	log     *slog.Logger
	open    func(context.Context, Config) (wire, error)
	jobs    chan *job
	changed chan struct{}

	encoding sync.Mutex
	encoder  *Encoder

	mu     sync.Mutex
	status kiosk.PrinterStatus
	hint   string // what was amiss with the last slip's text

	// What outlives a connection; only Run's goroutine touches it.
	memory memory
}

// memory is what is known of the printer between two connections.
type memory struct {
	// begun is false until the printer has been reset once: a process that was killed in
	// mid-slip left who knows what in its buffer.
	begun bool
	// begunSlip is true once a byte of a slip has been sent.
	begunSlip bool
	// interrupted is true when a slip of ours may stand on the paper half or uncut.
	interrupted bool
	// longest is the most data that a command of that slip may still be waiting for.
	longest int
	// talked is true once the printer has answered.
	talked bool
	// opened is true while the printer stands open or empty.
	opened bool
	nextID uint16
}

var _ kiosk.Printer = (*Printer)(nil)

// job is one slip on its way to Run's goroutine and back.
type job struct {
	ctx    context.Context
	slip   Encoded
	again  bool // the slip carries a reprint mark
	result chan result
}

type result struct {
	outcome kiosk.Outcome
	err     error
}

// acceptTimeout bounds the wait for the goroutine that owns the wire: it may be asking the
// printer something, which takes at most askTimeout.
const acceptTimeout = 5 * time.Second

// New returns a printer that is absent until Run finds it. The error says what is wrong with
// the configuration.
func New(cfg Config) (*Printer, error) {
	if cfg.Log == nil {
		return nil, errors.New("new printer: no logger")
	}
	if cfg.Port == "" || cfg.Port == tcpPrefix {
		return nil, errors.New("new printer: no port, want a path such as /dev/kiosk-printer or tcp://host:9100")
	}
	encoder, err := NewEncoder(cfg.Profile, cfg.Fonts...)
	if err != nil {
		return nil, fmt.Errorf("new printer: %w", err)
	}
	return &Printer{
		cfg:     cfg,
		log:     cfg.Log,
		open:    openWire,
		jobs:    make(chan *job),
		changed: make(chan struct{}, 1),
		encoder: encoder,
		status: kiosk.PrinterStatus{
			State: kiosk.DeviceAbsent, Code: kiosk.FaultPrinterAbsent,
			Hint:  "not looked for yet: " + cfg.Port,
			Paper: kiosk.PaperUnknown, Confirms: cfg.Profile.confirms(),
		},
		memory: memory{longest: maxPayload, nextID: uint16(time.Now().UnixNano() >> 10)},
	}, nil
}

// Run owns the wire until ctx ends: it finds the printer, prints what Print hands it, loses
// the printer and finds it again. It returns ctx.Err().
func (p *Printer) Run(ctx context.Context) error {
	return drivers.Supervise(ctx, p.find, p.use, drivers.Options{
		Name:    "printer",
		Log:     p.log,
		Report:  p.report,
		MaxWait: 5 * time.Second, // a person who has just switched the printer on stands there
	})
}

// Print implements [kiosk.Printer]. It is bounded by what the slip takes on the line and on
// paper, and some seconds.
func (p *Printer) Print(ctx context.Context, slip kiosk.Slip) (kiosk.Outcome, error) {
	if s := p.Status(); !s.Ready() {
		return "", fmt.Errorf("print slip %s: %w: %s", slip.Name, kiosk.ErrSlipNotSent, s.Hint)
	}
	j := &job{ctx: ctx, slip: p.encode(slip), again: marked(slip), result: make(chan result, 1)}
	timer := time.NewTimer(acceptTimeout)
	defer timer.Stop()
	select {
	case p.jobs <- j:
	case <-ctx.Done():
		return "", fmt.Errorf("print slip %s: %w: %w", slip.Name, kiosk.ErrSlipNotSent, ctx.Err())
	case <-timer.C:
		return "", fmt.Errorf("print slip %s: %w: the printer was lost", slip.Name, kiosk.ErrSlipNotSent)
	}
	r := <-j.result // always comes: send bounds itself, and a lost wire ends it
	if r.err != nil {
		return "", fmt.Errorf("print slip %s: %w", slip.Name, r.err)
	}
	return r.outcome, nil
}

// marked reports whether the slip says of itself that it was printed before.
func marked(slip kiosk.Slip) bool {
	for _, l := range slip.Lines {
		if l.Role == kiosk.LineMark {
			return true
		}
	}
	return false
}

func (p *Printer) encode(slip kiosk.Slip) Encoded {
	p.encoding.Lock()
	defer p.encoding.Unlock()
	out := p.encoder.Encode(slip)
	hint := out.Hint()
	if hint != "" {
		hint = "slip " + slip.Name + ": " + hint
		p.log.Warn("slip is not as it was meant", "slip", slip.Name, drivers.LogKeyReason, hint)
	}
	p.mu.Lock()
	p.hint = hint
	p.mu.Unlock()
	return out
}

// Status implements [kiosk.Printer].
func (p *Printer) Status() kiosk.PrinterStatus {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.status
	if s.Hint == "" {
		s.Hint = p.hint
	}
	return s
}

// Changed implements [kiosk.Printer].
func (p *Printer) Changed() <-chan struct{} { return p.changed }

// setStatus publishes a new condition; change alters a copy of the old one.
func (p *Printer) setStatus(change func(*kiosk.PrinterStatus)) {
	p.mu.Lock()
	old := p.status
	change(&p.status)
	same := p.status == old
	p.mu.Unlock()
	if same {
		return
	}
	select {
	case p.changed <- struct{}{}:
	default:
	}
}

// report takes what the supervise loop learns. That the wire could be opened does not make
// the printer ready; serving it does that.
func (p *Printer) report(state kiosk.DeviceState, reason error) {
	if state == kiosk.DeviceReady {
		return
	}
	code := kiosk.FaultPrinterOffline
	if state == kiosk.DeviceAbsent {
		code = kiosk.FaultPrinterAbsent
	}
	var hint string
	if reason != nil {
		hint = reason.Error()
	}
	if f, ok := errors.AsType[*trouble](reason); ok {
		code, hint = f.code, f.hint
	}
	p.setStatus(func(s *kiosk.PrinterStatus) {
		s.State, s.Code, s.Hint = state, code, strings.TrimSpace(hint)
		s.Paper = kiosk.PaperUnknown
	})
}

// trouble is a condition of the printer as an error.
type trouble struct {
	code kiosk.FaultCode
	hint string
}

func (t *trouble) Error() string { return t.hint }
