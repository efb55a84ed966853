package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
)

// The keys under which the gateway itself logs. Those of the office are in package kiosk.
const (
	logAddr   = "addr"
	logState  = "state"
	logScreen = "screen"
	logErr    = "err"
)

// newLogger logs to stderr. systemd adds the time itself, but a person at a terminal wants it.
func newLogger(w io.Writer, form string) *slog.Logger {
	if form == "json" {
		return slog.New(slog.NewJSONHandler(w, nil))
	}
	return slog.New(slog.NewTextHandler(w, nil))
}

// keepCrashes lets the runtime write its last words into DIR/crash.log, where the next start,
// and a technician, find them. A log of an earlier crash is kept: it is appended to, and begun
// anew when it is larger than a few crashes need.
func keepCrashes(state string) error {
	path := filepath.Join(state, "crash.log")
	how := os.O_WRONLY | os.O_CREATE | os.O_APPEND
	if info, err := os.Stat(path); err == nil && info.Size() > 1<<20 {
		how = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	f, err := os.OpenFile(path, how, 0o600)
	if err != nil {
		return fmt.Errorf("keep crashes: %w", err)
	}
	defer f.Close() // the runtime has its own copy
	if err := debug.SetCrashOutput(f, debug.CrashOptions{}); err != nil {
		return fmt.Errorf("keep crashes: %w", err)
	}
	return nil
}
