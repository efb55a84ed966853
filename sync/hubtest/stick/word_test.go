package stick_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/ferry"
	"github.com/motcua/gateway/sync/wire"
)

// A word that the hub has not given is not believed.
func TestForgedWord(t *testing.T) {
	t.Parallel()
	q := newQuay(t)
	q.tickets(3)
	q.export()
	q.bring()
	path := filepath.Join(q.stick, "motcua-"+string(gateway)+".ack")
	word, err := os.ReadFile(path)
	must(t, err)
	_, private, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	list := word[bytes.IndexByte(word, '\n')+1:]
	forged, err := wire.NewSigner(private).Sign(wire.FerryWord{Gateway: gateway, List: kiosk.HashOf(list)})
	must(t, err)
	for what, text := range map[string][]byte{
		"another key": append([]byte(forged+"\n"), list...), "another list": bytes.Replace(word, []byte(`"seq":3`), []byte(`"seq":9`), 1),
		"nothing": {}, "cut": word[:len(word)/2], "no list": word[:bytes.IndexByte(word, '\n')],
	} {
		must(t, os.WriteFile(path, text, 0o600))
		if trip, err := q.box.Accept(t.Context(), q.stick); !errors.Is(err, ferry.ErrForeign) && !errors.Is(err, ferry.ErrDamaged) {
			t.Errorf("%s: %+v, %v", what, trip, err)
		}
	}
	if w, err := q.store.Waiting(t.Context()); err != nil || w.Facts != 3 {
		t.Errorf("waits: %+v, %v", w, err)
	}
	must(t, os.Remove(path))
	if _, err := q.box.Accept(t.Context(), q.stick); !errors.Is(err, ferry.ErrNoAck) {
		t.Errorf("no word: %v", err)
	}
}

// Who made the stick may have laid anything under the name of the hub's word: it is neither waited
// for nor followed, and read only as far as a word can be long.
func TestNoOrdinaryWord(t *testing.T) {
	t.Parallel()
	for name, lay := range map[string]func(path string) error{
		"a pipe":   func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"a link":   func(path string) error { return os.Symlink("/dev/zero", path) },
		"a folder": func(path string) error { return os.Mkdir(path, 0o700) },
		"no end":   func(path string) error { return errors.Join(os.WriteFile(path, nil, 0o600), os.Truncate(path, 1<<40)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := newQuay(t)
			must(t, lay(filepath.Join(q.stick, "motcua-"+string(gateway)+".ack")))
			if trip, err := q.box.Accept(t.Context(), q.stick); !errors.Is(err, ferry.ErrDamaged) {
				t.Errorf("%+v, %v", trip, err)
			}
		})
	}
}

// The hub's word counts fact by fact: a mark of a later epoch, one at the place of another fact,
// and one beyond what this box knows of itself bring no fact away that the hub may not have.
func TestWordOverEpochs(t *testing.T) {
	t.Parallel()
	const restored, older = kiosk.EpochRestored, kiosk.EpochOlder
	for name, c := range map[string]struct {
		why   kiosk.EpochReason                         // of the second epoch
		marks func(first, second wire.Mark) []wire.Mark // the box's own ends
		left  uint64
	}{
		"all":             {restored, func(a, b wire.Mark) []wire.Mark { return []wire.Mark{a, b} }, 0},
		"all of a copy":   {older, func(a, b wire.Mark) []wire.Mark { return []wire.Mark{a, b} }, 0},
		"only the later":  {restored, func(_, b wire.Mark) []wire.Mark { return []wire.Mark{b} }, 7},
		"half the first":  {restored, func(a, b wire.Mark) []wire.Mark { a.Seq, a.Chain = 2, ""; return []wire.Mark{a, b} }, 5},
		"before a backup": {restored, func(a, _ wire.Mark) []wire.Mark { a.Seq += 9; return []wire.Mark{a} }, 3},
		"behind a copy":   {older, func(a, b wire.Mark) []wire.Mark { a.Seq += 9; return []wire.Mark{a, b} }, 7},
		"beyond the end":  {restored, func(a, b wire.Mark) []wire.Mark { b.Seq += 9; return []wire.Mark{a, b} }, 3},
		"another's fact":  {restored, func(a, b wire.Mark) []wire.Mark { a.Chain = kiosk.HashOf(nil).String(); return []wire.Mark{a, b} }, 7},
		"nothing":         {restored, func(_, _ wire.Mark) []wire.Mark { return nil }, 7},
		"of another life": {restored, func(a, _ wire.Mark) []wire.Mark { a.Epoch += 1; return []wire.Mark{a} }, 7},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := newQuay(t)
			q.tickets(4)
			first := q.end()
			begin := q.clerk.BeginEpoch(first.Epoch + 5)
			begin.Records[0].Fact = kiosk.EpochBegun{After: first.Position(), Mark: first.Position(), Why: c.why}
			must(t, q.store.Commit(t.Context(), begin))
			q.tickets(2)
			q.harbour.Door = told{q.harbour.Door, c.marks(first, q.end())}
			q.export()
			q.bring()
			_, err := q.box.Accept(t.Context(), q.stick)
			must(t, err)
			if w, err := q.store.Waiting(t.Context()); err != nil || w.Facts != c.left {
				t.Errorf("%d wait, want %d, %v", w.Facts, c.left, err)
			}
		})
	}
}

// end is the mark of a hub that has all.
func (q *quay) end() wire.Mark {
	q.t.Helper()
	facts, err := q.store.Outgoing(q.t.Context(), kiosk.Position{}, 1<<20)
	must(q.t, err)
	last := facts[len(facts)-1]
	return wire.Mark{Epoch: last.Epoch, Seq: last.Seq, Chain: last.Chain.String()}
}

// told is a hub that gives its marks otherwise.
type told struct {
	ferry.Door
	marks []wire.Mark
}

func (d told) Marks(context.Context, wire.GatewayID) ([]wire.Mark, error) { return d.marks, nil }
