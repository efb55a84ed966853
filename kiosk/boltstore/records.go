package boltstore

import (
	"fmt"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// The kinds of facts. A new kind needs a new version of the database: a binary that does not
// know it must not go on as if the fact were not there.
const (
	kindTicketIssued     = 1
	kindTicketMoved      = 2
	kindSlipMoved        = 3
	kindHallMoved        = 4
	kindCounterMoved     = 5
	kindClockConfirmed   = 6
	kindFaultMoved       = 7
	kindPaperChecked     = 8
	kindNumbersConfirmed = 9
	kindHelpMoved        = 10
	kindTicketSent       = 11
	kindStepUndone       = 12
	kindPriorityMoved    = 13
	kindTicketRated      = 14
	kindOutageSeen       = 15
	kindStaffMoved       = 16
	kindLogSealed        = 17
	kindDossierReceived  = 18
	kindDossierSettled   = 19
	kindBlobMoved        = 20
	kindEpochBegun       = 21
	kindLineMoved        = 22
)

// encodeRecord returns the value of a record that follows one of hash before, and its own hash.
func encodeRecord(key []byte, r *kiosk.Record, before chainHash) (value []byte, hash chainHash, err error) {
	kind, fact, err := encodeFact(r.Fact)
	if err != nil {
		return nil, hash, err
	}
	w := newFields(112 + len(r.Site) + len(r.By) + len(r.Key) + len(fact))
	text(&w, 1, r.Site)
	w.uint(2, uint64(r.Day))
	w.time(3, r.At)
	w.bool(4, r.AtSure)
	text(&w, 5, r.By)
	w.uint(6, kind)
	w.bytes(7, fact)
	text(&w, 9, r.Key)
	w.uint(10, uint64(r.Late/time.Second))
	hash = link(before, key, w[1:])
	w.bytes(tagHash, hash[:])
	return seal(key, w), hash, nil
}

// recordDay reads the site and the day of a record and nothing else.
func recordDay(key, value []byte) (siteDay, error) {
	var of siteDay
	r, err := unseal(key, value)
	if err != nil {
		return of, err
	}
	for r.next() {
		switch r.tag {
		case 1:
			of.site = kiosk.SiteCode(r.string())
		case 2:
			of.day = r.day()
		}
	}
	return of, r.err
}

func decodeRecord(key, value []byte) (kiosk.Record, error) {
	var rec kiosk.Record
	var err error
	if rec.Position, err = parseFactKey(key); err != nil {
		return rec, err
	}
	r, err := unseal(key, value)
	if err != nil {
		return rec, err
	}
	var kind uint64
	var fact []byte
	for r.next() {
		switch r.tag {
		case 1:
			rec.Site = kiosk.SiteCode(r.string())
		case 2:
			rec.Day = r.day()
		case 3:
			rec.At = r.time()
		case 4:
			rec.AtSure = r.bool()
		case 5:
			rec.By = r.string()
		case 6:
			kind = r.uint()
		case 7:
			fact = r.bytes()
		case 9:
			rec.Key = r.string()
		case 10:
			rec.Late = time.Duration(r.uint32()) * time.Second
		}
	}
	if r.err != nil {
		return rec, r.err
	}
	rec.Fact, err = decodeFact(kind, fact)
	if err != nil {
		return rec, fmt.Errorf("fact of kind %d: %w", kind, err)
	}
	return rec, nil
}
