package boltstore

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

// The database is lost, and of the second file a sector as well: rotted, read as zeros, or cut
// off with all behind it. One queue got its last number early, so that no later slot repeats it.
// Either the number after the last one on paper comes next, or the box asks; it never guesses.
func TestSectorsOfNumbers(t *testing.T) {
	t.Parallel()
	const sector = 512
	dir := t.TempDir()
	s := mustOpen(t, Options{Dir: dir, numbersRoom: 32})
	c := kiosktest.NewClerk(t, s, kiosktest.Site, kiosktest.Monday)
	last := map[kiosk.ServiceCode]uint32{}
	for i := range 14 {
		service, prefix := kiosktest.Certify, "A"
		if i == 1 || i == 2 {
			service, prefix = kiosktest.Civil, "B"
		}
		ticket, ch := c.Issue(service, prefix)
		c.Commit(t, ch)
		last[service] = ticket.Seq
	}
	mustClose(t, s)
	whole := readFile(t, filepath.Join(dir, numbersName))
	used := 0
	for at := 0; at < len(whole); at += sector {
		if !allZero(whole[at : at+sector]) {
			used = at + sector
		}
	}
	for what, spoil := range map[string]func(b []byte, at int) []byte{
		"rotten": func(b []byte, at int) []byte { b[at+slotSumAt] ^= 1; return b },
		"zero":   func(b []byte, at int) []byte { clear(b[at : at+sector]); return b },
		"ones":   func(b []byte, at int) []byte { copy(b[at:], bytes.Repeat([]byte{0xFF}, sector)); return b },
		"cut":    func(b []byte, at int) []byte { return b[:at] },
	} {
		for at := 0; at < used; at += sector {
			if what == "zero" && at+sector == used {
				continue // it looks as if it had never been written: nothing can tell
			}
			t.Run(fmt.Sprintf("%s-at-%d", what, at), func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				writeFile(t, filepath.Join(dir, numbersName), spoil(bytes.Clone(whole), at))
				writeFile(t, filepath.Join(dir, dbName), []byte("rubbish"))
				s := opened(t, Options{Dir: dir})
				k := kiosktest.Load(t, s, kiosktest.Site)
				for service, want := range last {
					if got := k.LastNumbers[kiosktest.Monday][service]; got != want && !k.NumbersUnknown {
						t.Errorf("%s goes on after %d, but %d is out and nobody is asked", service, got, want)
					}
				}
			})
		}
	}
}

// A last slot that a power cut tore is nobody's number while the database is there, and what is
// written after it can be read.
func TestTornSlotIsWrittenAnew(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := mustOpen(t, Options{Dir: dir})
	issue(t, s, 3)
	mustClose(t, s)
	path := filepath.Join(dir, numbersName)
	b := readFile(t, path)
	n, err := parseNumbers(b)
	if err != nil {
		t.Fatal(err)
	}
	b[n.slots*slotSize+7] = 1 // the beginning of a fourth
	writeFile(t, path, b)
	s = mustOpen(t, Options{Dir: dir})
	if got := issue(t, s, 1).Number; got != "A004" {
		t.Errorf("next number %s, want A004", got)
	}
	mustClose(t, s)
	if err := os.Remove(filepath.Join(dir, dbName)); err != nil {
		t.Fatal(err)
	}
	s = opened(t, Options{Dir: dir})
	if k := kiosktest.Load(t, s, kiosktest.Site); k.NumbersUnknown {
		t.Error("a person is asked for numbers that the second file has")
	}
	if got := issue(t, s, 1).Number; got != "A005" {
		t.Errorf("next number %s, want A005", got)
	}
}
