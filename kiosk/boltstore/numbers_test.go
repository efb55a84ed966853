package boltstore

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

func number(service kiosk.ServiceCode, seq uint32) slot {
	return slot{kind: slotNumber, site: kiosktest.Site, day: kiosktest.Monday, service: service, seq: seq, at: kiosk.Position{Epoch: 1, Seq: kiosk.Seq(seq)}}
}

func TestSlotRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		code := rapid.StringMatching(`[A-Za-z0-9-]{0,48}`)
		want := slot{
			kind:    rapid.SampledFrom([]byte{slotNumber, slotPosition}).Draw(t, "kind"),
			site:    kiosk.SiteCode(code.Draw(t, "site")),
			day:     kiosk.Day(rapid.Uint32().Draw(t, "day")),
			service: kiosk.ServiceCode(code.Draw(t, "service")),
			seq:     rapid.Uint32().Draw(t, "seq"),
			at:      kiosk.Position{Epoch: kiosk.Epoch(rapid.Uint32().Draw(t, "epoch")), Seq: kiosk.Seq(rapid.Uint64().Draw(t, "fact"))},
		}
		b := appendSlot(nil, want)
		if got, err := parseSlot(b); err != nil || got != want || len(b) != slotSize {
			t.Fatalf("got %+v, %v in %d bytes, want %+v", got, err, len(b), want)
		}
	})
}

// slots returns the bytes of a second file.
func slots(of ...slot) []byte {
	var b []byte
	for _, s := range of {
		b = appendSlot(b, s)
	}
	return b
}

func TestParseNumbers(t *testing.T) {
	t.Parallel()
	three := slots(number("a", 1), number("b", 7), number("a", 2))
	for _, v := range []struct {
		what    string
		file    []byte
		want    map[kiosk.ServiceCode]uint32
		slots   int
		damaged int
	}{
		{"empty", nil, nil, 0, 0},
		{"zeros", make([]byte, 40*slotSize), nil, 0, 0},
		{"whole", append(slices.Clone(three), make([]byte, 9*slotSize)...), map[kiosk.ServiceCode]uint32{"a": 2, "b": 7}, 3, 0},
		{"a number that is lower than the one before", slots(number("a", 9), number("a", 3)), map[kiosk.ServiceCode]uint32{"a": 9}, 2, 0},
		{"a torn end", append(slices.Clone(three[:2*slotSize]), append(bytes.Repeat([]byte{9}, slotSize), make([]byte, 9*slotSize)...)...), map[kiosk.ServiceCode]uint32{"a": 1, "b": 7}, 3, 0},
		{"half a slot at the end", three[:3*slotSize-60], map[kiosk.ServiceCode]uint32{"a": 1, "b": 7}, 3, 0},
		{"a damaged middle", append(slices.Clone(three[:slotSize]), append(bytes.Repeat([]byte{9}, slotSize), three[2*slotSize:]...)...), map[kiosk.ServiceCode]uint32{"a": 2}, 3, 1},
		{"a wiped middle", append(slices.Clone(three[:slotSize]), append(make([]byte, slotSize), three[2*slotSize:]...)...), map[kiosk.ServiceCode]uint32{"a": 2}, 3, 1},
		{"nothing but rubbish", bytes.Repeat([]byte("no numbers here "), 40), nil, 5, 4},
	} {
		n, err := parseNumbers(v.file)
		if err != nil {
			t.Errorf("%s: %v", v.what, err)
			continue
		}
		if got := n.of(kiosktest.Site)[kiosktest.Monday]; !reflect.DeepEqual(got, v.want) || n.slots != v.slots || n.damaged != v.damaged {
			t.Errorf("%s: %v, %d slots, %d damaged; want %v, %d, %d", v.what, got, n.slots, n.damaged, v.want, v.slots, v.damaged)
		}
	}
}

// Days are counted as they were worked on. A clock that was years ahead for an hour must not
// push today out.
func TestCompact(t *testing.T) {
	t.Parallel()
	n := newNumbers()
	far := slot{kind: slotNumber, site: kiosktest.Site, day: 2038_01_19, service: "a", seq: 3}
	n.add(far)
	day := kiosk.Day(2026_01_01)
	for range 50 {
		n.add(slot{kind: slotNumber, site: kiosktest.Site, day: day, service: "b", seq: 5})
		n.add(slot{kind: slotNumber, site: kiosktest.Site, day: day, service: "a", seq: 9})
		day = day.Add(1)
	}
	n.add(slot{kind: slotNumber, site: "other", day: 2020_01_01, service: "a", seq: 1})
	n.add(far) // and once more today: it is among the last
	at := kiosk.Position{Epoch: 7, Seq: 70}
	file := slots(n.compact(at)...)

	again, err := parseNumbers(file)
	if err != nil {
		t.Fatal(err)
	}
	of := again.of(kiosktest.Site)
	if len(of) != numbersDays || of[2038_01_19]["a"] != 3 || of[day.Add(-1)]["a"] != 9 || of[day.Add(-39)]["b"] != 5 || len(again.of("other")) != 1 || again.last != at {
		t.Errorf("after compacting: %v, %v, last %v", of, again.of("other"), again.last)
	}
	if !reflect.DeepEqual(of, n.of(kiosktest.Site)) {
		t.Error("memory and file differ")
	}
	if twice := slots(again.compact(at)...); !bytes.Equal(twice, file) {
		t.Error("compacting a compacted file changes it")
	}
}

func TestNewerNumbersAreLeftAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := mustOpen(t, Options{Dir: dir})
	issue(t, s, 3)
	mustClose(t, s)
	t.Cleanup(func() { checkFolder(t, dir) })

	path := filepath.Join(dir, numbersName)
	whole := readFile(t, path)
	newer := slices.Clone(whole)
	newer[0] = 2
	reseal(newer[:slotSize])
	writeFile(t, path, newer)
	_, err := Open(t.Context(), withClock(Options{Dir: dir}))
	if !errors.Is(err, ErrNewer) {
		t.Fatalf("open with a newer second file: %v", err)
	}
	if !bytes.Equal(readFile(t, path), newer) {
		t.Error("the newer second file was changed")
	}
	writeFile(t, path, whole)
}

// The file is filled, compacted while the office runs, and filled again.
func TestNumbersFileTurnsOver(t *testing.T) {
	t.Parallel()
	opt := Options{Dir: t.TempDir(), numbersRoom: 8}
	s := opened(t, opt)
	issue(t, s, 50)
	st, err := s.Stats(t.Context())
	if err != nil || st.NumbersRoom != 8 || st.NumbersSlots > 8 || st.Bytes == 0 {
		t.Errorf("stats %+v, %v: want at most 8 slots", st, err)
	}
	info, err := os.Stat(filepath.Join(opt.Dir, numbersName))
	if err != nil || info.Size() != 8*slotSize {
		t.Errorf("second file of %d bytes (%v), want %d", info.Size(), err, 8*slotSize)
	}
	if got := kiosktest.Load(t, s, kiosktest.Site).LastNumbers[kiosktest.Monday][kiosktest.Certify]; got != 50 {
		t.Errorf("last number %d, want 50", got)
	}
	if err := s.Reopen(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := kiosktest.Load(t, s, kiosktest.Site).LastNumbers[kiosktest.Monday][kiosktest.Certify]; got != 50 {
		t.Errorf("last number after reopening %d, want 50", got)
	}
}
