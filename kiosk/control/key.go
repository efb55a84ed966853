package control

import (
	"context"
	"net/http"

	"github.com/motcua/gateway/kiosk"
)

// Keyring is the box's key as a person at the box handles it. Passphrases are never logged, kept
// or answered.
type Keyring interface {
	// Source tells where the key came from: file, passphrase, chip, locked, or none on a new box
	// whose first passphrase is still to be set.
	Source() string
	// Unlock opens a key that waits for its passphrase.
	Unlock(ctx context.Context, passphrase string) error
	// Set seals a key that lies in a file; Change seals it with another passphrase.
	Set(ctx context.Context, passphrase string) error
	Change(ctx context.Context, old, passphrase string) error
}

// Key is where the box's key comes from.
type Key struct {
	Source string `json:"source"` // file, passphrase, chip, locked, none
}

// Passphrase is one, and the one before where it is changed.
type Passphrase struct {
	Passphrase string `json:"passphrase"`
	Old        string `json:"old,omitempty"`
}

func (s *Server) key(*http.Request) (any, error) { return Key{s.Key.Source()}, nil }

func (s *Server) keyVerb(r *http.Request) (any, error) {
	var in Passphrase
	if err := read(r, &in); err != nil {
		return nil, err
	}
	var err error
	switch verb := r.PathValue("verb"); verb {
	case "unlock":
		err = s.Key.Unlock(r.Context(), in.Passphrase)
	case "set":
		err = s.Key.Set(r.Context(), in.Passphrase)
	case "change":
		err = s.Key.Change(r.Context(), in.Old, in.Passphrase)
	default:
		err = noVerb(verb, "unlock set change")
	}
	if err != nil {
		return nil, err
	}
	return s.key(r)
}

// Keyed is what needs the box's key. All of it is there, or none.
type Keyed struct {
	Staff    Staff
	Province Province
}

// open lets a request through once the box's key is there: what it asks for needs the key.
func (s *Server) open(f func(*Keyed, *http.Request) (any, error)) func(*http.Request) (any, error) {
	return func(r *http.Request) (any, error) {
		k := s.Keyed()
		if k == nil {
			return nil, &kiosk.Refusal{Code: kiosk.CodeKeyLocked}
		}
		return f(k, r)
	}
}
