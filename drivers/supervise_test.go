package drivers_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/motcua/gateway/drivers"
	"github.com/motcua/gateway/kiosk"
)

var errJam = errors.New("no answer to DLE EOT")

// device is what a find in these tests finds.
type device struct{ closed int }

func (d *device) Close() error { d.closed++; return errors.New("close after the loss") }

// bench is a supervised device whose attempts follow a script.
type bench struct {
	t     *testing.T
	begun time.Time

	find func(attempt int) error                      // nil finds
	use  func(ctx context.Context, attempt int) error // attempt counts from 1, as in find

	finds   []time.Duration // when find was called, since begun
	devices []*device
	log     bytes.Buffer

	mu      sync.Mutex // use may look at reports while the loop reports
	reports []string
}

// run supervises until d of virtual time has passed.
func (b *bench) run(d time.Duration) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), d)
	defer cancel()
	b.begun = time.Now()
	inUse := false
	err := drivers.Supervise(ctx, func(context.Context) (*device, error) {
		if inUse || ctx.Err() != nil {
			b.t.Error("find while the device is in use or after the end")
		}
		b.finds = append(b.finds, time.Since(b.begun))
		if err := b.find(len(b.finds)); err != nil {
			return nil, err
		}
		b.devices = append(b.devices, &device{})
		return b.devices[len(b.devices)-1], nil
	}, func(ctx context.Context, dev *device) error {
		inUse = true
		defer func() { inUse = false }()
		if dev.closed != 0 {
			b.t.Error("device was closed before its use")
		}
		return b.use(ctx, len(b.finds))
	}, drivers.Options{
		Name:   "printer",
		Log:    slog.New(slog.NewTextHandler(&b.log, nil)),
		Report: func(state kiosk.DeviceState, reason error) { b.report(state, reason) },
	})
	if !errors.Is(err, context.DeadlineExceeded) {
		b.t.Errorf("Supervise returned %v", err)
	}
	if got := time.Since(b.begun); got != d {
		b.t.Errorf("Supervise returned after %v, want %v", got, d)
	}
	for i, dev := range b.devices {
		if dev.closed != 1 {
			b.t.Errorf("device %d was closed %d times", i, dev.closed)
		}
	}
}

func (b *bench) report(state kiosk.DeviceState, reason error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	line := string(state)
	if reason != nil {
		line += ": " + reason.Error()
	}
	if n := len(b.reports); n == 0 || b.reports[n-1] != line {
		b.reports = append(b.reports, line)
	}
}

// newest is the last report so far.
func (b *bench) newest() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.reports[len(b.reports)-1]
}

// lines are the log's lines without their times.
func (b *bench) lines() []string {
	var lines []string
	for line := range strings.Lines(b.log.String()) {
		_, line, _ = strings.Cut(strings.TrimSpace(line), " ")
		lines = append(lines, line)
	}
	return lines
}

func (b *bench) wantLines(want ...string) {
	b.t.Helper()
	if got := b.lines(); !slices.Equal(got, want) {
		b.t.Errorf("log is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func (b *bench) wantReports(want ...string) {
	b.t.Helper()
	if !slices.Equal(b.reports, want) {
		b.t.Errorf("reports are %q, want %q", b.reports, want)
	}
}

const (
	absentLine = `level=INFO msg="device absent" device=printer reason="device absent"`
	readyLine  = `level=INFO msg="device ready" device=printer`
	faultyLine = `level=ERROR msg="device faulty" device=printer reason="no answer to DLE EOT"`
)

// last waits for d or the end of ctx, and then returns err.
func last(ctx context.Context, d time.Duration, err error) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return err
	}
}

func TestCablePulledAndPluggedInAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &bench{t: t}
		var lost time.Duration
		b.find = func(int) error {
			if now := time.Since(b.begun); now < time.Minute || lost != 0 && now < lost+time.Minute {
				return drivers.ErrAbsent
			}
			return nil
		}
		b.use = func(ctx context.Context, _ int) error {
			if lost != 0 {
				<-ctx.Done()
				return ctx.Err()
			}
			err := last(ctx, time.Hour, fmt.Errorf("read status: %w", says(true)))
			lost = time.Since(b.begun)
			return err
		}
		b.run(3 * time.Hour)
		b.wantLines(absentLine, readyLine,
			`level=INFO msg="device absent" device=printer reason="read status: line gone"`, readyLine)
		b.wantReports("absent: device absent", "ready",
			"absent: read status: line gone", "absent: device absent", "ready")
		// It was found within one longest pause of being plugged in.
		if got := b.finds[len(b.finds)-1] - lost; got > time.Minute+10*time.Second {
			t.Errorf("found %v after the loss", got)
		}
	})
}

