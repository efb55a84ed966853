// Package serialport is a serial line whose deadlines hold, whose Close returns, and that
// tells a device that was unplugged from one that is silent.
//
// The line is opened and set by github.com/tarm/serial. Its own Read and Write cannot be
// used on a box that nobody watches: a timeout and a pulled cable are the same io.EOF
// there, Write has no deadline, and Close waits behind both. Line settings belong to the
// terminal and not to the descriptor, so all input and output goes over a second
// descriptor of the same terminal, a non-blocking one that Go's poller can wait on.
//
// A read or write ends in one of four ways:
//
//	n > 0, nil                              bytes
//	os.ErrDeadlineExceeded (wrapped)        nothing, or not everything, in time
//	[ErrGone] (wrapped)                     unplugged: close the port and find it again
//	os.ErrClosed (wrapped)                  Close was called
//
// # Stable names
//
// Open a name that udev keeps, such as /dev/kiosk-printer, and never ttyUSB0, which goes to
// whichever adapter was plugged in first. After [ErrGone] open the same name again: until
// the device is back that gives [ErrAbsent].
//
// # Caveats
//
// The tests run on pseudo-terminals. By hand the same was seen with Linux' own drivers in a
// virtual machine (QEMU's 16550A and FT232, Linux 6.1), never on a real adapter.
//
// [FlowRTSCTS] is unproven: it sets the bits that the kernel asks for, but a
// pseudo-terminal has no modem lines. The emulated 16550A did stop at a low CTS.
//
// With [FlowXONXOFF] the bytes 0x11 and 0x13 from the device start and stop our output and
// are never delivered to Read; all other bytes, and all bytes to the device, pass
// untouched. Keep reading while you write: when 4 KiB of unread input have piled up,
// kernels before 6.0 do not see an XON behind them. Behind a USB adapter stopping is the
// chip's work: the drivers of FTDI, PL2303 and CP210x chips ask it for it, those of CH341
// and CDC-ACM do not, and such an adapter overruns a printer that is full.
//
// The package needs Linux. On other systems it builds, and Open returns errors.ErrUnsupported.
package serialport

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Flow says how the device stops us when its buffer is full. The values are those of the
// configuration file.
type Flow string

// The kinds of flow control. The zero value is FlowNone.
const (
	FlowNone    Flow = "none"
	FlowXONXOFF Flow = "xon-xoff" // the device sends 0x13 to stop us and 0x11 to go on
	FlowRTSCTS  Flow = "rts-cts"  // the device drops CTS; unproven, see the package's caveats
)

// Config is a line: 8 data bits, no parity, 1 stop bit.
type Config struct {
	Name string // path of the terminal: "/dev/kiosk-printer"
	Baud int    // bits per second: 9600, 19200, 38400, 57600 or 115200
	Flow Flow   // FlowNone if empty
}

// Validate returns an error that says what would be right if c can never be opened,
// whatever is plugged in.
func (c Config) Validate() error {
	if c.Name == "" {
		return errors.New("serial port without a name, want a path such as /dev/kiosk-printer")
	}
	if strings.ContainsRune(c.Name, 0) {
		return fmt.Errorf("serial port name %q holds a zero byte", c.Name)
	}
	if rates := []int{9600, 19200, 38400, 57600, 115200}; !slices.Contains(rates, c.Baud) {
		return fmt.Errorf("unsupported rate of %d baud, want one of 9600, 19200, 38400, 57600, 115200", c.Baud)
	}
	switch c.Flow {
	case "", FlowNone, FlowXONXOFF, FlowRTSCTS:
		return nil
	}
	return fmt.Errorf("unknown flow control %q, want %q, %q or %q", c.Flow, FlowNone, FlowXONXOFF, FlowRTSCTS)
}

// What [Open] and a [Port] return, wrapped with the port's name.
var (
	// ErrAbsent means that nothing is plugged in under the name. It is a state, not a failure.
	ErrAbsent error = absence("no serial port there")
	// ErrGone means that the device was unplugged while it was open.
	ErrGone error = absence("serial port gone")
	// ErrBusy means that another process, or another Port of this one, holds the line.
	ErrBusy = errors.New("serial port in use")
	// ErrNotSerial means that the name is something else: a file, a folder, a FIFO, a disk.
	ErrNotSerial = errors.New("not a serial port")
)

// absence is an error for which drivers.Absent is true. The method, and not a shared
// variable, because this package stands below the office's own.
type absence string

func (a absence) Error() string { return string(a) }
func (absence) Absent() bool    { return true }
