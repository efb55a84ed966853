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

// pinpad is what the touchscreen asks about a PIN. Without a book the box's key is locked.
type pinpad struct{ book *staff.Book }

// CheckPIN tells whose PIN was typed at a screen.
func (p pinpad) CheckPIN(ctx context.Context, typed, from string) (kiosk.OfficerCode, kiosk.Role, error) {
	if p.book == nil {
		return "", "", &kiosk.Refusal{Code: kiosk.CodeKeyLocked}
	}
	o, err := p.book.CheckPIN(ctx, typed, from)
	return o.Code, o.Role, err
}
