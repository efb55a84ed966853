package boltstore_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/boltstore"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

// faultTickets is how many tickets are to be had from an office on a failing disk.
const faultTickets = 40

// TestFsyncFails runs an office whose kernel lies: strace lets every so many calls of one kind
// fail. Whatever fails, at opening, in a commit, in its undoing: a citizen who was told a number
// has it, a number that was refused is the next one, and what is kept is whole.
func TestFsyncFails(t *testing.T) {
	t.Parallel()
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not installed")
	}
	for _, v := range []struct{ call, fault, file string }{
		// Every commit has two, of its pages and of its meta page: odd steps meet both. A step
		// leaves room for a whole commit, or no patience would be enough.
		{"fdatasync", "EIO:when=3+5", boltstore.DBName},
		{"fdatasync", "EIO:when=4+7", boltstore.DBName},
		{"fdatasync", "EIO:when=12+8", boltstore.DBName},
		{"fdatasync", "EIO:when=2+5", boltstore.NumbersName},
		{"pwrite64", "EIO:when=5+31", boltstore.DBName},
		{"pwrite64", "ENOSPC:when=30+17", boltstore.DBName},
		{"pwrite64", "ENOSPC:when=2+4", boltstore.NumbersName},
		{"fsync", "EIO:when=1+2", boltstore.NumbersName + ".new"},
		{"write", "ENOSPC:when=1+2", boltstore.NumbersName + ".new"},
		{"fsync", "EIO:when=1+2", ""}, // of the folder
	} {
		t.Run(fmt.Sprintf("%s-of-%s-%s", v.call, v.file, strings.ReplaceAll(v.fault, ":", "-")), func(t *testing.T) {
			t.Parallel()
			dir, err := filepath.EvalSymlinks(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			o, err := json.Marshal(order{Dir: dir, Now: kiosktest.At(0).Unix(), Faults: true})
			if err != nil {
				t.Fatal(err)
			}
			// strace says each call that it let fail into its log.
			log := filepath.Join(t.TempDir(), "strace")
			cmd := exec.Command(strace, "-f", "-qq", "-o", log, "-P", filepath.Join(dir, v.file),
				"-e", "trace="+v.call, "-e", "inject="+v.call+":error="+v.fault, os.Args[0])
			cmd.Env = append(os.Environ(), childEnv+"="+string(o))
			out, err := cmd.CombinedOutput()
			if bytes.Contains(out, []byte("ptrace(PTRACE")) {
				t.Skipf("strace may not trace here: %s", out)
			}
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			text, err := os.ReadFile(log)
			if err != nil {
				t.Fatal(err)
			}
			failed := bytes.Count(text, []byte("(INJECTED)"))
			if failed == 0 {
				t.Fatalf("no call failed, nothing was tried:\n%s", text)
			}
			t.Logf("%d calls failed", failed)
			s, err := boltstore.Open(t.Context(), boltstore.Options{Dir: dir})
			if err != nil {
				t.Fatal(err)
			}
			k := kiosktest.Load(t, s, kiosktest.Site)
			if n, err := pair(t.Context(), s.Shelf(killShelf)); err != nil || n != faultTickets {
				t.Errorf("the shelf says %d, %v, want %d", n, err, faultTickets)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			boltstore.CheckFolder(t, dir)
			for i, ticket := range k.Tickets {
				if ticket.Seq != uint32(i+1) || ticket.State != kiosk.Waiting {
					t.Errorf("ticket %d is %s, %s", i+1, ticket.Number, ticket.State)
				}
			}
			if len(k.Tickets) != faultTickets || k.LastNumbers[kiosktest.Monday][kiosktest.Certify] != faultTickets {
				t.Errorf("%d tickets, last numbers %v, want %d", len(k.Tickets), k.LastNumbers, faultTickets)
			}
		})
	}
}

// meetFaults is the child: it issues tickets until it has them all, pressing again after every
// refusal, and ends by itself.
func meetFaults(o order, _ *os.File) error {
	// strace counts the calls of each thread.
	runtime.LockOSThread()
	ctx := context.Background()
	var s *boltstore.Store
	err := again(func() (err error) {
		s, err = boltstore.Open(ctx, boltstore.WithNumbersRoom(boltstore.Options{Dir: o.Dir}, 16))
		return err
	})
	if err != nil {
		return err
	}
	setup := kiosktest.Setup()
	setup.AlwaysOpen = true
	// Every look at the clock is six seconds later: an office mends its store every five.
	var ran time.Duration
	tick := func() time.Duration { ran += 3 * time.Second; return ran }
	var office *kiosk.Office
	err = again(func() (err error) {
		office, err = kiosk.NewOffice(ctx, kiosk.OfficeConfig{
			Setup: setup, Store: s, Mono: tick,
			Now: func() time.Time { return time.Unix(o.Now, 0).Add(tick()) },
		})
		if err != nil {
			err = errors.Join(err, s.Reopen(ctx))
		}
		return err
	})
	if err != nil {
		return err
	}
	for i := range faultTickets {
		var ticket kiosk.Ticket
		err := again(func() (err error) {
			ticket, err = office.IssueTicket(ctx, kiosk.IssueRequest{Service: kiosktest.Certify, Key: fmt.Sprint("press-", i)})
			return err
		})
		if err != nil {
			return fmt.Errorf("press %d: %w", i, err)
		}
		if ticket.Seq != uint32(i+1) {
			return fmt.Errorf("press %d got %s", i, ticket.Number)
		}
		// And somebody who signs in, and finds the store broken at times.
		v := []byte(strconv.Itoa(i + 1))
		err = again(func() error {
			err := s.Shelf(killShelf).Write(ctx, kiosk.Item{Key: "a", Value: v}, kiosk.Item{Key: "b", Value: v})
			if err != nil {
				err = errors.Join(err, s.Reopen(ctx))
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("shelve %d: %w", i, err)
		}
	}
	if err := again(func() error { return office.Close(ctx) }); err != nil {
		return err
	}
	// An office that closes after its store failed leaves it as it is.
	_ = s.Close()
	return nil
}

// again tries as often as a patient citizen presses.
func again(do func() error) error {
	var err error
	for range 50 {
		if err = do(); err == nil {
			return nil
		}
	}
	return err
}
