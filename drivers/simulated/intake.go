package simulated

import (
	"fmt"
	"time"

	"github.com/motcua/gateway/drivers/simulated/thermal"
)

// The codes of XON/XOFF.
const (
	codeXON  = 0x11
	codeXOFF = 0x13
)

// The receive buffer's marks, in free bytes: "buffer full" from 128 down, and no longer from
// 256 up (TM-T88III specification, table 2.1.1, with DIP switch 2-5 off). Going offline is not
// told by XOFF, as with DIP switch 2-1 on: a host that was stopped could not ask why.
const (
	fullAt   = 128
	roomyAt  = 256
	minSpace = 512 // a smaller receive buffer could not hold both marks apart
)

// intake is the receive buffer, a ring of bytes. Its owner's mu guards it.
type intake struct {
	ring  []byte
	start int
	used  int
	busy  bool // XOFF was sent
	ear   thermal.Ear
	last  time.Time // when bytes came last
}

func newIntake(size int) intake { return intake{ring: make([]byte, max(size, minSpace))} }

func (i *intake) free() int { return len(i.ring) - i.used }

func (i *intake) put(b byte) bool {
	if i.used == len(i.ring) {
		return false
	}
	i.ring[(i.start+i.used)%len(i.ring)] = b
	i.used++
	return true
}

func (i *intake) take() byte {
	b := i.ring[i.start]
	i.start = (i.start + 1) % len(i.ring)
	i.used--
	return b
}

// clear forgets the bytes. Whether the host was told to wait is left for flow to mend.
func (i *intake) clear() { i.start, i.used = 0, 0 }

// receive takes bytes from the line. It returns false when they made the cable come out.
func (p *Printer) receive(data []byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer p.cond.Broadcast()
	if p.askedAlone(data) {
		return true
	}
	for _, b := range data {
		if p.scrambled && p.chance.IntN(4) == 0 {
			b ^= byte(1 << p.chance.IntN(8))
		}
		unsure := p.intake.ear.Pending()
		command, heard := p.intake.ear.Hear(b)
		if !p.intake.put(b) {
			p.note("receive buffer overrun: the host sent on after XOFF")
		}
		if heard {
			p.obey(command) // after its last byte is in: clearing the buffers takes that too
		}
		if !heard && p.countDown(unsure+1-p.intake.ear.Pending()) {
			return false
		}
	}
	p.flow()
	return true
}

// quiet is the pause after which bytes are not the middle of anything.
const quiet = 20 * time.Millisecond

// askedAlone answers status questions that come by themselves after a pause, and does not
// keep them: a printer that waits for paper for an hour, and is asked every second, must not
// fill up with questions. (The reference: DLE EOT is executed even when the receive buffer is
// full.) Amid other bytes they are kept, for there they may be data. The caller holds mu.
func (p *Printer) askedAlone(data []byte) bool {
	now := time.Now()
	pause := now.Sub(p.intake.last)
	p.intake.last = now
	if pause < quiet || p.scrambled || p.intake.ear.Pending() > 0 || len(data)%3 != 0 {
		return false
	}
	var ear thermal.Ear
	var questions []thermal.RealTime
	for _, b := range data {
		if c, ok := ear.Hear(b); ok && c.Kind == thermal.RealTimeStatus {
			questions = append(questions, c)
		}
	}
	if len(questions)*3 != len(data) {
		return false
	}
	for _, c := range questions {
		p.obey(c)
	}
	return true
}

// obey does what a real-time command wants, whatever state the printer is in; the caller
// holds mu.
func (p *Printer) obey(c thermal.RealTime) {
	switch c.Kind {
	case thermal.RealTimeStatus:
		if answer, ok := p.sensors.RealTime(c.N); ok && p.machine.RealTime {
			p.send([]byte{answer})
		}
	case thermal.RealTimeRecover:
		if !p.jammed {
			p.change(func(s *thermal.Sensors) { s.CutterError = false })
		}
	case thermal.RealTimeClear:
		if !p.jammed {
			p.change(func(s *thermal.Sensors) { s.CutterError = false })
		}
		p.clearBuffers()
	case thermal.RealTimeReset:
		p.clearBuffers()
		if p.machine.ProcessID {
			p.send([]byte{0x37, 0x25, 0x00})
		}
	}
}

func (p *Printer) clearBuffers() {
	p.intake.clear()
	p.clears++
	p.flow()
	p.cond.Broadcast()
}

// countDown counts n bytes of a job towards UnplugAfter. The status questions that a host
// asks between jobs do not count. The caller holds mu.
func (p *Printer) countDown(n int) bool {
	if p.pullIn == 0 {
		return false
	}
	if p.pullIn -= n; p.pullIn > 0 {
		return false
	}
	p.log.Info("cable pulled in mid-slip")
	p.pullIn = 0
	p.pull()
	return true
}

// flow tells the host to wait or to go on; the caller holds mu.
func (p *Printer) flow() {
	if p.cfg.Flow != FlowXONXOFF {
		return
	}
	switch free := p.intake.free(); {
	case !p.intake.busy && free < fullAt:
		p.intake.busy = true
		p.sendFirst(codeXOFF)
	case p.intake.busy && free >= roomyAt:
		p.intake.busy = false
		p.sendFirst(codeXON)
	}
}

// byteTime is how long n bytes take on the line.
func (p *Printer) byteTime(n int) time.Duration {
	if p.cfg.Baud <= 0 {
		return 0
	}
	return time.Duration(n) * 10 * time.Second / time.Duration(p.cfg.Baud)
}

// String shows the buffer in test failures.
func (i *intake) String() string { return fmt.Sprintf("%d of %d bytes", i.used, len(i.ring)) }
