package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/control"
	"github.com/motcua/gateway/kiosk/staff"
	"github.com/motcua/gateway/ui/lan"
)

// demoAccount is an officer of a demonstration with the PIN that was drawn for them.
type demoAccount struct {
	Login string     `json:"login"`
	Role  kiosk.Role `json:"role"`
	PIN   string     `json:"pin"`
}

// demoStaff makes the officers of a demonstration, once. Their PINs lie beside the state, in a
// file that its owner alone can read, so that the next start can tell them again; they are drawn
// for each state folder, so that one that is put to real use later has no well-known PIN.
func demoStaff(ctx context.Context, book *staff.Book, state string) ([]demoAccount, error) {
	path := filepath.Join(state, "demo-accounts.json")
	text, err := os.ReadFile(path)
	if err == nil {
		var known []demoAccount
		if err := json.Unmarshal(text, &known); err != nil {
			return nil, fmt.Errorf("read %s: %w", path, err)
		}
		return known, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the demonstration's accounts: %w", err)
	}
	if len(book.Officers()) > 0 {
		return nil, nil // a real office's state: its officers know their PINs
	}
	var made []demoAccount
	for _, o := range []staff.Officer{
		{Login: "lan", Name: "Nguyễn Thị Lan", Role: kiosk.RoleLead},
		{Login: "minh", Name: "Trần Văn Minh", Role: kiosk.RoleOfficer},
		{Login: "hoa", Name: "Lê Thị Hoa", Role: kiosk.RoleOfficer},
	} {
		pin, err := control.DrawPIN(func(pin string) error {
			_, err := book.Create(ctx, "demo", o, pin)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("make the account %s: %w", o.Login, err)
		}
		made = append(made, demoAccount{Login: o.Login, Role: o.Role, PIN: pin})
	}
	text, err = json.MarshalIndent(made, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode the demonstration's accounts: %w", err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return nil, fmt.Errorf("keep the demonstration's accounts: %w", err)
	}
	return made, nil
}

// atHome lets boards of this machine in unpaired, in a demonstration.
func atHome(demo bool) func(*http.Request) bool {
	return func(r *http.Request) bool { return demo && lan.RemoteIP(r).IsLoopback() }
}
