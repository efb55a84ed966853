package drivers

import (
	"context"
	"io"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// Keys of the log lines that [Supervise] and the drivers write.
const (
	LogKeyDevice = "device" // the device's name in the configuration, "printer"
	LogKeyReason = "reason" // why it is absent or faulty
)

// Options tune [Supervise]. Name and Log are required.
type Options struct {
	// Name is the device's name in the configuration: "printer".
	Name string
	// Log gets one line per change of state: Absent and Ready at Info, Faulty at Error.
	Log *slog.Logger
	// Report, if not nil, is called after every change of state and after every further
	// failure, whose reason may be a new one: never twice at a time, and never while find
	// runs. The reason is nil when the device is ready. The loop waits for it.
	Report func(state kiosk.DeviceState, reason error)

	// MinWait and MaxWait bound the pause before the next find: 250 ms and 10 s if zero.
	// It doubles from failure to failure and is cut by up to a half at random, so that
	// the devices of one hub do not all try in the same instant.
	MinWait, MaxWait time.Duration
	// Steady is how long a use must last to count as a working one: 5 s if zero. After a
	// shorter one the pause goes on doubling, and the next device found is called ready
	// only when it has lasted, so that a loose plug writes two lines and not thousands.
	Steady time.Duration
}

// Supervise owns one wire until ctx ends: it finds the device, uses it, closes it, and
// finds it again. It returns ctx.Err() and nothing else, and only after find or use has
// returned.
//
// find opens the device and makes sure that it answers. It returns an error for which
// [Absent] is true if nothing is there, and closes what it opened if it fails. use serves
// the device until it is lost or ctx ends, and says why it ended; nil means that nothing
// is wrong and the device is to be found anew. Both must return soon after ctx has ended.
//
// However fast find or use fail, at most one find follows each pause: a device that
// spouts garbage or fails at once costs no more than one that is missing.
func Supervise[T io.Closer](ctx context.Context, find func(context.Context) (T, error), use func(context.Context, T) error, o Options) error {
	s := newSupervision(o)
	for wait := s.MinWait; ctx.Err() == nil; wait = min(2*wait, s.MaxWait) {
		device, err := find(ctx)
		if err != nil {
			if ctx.Err() == nil {
				s.failed(err)
			}
			s.pause(ctx, wait)
			continue
		}
		begun := time.Now()
		err = s.watch(func() error { return use(ctx, device) })
		device.Close() // what it could say, use has said better
		if err != nil && ctx.Err() == nil {
			s.failed(err)
		}
		if time.Since(begun) >= s.Steady {
			wait, s.doubtful = s.MinWait, false
		} else {
			s.doubtful = true
		}
		s.pause(ctx, wait)
	}
	return ctx.Err()
}

// supervision is the state of one device as far as it has been told to anybody.
type supervision struct {
	Options
	doubtful bool // the last use was a short one
	state    kiosk.DeviceState
}

func newSupervision(o Options) *supervision {
	if o.MinWait <= 0 {
		o.MinWait = 250 * time.Millisecond
	}
	if o.MaxWait <= 0 {
		o.MaxWait = 10 * time.Second
	}
	if o.Steady <= 0 {
		o.Steady = 5 * time.Second
	}
	o.MaxWait = max(o.MaxWait, o.MinWait)
	o.Log = o.Log.With(LogKeyDevice, o.Name)
	return &supervision{Options: o}
}

// watch declares the device ready and runs use; after a short use it does so the other way
// round, and declares only what has lasted.
func (s *supervision) watch(use func() error) error {
	if !s.doubtful {
		s.become(kiosk.DeviceReady, nil)
		return use()
	}
	lost := make(chan error, 1)
	go func() { lost <- use() }()
	timer := time.NewTimer(s.Steady)
	defer timer.Stop()
	select {
	case err := <-lost:
		return err
	case <-timer.C:
		s.become(kiosk.DeviceReady, nil)
		return <-lost
	}
}

func (s *supervision) failed(err error) {
	if Absent(err) {
		s.become(kiosk.DeviceAbsent, err)
	} else {
		s.become(kiosk.DeviceFaulty, err)
	}
}

func (s *supervision) become(state kiosk.DeviceState, reason error) {
	if state != s.state {
		s.state = state
		switch state {
		case kiosk.DeviceReady:
			s.Log.Info("device ready")
		case kiosk.DeviceAbsent:
			s.Log.Info("device absent", LogKeyReason, reason)
		default:
			s.Log.Error("device faulty", LogKeyReason, reason)
		}
	}
	if s.Report != nil {
		s.Report(state, reason)
	}
}

// pause waits between a half of d and d, or until ctx ends.
func (s *supervision) pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d - rand.N(d/2+1))
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
