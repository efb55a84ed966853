package simulated

import (
	"context"
	"fmt"
	"io"
	"sync"
)

// line is the printer's end of a cable.
type line interface {
	io.ReadWriteCloser
	// heedsXOFF reports whether the host's end stops at XOFF by itself, so that bytes which
	// still arrive were on their way, not sent against the printer's wish.
	heedsXOFF() bool
	// hostBaud is the speed that the host has set, in bits a second; 0 if there is no such
	// thing.
	hostBaud() int
}

// plainLine is any stream: it cannot be asked anything.
type plainLine struct{ io.ReadWriteCloser }

func (plainLine) heedsXOFF() bool { return true }
func (plainLine) hostBaud() int   { return 0 }

// Serve lets the printer work over any stream, such as one end of net.Pipe, until ctx ends,
// the stream does, or Unplug closes it. Run must be running with neither Link nor Listen,
// and one stream is served at a time.
func (p *Printer) Serve(ctx context.Context, stream io.ReadWriteCloser) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	p.lineIsUp(cancel, "")
	defer p.lineDown()
	return p.serve(ctx, plainLine{stream})
}

// keepLine makes the line whenever the cable is plugged in, and takes it away when not.
func (p *Printer) keepLine(ctx context.Context) error {
	for p.awaitPlugged() {
		var err error
		switch {
		case p.cfg.Link != "":
			err = p.runPTY(ctx)
		case p.cfg.Listen != "":
			err = p.runTCP(ctx)
		default:
			close(p.up)
			<-ctx.Done()
			return nil
		}
		p.lineDown()
		if err != nil {
			return err
		}
	}
	return nil
}

// awaitPlugged waits for the cable; false means that the printer is shut.
func (p *Printer) awaitPlugged() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for !p.plugged && !p.closed {
		p.cond.Wait()
	}
	return !p.closed
}

// lineIsUp tells the world that the printer can be opened. cancel takes the line away.
func (p *Printer) lineIsUp(cancel context.CancelFunc, addr string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lineUp, p.unhook, p.addr = true, cancel, addr
	if !p.plugged { // pulled while it was being made
		cancel()
	}
	select {
	case <-p.up:
	default:
		close(p.up)
	}
	p.cond.Broadcast()
}

func (p *Printer) lineDown() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lineUp, p.unhook, p.outbox = false, nil, nil
	p.cond.Broadcast()
}

// pull takes the cable out without waiting until it is; the caller holds mu.
func (p *Printer) pull() {
	p.plugged = false
	p.outbox = nil
	if p.unhook != nil {
		p.unhook()
	}
	p.cond.Broadcast()
}

// serve moves bytes between l and the printer until ctx ends or l fails, and closes l.
func (p *Printer) serve(ctx context.Context, l line) error {
	ctx, cancel := context.WithCancel(ctx)
	wake := context.AfterFunc(ctx, func() {
		_ = l.Close() // frees Read and Write
		p.mu.Lock()
		defer p.mu.Unlock()
		p.cond.Broadcast()
	})
	p.attach(true)
	var wg sync.WaitGroup
	wg.Go(func() { p.transmit(ctx, l) })
	wg.Go(func() { p.rattle(ctx) })
	err := p.listen(ctx, l)
	ended := ctx.Err() != nil
	cancel()
	wg.Wait()
	if wake() {
		_ = l.Close()
	}
	p.attach(false)
	if ended {
		return nil // not the line's fault
	}
	return err
}

// attach notes whether a host holds the other end: without one, answers go nowhere.
func (p *Printer) attach(yes bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.attached = yes
	p.outbox, p.valve = nil, 0
	p.intake.busy = false // a new host has not been told to wait
	p.cond.Broadcast()
}

// chunk is how many bytes are taken from the line at once: few enough that a paced line is
// smooth, 2.8 ms at 115,200 baud.
const chunk = 32

// listen takes bytes from l at the line's speed as long as the buffer has room.
func (p *Printer) listen(ctx context.Context, l line) error {
	pace := pacer{speed: p.cfg.Speed}
	buf := make([]byte, chunk)
	for {
		room := p.awaitRoom(ctx, l)
		if room == 0 {
			return ctx.Err()
		}
		n, err := l.Read(buf[:min(room, chunk)])
		pace.spend(ctx, p.byteTime(n))
		if n > 0 {
			if p.awaitRoom(ctx, l) == 0 { // it hung while the bytes were on the line
				return ctx.Err()
			}
			p.checkSpeed(l, buf[:n])
			if !p.receive(buf[:n]) {
				return nil
			}
		}
		if err != nil {
			return fmt.Errorf("read line: %w", err)
		}
	}
}

// awaitRoom waits until bytes can be taken and says how many; 0 when ctx ends.
func (p *Printer) awaitRoom(ctx context.Context, l line) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	for ctx.Err() == nil {
		if !p.stalled {
			if free := p.intake.free(); free > 0 {
				return free
			}
			if p.cfg.Flow == FlowXONXOFF && !l.heedsXOFF() {
				return chunk // and lose them, as a UART does
			}
		}
		p.cond.Wait()
	}
	return 0
}

// checkSpeed makes garbage of bytes that came at another speed than the printer listens at.
func (p *Printer) checkSpeed(l line, data []byte) {
	baud := l.hostBaud()
	if p.cfg.Baud <= 0 || baud == 0 || baud == p.cfg.Baud {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.note(fmt.Sprintf("host sends at %d baud, the printer listens at %d", baud, p.cfg.Baud))
	for i := range data {
		data[i] = byte(p.chance.Uint32())
	}
}
