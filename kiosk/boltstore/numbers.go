package boltstore

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"maps"
	"slices"

	"github.com/motcua/gateway/kiosk"
)

// The second file is a row of slots of 128 bytes, each with its own version and checksum. It
// is made full of zeros and slots overwrite them, one after the other: fdatasync then has no
// file size and no newly allocated block to write, only the slot. 128 divides a sector, so that
// a power cut in the middle of a write damages the slots of one sector and no slot lies in two.
// A slot that is damaged is left out and counted; the others stand for themselves.
//
//	0    version, 1
//	1    kind: 1 a number given, 2 a position alone
//	2    length of the site, 3 length of the service
//	4    day, yyyymmdd
//	8    sequence: the last number; of a position that begins a file, how many slots the file has
//	12   epoch and 16 seq of the fact that gave it: how far the database had come
//	24   site, 72 service, 48 bytes each
//	120  zero
//	124  CRC-32C of the 124 bytes before
//
// Integers are big-endian.
const (
	slotSize       = 128
	slotVersion    = 1
	slotNumber     = 1
	slotPosition   = 2
	slotSiteAt     = 24
	slotServiceAt  = 72
	slotSumAt      = 124
	numbersDefault = 2048 // slots in a new file, 256 KiB: a week of an office
	// numbersDays is how many days of a site are kept: not days of the calendar but days on
	// which it worked, the ones written last. A clock that was years ahead for an hour must
	// not push today out.
	numbersDays = 40
)

// slot is one entry of the second file.
type slot struct {
	kind    byte
	site    kiosk.SiteCode
	day     kiosk.Day
	service kiosk.ServiceCode
	seq     uint32
	at      kiosk.Position // of the fact
}

var errNewerSlot = errors.New("slot of a newer version")

// appendSlot encodes a slot. Its codes are at most maxCode bytes.
func appendSlot(b []byte, s slot) []byte {
	n := len(b)
	b = append(b, make([]byte, slotSize)...)
	p := b[n:]
	p[0], p[1], p[2], p[3] = slotVersion, s.kind, byte(len(s.site)), byte(len(s.service))
	binary.BigEndian.PutUint32(p[4:], uint32(s.day))
	binary.BigEndian.PutUint32(p[8:], s.seq)
	binary.BigEndian.PutUint32(p[12:], uint32(s.at.Epoch))
	binary.BigEndian.PutUint64(p[16:], uint64(s.at.Seq))
	copy(p[slotSiteAt:slotServiceAt], s.site)
	copy(p[slotServiceAt:slotServiceAt+maxCode], s.service)
	binary.BigEndian.PutUint32(p[slotSumAt:], crc32.Checksum(p[:slotSumAt], castagnoli))
	return b
}

// parseSlot decodes a slot. A slot of a newer version is told from a damaged one: its checksum
// stands at the same place.
func parseSlot(p []byte) (slot, error) {
	switch {
	case len(p) < slotSize:
		return slot{}, fmt.Errorf("slot of %d bytes", len(p))
	case binary.BigEndian.Uint32(p[slotSumAt:]) != crc32.Checksum(p[:slotSumAt], castagnoli):
		return slot{}, errors.New("checksum of the slot does not match")
	case p[0] > slotVersion:
		return slot{}, errNewerSlot
	case p[0] != slotVersion, p[1] != slotNumber && p[1] != slotPosition, p[2] > maxCode, p[3] > maxCode:
		return slot{}, errors.New("slot of no known kind")
	}
	return slot{
		kind:    p[1],
		site:    kiosk.SiteCode(p[slotSiteAt : slotSiteAt+int(p[2])]),
		service: kiosk.ServiceCode(p[slotServiceAt : slotServiceAt+int(p[3])]),
		day:     kiosk.Day(binary.BigEndian.Uint32(p[4:])),
		seq:     binary.BigEndian.Uint32(p[8:]),
		at: kiosk.Position{
			Epoch: kiosk.Epoch(binary.BigEndian.Uint32(p[12:])),
			Seq:   kiosk.Seq(binary.BigEndian.Uint64(p[16:])),
		},
	}, nil
}

// numbers is what the slots of a file say together.
type numbers struct {
	days map[siteDay]*dayNumbers
	// writes counts slots, to know which days were written last.
	writes uint64
	last   kiosk.Position // the highest of all slots
	slots  int            // how many are used, the damaged ones included
	// damaged counts what cannot be read before the very last slot: slots, holes between them,
	// and an end that was cut off.
	damaged int
	// torn is true where the very last slot cannot be read. While the database is there it is
	// a write which a power cut interrupted, and nobody was told its number; without the
	// database it may as well be a number that somebody holds.
	torn bool
}

