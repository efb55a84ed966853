package staff

import (
	"encoding/json"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// What tests look into.
var (
	CleanName  = cleanName
	CheckLogin = checkLogin
	Machine    = machine
)

// WithHash returns an account's kept value with another hash.
func WithHash(value []byte, hash string) []byte {
	var d diskOfficer
	if err := json.Unmarshal(value, &d); err != nil {
		panic(err)
	}
	d.Hash = hash
	return item("", d).Value
}

// Decode decodes a value of the shelf by its key and encodes it again.
func Decode(s Sealer, it kiosk.Item) (again kiosk.Item, err error) {
	switch {
	case it.Key == keyNext:
		n, err := decodeNext(it.Value)
		return nextItem(n), err
	case len(it.Key) > len(keyOfficer) && it.Key[:len(keyOfficer)] == keyOfficer:
		a, err := decodeOfficer(s, it.Key, it.Value)
		if err != nil {
			return again, err
		}
		return officerItem(s, a), nil
	case len(it.Key) > len(keySession) && it.Key[:len(keySession)] == keySession:
		x, err := decodeSession(it.Key, it.Value)
		if err != nil {
			return again, err
		}
		return sessionItem(x), nil
	}
	r, err := decodeRow(it.Value)
	return rowItem("x", r), err
}

// Delay is what a number of wrong guesses in a row costs.
func Delay(wrong int) time.Duration { return row{wrong: wrong}.delay() }

// Machines returns how many rows of machines there are.
func (b *Book) Machines() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.machines)
}

// MaxMachines and NobodysFacts are bounds.
const (
	MaxMachines  = maxMachines
	NobodysFacts = nobodysFacts
)
