package ferry

import (
	"bytes"
	"testing"

	"github.com/motcua/gateway/sync/wire"
)

// A manifest is anything that somebody has written onto a stick.
func FuzzManifest(f *testing.F) {
	f.Add([]byte(`{"version":1,"gateway":"gw-0123456789abcdef","part":1,"certificate":["MA=="]}`), []byte("x"))
	f.Add([]byte(`{}`), []byte{})
	f.Fuzz(func(t *testing.T, text, signature []byte) {
		if m, cert, err := readManifest(text, signature); err == nil && (cert == nil || !m.Gateway.Valid()) {
			t.Errorf("taken: %+v", m)
		}
	})
}

func FuzzPageName(f *testing.F) {
	f.Add("pages/01jd3q4e5r6t7y8w9x0abcdefg/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
	f.Add("pages/../../etc/passwd")
	f.Fuzz(func(t *testing.T, name string) {
		if p, err := parsePageName(name); err == nil && pageName(p.Dossier, p.Hash) != name {
			t.Errorf("%q is read as %q", name, pageName(p.Dossier, p.Hash))
		}
	})
}

// A word of the hub's that is not signed is worth nothing, whatever it says.
func FuzzWord(f *testing.F) {
	f.Add([]byte("a.b.c\n{}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		b := &Box{Gateway: wire.NewGatewayID()}
		if said, err := b.read(bytes.Clone(text)); err == nil {
			t.Errorf("believed: %+v", said)
		}
	})
}