type siteDay struct {
	site kiosk.SiteCode
	day  kiosk.Day
}

type dayNumbers struct {
	at   uint64 // numbers.writes when it was last written
	last map[kiosk.ServiceCode]uint32
}

func newNumbers() *numbers { return &numbers{days: map[siteDay]*dayNumbers{}} }

// parseNumbers reads a whole file. Only a newer version is an error.
func parseNumbers(b []byte) (*numbers, error) {
	n := newNumbers()
	hole, room := false, 0
	for at := 0; at < len(b); at += slotSize {
		p := b[at:min(at+slotSize, len(b))]
		if allZero(p) {
			hole = true // or free, if nothing comes behind it
			continue
		}
		n.slots = at/slotSize + 1
		if n.torn || hole {
			n.damaged++
		}
		s, err := parseSlot(p)
		if errors.Is(err, errNewerSlot) {
			return nil, err
		}
		hole, n.torn = false, err != nil
		if n.torn {
			continue
		}
		n.add(s)
		if s.kind == slotPosition && s.seq > 0 {
			room = int(s.seq)
		}
	}
	if len(b) < room*slotSize {
		n.damaged++
	}
	return n, nil
}

// add takes a slot into account.
func (n *numbers) add(s slot) {
	n.writes++
	if before(n.last, s.at) {
		n.last = s.at
	}
	if s.kind == slotNumber {
		n.raise(s.site, s.day, s.service, s.seq)
	}
}

// raise notes a number and reports whether it is higher than the one known.
func (n *numbers) raise(site kiosk.SiteCode, day kiosk.Day, service kiosk.ServiceCode, seq uint32) bool {
	k := siteDay{site, day}
	d := n.days[k]
	if d == nil {
		d = &dayNumbers{last: map[kiosk.ServiceCode]uint32{}}
		n.days[k] = d
	}
	d.at = n.writes
	if seq <= d.last[service] {
		return false
	}
	d.last[service] = seq
	return true
}

// given reports whether any number is known at all.
func (n *numbers) given() bool { return len(n.days) > 0 }

// of returns the last numbers of a site, as a copy.
func (n *numbers) of(site kiosk.SiteCode) map[kiosk.Day]map[kiosk.ServiceCode]uint32 {
	out := map[kiosk.Day]map[kiosk.ServiceCode]uint32{}
	for k, d := range n.days {
		if k.site == site {
			out[k.day] = maps.Clone(d.last)
		}
	}
	return out
}

// all returns the highest number of each service and day.
func (n *numbers) all() []slot { return n.beyond(nil) }

// beyond returns the numbers that are higher than the ones in out.
func (n *numbers) beyond(out []slot) []slot {
	other := newNumbers()
	for _, s := range out {
		other.add(s)
	}
	var more []slot
	for k, d := range n.days {
		for service, seq := range d.last {
			if o := other.days[k]; o == nil || o.last[service] < seq {
				more = append(more, slot{kind: slotNumber, site: k.site, day: k.day, service: service, seq: seq})
			}
		}
	}
	return more
}

// compact forgets all but the days of each site that were written last, and returns the slots
// that say what is left, the oldest first; the last one is the position.
func (n *numbers) compact(last kiosk.Position) []slot {
	keys := slices.SortedFunc(maps.Keys(n.days), func(a, b siteDay) int {
		switch at, bt := n.days[a].at, n.days[b].at; {
		case at != bt:
			return cmp.Compare(at, bt)
		case a.day != b.day:
			return cmp.Compare(a.day, b.day)
		}
		return cmp.Compare(a.site, b.site)
	})
	kept := map[kiosk.SiteCode]int{}
	for _, k := range slices.Backward(keys) {
		if kept[k.site]++; kept[k.site] > numbersDays {
			delete(n.days, k)
		}
	}
	var out []slot
	n.writes = 0
	for _, k := range keys {
		d, ok := n.days[k]
		if !ok {
			continue
		}
		n.writes++
		d.at = n.writes
		for _, service := range slices.Sorted(maps.Keys(d.last)) {
			out = append(out, slot{kind: slotNumber, site: k.site, day: k.day, service: service, seq: d.last[service]})
		}
	}
	n.last, n.damaged, n.torn = last, 0, false
	n.writes++
	return append(out, slot{kind: slotPosition, at: last})
}

// before reports whether a comes before b.
func before(a, b kiosk.Position) bool {
	return a.Epoch < b.Epoch || a.Epoch == b.Epoch && a.Seq < b.Seq
}

func allZero(b []byte) bool {
	for _, v := range b {
		if v != 0 {
			return false
		}
	}
	return true
}
