// Package drivers holds what every device driver shares: the three states of an attached
// device and the loop that owns its wire.
//
// A device is Absent, Ready or Faulty. Absent is a state and not a failure: a commune may
// own no scanner, and a printer's cable is pulled to move the desk. It is logged quietly.
// Faulty means that something is there and does not work; it is loud and carries a reason.
//
// One goroutine owns each wire: it finds the device, uses it, loses it, and finds it again,
// for as long as the program runs ([Supervise]). Others send that goroutine requests and
// never touch the wire.
package drivers

import (
	"errors"
)

// ErrAbsent means no device answers at the configured place. It is a state, not a failure.
var ErrAbsent = errors.New("device absent")

// Absent reports whether err says that the device is not there, or no longer: it wraps
// [ErrAbsent] or an error whose Absent method returns true. The method lets a package that
// knows nothing of the office, such as drivers/serialport, speak of absence.
func Absent(err error) bool {
	if errors.Is(err, ErrAbsent) {
		return true
	}
	gone, ok := errors.AsType[interface {
		error
		Absent() bool
	}](err)
	return ok && gone.Absent()
}
