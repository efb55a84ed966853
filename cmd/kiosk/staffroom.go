package main

import (
	"context"
	"log/slog"
	"slices"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/boltstore"
	"github.com/motcua/gateway/kiosk/secret"
	"github.com/motcua/gateway/kiosk/staff"
)

// The shelves of what is no fact.
const (
	shelfStaff  = "staff"
	shelfBoards = "boards"
	shelfVoice  = "voice"
)

// openStaff opens the office's list of officers. It has a clock of its own: an hour's lock-out
// must not end because somebody sets the date.
func openStaff(ctx context.Context, bolt *boltstore.Store, key *secret.Key, office *kiosk.Office, cfg countersConfig, log *slog.Logger) (*staff.Book, error) {
	return staff.Open(ctx, staff.Config{
		Shelf: bolt.Shelf(shelfStaff), Hasher: secret.NewHasher(key), Sealer: key, Recorder: office, Log: log,
		Counters: office.Setup().CounterCodes, Idle: cfg.Idle, IdleServing: cfg.IdleServing, Serving: handOf(office),
	})
}

// handOf tells whether a counter has somebody in hand. A number that is only called counts as well:
// many finish a visit without having pressed that it began.
func handOf(office *kiosk.Office) func(kiosk.CounterCode) bool {
	return func(code kiosk.CounterCode) bool {
		return slices.ContainsFunc(office.Snapshot().Counters, func(c kiosk.CounterStatus) bool {
			return c.Counter.Code == code && c.Ticket != ""
		})
	}
}
