package simulated

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/motcua/gateway/drivers/simulated/paper"
	"github.com/motcua/gateway/drivers/simulated/thermal"
)

// What ends the firmware's reading and printing.
var (
	errClosed  = errors.New("printer is gone")
	errPower   = errors.New("power was cut")
	errCleared = errors.New("buffers were cleared")
)

// cutTime is how long the blade takes.
const cutTime = 300 * time.Millisecond

// work runs the firmware, again after each power cycle, until the printer is shut.
func (p *Printer) work(ctx context.Context) {
	for {
		m := p.switchOn(ctx)
		firmware := thermal.New(p.machine, m, m)
		err := firmware.Run()
		for errors.Is(err, errCleared) {
			firmware.Discard()
			err = firmware.Run()
		}
		if !errors.Is(err, errPower) {
			return
		}
	}
}

// mechanism is the printer as one power cycle's firmware sees it.
type mechanism struct {
	p      *Printer
	ctx    context.Context
	pace   pacer
	cycle  int
	clears int
}

var _ thermal.Mechanism = (*mechanism)(nil)

// switchOn begins a power cycle. What was in the buffers went with PowerCycle already: bytes
// that came since belong to the new firmware.
func (p *Printer) switchOn(ctx context.Context) *mechanism {
	p.mu.Lock()
	defer p.mu.Unlock()
	return &mechanism{p: p, ctx: ctx, pace: pacer{speed: p.cfg.Speed}, cycle: p.cycle, clears: p.clears}
}

// interrupted says why the firmware must stop what it does; the caller holds mu.
func (m *mechanism) interrupted() error {
	switch {
	case m.p.closed:
		return errClosed
	case m.p.cycle != m.cycle:
		return errPower
	case m.p.clears != m.clears:
		m.clears = m.p.clears
		return errCleared
	}
	return nil
}

// wait blocks until ready is true; the caller holds mu.
func (m *mechanism) wait(ready func() bool) error {
	for {
		if err := m.interrupted(); err != nil {
			return err
		}
		if ready() {
			return nil
		}
		m.p.cond.Wait()
	}
}

// ReadByte takes the next byte out of the receive buffer.
func (m *mechanism) ReadByte() (byte, error) {
	m.p.mu.Lock()
	defer m.p.mu.Unlock()
	if err := m.wait(func() bool { return m.p.intake.used > 0 && !m.p.stalled }); err != nil {
		return 0, err
	}
	b := m.p.intake.take()
	m.p.flow()
	m.p.cond.Broadcast()
	return b, nil
}

// Await implements thermal.Mechanism.
func (m *mechanism) Await() error {
	m.p.mu.Lock()
	defer m.p.mu.Unlock()
	return m.wait(func() bool { return !m.p.sensors.Offline() && !m.p.stalled })
}

// Row implements thermal.Mechanism. A line that the end of the roll surprises is finished on
// the last centimetre; then printing waits, and goes on with the next row on the new roll.
// (TM-T88III specification, paper sensors, and ESC c 4 in the reference: printing stops
// after the current line, the printer goes offline, and resumes when the roll is replaced.)
func (m *mechanism) Row(dots []byte) error {
	p := m.p
	p.mu.Lock()
	err := m.wait(func() bool {
		s := p.sensors
		return !s.CoverOpen && !s.CutterError && !p.stalled && (!s.PaperOut || p.beyond < grace)
	})
	if err != nil {
		p.mu.Unlock()
		return err
	}
	p.roll.Advance(dots)
	switch {
	case p.sensors.PaperOut:
		p.beyond++
	case p.left > 0:
		if p.left--; p.left == 0 {
			p.change(func(s *thermal.Sensors) { s.PaperOut = true })
		}
	}
	var over *paper.Slip
	if p.roll.Full() {
		p.note(fmt.Sprintf("no cut within %d dots of paper", paper.MaxLength))
		over = p.roll.Remove(time.Now())
	}
	p.mu.Unlock()
	p.keep(over)
	m.pace.spend(m.ctx, m.rowTime())
	return nil
}

// rowTime is how long the paper takes for one dot row.
func (m *mechanism) rowTime() time.Duration {
	perSecond := m.p.machine.Speed * m.p.machine.DotsPerInch * 10 / 254
	return time.Second / time.Duration(max(perSecond, 1))
}

// Cut implements thermal.Mechanism. Where there is no blade a hand tears the slip off.
func (m *mechanism) Cut() error {
	p := m.p
	p.mu.Lock()
	if p.machine.Cutter && p.jammed {
		p.change(func(s *thermal.Sensors) { s.CutterError = true })
	}
	err := m.wait(func() bool { return !p.sensors.CutterError && !p.sensors.CoverOpen && !p.stalled })
	if err != nil {
		p.mu.Unlock()
		return err
	}
	end := paper.EndCut
	if !p.machine.Cutter {
		end = paper.EndTorn
	}
	slip := p.roll.Cut(end, time.Now())
	p.mu.Unlock()
	m.pace.spend(m.ctx, cutTime)
	p.keep(slip)
	return nil
}

// Answer implements thermal.Mechanism.
func (m *mechanism) Answer(b []byte) {
	m.p.mu.Lock()
	defer m.p.mu.Unlock()
	m.p.send(b)
}

// Sensors implements thermal.Mechanism.
func (m *mechanism) Sensors() thermal.Sensors {
	m.p.mu.Lock()
	defer m.p.mu.Unlock()
	return m.p.sensors
}

// Automatic implements thermal.Mechanism: the status is sent at once, then on each change.
func (m *mechanism) Automatic(mask byte) {
	m.p.mu.Lock()
	defer m.p.mu.Unlock()
	m.p.asb = mask
	if mask&thermal.AutomaticAny != 0 {
		m.p.sendAutomatic()
	}
}

// LowStops implements thermal.Mechanism.
func (m *mechanism) LowStops(yes bool) {
	m.p.mu.Lock()
	defer m.p.mu.Unlock()
	m.p.change(func(s *thermal.Sensors) { s.LowStops = yes })
}

// Odd implements thermal.Mechanism.
func (m *mechanism) Odd(what string) {
	m.p.mu.Lock()
	defer m.p.mu.Unlock()
	m.p.note(what)
}

// change alters the sensors and tells the host if it asked to be told; the caller holds mu.
func (p *Printer) change(alter func(*thermal.Sensors)) {
	old := p.sensors
	alter(&p.sensors)
	if p.sensors == old {
		return
	}
	if p.sensors.Changed(old, p.asb) {
		p.sendAutomatic()
	}
	p.cond.Broadcast()
}

func (p *Printer) sendAutomatic() {
	status := p.sensors.Automatic()
	p.send(status[:])
}

// keep files a slip away: the file is there before Slips shows it and before any answer that
// follows the cut.
func (p *Printer) keep(s *paper.Slip) {
	if s == nil {
		return
	}
	where := ""
	if p.archive != nil {
		var err error
		if where, err = p.archive.Keep(s); err != nil {
			p.log.Error("slip not kept", "err", err)
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.slips = append(p.slips, *s)
	if len(p.slips) > maxSlips {
		p.slips = append([]paper.Slip(nil), p.slips[1:]...)
	}
	p.printed++
	p.log.Info("slip came out", "slip", p.printed, "end", string(s.End), "millimetres",
		s.Dots.H*254/10/p.machine.DotsPerInch, "file", where)
	p.cond.Broadcast()
}
