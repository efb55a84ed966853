package main

import (
	"context"

	"golang.org/x/text/unicode/norm"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/staff"
	"github.com/motcua/gateway/ui/lan"
)

// What people type comes in Unicode's composed form from here on: Vietnamese input methods give
// either.

// composed is the staff's book behind forms and kioskctl.
type composed struct{ *staff.Book }

// Create opens an account.
func (c composed) Create(ctx context.Context, by string, o staff.Officer, secret string) (staff.Officer, error) {
	o.Name = norm.NFC.String(o.Name)
	return c.Book.Create(ctx, by, o, secret)
}

// Change changes an account.
func (c composed) Change(ctx context.Context, by string, o staff.Officer) (staff.Officer, error) {
	o.Name = norm.NFC.String(o.Name)
	return c.Book.Change(ctx, by, o)
}

// composedBoards are the paired screens behind forms and kioskctl.
type composedBoards struct{ *lan.Pairing }

// Confirm lets a screen in.
func (c composedBoards) Confirm(ctx context.Context, digits, name string, counter kiosk.CounterCode, by string) (lan.Screen, error) {
	return c.Pairing.Confirm(ctx, digits, norm.NFC.String(name), counter, by)
}
