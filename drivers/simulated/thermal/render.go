package thermal

import (
	"bytes"
	"io"
	"time"

	"github.com/motcua/gateway/drivers/simulated/paper"
)

// Rendering is what a printer made of a byte stream.
type Rendering struct {
	Slips     []paper.Slip
	Rest      *paper.Slip // printed but not cut; nil if there is no ink on it
	Answers   []byte      // in the order in which they would be sent
	Anomalies []string
}

// The bounds of a Rendering: 64 slips of the longest kind are 74 MB.
const (
	maxSlips     = 64
	maxAnomalies = 256
)

// Render lets m print stream on endless paper, at once: the oracle for an encoder that needs
// no line, clock or goroutine. Real-time commands are answered where they stand.
func Render(m Machine, stream []byte) Rendering {
	b := &bench{
		machine: m,
		roll:    paper.NewRoll(m.Width, m.Margin, m.Gap),
		in:      bytes.NewReader(stream),
	}
	// It ends with io.EOF, the only error that the bench knows.
	_ = New(m, b, b).Run()
	b.out.Rest = b.roll.Remove(time.Time{})
	return b.out
}

// bench is a mechanism on which nothing ever fails.
type bench struct {
	machine Machine
	roll    *paper.Roll
	in      io.ByteReader
	ear     Ear
	out     Rendering
}

var _ Mechanism = (*bench)(nil)

func (b *bench) ReadByte() (byte, error) {
	c, err := b.in.ReadByte()
	if err != nil {
		return 0, err
	}
	if command, ok := b.ear.Hear(c); ok && command.Kind == RealTimeStatus && b.machine.RealTime {
		if status, ok := b.Sensors().RealTime(command.N); ok {
			b.Answer([]byte{status})
		}
	}
	return c, nil
}

func (b *bench) Await() error { return nil }

func (b *bench) Row(dots []byte) error {
	b.roll.Advance(dots)
	if b.roll.Full() {
		b.Odd("paper without a cut")
		b.file(b.roll.Remove(time.Time{}))
	}
	return nil
}

func (b *bench) Cut() error {
	end := paper.EndTorn
	if b.machine.Cutter {
		end = paper.EndCut
	}
	b.file(b.roll.Cut(end, time.Time{}))
	return nil
}

func (b *bench) file(s *paper.Slip) {
	if s != nil && len(b.out.Slips) < maxSlips {
		b.out.Slips = append(b.out.Slips, *s)
	}
}

func (b *bench) Answer(p []byte) { b.out.Answers = append(b.out.Answers, p...) }

func (b *bench) Sensors() Sensors { return Sensors{Drawer: b.machine.Drawer} }

func (b *bench) Automatic(mask byte) {
	if mask&AutomaticAny != 0 {
		status := b.Sensors().Automatic()
		b.Answer(status[:])
	}
}

func (b *bench) LowStops(bool) {}

func (b *bench) Odd(what string) {
	if len(b.out.Anomalies) < maxAnomalies {
		b.out.Anomalies = append(b.out.Anomalies, what)
	}
}
