package escpos

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"github.com/motcua/gateway/drivers"
	"github.com/motcua/gateway/drivers/serialport"
)

// wire is a printer's line: a serial port, a USB printer device or a TCP connection. A read
// waits until Close; a write until its deadline, after which n says what was taken.
type wire interface {
	Read(b []byte) (int, error)
	Write(b []byte) (int, error)
	SetWriteDeadline(t time.Time) error
	Close() error
}

// discarder is a wire that can throw away what was written and not yet sent.
type discarder interface{ Discard() error }

// drainer is a wire that can wait until what was written has been sent.
type drainer interface {
	Drain(ctx context.Context) error
}

// muter is a wire that knows whether anything can ever come back on it.
type muter interface{ mute() bool }

func isMute(w wire) bool {
	m, ok := w.(muter)
	return ok && m.mute()
}

// tcpPrefix begins the port of a network printer: tcp://10.0.0.5:9100.
const tcpPrefix = "tcp://"

// dialTimeout bounds the wait for a network printer; on a LAN an answer takes milliseconds.
const dialTimeout = 3 * time.Second

// openWire opens the port of cfg. Errors for which drivers.Absent is true say that nothing is
// there.
func openWire(ctx context.Context, cfg Config) (wire, error) {
	if address, ok := strings.CutPrefix(cfg.Port, tcpPrefix); ok {
		return openTCP(ctx, address)
	}
	port, err := serialport.Open(ctx, serialport.Config{Name: cfg.Port, Baud: cfg.baud(), Flow: cfg.Profile.Flow})
	if errors.Is(err, serialport.ErrNotSerial) {
		return openDevice(cfg.Port, cfg.Profile.Status == StatusNone)
	}
	if err != nil {
		return nil, err
	}
	return port, nil
}

func openTCP(ctx context.Context, address string) (wire, error) {
	d := net.Dialer{
		Timeout: dialTimeout,
		// A network printer whose cable is pulled says nothing; the questions that go
		// unanswered show it, and this where none are asked.
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 15 * time.Second, Interval: 5 * time.Second, Count: 3},
	}
	conn, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("dial printer %s: %w (%w)", address, drivers.ErrAbsent, err)
	}
	return conn, nil
}

// gone turns an error of a wire into one that says whether the printer is lost; every error
// but a deadline means that.
func gone(verb, port string, err error) error {
	if err == nil || errors.Is(err, os.ErrDeadlineExceeded) || drivers.Absent(err) {
		return err
	}
	return fmt.Errorf("%s printer at %s: %w (%w)", verb, port, drivers.ErrAbsent, err)
}
