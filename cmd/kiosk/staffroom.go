package main

import (
	"context"
	"log/slog"
	"time"

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
func openStaff(ctx context.Context, bolt *boltstore.Store, key *secret.Key, office *kiosk.Office, idle time.Duration, log *slog.Logger) (*staff.Book, error) {
	return staff.Open(ctx, staff.Config{
		Shelf: bolt.Shelf(shelfStaff), Hasher: secret.NewHasher(key), Sealer: key, Recorder: office, Idle: idle, Log: log,
		Counters: office.Setup().CounterCodes,
	})
}
