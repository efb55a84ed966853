package boltstore

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"github.com/motcua/gateway/kiosk"
)

// This file and its neighbours values.go, records.go, facts.go, facts2.go, facts3.go, dossiers.go,
// outbox.go, chain.go and fields.go are the only ones that know how things lie in kiosk.db. Numbers,
// names and layouts here are on people's disks: they are only ever added to.

// The buckets.
const (
	bucketMeta     = "meta"     // name → number
	bucketFacts    = "facts"    // epoch ‖ seq → record
	bucketTickets  = "tickets"  // site NUL day service NUL seq → ticket
	bucketCounters = "counters" // site NUL day counter → counter record
	bucketHalls    = "halls"    // site NUL day → hall record
	bucketBoxes    = "boxes"    // site → box record
	bucketLasts    = "lasts"    // site NUL day service → last number, as a person read it from paper

	// Since version 2.
	bucketDays    = "days"    // site NUL day epoch ‖ seq → nothing: facts of that day begin there
	bucketChain   = "chain"   // name → end of the chain of facts; see chain.go
	bucketShelves = "shelves" // shelf NUL key → value

	// Since version 3.
	bucketDossiers = "dossiers" // site NUL dossier → dossier record
	bucketBlobs    = "blobs"    // epoch ‖ seq ‖ index → blob that waits for the province
	bucketOutbox   = "outbox"   // name → what the province holds; see outbox.go
)

// buckets lists all of them.
func buckets() []string {
	return []string{
		bucketMeta, bucketFacts, bucketTickets, bucketCounters, bucketHalls, bucketBoxes, bucketLasts,
		bucketDays, bucketChain, bucketShelves,
		bucketDossiers, bucketBlobs, bucketOutbox,
	}
}

// The names in the bucket meta.
const (
	metaVersion = "version"         // of the whole database; see migrate.go
	metaEpoch   = "epoch"           // the present one
	metaUnknown = "numbers-unknown" // 1 while nobody has said how far the numbers had come
)

// valueVersion stands in front of every value.
const valueVersion = 1

// maxCode bounds the codes that stand in keys and in the second file; an office's setup allows
// 32 bytes.
const maxCode = 48

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// seal puts the version before a value's fields and a checksum of key and value behind them:
// bbolt has none on its data pages, so that a bit that rots there would otherwise be served.
func seal(key []byte, fields fieldWriter) []byte {
	v := fields // its first byte was left free by newFields
	v[0] = valueVersion
	return binary.BigEndian.AppendUint32(v, checksum(key, v))
}

// newFields returns a writer with room for the version.
func newFields(size int) fieldWriter { return make(fieldWriter, 1, 1+size) }

func checksum(key, value []byte) uint32 {
	return crc32.Update(crc32.Checksum(key, castagnoli), castagnoli, value)
}

// unseal checks a value and returns a reader of its fields.
func unseal(key, value []byte) (fieldReader, error) {
	n := len(value) - 4
	switch {
	case n < 1:
		return fieldReader{}, fmt.Errorf("value of %d bytes is too short", len(value))
	case binary.BigEndian.Uint32(value[n:]) != checksum(key, value[:n]):
		return fieldReader{}, errors.New("checksum of the value does not match")
	case value[0] != valueVersion:
		return fieldReader{}, fmt.Errorf("value of version %d, want %d", value[0], valueVersion)
	}
	return fieldReader{rest: value[1:n]}, nil
}

// The keys. Integers are big-endian, so that a cursor reads in their order, and codes end with
// a NUL, which no code contains: "a" comes before "a-1" and neither is a prefix of the other.

func factKey(p kiosk.Position) []byte {
	k := make([]byte, 0, 12)
	k = binary.BigEndian.AppendUint32(k, uint32(p.Epoch))
	return binary.BigEndian.AppendUint64(k, uint64(p.Seq))
}

