//go:build noos || window

package main

import (
	"os"
	"path/filepath"
)

// homeForFyne gives Fyne what it asks of the environment: a locale that has a name (with LANG=C
// it logs an error at every start), and a home that can be written, for preferences that nobody
// sets. Call it before an app is made.
func homeForFyne(state string) error {
	switch os.Getenv("LANG") {
	case "", "C", "POSIX":
		if err := os.Setenv("LANG", "vi_VN.UTF-8"); err != nil {
			return err
		}
	}
	if os.Getenv("HOME") != "" {
		return nil
	}
	home, err := filepath.Abs(state)
	if err != nil {
		return err
	}
	return os.Setenv("HOME", home)
}
