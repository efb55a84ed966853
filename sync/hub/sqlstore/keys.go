package sqlstore

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"filippo.io/age"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/wire"
)

// The purposes of the hub's key. They are part of what was sealed: a changed one opens nothing.
const (
	purposeIdentity   = "hub/dossier-identity"
	purposeQuarantine = "hub/quarantine"
	purposePerson     = "hub/person"
	purposeAudit      = "hub/audit"
)

// lock is a dossier's key as it is kept.
type lock struct {
	recipient string
	identity  []byte // wrapped
	subject   []byte // sealed to it; nil: nobody is named
	person    []byte // nil: without a number
}

// newLock makes the key of a dossier and seals to it who applies.
func (s *Store) newLock(id kiosk.DossierID, subject *wire.Subject) (*lock, error) {
	key, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, fmt.Errorf("make a dossier's key: %w", err)
	}
	l := &lock{
		recipient: key.Recipient().String(),
		identity:  s.Keys.Seal(purposeIdentity, []byte(key.String()), []byte(id)),
	}
	if subject == nil {
		return l, nil
	}
	plain, err := json.Marshal(subject)
	if err != nil {
		return nil, fmt.Errorf("seal who applies: %w", err)
	}
	var b bytes.Buffer
	w, err := age.Encrypt(&b, key.Recipient())
	if err == nil {
		if _, err = w.Write(plain); err == nil {
			err = w.Close()
		}
	}
	if err != nil {
		return nil, fmt.Errorf("seal who applies: %w", err)
	}
	l.subject = b.Bytes()
	l.person = s.person(subject.Number)
	return l, nil
}

// identity unwraps a dossier's key.
func (s *Store) identity(id kiosk.DossierID, wrapped []byte) (string, error) {
	b, err := s.Keys.Open(purposeIdentity, wrapped, []byte(id))
	if err != nil {
		return "", fmt.Errorf("open the key of dossier %s: %w", id, err)
	}
	return string(b), nil
}

// subject opens who applies.
func (s *Store) subject(id kiosk.DossierID, wrapped, sealed []byte) (*wire.Subject, error) {
	if len(sealed) == 0 {
		return nil, nil
	}
	text, err := s.identity(id, wrapped)
	if err != nil {
		return nil, err
	}
	key, err := age.ParseX25519Identity(text)
	if err != nil {
		return nil, fmt.Errorf("read the key of dossier %s: %w", id, err)
	}
	r, err := age.Decrypt(bytes.NewReader(sealed), key)
	if err != nil {
		return nil, fmt.Errorf("open who applies in %s: %w", id, err)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("open who applies in %s: %w", id, err)
	}
	v := &wire.Subject{}
	if err := json.Unmarshal(b, v); err != nil {
		return nil, fmt.Errorf("read who applies in %s: %w", id, err)
	}
	return v, nil
}

// person is what a person's dossiers are found by: HMAC-SHA-256 of the number under a key of its
// own. There are too few numbers for a hash without a key.
func (s *Store) person(number string) []byte {
	number = strings.ToUpper(bare(number))
	if number == "" {
		return nil
	}
	return s.numberHash(number)
}

// persons is what a person's dossiers may be found by: [Store.person], and what it was when a
// number was hashed as it had been typed, in small letters or capitals.
func (s *Store) persons(number string) []any {
	number = bare(number)
	return []any{s.person(number), s.numberHash(number), s.numberHash(strings.ToLower(number))}
}

func (s *Store) numberHash(number string) []byte {
	key := s.Keys.Derive(purposePerson)
	h := hmac.New(sha256.New, key[:])
	_, _ = io.WriteString(h, number)
	return h.Sum(nil)
}

// bare is a number without what people put between its digits.
func bare(number string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '.' || r == '-' {
			return -1
		}
		return r
	}, number)
}
