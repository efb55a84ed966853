package simulated

import (
	"context"
	"time"
)

// outgoing is one answer on its way: its bytes stay together.
type outgoing struct {
	due   time.Time
	bytes []byte
}

// maxOutgoing bounds the answers that wait: a host that asks and never reads loses some.
const maxOutgoing = 1024

// send queues an answer; the caller holds mu. Without a host it is lost.
func (p *Printer) send(b []byte) {
	if !p.attached || len(p.outbox) >= maxOutgoing {
		return
	}
	p.outbox = append(p.outbox, outgoing{due: time.Now().Add(p.late), bytes: append([]byte(nil), b...)})
	p.cond.Broadcast()
}

// sendFirst sends XON or XOFF ahead of all answers; the caller holds mu. A code that has not
// left yet is taken back by its opposite: sent after it, it would stop the host for ever.
func (p *Printer) sendFirst(code byte) {
	if !p.attached {
		return
	}
	if p.valve != 0 {
		p.valve = 0
		return
	}
	p.valve = code
	p.cond.Broadcast()
}

// transmit writes answers to the line until ctx ends.
func (p *Printer) transmit(ctx context.Context, l line) {
	pace := pacer{speed: p.cfg.Speed}
	for {
		b := p.nextOutgoing(ctx)
		if b == nil {
			return
		}
		// Nobody may be reading: a UART drops what does not fit, and so does a line whose
		// write deadline passes.
		_, _ = l.Write(b)
		pace.spend(ctx, p.byteTime(len(b)))
	}
}

// nextOutgoing waits for an answer that is due, or returns nil when ctx ends.
func (p *Printer) nextOutgoing(ctx context.Context) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	for ctx.Err() == nil {
		if code := p.valve; code != 0 && !p.stalled {
			p.valve = 0
			return []byte{code}
		}
		if len(p.outbox) == 0 || p.stalled {
			p.cond.Wait()
			continue
		}
		head := p.outbox[0]
		if wait := time.Until(head.due); wait > 0 {
			t := time.AfterFunc(wait, p.cond.Broadcast)
			p.cond.Wait()
			t.Stop()
			continue
		}
		p.outbox = p.outbox[1:]
		return head.bytes
	}
	return nil
}

// noiseEvery is the pause between bursts of garbage on the status line.
const noiseEvery = 15 * time.Millisecond

// rattle spouts garbage while the printer is noisy, until ctx ends.
func (p *Printer) rattle(ctx context.Context) {
	for p.burst(ctx) {
		t := time.NewTimer(noiseEvery)
		select {
		case <-t.C:
		case <-ctx.Done():
		}
		t.Stop()
	}
}

// burst waits until the printer is noisy and sends up to eight bytes of anything.
func (p *Printer) burst(ctx context.Context) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for !p.noisy && ctx.Err() == nil {
		p.cond.Wait()
	}
	b := make([]byte, 1+p.chance.IntN(8))
	for i := range b {
		b[i] = byte(p.chance.Uint32())
	}
	p.send(b)
	return ctx.Err() == nil
}
