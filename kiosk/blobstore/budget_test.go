package blobstore_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// TestBudgetPut keeps pages of 60 kB, as large as DESIGN has a page of black text, and writes the
// same bytes bare, with one fsync, in turns. Put has a second fsync, of the folder, without which the
// page's name would not outlive a power cut: half of the speed is what there is to be had.
func TestBudgetPut(t *testing.T) {
	const rounds, each = 9, 8
	b := newBox(t)
	id := newID()
	b.put(id, scan(0, 10))
	bare := t.TempDir()
	var ours, theirs []time.Duration
	var ratios []float64
	for round := range rounds {
		start := time.Now()
		for i := range each {
			b.put(id, scan(uint64(round*each+i), 60_000))
		}
		ours = append(ours, time.Since(start)/each)
		start = time.Now()
		for i := range each {
			if err := writeSynced(filepath.Join(bare, fmt.Sprint(round, "-", i)), scan(uint64(round*each+i), 60_000)); err != nil {
				t.Fatal(err)
			}
		}
		theirs = append(theirs, time.Since(start)/each)
		ratios = append(ratios, theirs[round].Seconds()/ours[round].Seconds())
	}
	slices.Sort(ours)
	slices.Sort(theirs)
	slices.Sort(ratios)
	ratio := ratios[rounds/2]
	t.Logf("budget: keep a page of 60 kB, encrypted and durable | %v | bare write and fsync of the same bytes, %v: %.0f %% of its speed | ≥ 40 %%",
		ours[rounds/2].Round(10*time.Microsecond), theirs[rounds/2].Round(10*time.Microsecond), 100*ratio)
	if ratio < 0.20 {
		t.Errorf("a page is kept at %.2f of the speed of a bare write and fsync, want at least 0.20 (budget 0.40)", ratio)
	}
}

func writeSynced(path string, b []byte) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}
