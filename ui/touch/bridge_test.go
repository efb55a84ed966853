package touch_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/motcua/gateway/ui/touch"
)

// loop is a main goroutine in the manner of the embedded driver's: an unbuffered queue.
type loop struct {
	queue chan func()
	quit  chan struct{}
	done  sync.WaitGroup
}

func newLoop() *loop {
	l := &loop{queue: make(chan func()), quit: make(chan struct{})}
	l.done.Go(func() {
		for {
			select {
			case f := <-l.queue:
				f()
			case <-l.quit:
				return
			}
		}
	})
	return l
}

func (l *loop) do(f func()) { l.queue <- f }

func (l *loop) stop() {
	close(l.quit)
	l.done.Wait()
}

func TestShowsTheNewestOnly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLoop()
		var shown []int
		b := touch.NewBridge(l.do, func(n int) {
			shown = append(shown, n)
			<-time.After(500 * time.Millisecond) // a slow painting
		})
		ctx, cancel := context.WithCancel(t.Context())
		ran := make(chan error, 1)
		go func() { ran <- b.Run(ctx) }()

		b.Offer(1)
		synctest.Wait() // 1 is being painted
		start := time.Now()
		for n := 2; n <= 1000; n++ {
			b.Offer(n)
		}
		if d := time.Since(start); d != 0 {
			t.Errorf("Offer waited %v", d)
		}
		<-time.After(2 * time.Second)
		cancel()
		if err := <-ran; !errors.Is(err, context.Canceled) {
			t.Errorf("Run: %v", err)
		}
		l.stop()
		if !slices.Equal(shown, []int{1, 1000}) {
			t.Errorf("shown %v, want 1 and 1000", shown)
		}
	})
}

// A callback on the main goroutine may offer while the bridge waits for that goroutine: with a
// channel or a call of do instead, both would wait for each other.
func TestOfferFromTheMainGoroutine(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLoop()
		var shown []int
		var b *touch.Bridge[int]
		b = touch.NewBridge(l.do, func(n int) {
			shown = append(shown, n)
			if n < 3 {
				b.Offer(n + 1)
			}
		})
		ctx, cancel := context.WithCancel(t.Context())
		ran := make(chan error, 1)
		go func() { ran <- b.Run(ctx) }()
		l.do(func() { b.Offer(1) })
		synctest.Wait()
		cancel()
		<-ran
		l.stop()
		if !slices.Equal(shown, []int{1, 2, 3}) {
			t.Errorf("shown %v, want 1, 2, 3", shown)
		}
	})
}

// A window that was closed by hand drops what is queued; the bridge must still end.
func TestEndsWhenFyneDropsItsWork(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := touch.NewBridge(func(func()) {}, func(int) { t.Error("shown") })
		ctx, cancel := context.WithCancel(t.Context())
		ran := make(chan error, 1)
		go func() { ran <- b.Run(ctx) }()
		b.Offer(1)
		synctest.Wait()
		cancel()
		<-ran
	})
}

// What is offered before Run is shown by it, and nothing after it.
func TestBeforeAndAfterRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLoop()
		var shown []string
		b := touch.NewBridge(l.do, func(s string) { shown = append(shown, s) })
		b.Offer("before")
		ctx, cancel := context.WithCancel(t.Context())
		ran := make(chan error, 1)
		go func() { ran <- b.Run(ctx) }()
		synctest.Wait()
		cancel()
		<-ran
		b.Offer("after")
		synctest.Wait()
		l.stop()
		if !slices.Equal(shown, []string{"before"}) {
			t.Errorf("shown %q", shown)
		}
	})
}
