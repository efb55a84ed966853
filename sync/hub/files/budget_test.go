package files_test

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/hub/files"
	"github.com/motcua/gateway/sync/hub/pagesuite"
	"github.com/motcua/gateway/sync/hub/sealed"
)

// TestBudgetFinish finishes pages of 60 kB, durable and sealed, in turns with a bare file of the
// same bytes that is written, synced and renamed. A page has two folders to sync beside that, and
// is hashed and sealed. The guard band is two.
func TestBudgetFinish(t *testing.T) {
	const budget, guard = 4.0, 2.0
	var ratios []float64
	for range 3 {
		dir := t.TempDir()
		f, err := files.Open(files.Options{Dir: filepath.Join(dir, "pages"), Reserve: -1})
		if err != nil {
			t.Fatal(err)
		}
		w := pagesuite.NewWorld(t, func(*testing.T) (sealed.Objects, func(*testing.T) sealed.Objects) { return f, nil })
		var ours, bare []time.Duration
		for range 60 {
			b, page, state := w.Page(60_000)
			began := time.Now()
			if err := w.Pages.Finish(t.Context(), page, b, state); err != nil {
				t.Fatal(err)
			}
			ours = append(ours, time.Since(began))
			began = time.Now()
			if err := writeBare(filepath.Join(dir, "bare"), b); err != nil {
				t.Fatal(err)
			}
			bare = append(bare, time.Since(began))
			if rand.IntN(8) == 0 { // another dossier, in a folder of its own
				w.Dossier = kiosk.NewDossierID(time.Now())
			}
		}
		ratio := float64(median(ours)) / float64(median(bare))
		t.Logf("budget: finish a page of 60 kB, sealed and durable | %v | write, fsync, rename of the same bytes, %v: %.1f times as long | ≤ %.0f times",
			median(ours).Round(time.Microsecond), median(bare).Round(time.Microsecond), ratio, budget)
		if ratios = append(ratios, ratio); ratio <= budget*guard {
			return
		}
	}
	t.Errorf("a page takes %.1f times as long as its bytes, want at most %.1f (budget %.1f)", ratios, budget*guard, budget)
}

func writeBare(name string, b []byte) error {
	out, err := os.Create(name + ".tmp")
	if err != nil {
		return err
	}
	_, err = out.Write(b)
	if err := errors.Join(err, out.Sync(), out.Close()); err != nil {
		return err
	}
	return os.Rename(name+".tmp", name)
}

func median(of []time.Duration) time.Duration {
	of = slices.Sorted(slices.Values(of))
	return of[len(of)/2]
}
