package kiosktest

import (
	"bytes"
	"log/slog"
	"sync"
)

// Journal gathers what is logged, from any number of goroutines. The zero value is empty.
type Journal struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write keeps p. It never fails.
func (j *Journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.Write(p)
}

// String returns all that was logged so far.
func (j *Journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.String()
}

// Log returns a log that j gathers, in slog's text form.
func (j *Journal) Log() *slog.Logger { return slog.New(slog.NewTextHandler(j, nil)) }
