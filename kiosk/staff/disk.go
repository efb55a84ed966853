package staff

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// The keys on the shelf.
const (
	keyNext    = "next"     // the number of the next officer's code
	keyOfficer = "officer/" // and the code
	keyRow     = "row/"     // and an officer's code, or "x" and the slot of unknown logins
	keySession = "session/" // and SHA-256 of the token, 64 hexadecimal digits
)

// version is that of all values here.
const version = 1

// sealing is the purpose under which names are sealed; the key on the shelf is what they are
// bound to.
const sealing = "staff/officer"

// The bounds of a kept account, beyond those of its names.
const (
	maxCounters = 40
	maxCounter  = 32  // bytes of a counter's code
	maxHash     = 512 // bytes
	pinSlots    = 256
	noPIN       = -1
)

var errShape = errors.New("not a value of this shelf")

type diskOfficer struct {
	Version  int                 `json:"v"`
	Who      []byte              `json:"who"` // a sealed diskWho
	Role     kiosk.Role          `json:"role"`
	Counters []kiosk.CounterCode `json:"counters,omitempty"`
	Disabled bool                `json:"disabled,omitempty"`
	Hash     string              `json:"hash"`
	PIN      int                 `json:"pin"`
}

type diskWho struct {
	Login string `json:"login"`
	Name  string `json:"name"`
}

type diskRow struct {
	Version int       `json:"v"`
	Wrong   int       `json:"wrong"`
	Last    time.Time `json:"last"`
}

type diskSession struct {
	Version int               `json:"v"`
	ID      string            `json:"id"`
	Officer kiosk.OfficerCode `json:"officer"`
	Counter kiosk.CounterCode `json:"counter,omitempty"`
	Since   time.Time         `json:"since"`
	Seen    time.Time         `json:"seen"`
	From    string            `json:"from"`
}

type diskNext struct {
	Version int `json:"v"`
	Next    int `json:"next"`
}

// item encodes a value of one of the types above: they hold nothing that JSON lacks.
func item(key string, v any) kiosk.Item {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("encode %s: %v", key, err))
	}
	return kiosk.Item{Key: key, Value: b}
}

func gone(key string) kiosk.Item { return kiosk.Item{Key: key} }

func nextItem(n int) kiosk.Item { return item(keyNext, diskNext{version, n}) }

func rowItem(key string, r row) kiosk.Item {
	if r.wrong == 0 {
		return gone(keyRow + key)
	}
	return item(keyRow+key, diskRow{version, r.wrong, stored(r.last)})
}

func officerItem(s Sealer, a account) kiosk.Item {
	key := keyOfficer + string(a.Code)
	who := item(key, diskWho{a.Login, a.Name}).Value
	return item(key, diskOfficer{version, s.Seal(sealing, who, []byte(key)), a.Role, a.Counters, a.Disabled, a.hash, a.pin})
}

func sessionItem(s *session) kiosk.Item {
	return item(s.key, diskSession{version, s.id, s.officer, s.counter, stored(s.since), stored(s.seen), s.from})
}

// stored is a time as it is kept: without the monotonic clock, and within the years that RFC 3339
// can write, whatever the clock shows.
func stored(t time.Time) time.Time {
	t = t.UTC().Round(0)
	if t.Year() < 1 || t.Year() > 9999 {
		return time.Time{}
	}
	return t
}

func decodeNext(b []byte) (int, error) {
	var d diskNext
	if err := json.Unmarshal(b, &d); err != nil {
		return 0, errShape
	}
	if d.Version != version || d.Next < 1 || d.Next > maxCode+1 {
		return 0, errShape
	}
	return d.Next, nil
}

func decodeRow(b []byte) (row, error) {
	var d diskRow
	if err := json.Unmarshal(b, &d); err != nil {
		return row{}, errShape
	}
	if d.Version != version || d.Wrong < 1 || d.Wrong > maxWrong {
		return row{}, errShape
	}
	return row{d.Wrong, d.Last}, nil
}

func decodeOfficer(s Sealer, key string, b []byte) (account, error) {
	code := strings.TrimPrefix(key, keyOfficer)
	if _, ok := codeNumber(code); !ok {
		return account{}, fmt.Errorf("%w: no officer's code", errShape)
	}
	var d diskOfficer
	if err := json.Unmarshal(b, &d); err != nil {
		return account{}, errShape
	}
	if d.Version != version {
		return account{}, fmt.Errorf("%w: version %d", errShape, d.Version)
	}
	plain, err := s.Open(sealing, d.Who, []byte(key))
	if err != nil {
		return account{}, fmt.Errorf("open the name: %w", err)
	}
	var who diskWho
	if err := json.Unmarshal(plain, &who); err != nil {
		return account{}, errShape // json's own error would quote the name
	}
	name, err := cleanName(who.Name)
	if err := errors.Join(err, checkLogin(who.Login), checkShape(d)); err != nil {
		return account{}, err
	}
	o := Officer{Code: kiosk.OfficerCode(code), Login: who.Login, Name: name, Role: d.Role, Counters: d.Counters, Disabled: d.Disabled}
	return account{o, d.Hash, d.PIN}, nil
}

func checkShape(d diskOfficer) error {
	ok := d.Role.Valid() && len(d.Counters) <= maxCounters && d.Hash != "" && len(d.Hash) <= maxHash && d.PIN >= noPIN && d.PIN < pinSlots
	for _, c := range d.Counters {
		ok = ok && c != "" && len(c) <= maxCounter
	}
	if !ok {
		return errShape
	}
	return nil
}

func decodeSession(key string, b []byte) (*session, error) {
	hash, ok := parseTokenHash(strings.TrimPrefix(key, keySession))
	var d diskSession
	if err := json.Unmarshal(b, &d); !ok || err != nil {
		return nil, errShape
	}
	if d.Version != version || d.ID == "" || len(d.ID) > 2*idSize || d.Officer == "" || len(d.Counter) > maxCounter || len(d.From) > maxMachine {
		return nil, errShape
	}
	return &session{key: key, hash: hash, id: d.ID, officer: d.Officer, counter: d.Counter, since: d.Since, seen: d.Seen, kept: d.Seen, from: d.From}, nil
}
