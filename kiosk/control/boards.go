package control

import (
	"context"
	"net/http"
	"time"
)

// Boards are the screens without a keyboard that were let in: televisions and rating tablets.
type Boards interface {
	Boards(ctx context.Context) ([]Board, error)
	Confirm(ctx context.Context, p Pair) (Board, error)
	SetSound(ctx context.Context, id string, on bool) error
	Forget(ctx context.Context, id string) error
}

// Board is a paired screen.
type Board struct {
	ID      string    `json:"id"`
	Kind    string    `json:"kind"` // board, tablet
	Name    string    `json:"name"`
	Counter string    `json:"counter,omitempty"` // of a tablet
	Sound   bool      `json:"sound,omitempty"`   // a board that says the numbers
	Seen    time.Time `json:"seen,omitzero"`
}

// Pair lets the screen in that shows these digits now.
type Pair struct {
	Digits  string `json:"digits"`
	Name    string `json:"name"`
	Counter string `json:"counter,omitempty"`
	Sound   bool   `json:"sound,omitempty"` // a board says the numbers
}

// Sound is whether a board says the numbers.
type Sound struct {
	On bool `json:"on"`
}

func (s *Server) boardList(r *http.Request) (any, error) {
	all, err := s.Boards.Boards(r.Context())
	if err != nil {
		return nil, err
	}
	if all == nil {
		all = []Board{}
	}
	return all, nil
}

func (s *Server) boardConfirm(r *http.Request) (any, error) {
	var in Pair
	if err := read(r, &in); err != nil {
		return nil, err
	}
	return s.Boards.Confirm(r.Context(), in)
}

func (s *Server) boardSound(r *http.Request) (any, error) {
	var in Sound
	if err := read(r, &in); err != nil {
		return nil, err
	}
	if err := s.Boards.SetSound(r.Context(), r.PathValue("id"), in.On); err != nil {
		return nil, err
	}
	return s.boardList(r)
}

func (s *Server) boardForget(r *http.Request) (any, error) {
	if err := s.Boards.Forget(r.Context(), r.PathValue("id")); err != nil {
		return nil, err
	}
	return s.boardList(r)
}
