package kiosktest_test

import (
	"context"
	"errors"
	"testing"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

func TestMemory(t *testing.T) {
	t.Parallel()
	kiosktest.StoreSuite(t, func(t *testing.T) kiosktest.Place {
		m := kiosktest.NewMemory()
		return kiosktest.Place{
			Open:  func(*testing.T) kiosk.Store { return m },
			Close: func(*testing.T, kiosk.Store) {},
			Shelf: func(_ kiosk.Store, name string) kiosk.Shelf { return m.Shelf(name) },
			Forge: func(t *testing.T, _ kiosk.Store, how kiosktest.Forgery, at kiosk.Position) {
				if !m.Forge(how, at) {
					t.Fatalf("nothing to forge at %v", at)
				}
			},
		}
	})
}

func TestMemoryLose(t *testing.T) {
	t.Parallel()
	m := kiosktest.NewMemory()
	c := kiosktest.NewClerk(t, m, kiosktest.Site, kiosktest.Monday)
	_, ch := c.Issue(kiosktest.Certify, "A")
	c.Commit(t, ch)
	epoch := c.Last().Epoch
	if err := m.Shelf("accounts").Write(t.Context(), kiosk.Item{Key: "o7", Value: []byte("account")}); err != nil {
		t.Fatal(err)
	}

	m.Lose(false)
	items, err := m.Shelf("accounts").Read(t.Context(), "")
	head, err2 := m.VerifyChain(t.Context())
	if err = errors.Join(err, err2); err != nil || len(items) != 0 || head != (kiosk.ChainHead{}) {
		t.Errorf("after losing the database: %v on the shelf, chain %+v, %v", items, head, err)
	}
	k := kiosktest.Load(t, m, kiosktest.Site)
	if !k.Replaced || k.NumbersUnknown || k.Last.Epoch == epoch || k.LastNumbers[kiosktest.Monday][kiosktest.Certify] != 1 || len(k.Tickets) != 0 {
		t.Errorf("after losing the database: %+v", k)
	}
	m.Lose(true)
	if k = kiosktest.Load(t, m, kiosktest.Site); !k.Replaced || !k.NumbersUnknown || len(k.LastNumbers) != 0 {
		t.Errorf("after losing both files: %+v", k)
	}
	c = kiosktest.NewClerk(t, m, kiosktest.Site, kiosktest.Monday)
	c.Commit(t, kiosk.Change{Site: kiosktest.Site, Box: &kiosk.BoxRecord{UnknownDay: kiosktest.Monday, NumbersUnknown: []kiosk.ServiceCode{kiosktest.Civil}}})
	if !kiosktest.Load(t, m, kiosktest.Site).NumbersUnknown {
		t.Error("numbers are known before anybody confirmed them")
	}
	c.Commit(t, kiosk.Change{Site: kiosktest.Site, Box: &kiosk.BoxRecord{UnknownDay: kiosktest.Monday}})
	if kiosktest.Load(t, m, kiosktest.Site).NumbersUnknown {
		t.Error("numbers are unknown after they were confirmed")
	}
}

func TestFaulty(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := kiosktest.NewMemory()
	f := kiosktest.NewFaulty(m)
	c := kiosktest.NewClerk(t, f, kiosktest.Site, kiosktest.Monday)
	count := func() int { return len(kiosktest.Load(t, m, kiosktest.Site).Tickets) }

	f.Fail(2, kiosktest.FailBefore)
	_, first := c.Issue(kiosktest.Certify, "A")
	c.Commit(t, first)
	_, second := c.Issue(kiosktest.Certify, "A")
	if err := f.Commit(ctx, second); !errors.Is(err, kiosktest.ErrInjected) || count() != 1 {
		t.Fatalf("second commit: %v, %d tickets", err, count())
	}
	if err := f.Commit(ctx, second); !errors.Is(err, kiosk.ErrStoreBroken) {
		t.Fatalf("commit on a broken store: %v", err)
	}
	f.FailReopens(1)
	if err := f.Reopen(ctx); !errors.Is(err, kiosktest.ErrInjected) {
		t.Fatalf("first reopen: %v", err)
	}
	if err := f.Reopen(ctx); err != nil {
		t.Fatal(err)
	}
	c.Commit(t, second)

	f.Fail(1, kiosktest.FailAfter)
	_, third := c.Issue(kiosktest.Certify, "A")
	if err := f.Commit(ctx, third); !errors.Is(err, kiosktest.ErrInjected) || count() != 3 {
		t.Fatalf("third commit: %v, %d tickets", err, count())
	}
	if err := f.Reopen(ctx); err != nil {
		t.Fatal(err)
	}
	f.Fail(1, kiosktest.FailNumbers)
	_, fourth := c.Issue(kiosktest.Certify, "A")
	if err := f.Commit(ctx, fourth); !errors.Is(err, kiosk.ErrNumbersFile) || count() != 4 {
		t.Fatalf("fourth commit: %v, %d tickets", err, count())
	}
	if got := f.Commits(); got != 5 {
		t.Errorf("%d commits reached the store, want 5", got)
	}
}

func TestSetup(t *testing.T) {
	t.Parallel()
	for _, p := range kiosktest.Setup().Check() {
		t.Error(p)
	}
}
