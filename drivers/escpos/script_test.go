package escpos_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/motcua/gateway/drivers/escpos"
	"github.com/motcua/gateway/kiosk"
)

// script is a printer that answers questions as it is told, and prints nothing.
type script struct {
	answer func(question string, n byte, id string) []byte
}

// serve answers on conn until it closes. It finds questions wherever they stand.
func (s script) serve(conn net.Conn) {
	defer conn.Close()
	out := make(chan []byte, 1024)
	defer close(out)
	go func() {
		for b := range out {
			if _, err := conn.Write(b); err != nil {
				return
			}
		}
	}()
	var seen []byte
	one := make([]byte, 1)
	for {
		if _, err := conn.Read(one); err != nil {
			return
		}
		seen = append(seen, one[0])
		seen = seen[max(0, len(seen)-11):]
		var b []byte
		switch {
		case bytes.HasSuffix(seen, []byte("\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08")):
			b = s.answer("clear", 0, "")
		case len(seen) >= 3 && bytes.HasPrefix(seen[len(seen)-3:], []byte("\x10\x04")):
			b = s.answer("DLE EOT", seen[len(seen)-1], "")
		case bytes.HasSuffix(seen, []byte("\x1dV\x42\x00")):
			b = s.answer("cut", 66, "")
		case bytes.HasSuffix(seen, []byte("\x1dr\x01")):
			b = s.answer("GS r", 1, "")
		case len(seen) == 11 && bytes.HasPrefix(seen, []byte("\x1d(H\x06\x0000")):
			b = s.answer("GS ( H", 48, string(seen[7:]))
		}
		if len(b) > 0 {
			out <- b
		}
	}
}

// withScript runs f with a driver that believes in a profile and talks to a script.
func withScript(t *testing.T, profile string, s script, f func(*testing.T, *escpos.Printer)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		p, err := escpos.Lookup(profile)
		if err != nil {
			t.Fatal(err)
		}
		driver, err := escpos.New(escpos.Config{Port: "/dev/script", Profile: p, Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		escpos.SetOpen(driver, func(context.Context) (net.Conn, error) {
			host, end := net.Pipe()
			wg.Go(func() { s.serve(end) })
			return host, nil
		})
		ctx, cancel := context.WithCancel(t.Context())
		wg.Go(func() { driver.Run(ctx) })
		f(t, driver)
		cancel()
		wg.Wait()
	})
}

func awaitReady(t *testing.T, p *escpos.Printer) {
	t.Helper()
	late := time.After(time.Minute)
	for !p.Status().Ready() {
		select {
		case <-p.Changed():
		case <-late:
			t.Fatalf("never ready: %+v", p.Status())
		}
	}
}

// TestOneQuestion: a clone that knows DLE EOT 1 and nothing else of it works.
func TestOneQuestion(t *testing.T) {
	t.Parallel()
	withScript(t, "xprinter-80", script{func(question string, n byte, _ string) []byte {
		switch {
		case question == "DLE EOT" && n == 1:
			return []byte{0x12}
		case question == "GS r":
			return []byte{0}
		}
		return nil
	}}, func(t *testing.T, p *escpos.Printer) {
		awaitReady(t, p)
		began := time.Now()
		if got, err := p.Print(t.Context(), sample()); got != kiosk.OutcomePrinted || err != nil {
			t.Errorf("Print = %q, %v", got, err)
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("took %v: the unknown questions are asked again", took)
		}
	})
}

// TestAnotherSlipsID: the id of a slip that was given up confirms no other.
func TestAnotherSlipsID(t *testing.T) {
	t.Parallel()
	var ids []string // of the probe, of the first slip, of the probe after it, of the second
	withScript(t, "epson-tm-80", script{func(question string, n byte, id string) []byte {
		block := func(id string) []byte { return append(append([]byte{0x37, 0x22}, id...), 0) }
		switch question {
		case "DLE EOT":
			return []byte{0x12}
		case "clear":
			return []byte{0x37, 0x25, 0}
		case "GS ( H":
			ids = append(ids, id)
			switch len(ids) {
			case 2:
				return nil // the first slip is never confirmed in time
			case 4:
				return block(ids[1]) // but when the second one is asked for
			}
			return block(id)
		}
		return nil
	}}, func(t *testing.T, p *escpos.Printer) {
		for range 2 {
			awaitReady(t, p)
			if _, err := p.Print(t.Context(), sample()); !errors.Is(err, kiosk.ErrSlipUnconfirmed) {
				t.Errorf("Print = %v, want an unconfirmed slip", err)
			}
		}
		awaitReady(t, p)
		if got, err := p.Print(t.Context(), sample()); got != kiosk.OutcomePrinted || err != nil {
			t.Errorf("Print = %q, %v", got, err)
		}
	})
}

// TestEarlyAnswer: an answer to GS r that comes before the question is none.
func TestEarlyAnswer(t *testing.T) {
	t.Parallel()
	questions := 0
	printing := false
	withScript(t, "xprinter-80", script{func(question string, n byte, _ string) []byte {
		switch question {
		case "DLE EOT":
			if printing && n == 1 {
				return []byte{0x12, 0x00} // with the question before the slip
			}
			return []byte{0x12}
		case "GS r":
			if questions++; questions == 1 {
				return []byte{0}
			}
		}
		return nil
	}}, func(t *testing.T, p *escpos.Printer) {
		awaitReady(t, p)
		printing = true
		if _, err := p.Print(t.Context(), sample()); !errors.Is(err, kiosk.ErrSlipUnconfirmed) {
			t.Errorf("Print = %v, want an unconfirmed slip", err)
		}
	})
}

// TestCutWhenItListens: a printer that takes what comes for the rest of a picture swallows the
// cut behind half a slip too; it is cut off when the printer is known to listen, and once.
func TestCutWhenItListens(t *testing.T) {
	t.Parallel()
	var questions, cuts int
	withScript(t, "xprinter-80", script{func(question string, _ byte, _ string) []byte {
		swallowed := 2 <= questions && questions <= 4
		switch question {
		case "DLE EOT":
			return []byte{0x12}
		case "cut":
			if questions > 0 && !swallowed {
				cuts++
			}
		case "GS r":
			if questions++; questions == 1 || questions > 4 {
				return []byte{0}
			}
		}
		return nil
	}}, func(t *testing.T, p *escpos.Printer) {
		awaitReady(t, p)
		if _, err := p.Print(t.Context(), sample()); !errors.Is(err, kiosk.ErrSlipUnconfirmed) {
			t.Errorf("Print = %v, want an unconfirmed slip", err)
		}
		before := cuts // of the slip itself
		awaitReady(t, p)
		<-time.After(time.Minute)
		if cuts-before != 1 {
			t.Errorf("%d cuts that the printer heard, want one", cuts-before)
		}
	})
}
