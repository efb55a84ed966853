package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// source is one Go file of the house.
type source struct {
	name string // from the module's root
	text string
	test bool
}

// sources reads every Go file of the module.
func sources(t *testing.T) []source {
	t.Helper()
	var out []source
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == ".git" || d.Name() == "dist" || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		out = append(out, source{filepath.ToSlash(rel), string(text), strings.HasSuffix(name, "_test.go")})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 100 {
		t.Fatalf("only %d files found", len(out))
	}
	return out
}

// What a careful reader counts.
func TestHouseCounts(t *testing.T) {
	t.Parallel()
	all := sources(t)
	// with lists the files that a pattern matches in; needles are written in two pieces, so
	// that this file is none of them.
	with := func(pattern string, in func(source) bool) []string {
		re := regexp.MustCompile(pattern)
		var out []string
		for _, s := range all {
			if in(s) {
				for range re.FindAllString(s.text, -1) {
					out = append(out, s.name)
				}
			}
		}
		return out
	}
	any := func(source) bool { return true }
	code := func(s source) bool { return !s.test }
	tests := func(s source) bool { return s.test }

	if got := with(`fyne\.`+`Do\(`, code); !slices.Equal(got, []string{"cmd/kiosk/fyne.go"}) {
		t.Errorf("Fyne's main goroutine is asked in %v, want one place", got)
	}
	if got := with(`\.DoAnd`+`Wait\(`, any); len(got) > 0 {
		t.Errorf("a wait for Fyne's main goroutine, which may be waiting for us: %v", got)
	}
	if got := with(`(?m)^func `+`init\(`, any); len(got) > 0 {
		t.Errorf("something runs before main in %v", got)
	}
	if got := with(`time\.`+`Sleep\(`, tests); len(got) > 0 {
		t.Errorf("a test sleeps in %v", got)
	}
	if got := with(`\b(TO`+`DO|FIX`+`ME|X`+`XX)\b`, any); len(got) > 0 {
		t.Errorf("something is left to do in %v", got)
	}
	if got := with(`boltstore\.Open`+`Unsynced`, code); len(got) > 0 {
		t.Errorf("a store that does not wait for the disk, outside of tests: %v", got)
	}
	for _, s := range all {
		if n := strings.Count(s.text, "\n"); n > 450 && !s.test {
			t.Errorf("%s has %d lines: two nouns?", s.name, n)
		}
	}
}

// Some libraries have one door each.
func TestOneDoorForEachLibrary(t *testing.T) {
	t.Parallel()
	doors := map[string]string{
		"go.etcd.io/bbolt":       "kiosk/boltstore",
		"github.com/tarm/serial": "drivers/serialport",
		"github.com/creack/pty":  "drivers/simulated",
	}
	for _, s := range sources(t) {
		f, err := parser.ParseFile(token.NewFileSet(), s.name, s.text, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, imp := range f.Imports {
			what := strings.Trim(imp.Path.Value, `"`)
			for lib, door := range doors {
				// Tests of a serial line open the other end of a pty themselves.
				if (what == lib || strings.HasPrefix(what, lib+"/")) && filepath.Dir(s.name) != door && !(s.test && lib == "github.com/creack/pty") {
					t.Errorf("%s imports %s, whose door is %s", s.name, what, door)
				}
			}
		}
	}
}