func TestADeviceThatFailsAtOnceCostsNothing(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	scripts := map[string]struct {
		find  func(int) error
		use   func(context.Context, int) error
		lines []string
	}{
		"never there":       {find: func(int) error { return drivers.ErrAbsent }, lines: []string{absentLine}},
		"never answers":     {find: func(int) error { return errJam }, lines: []string{faultyLine}},
		"spouts garbage":    {use: func(context.Context, int) error { return errJam }, lines: []string{readyLine, faultyLine}},
		"a loose plug":      {use: func(context.Context, int) error { return drivers.ErrAbsent }, lines: []string{readyLine, absentLine}},
		"given up at once":  {use: func(context.Context, int) error { return nil }, lines: []string{readyLine}},
		"fails in a second": {use: func(ctx context.Context, _ int) error { return last(ctx, time.Second, errJam) }, lines: []string{readyLine, faultyLine}},
	}
	for name, script := range scripts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := &bench{t: t, find: script.find, use: script.use}
				if b.find == nil {
					b.find = func(int) error { return nil }
				}
				b.run(day)
				b.wantLines(script.lines...)
				// One attempt in 5 to 10 s (11 with its second of use), and the quick first ones.
				if got := len(b.finds); got < int(day/(11*time.Second)) || got > int(day/(5*time.Second))+10 {
					t.Errorf("%d attempts in a day", got)
				}
				for i := range b.finds[1:] {
					pause := b.finds[i+1] - b.finds[i]
					full := min(250*time.Millisecond<<min(i, 10), 10*time.Second)
					if pause < full/2 || pause > full+time.Second {
						t.Fatalf("pause %d is %v, want %v to %v", i, pause, full/2, full)
					}
				}
			})
		})
	}
}

func TestPausesAreJittered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &bench{t: t, find: func(int) error { return errJam }}
		b.run(time.Hour)
		pauses := make(map[time.Duration]bool)
		for i := range b.finds[1:] {
			pauses[b.finds[i+1]-b.finds[i]] = true
		}
		if len(pauses) < len(b.finds)/2 {
			t.Errorf("only %d different pauses among %d", len(pauses), len(b.finds))
		}
	})
}

func TestAUseThatLastedIsForgivenTheOnesBefore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &bench{t: t, find: func(int) error { return nil }}
		b.use = func(ctx context.Context, attempt int) error {
			switch {
			case attempt <= 20:
				return errJam
			case attempt == 21:
				return last(ctx, 5001*time.Millisecond, drivers.ErrAbsent)
			}
			if got := b.newest(); got != "ready" {
				t.Errorf("reported %q at the next find, want ready at once", got)
			}
			<-ctx.Done()
			return ctx.Err()
		}
		b.run(time.Hour)
		b.wantLines(readyLine, faultyLine, readyLine, absentLine, readyLine)
		if got := b.finds[21] - b.finds[20] - 5001*time.Millisecond; got > 250*time.Millisecond {
			t.Errorf("the pause after it was %v", got)
		}
	})
}

func TestADoubtfulDeviceIsReadyWhenItHasLasted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &bench{t: t, find: func(int) error { return nil }}
		b.use = func(ctx context.Context, attempt int) error {
			switch {
			case attempt <= 5:
				return errJam
			case attempt == 6:
				return last(ctx, 4999*time.Millisecond, errJam)
			}
			synctest.Wait()
			if got := b.newest(); got != "faulty: "+errJam.Error() {
				t.Errorf("reported %q before it lasted", got)
			}
			last(ctx, 5*time.Second, nil)
			synctest.Wait()
			if got := b.newest(); got != "ready" {
				t.Errorf("reported %q after it lasted", got)
			}
			<-ctx.Done()
			return ctx.Err()
		}
		b.run(time.Hour)
		b.wantLines(readyLine, faultyLine, readyLine)
	})
}

// Lost in the very instant in which it would be called ready: the loss has the last word.
func TestReadyNeverFollowsTheLoss(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &bench{t: t}
		b.find = func(attempt int) error {
			if attempt <= 2 {
				return nil
			}
			return errJam
		}
		b.use = func(ctx context.Context, attempt int) error {
			if attempt == 1 {
				return errJam
			}
			return last(ctx, 5*time.Second, errJam)
		}
		b.run(time.Hour)
		if got := b.newest(); got != "faulty: "+errJam.Error() {
			t.Errorf("last report is %q", got)
		}
		if lines := b.lines(); lines[len(lines)-1] != faultyLine {
			t.Errorf("last line is %q", lines[len(lines)-1])
		}
	})
}

func TestTheReasonOfAFaultMayChangeWithoutALine(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		errDenied := errors.New("permission denied")
		b := &bench{t: t}
		b.find = func(attempt int) error {
			if attempt < 5 {
				return errJam
			}
			return errDenied
		}
		b.run(time.Hour)
		b.wantLines(faultyLine)
		b.wantReports("faulty: no answer to DLE EOT", "faulty: permission denied")
	})
}

func TestTheEndIsNoFault(t *testing.T) {
	t.Parallel()
	t.Run("while in use", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b := &bench{t: t, find: func(int) error { return nil }}
			b.use = func(ctx context.Context, _ int) error {
				<-ctx.Done()
				return fmt.Errorf("write slip: %w", errJam) // cut short by the end
			}
			b.run(time.Minute)
			b.wantLines(readyLine)
		})
	})
	t.Run("while finding", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b := &bench{t: t}
			b.find = func(int) error {
				<-time.After(time.Until(b.begun.Add(time.Minute)))
				synctest.Wait() // the context has ended by now
				return errJam
			}
			b.run(time.Minute)
			b.wantLines()
			b.wantReports()
		})
	})
	t.Run("before it began", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		find := func(context.Context) (*device, error) { t.Error("find after the end"); return nil, errJam }
		use := func(context.Context, *device) error { return nil }
		o := drivers.Options{Name: "printer", Log: slog.New(slog.DiscardHandler)}
		if err := drivers.Supervise(ctx, find, use, o); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}