func parseFactKey(k []byte) (kiosk.Position, error) {
	if len(k) != 12 {
		return kiosk.Position{}, fmt.Errorf("key of a fact has %d bytes, want 12", len(k))
	}
	return kiosk.Position{
		Epoch: kiosk.Epoch(binary.BigEndian.Uint32(k)),
		Seq:   kiosk.Seq(binary.BigEndian.Uint64(k[4:])),
	}, nil
}

// siteKey is what all keys of a site in the buckets by day begin with.
func siteKey(site kiosk.SiteCode) []byte { return append([]byte(site), 0) }

// dayKey is what all keys of a site's day begin with, and the whole key of a hall.
func dayKey(site kiosk.SiteCode, day kiosk.Day) []byte {
	k := make([]byte, 0, len(site)+5+maxCode)
	k = append(append(k, site...), 0)
	return binary.BigEndian.AppendUint32(k, uint32(day))
}

func counterKey(site kiosk.SiteCode, day kiosk.Day, c kiosk.CounterCode) []byte {
	return append(dayKey(site, day), c...)
}

// serviceKey is what the keys of a service's tickets of a day begin with.
func serviceKey(site kiosk.SiteCode, day kiosk.Day, s kiosk.ServiceCode) []byte {
	return append(append(dayKey(site, day), s...), 0)
}

func ticketKey(site kiosk.SiteCode, day kiosk.Day, s kiosk.ServiceCode, seq uint32) []byte {
	return binary.BigEndian.AppendUint32(serviceKey(site, day, s), seq)
}

func lastKey(site kiosk.SiteCode, day kiosk.Day, s kiosk.ServiceCode) []byte {
	return append(dayKey(site, day), s...)
}

// stretchKey names a stretch of facts of one day that begins at a position.
func stretchKey(of siteDay, at kiosk.Position) []byte {
	return append(dayKey(of.site, of.day), factKey(at)...)
}

// shelfKey is the key of an item, and with an empty one what all keys of a shelf begin with.
func shelfKey(shelf, key string) []byte {
	k := make([]byte, 0, len(shelf)+1+len(key))
	return append(append(append(k, shelf...), 0), key...)
}

// parseDayKey splits a key of a bucket by day.
func parseDayKey(k []byte) (site kiosk.SiteCode, day kiosk.Day, rest []byte, err error) {
	i := bytes.IndexByte(k, 0)
	if i < 1 || len(k) < i+5 {
		return "", 0, nil, fmt.Errorf("key %x has no site and day", k)
	}
	return kiosk.SiteCode(k[:i]), kiosk.Day(binary.BigEndian.Uint32(k[i+1:])), k[i+5:], nil
}

// parseTicketRest splits what follows the day in the key of a ticket.
func parseTicketRest(rest []byte) (kiosk.ServiceCode, uint32, error) {
	n := len(rest) - 5
	if n < 1 || rest[n] != 0 {
		return "", 0, fmt.Errorf("key ends with %x: want a service and a number", rest)
	}
	return kiosk.ServiceCode(rest[:n]), binary.BigEndian.Uint32(rest[n+1:]), nil
}

// checkCode refuses what cannot stand in a key.
func checkCode[S ~string](what string, code S) error {
	switch {
	case code == "":
		return fmt.Errorf("no code of a %s", what)
	case len(code) > maxCode:
		return fmt.Errorf("code of a %s has %d bytes, at most %d are kept", what, len(code), maxCode)
	case bytes.IndexByte([]byte(code), 0) >= 0:
		return fmt.Errorf("code of a %s contains a NUL: %q", what, string(code))
	}
	return nil
}

// A number alone, as the bucket meta and the bucket lasts hold it.

func encodeNumber(key []byte, v uint64) []byte {
	w := newFields(16)
	w.uint(1, v)
	return seal(key, w)
}

func decodeNumber(key, value []byte) (uint64, error) {
	r, err := unseal(key, value)
	if err != nil {
		return 0, err
	}
	var v uint64
	for r.next() {
		if r.tag == 1 {
			v = r.uint()
		}
	}
	return v, r.err
}
