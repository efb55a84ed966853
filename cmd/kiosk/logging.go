package main

import (
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
// and a technician, find them. It is appended to, and begun anew when it is larger than a few
// crashes need.
func keepCrashes(state string, log *slog.Logger) {
	path := filepath.Join(state, "crash.log")
	how := os.O_WRONLY | os.O_CREATE | os.O_APPEND
	if info, err := os.Stat(path); err == nil && info.Size() > maxCrashLog {
		how = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	f, err := os.OpenFile(path, how, 0o600)
	if err == nil {
		defer f.Close() // the runtime has its own copy
		err = debug.SetCrashOutput(f, debug.CrashOptions{})
	}
	if err != nil {
		log.Warn("a crash will leave no trace", logErr, err)
	}
}

// maxCrashLog is a few crashes of a few hundred goroutines.
const maxCrashLog = 1 << 20
