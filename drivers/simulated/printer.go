package simulated

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/motcua/gateway/drivers/simulated/paper"
	"github.com/motcua/gateway/drivers/simulated/thermal"
)

// Flow is how a printer tells its host to wait.
type Flow string

// The flow controls.
const (
	// FlowXONXOFF sends 13h when less than 128 bytes of the receive buffer are free and 11h
	// when 256 are again, as the TM-T88III does. A host that goes on sending loses bytes.
	FlowXONXOFF Flow = "xon/xoff"
	// FlowHold takes no more bytes than fit, as RTS/CTS, USB and TCP work: the host's own
	// buffers fill up.
	FlowHold Flow = "hold"
)

// PrinterConfig says which printer to simulate and where.
type PrinterConfig struct {
	Machine thermal.Machine // the zero value is the machine "tm-t20"

	Link   string // path of a symlink to the pty, made and removed with the cable; empty for no pty
	Listen string // TCP address instead of a pty, standing in for port 9100
	Out    string // folder for slip-0001.png …; empty keeps slips in memory only

	Baud  int     // bits a second, 10 to a byte; 0 does not limit the line
	Flow  Flow    // empty is FlowHold
	Speed float64 // simulated seconds a second: 1 is life, 0 as fast as possible

	Log *slog.Logger // nil discards
}

// The bounds on what is kept in memory: 64 slips of the longest kind are 74 MB.
const (
	maxSlips     = 64
	maxAnomalies = 256
)

// grace is how far paper moves after the end sensor has seen the tail of the roll: the
// sensor sits before the head, and a line in progress is finished. In dots, about 10 mm.
const grace = 80

// Printer is a simulated ESC/POS slip printer. Its methods may be called from any goroutine.
type Printer struct {
	machine thermal.Machine
	cfg     PrinterConfig
	log     *slog.Logger
	archive *paper.Archive // nil without Out
	up      chan struct{}  // closed when the line is first up

	mu   sync.Mutex
	cond *sync.Cond // signalled at every change of what follows

	closed bool // Run is over
	cycle  int  // power cycles
	clears int  // times that the buffers were cleared

	sensors thermal.Sensors
	asb     byte // mask of GS a
	jammed  bool // something is in the cutter
	stalled bool
	roll    *paper.Roll
	left    int // dots to the end of the roll; negative is plenty
	beyond  int // dots moved after the end

	intake    intake
	outbox    []outgoing
	valve     byte // XON or XOFF that has not left yet
	late      time.Duration
	noisy     bool
	scrambled bool
	chance    *rand.Rand

	running  bool
	plugged  bool
	lineUp   bool               // the name or the port is there
	attached bool               // a host has opened it
	unhook   context.CancelFunc // takes the line away; nil while there is none
	pullIn   int                // bytes of the next job until the cable is pulled; 0 is never
	addr     string

	slips     []paper.Slip
	printed   int // slips ever
	anomalies []string
}

// NewPrinter checks cfg and opens the folder for slips. Nothing exists on the outside until
// Run.
func NewPrinter(cfg PrinterConfig) (*Printer, error) {
	if cfg.Machine.Name == "" {
		m, err := thermal.MachineNamed("tm-t20")
		if err != nil {
			return nil, err
		}
		cfg.Machine = m
	}
	if cfg.Link != "" && cfg.Listen != "" {
		return nil, errors.New("simulated printer: both a link and an address to listen on")
	}
	if cfg.Flow == "" {
		cfg.Flow = FlowHold
	}
	if cfg.Flow != FlowHold && cfg.Flow != FlowXONXOFF {
		return nil, fmt.Errorf("simulated printer: unknown flow control %q", cfg.Flow)
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	p := &Printer{
		machine: cfg.Machine,
		cfg:     cfg,
		log:     cfg.Log,
		up:      make(chan struct{}),
		sensors: thermal.Sensors{Drawer: cfg.Machine.Drawer},
		left:    -1,
		plugged: true,
		// A fixed seed: a garbled slip is garbled the same way in every run of a test.
		chance: rand.New(rand.NewPCG(9, 17)),
	}
	p.cond = sync.NewCond(&p.mu)
	p.roll = paper.NewRoll(cfg.Machine.Width, cfg.Machine.Margin, cfg.Machine.Gap)
	p.intake = newIntake(cfg.Machine.Buffer)
	if cfg.Out != "" {
		a, err := paper.OpenArchive(cfg.Out)
		if err != nil {
			return nil, err
		}
		p.archive = a
	}
	return p, nil
}

// Run switches the printer on, plugs it in and works until ctx ends, when it takes its link
// away. It returns nil then, and an error if the line could not be made. Run is called once.
func (p *Printer) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	release := context.AfterFunc(ctx, p.shut)
	defer release()

	p.mu.Lock()
	p.running = true
	p.mu.Unlock()
	var wg sync.WaitGroup
	wg.Go(func() { p.work(ctx) })
	err := p.keepLine(ctx)
	stop()
	p.shut()
	wg.Wait()
	if err != nil {
		return fmt.Errorf("simulated printer: %w", err)
	}
	return nil
}

// Ready is closed when the printer can first be opened: its link exists or its port listens.
func (p *Printer) Ready() <-chan struct{} { return p.up }

// Addr is the address that Listen led to; empty before Ready and without Listen.
func (p *Printer) Addr() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.addr
}

// Slips returns the slips that came out, oldest first; of more than 64 the newest.
func (p *Printer) Slips() []paper.Slip {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]paper.Slip(nil), p.slips...)
}

// Preview returns the paper that is still in the printer: what a look through its window
// would show of a slip that has not been cut.
func (p *Printer) Preview() paper.Slip {
	p.mu.Lock()
	defer p.mu.Unlock()
	return *p.roll.Preview(time.Now())
}

// Anomalies returns what the host sent and should not have: unknown commands, codes without
// a glyph, dots beyond the paper, bytes after XOFF. Each is listed once, oldest first.
func (p *Printer) Anomalies() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.anomalies...)
}

// WaitSlips waits until at least n slips have come out in all, or ctx ends.
func (p *Printer) WaitSlips(ctx context.Context, n int) error {
	release := context.AfterFunc(ctx, p.cond.Broadcast)
	defer release()
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.printed < n && !p.closed && ctx.Err() == nil {
		p.cond.Wait()
	}
	if p.printed < n {
		return fmt.Errorf("wait for slip %d of which %d came: %w", n, p.printed, context.Cause(ctx))
	}
	return nil
}

// shut ends every wait.
func (p *Printer) shut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	p.cond.Broadcast()
}

// note keeps an anomaly; the caller holds mu.
func (p *Printer) note(what string) {
	for _, known := range p.anomalies {
		if known == what {
			return
		}
	}
	p.log.Warn("printer got something odd", "what", what)
	if len(p.anomalies) < maxAnomalies {
		p.anomalies = append(p.anomalies, what)
	}
	p.cond.Broadcast()
}
