package durable_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/motcua/gateway/kiosk/durable"
)

// childEnv, set in the environment, makes this test binary one that writes files. Its value is a
// folder, and after a colon how often; without one it writes until it is killed.
const childEnv = "DURABLE_CHILD"

func TestMain(m *testing.M) {
	if order := os.Getenv(childEnv); order != "" {
		if err := work(order); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// content is the text of the n-th file: long enough to be cut in half.
func content(n int) []byte { return []byte(strings.Repeat(fmt.Sprintf("%08d", n), 8<<10)) }

// work does one thing after the other in a folder and says on the standard output what it was told
// is done.
func work(order string) error {
	var times int
	dir, text, _ := strings.Cut(order, ":")
	if _, err := fmt.Sscan(text, &times); err != nil {
		times = 1 << 30
	}
	at := func(name string) string { return filepath.Join(dir, name) }
	for n := range times {
		fresh := fmt.Sprintf("fresh-%d", n)
		for _, step := range []struct {
			name string
			do   func() error
		}{
			{"replaced", func() error { return durable.WriteFile(at("one"), content(n), 0o600) }},
			{"created", func() error { return durable.CreateFile(at(fresh), content(n), 0o600) }},
			{"renamed", func() error { return durable.Rename(at(fresh), at("second")) }},
			{"removed", func() error { return durable.Remove(at("second")) }},
			{"made", func() error { return durable.MakeFolder(at(fmt.Sprintf("made-%d", n))) }},
		} {
			if err := step.do(); err != nil {
				return fmt.Errorf("%s: %w", step.name, err)
			}
			if _, err := fmt.Printf("%s %d\n", step.name, n); err != nil {
				return err
			}
		}
	}
	return nil
}
