package boltstore

import (
	"bytes"
	"context"
	"fmt"

	"go.etcd.io/bbolt"

	"github.com/motcua/gateway/kiosk"
)

// The bucket days has one key for each stretch of consecutive facts of one site and day: mostly
// one a day. Its values hold nothing but their checksum.

var _ kiosk.Archive = (*Store)(nil)

// DayRecords implements [kiosk.Archive].
func (s *Store) DayRecords(ctx context.Context, site kiosk.SiteCode, day kiosk.Day) ([]kiosk.Record, error) {
	var out []kiosk.Record
	err := s.reading(ctx, func(h *handle) error {
		return h.db.read(func(tx *bbolt.Tx) (err error) {
			out, err = dayRecords(tx, siteDay{site, day})
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("read records of %s: %w", day, err)
	}
	return out, nil
}

// Days implements [kiosk.Archive].
func (s *Store) Days(ctx context.Context, site kiosk.SiteCode) ([]kiosk.Day, error) {
	var out []kiosk.Day
	err := s.reading(ctx, func(h *handle) error {
		return h.db.read(func(tx *bbolt.Tx) error {
			return each(tx, bucketDays, siteKey(site), func(k, _ []byte) error {
				of, _, err := parseStretchKey(k)
				if n := len(out); err == nil && (n == 0 || out[n-1] != of.day) {
					out = append(out, of.day)
				}
				return err
			})
		})
	})
	if err != nil {
		return nil, fmt.Errorf("list days: %w", err)
	}
	return out, nil
}

func parseStretchKey(k []byte) (of siteDay, at kiosk.Position, err error) {
	var rest []byte
	if of.site, of.day, rest, err = parseDayKey(k); err != nil {
		return of, at, err
	}
	at, err = parseFactKey(rest)
	return of, at, err
}

// stretch returns the note that facts of a day begin at a position.
func stretch(of siteDay, at kiosk.Position) put {
	key := stretchKey(of, at)
	return put{bucketDays, key, seal(key, newFields(4))}
}

// dayRecords reads the stretches of a day, and nothing between them.
func dayRecords(tx *bbolt.Tx, of siteDay) ([]kiosk.Record, error) {
	var out []kiosk.Record
	facts := tx.Bucket([]byte(bucketFacts)).Cursor()
	err := each(tx, bucketDays, dayKey(of.site, of.day), func(key, v []byte) error {
		if _, err := unseal(key, v); err != nil {
			return err
		}
		_, at, err := parseStretchKey(key)
		if err != nil {
			return err
		}
		from := len(out)
		if from > 0 && !before(out[from-1].Position, at) {
			return nil // it is within the stretch before
		}
		first := factKey(at)
		k, v := facts.Seek(first)
		if !bytes.Equal(k, first) {
			return fmt.Errorf("no fact at %d-%d", at.Epoch, at.Seq)
		}
		for ; k != nil; k, v = facts.Next() {
			r, err := decodeRecord(k, v)
			if err != nil {
				return fmt.Errorf("record %x: %w", k, err)
			}
			if r.Site != of.site || r.Day != of.day {
				break
			}
			out = append(out, r)
		}
		if len(out) == from {
			return fmt.Errorf("fact at %d-%d is not of that day", at.Epoch, at.Seq)
		}
		return nil
	})
	return out, err
}
