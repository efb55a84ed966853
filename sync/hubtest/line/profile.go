package line

import (
	"fmt"
	"time"
)

// Direction is one of the two ways through a line.
type Direction int

const (
	Up   Direction = 1 // from the gateway, who dialled, to the hub
	Down Direction = 2 // from the hub to the gateway
)

// Way is how one direction of a line treats bytes. The zero Way is a perfect one.
type Way struct {
	Rate    int           // bytes of payload a second; 0 is as fast as the machine
	Delay   time.Duration // one way, after the bytes are on the wire
	Jitter  time.Duration // up to this much is added to Delay, by chance; order is kept
	Queue   int           // bytes that wait for the wire; 0 is DefaultQueue, more where that is under 40 ms
	Stalled bool          // nothing moves until Mend: what Stall does to a living line
}

// Profile is a line.
type Profile struct{ Up, Down Way }

const (
	// DefaultQueue is a small modem's buffer: a second at 64 kbit/s.
	DefaultQueue = 8 << 10
	// leastQueue is what the default queue holds at least, in time, so that timers which a busy
	// machine fires late do not leave a fast wire idle.
	leastQueue = 40 * time.Millisecond

	maxRate  = 1 << 31
	maxQueue = 64 << 20
	maxDelay = time.Minute
)

// The rates below are measured in Viet Nam: the national mean of 4G upwards by i-Speed is 26.98
// Mbit/s, 3G sends 2.4 to 3.7 Mbit/s, and 64 kbit/s is what remains of 4G behind a mountain on a
// good day. The delays are not: they are round figures within RFC 3481 §2.1, a few hundred
// milliseconds to a second there and back for slow mobile lines, and far less for 4G.

// Mountain is 64 kbit/s.
func Mountain() Profile { return even(64_000, 150*time.Millisecond, 50*time.Millisecond) }

// ThirdGeneration is 2.4 Mbit/s.
func ThirdGeneration() Profile { return even(2_400_000, 75*time.Millisecond, 25*time.Millisecond) }

// FourthGeneration is 27 Mbit/s.
func FourthGeneration() Profile { return even(27_000_000, 20*time.Millisecond, 5*time.Millisecond) }

// OneWay is a 3G line that carries everything up and nothing down until Mend: what is sent
// arrives, and no answer does.
func OneWay() Profile {
	p := ThirdGeneration()
	p.Down.Stalled = true
	return p
}

// even is a line that is the same both ways.
func even(bits int, delay, jitter time.Duration) Profile {
	w := Way{Rate: bits / 8, Delay: delay, Jitter: jitter}
	return Profile{Up: w, Down: w}
}

// Plain is the profile without delay and jitter, for what measures rates alone.
func (p Profile) Plain() Profile {
	p.Up.Delay, p.Up.Jitter, p.Down.Delay, p.Down.Jitter = 0, 0, 0, 0
	return p
}

func (p Profile) check() error {
	for _, w := range []struct {
		name string
		way  Way
	}{{"up", p.Up}, {"down", p.Down}} {
		if err := w.way.check(); err != nil {
			return fmt.Errorf("line's way %s: %w", w.name, err)
		}
	}
	return nil
}

func (w Way) check() error {
	switch {
	case w.Rate < 0 || w.Rate > maxRate:
		return fmt.Errorf("rate of %d bytes a second is not between 0 and %d", w.Rate, maxRate)
	case w.Queue < 0 || w.Queue > maxQueue:
		return fmt.Errorf("queue of %d bytes is not between 0 and %d", w.Queue, maxQueue)
	case w.Delay < 0 || w.Delay > maxDelay || w.Jitter < 0 || w.Jitter > maxDelay:
		return fmt.Errorf("delay of %v and %v is not between 0 and %v", w.Delay, w.Jitter, maxDelay)
	}
	return nil
}

// queue is the bytes that may wait for the wire.
func (w Way) queue() int {
	if w.Queue > 0 {
		return w.Queue
	}
	return max(DefaultQueue, w.within(leastQueue))
}

// within is the bytes that the wire takes in d.
func (w Way) within(d time.Duration) int { return int(float64(w.Rate) * d.Seconds()) }

// takes is how long n bytes are on the wire.
func (w Way) takes(n int) time.Duration {
	if w.Rate == 0 {
		return 0
	}
	return time.Duration(float64(n) / float64(w.Rate) * float64(time.Second))
}

// piece is how many bytes travel together: 5 ms of a wire, so that a slow one is smooth.
func (w Way) piece() int {
	if w.Rate == 0 {
		return 32 << 10
	}
	return max(1, min(max(w.within(5*time.Millisecond), 64), 32<<10, w.queue()/2))
}

// flight is how many bytes of one connection may be under way: what the queue and the way
// hold, or, on a wire without a rate, a generous window.
func (w Way) flight() int {
	if w.Rate == 0 {
		return 4 << 20
	}
	return w.queue() + w.within(w.Delay+w.Jitter) + w.piece()
}

// socket is the size asked of the kernel for a socket's buffer in front of the line; it makes
// at least 2,304 bytes of it.
func (w Way) socket() int {
	if w.Rate == 0 {
		return 1 << 20
	}
	return min(max(w.within(leastQueue/2), 1<<10), 1<<20)
}
