package enrol

import (
	"bytes"
	"context"
	"log/slog"
)

// emptyStore knows nobody.
type emptyStore struct{}

func (emptyStore) Update(_ context.Context, f func(Tx) error) error   { return f(nobody{}) }
func (emptyStore) View(_ context.Context, f func(Reader) error) error { return f(nobody{}) }

// nobody is its transaction: only claims are asked for.
type nobody struct{ Tx }

func (nobody) Claim(ClaimKey) (Claim, error) { return Claim{}, ErrNotFound }

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

type readCloser struct{ *bytes.Reader }

func (readCloser) Close() error { return nil }
