package simulated

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// start runs a printer until the test ends.
func start(t *testing.T, cfg PrinterConfig) *Printer {
	t.Helper()
	p, err := NewPrinter(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	select {
	case <-p.Ready():
	case <-time.After(10 * time.Second):
		t.Fatal("the printer does not come up")
	}
	return p
}

func open(t *testing.T, link string) *os.File {
	t.Helper()
	f, err := os.OpenFile(link, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestSlipOverPTY(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := start(t, PrinterConfig{Link: filepath.Join(dir, "dev", "printer"), Out: filepath.Join(dir, "slips")})
	f := open(t, filepath.Join(dir, "dev", "printer"))
	job := "\x1b@\x1bt\x1e\x1ba\x01\x1d!\x33A012\x1d!\x00\nTi\xd5ng Vi\xd6t\n\x1dVA\x00\x1d(H\x06\x0000A012"
	if _, err := f.WriteString(job); err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, 7)
	if err := f.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Read(answer); err != nil {
		t.Fatal(err)
	}
	if string(answer) != "\x37\x22A012\x00" {
		t.Errorf("answer %q", answer)
	}
	if n := len(p.Slips()); n != 1 {
		t.Fatalf("%d slips", n)
	}
	if _, err := os.Stat(filepath.Join(dir, "slips", "slip-0001.png")); err != nil {
		t.Error(err)
	}
	if a := p.Anomalies(); len(a) > 0 {
		t.Errorf("anomalies: %q", a)
	}
}
