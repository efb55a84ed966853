package sqlstore_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/motcua/gateway/sync/wire"
)

// The database's files are its owner's alone, also those of before.
func TestNobodyElseReadsTheFiles(t *testing.T) {
	t.Parallel()
	p := sqlitePlace(t)
	check := func() {
		t.Helper()
		files := p.files(t)
		if len(files) < 3 {
			t.Errorf("only %q", files)
		}
		for _, name := range files {
			v, err := os.Stat(name)
			if err != nil {
				t.Fatal(err)
			}
			if v.Mode().Perm() != 0o600 {
				t.Errorf("%s is %v", filepath.Base(name), v.Mode())
			}
		}
	}
	s := p.open(t)
	appendOne(t, s, facts(wire.NewGatewayID(), 1, "a", 1, 1))
	check()
	for _, name := range p.files(t) {
		if err := os.Chmod(name, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	p.open(t)
	check()
}
