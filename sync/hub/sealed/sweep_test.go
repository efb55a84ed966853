package sealed

import (
	"context"
	"iter"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/hub"
)

// shelf are objects of which only the names count. listed is called when somebody has seen all.
type shelf struct {
	Objects
	kept   map[string]time.Time
	listed func()
}

func (s *shelf) List(_ context.Context, prefix string) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		for name, changed := range s.kept {
			if len(name) > len(prefix) && name[:len(prefix)] == prefix && !yield(Object{name, changed}, nil) {
				return
			}
		}
		s.listed()
	}
}

func (s *shelf) Delete(_ context.Context, names []string) error {
	for _, name := range names {
		delete(s.kept, name)
	}
	return nil
}

func (*shelf) Tidy(context.Context, time.Time) error { return nil }

// A gateway that comes back after a month while somebody sweeps keeps what it has brought since.
func TestSweepTakesOnlyWhatItSaw(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	k := hub.PageKey{Dossier: kiosk.NewDossierID(now), Hash: kiosk.HashOf(nil)}
	old, fresh := newPiece(k, 0, 10).name, newPiece(k, 10, 10).name
	s := &shelf{kept: map[string]time.Time{old: now.AddDate(0, -2, 0)}}
	came := false
	s.listed = func() {
		if !came {
			came, s.kept[fresh] = true, now
		}
	}
	p, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	n, err := p.Sweep(t.Context(), now.AddDate(0, -1, 0))
	if err != nil || n != 1 {
		t.Errorf("swept %d, %v", n, err)
	}
	if _, ok := s.kept[old]; ok {
		t.Error("what was old is still there")
	}
	if _, ok := s.kept[fresh]; !ok {
		t.Error("what came meanwhile is gone")
	}
}
