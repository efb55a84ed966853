package serialport_test

import (
	"errors"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/motcua/gateway/drivers/serialport"
)

// Not parallel: it counts what belongs to the whole process, and the parallel tests begin
// only after it.
func TestNothingIsLeftOver(t *testing.T) {
	file := t.TempDir() + "/file"
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	cycle := func() {
		w := newWire(t)
		p, err := serialport.Open(t.Context(), plain(w.name))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := serialport.Open(t.Context(), plain(w.name)); !errors.Is(err, serialport.ErrBusy) {
			t.Fatal(err)
		}
		if _, err := serialport.Open(t.Context(), plain(file)); !errors.Is(err, serialport.ErrNotSerial) {
			t.Fatal(err)
		}
		if _, err := serialport.Open(t.Context(), plain("/dev/null")); !errors.Is(err, serialport.ErrNotSerial) {
			t.Fatal(err)
		}
		p.SetReadDeadline(time.Now().Add(time.Millisecond))
		p.Read(make([]byte, 8))

		p.SetDeadline(time.Now().Add(patience))
		var pending sync.WaitGroup
		pending.Go(func() { p.Read(make([]byte, 8)) })
		pending.Go(func() { p.Write(noise(64 << 10)) })
		w.receive(t, 1)
		p.Close()
		pending.Wait()

		p, err = serialport.Open(t.Context(), softFlow(w.name))
		if err != nil {
			t.Fatal(err)
		}
		w.Close() // unplugged
		if _, err := p.Read(make([]byte, 8)); !errors.Is(err, serialport.ErrGone) {
			t.Fatal(err)
		}
		p.Close()
	}
	cycle() // whatever the runtime opens once, such as its poller
	files, goroutines := openFiles(t), runtime.NumGoroutine()
	for range 50 {
		cycle()
	}
	if got := openFiles(t); got != files {
		t.Errorf("%d files are open after 50 cycles, %d before", got, files)
	}
	for end := time.Now().Add(patience); runtime.NumGoroutine() > goroutines && time.Now().Before(end); {
		runtime.Gosched() // one that is done may still be on its way out
	}
	if got := runtime.NumGoroutine(); got > goroutines {
		t.Errorf("%d goroutines after 50 cycles, %d before", got, goroutines)
	}
}

func openFiles(t *testing.T) int {
	t.Helper()
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skipf("cannot count open files: %v", err)
	}
	return len(fds)
}
