package simulated

import (
	"time"

	"github.com/motcua/gateway/drivers/simulated/paper"
	"github.com/motcua/gateway/drivers/simulated/thermal"
)

// PaperOut ends the roll here: the end sensor sees its tail. A line in progress is finished
// on the last centimetre.
func (p *Printer) PaperOut() {
	p.sense(func(s *thermal.Sensors) { s.PaperOut = true })
}

// PaperOutAfter ends the roll n dots of paper from now, 8 to a millimetre at 203 dpi.
func (p *Printer) PaperOutAfter(n int) {
	if n <= 0 {
		p.PaperOut()
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left = n
}

// PaperLow lets the near-end sensor see the core.
func (p *Printer) PaperLow() {
	p.sense(func(s *thermal.Sensors) { s.PaperLow = true })
}

// NewRoll puts a full roll in, coated side up, and closes the cover. What stands printed on
// the old roll comes out with it, torn; what the host had sent is printed on the new one.
func (p *Printer) NewRoll() { p.loadRoll(false) }

// RollUpsideDown turns the paper's coated side away from the head, or back: what is printed
// stays blank and is confirmed all the same.
func (p *Printer) RollUpsideDown(yes bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.roll.UpsideDown(yes)
}

func (p *Printer) loadRoll(upsideDown bool) {
	p.mu.Lock()
	old := p.roll.Remove(time.Now())
	p.roll.UpsideDown(upsideDown)
	p.left, p.beyond = -1, 0
	p.mu.Unlock()
	p.keep(old)
	p.sense(func(s *thermal.Sensors) { s.PaperOut, s.PaperLow, s.CoverOpen = false, false, false })
}

// OpenCover opens the cover: the printer is offline and does not print.
func (p *Printer) OpenCover() {
	p.sense(func(s *thermal.Sensors) { s.CoverOpen = true })
}

// CloseCover closes it: printing goes on where it stopped.
func (p *Printer) CloseCover() {
	p.sense(func(s *thermal.Sensors) { s.CoverOpen = false })
}

// JamCutter puts something into the cutter: the next cut fails with an error.
func (p *Printer) JamCutter() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.jammed = true
}

// ClearCutter takes it out again and lets the blade go home, as the technician does with the
// cover open: the error is over and the cut that failed is made.
func (p *Printer) ClearCutter() {
	p.mu.Lock()
	p.jammed = false
	p.mu.Unlock()
	p.sense(func(s *thermal.Sensors) { s.CutterError = false })
}

// HoldFeed presses the feed button, or lets it go. The printer is offline meanwhile.
func (p *Printer) HoldFeed(on bool) {
	p.sense(func(s *thermal.Sensors) { s.Feeding = on })
}

// TearOff tears at the tear bar what has come past it.
func (p *Printer) TearOff() {
	p.mu.Lock()
	s := p.roll.Cut(paper.EndTorn, time.Now())
	p.mu.Unlock()
	p.keep(s)
}

// Stall hangs the firmware: it takes no bytes, prints nothing and answers nothing.
func (p *Printer) Stall(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stalled = on
	p.cond.Broadcast()
}

// Garble spoils the line in both directions: Scramble and Noise.
func (p *Printer) Garble(on bool) {
	p.Scramble(on)
	p.Noise(on)
}

// Scramble flips a bit in a quarter of the bytes that arrive: the slips are garbled.
func (p *Printer) Scramble(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.scrambled = on
}

// Noise spouts garbage on the status line, some 300 bytes a second.
func (p *Printer) Noise(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.noisy = on
	p.cond.Broadcast()
}

// AnswerLate delays every answer to come by d, in real time whatever the speed.
func (p *Printer) AnswerLate(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.late = max(d, 0)
}

// Unplug pulls the cable: the stable name disappears, the pty or socket closes, answers on
// their way are lost. The printer keeps its power and goes on with what it has. While Run is
// running, Unplug returns when the line is gone.
func (p *Printer) Unplug() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pull()
	for p.running && p.lineUp && !p.closed {
		p.cond.Wait()
	}
}

// UnplugAfter pulls the cable when n bytes of the next job have arrived; status questions do
// not count. It returns at once.
func (p *Printer) UnplugAfter(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pullIn = max(n, 1)
}

// Replug puts the cable back: a new pty under the old name, or the old address. While Run is
// running, Replug returns when the printer can be opened.
func (p *Printer) Replug() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.running && !p.plugged && p.lineUp && !p.closed {
		p.cond.Wait() // the old line is still going down
	}
	p.plugged = true
	p.cond.Broadcast()
	for p.running && !p.lineUp && !p.closed && p.cfg.Link+p.cfg.Listen != "" {
		p.cond.Wait()
	}
}

// PowerCycle switches off and on: buffers, settings and downloaded glyphs are gone, a hung
// firmware is back, a blade that is stuck shows at once; paper and cable are as they were. A
// serial line stays up meanwhile.
func (p *Printer) PowerCycle() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stalled = false
	p.cycle++
	p.intake.clear()
	p.outbox = nil
	p.asb = 0
	p.change(func(s *thermal.Sensors) { s.CutterError = p.jammed })
	p.flow()
	p.cond.Broadcast()
}

func (p *Printer) sense(alter func(*thermal.Sensors)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.change(alter); !p.sensors.PaperOut {
		p.beyond = 0
	}
}
