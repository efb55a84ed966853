package enroltest

import (
	"context"
	"crypto/sha256"
	"errors"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/enrol"
	"github.com/motcua/gateway/sync/wire"
)

// StoreSuite runs everything that an [enrol.Store] promises. newStores returns two stores over
// one database that is empty and new, as two processes have them; they may be the same one where
// there can be no other process. again reopens the database and returns one store, nil where
// nothing outlives the process.
func StoreSuite(t *testing.T, newStores func(t *testing.T) (a, b enrol.Store, again func(t *testing.T) enrol.Store)) {
	for _, v := range []struct {
		name string
		run  func(t *testing.T, a, b enrol.Store)
	}{
		{"an empty store has nothing", testEmpty},
		{"what is put comes back", testRoundTrip},
		{"a put replaces the whole row", testReplace},
		{"what is returned is a copy", testCopies},
		{"open claims are those of the site", testOpenClaims},
		{"gateways come by their IDs", testGateways},
		{"one site has one living gateway", testTwoLiving},
		{"an update sees what it wrote", testOwnWrites},
		{"an error keeps nothing", testRollback},
		{"a panic keeps nothing and locks nothing", testPanic},
		{"a cancelled context keeps nothing", testCancelled},
		{"updates do not run beside each other", testSerial},
		{"a view goes on while others write", testView},
	} {
		t.Run(strings.ReplaceAll(v.name, " ", "-"), func(t *testing.T) {
			t.Parallel()
			a, b, _ := newStores(t)
			v.run(t, a, b)
		})
	}
	t.Run("what-was-committed-outlives-the-process", func(t *testing.T) {
		t.Parallel()
		a, _, again := newStores(t)
		if again == nil {
			return // Memory, which promises the opposite
		}
		put(t, a, claim(1), gateway(1))
		look(t, again(t), func(r enrol.Reader) {
			c, err := r.Claim(claim(1).Key)
			equal(t, c, err, claim(1))
			g, err := r.Gateway(gateway(1).ID)
			equal(t, g, err, gateway(1))
		})
	})
}

// at is a time as records have them.
func at(n int) time.Time {
	return time.Date(2026, 3, 2, 1, 30, 0, 0, time.UTC).Add(time.Duration(n) * time.Hour)
}

const site = "22-06967"

// claim returns a claim that was redeemed, with every field set.
func claim(n int) enrol.Claim {
	return enrol.Claim{
		Key: sha256.Sum256([]byte{byte(n)}), Site: site, By: "lê “Nga” o'k", Made: at(n), Until: at(n + 72),
		Replaces: gateway(n + 1).ID, Used: at(n + 1), Gateway: gateway(n).ID, PublicKey: sha256.Sum256([]byte{byte(n), 1}),
	}
}

// gateway returns a revoked gateway with every field set.
func gateway(n int) enrol.Gateway {
	return enrol.Gateway{
		ID: wire.GatewayID("gw-" + strings.Repeat("0", 15) + string(rune('0'+n))), Site: site, By: "nga", Made: at(n),
		Serial: strings.Repeat("a", 31) + string(rune('0'+n)), Certificate: []byte{0x30, 0, 0xff, byte(n)},
		PublicKey: sha256.Sum256([]byte{byte(n), 2}), Issued: at(n), Until: at(n + 90*24), Used: at(n + 1),
		Previous: strings.Repeat("b", 32), Revoked: at(n + 2), RevokedBy: "minh", Why: "mất trộm; 'x'",
	}
}

// living returns a gateway that was enrolled a moment ago.
func living(n int) enrol.Gateway {
	g := gateway(n)
	g.Used, g.Revoked, g.RevokedBy, g.Why, g.Previous = time.Time{}, time.Time{}, "", "", ""
	return g
}

// open returns a claim that was not redeemed.
func open(n int) enrol.Claim {
	c := claim(n)
	c.Replaces, c.Used, c.Gateway, c.PublicKey = "", time.Time{}, "", enrol.Hash{}
	return c
}

func put(t *testing.T, s enrol.Store, values ...any) {
	t.Helper()
	update(t, s, func(tx enrol.Tx) {
		for _, v := range values {
			var err error
			switch v := v.(type) {
			case enrol.Claim:
				err = tx.PutClaim(v)
			case enrol.Gateway:
				err = tx.PutGateway(v)
			}
			if err != nil {
				t.Errorf("put %T: %v", v, err)
			}
		}
	})
}

func update(t *testing.T, s enrol.Store, f func(enrol.Tx)) {
	t.Helper()
	if err := s.Update(context.Background(), func(tx enrol.Tx) error { f(tx); return nil }); err != nil {
		t.Fatalf("update: %v", err)
	}
}

func look(t *testing.T, s enrol.Store, f func(enrol.Reader)) {
	t.Helper()
	if err := s.View(context.Background(), func(r enrol.Reader) error { f(r); return nil }); err != nil {
		t.Fatalf("view: %v", err)
	}
}

func equal[T any](t *testing.T, got T, err error, want T) {
	t.Helper()
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v\n got %+v\nwant %+v", err, got, want)
	}
}

func missing(t *testing.T, what string, err error) {
	t.Helper()
	if !errors.Is(err, enrol.ErrNotFound) {
		t.Errorf("%s: %v, want ErrNotFound", what, err)
	}
}

func testEmpty(t *testing.T, a, _ enrol.Store) {
	look(t, a, func(r enrol.Reader) {
		_, err := r.Claim(claim(1).Key)
		missing(t, "claim", err)
		_, err = r.Gateway(gateway(1).ID)
		missing(t, "gateway", err)
		_, err = r.LivingAt(site)
		missing(t, "living gateway", err)
		open, err := r.OpenClaims(site)
		equal(t, len(open), err, 0)
		all, err := r.Gateways()
		equal(t, len(all), err, 0)
	})
}

func testRoundTrip(t *testing.T, a, b enrol.Store) {
	put(t, a, claim(1), open(2), gateway(1), living(2))
	look(t, b, func(r enrol.Reader) {
		for _, want := range []enrol.Claim{claim(1), open(2)} {
			got, err := r.Claim(want.Key)
			equal(t, got, err, want)
		}
		for _, want := range []enrol.Gateway{gateway(1), living(2)} {
			got, err := r.Gateway(want.ID)
			equal(t, got, err, want)
		}
		got, err := r.LivingAt(site)
		equal(t, got, err, living(2))
	})
}

func testReplace(t *testing.T, a, _ enrol.Store) {
	put(t, a, claim(1), gateway(1))
	c, g := open(1), living(1)
	put(t, a, c, g)
	look(t, a, func(r enrol.Reader) {
		got, err := r.Claim(c.Key)
		equal(t, got, err, c)
		other, err := r.Gateway(g.ID)
		equal(t, other, err, g)
	})
}

func testCopies(t *testing.T, a, _ enrol.Store) {
	g := living(1)
	put(t, a, g)
	g.Certificate[0] = 0
	for range 2 {
		look(t, a, func(r enrol.Reader) {
			got, err := r.Gateway(g.ID)
			equal(t, got, err, living(1))
			got.Certificate[0] = 0
		})
	}
}

func testOpenClaims(t *testing.T, a, _ enrol.Store) {
	other := open(5)
	other.Site = "elsewhere"
	put(t, a, open(3), claim(1), open(2), other)
	look(t, a, func(r enrol.Reader) {
		got, err := r.OpenClaims(site)
		equal(t, got, err, []enrol.Claim{open(2), open(3)})
		got, err = r.OpenClaims("nowhere")
		equal(t, len(got), err, 0)
	})
}

func testGateways(t *testing.T, a, _ enrol.Store) {
	put(t, a, gateway(3), gateway(1), living(2))
	look(t, a, func(r enrol.Reader) {
		got, err := r.Gateways()
		equal(t, got, err, []enrol.Gateway{gateway(1), living(2), gateway(3)})
		ids := []wire.GatewayID{living(2).ID, gateway(3).ID}
		for range 1100 { // more than a statement may have of them
			ids = append(ids, wire.NewGatewayID())
		}
		got, err = r.Several(ids)
		slices.SortFunc(got, func(a, b enrol.Gateway) int { return strings.Compare(string(a.ID), string(b.ID)) })
		equal(t, got, err, []enrol.Gateway{living(2), gateway(3)})
		got, err = r.Several(nil)
		equal(t, len(got), err, 0)
	})
}

func testTwoLiving(t *testing.T, a, b enrol.Store) {
	put(t, a, living(1))
	err := b.Update(context.Background(), func(tx enrol.Tx) error { return tx.PutGateway(living(2)) })
	if !errors.Is(err, enrol.ErrTwoLiving) {
		t.Errorf("a second living gateway: %v, want ErrTwoLiving", err)
	}
	elsewhere := living(3)
	elsewhere.Site = "elsewhere"
	put(t, a, living(1), elsewhere) // the first again is no second
	// One ends and the next begins in one transaction.
	put(t, a, gateway(1), living(2))
	look(t, a, func(r enrol.Reader) {
		got, err := r.LivingAt(site)
		equal(t, got, err, living(2))
	})
}

func testOwnWrites(t *testing.T, a, _ enrol.Store) {
	update(t, a, func(tx enrol.Tx) {
		if err := errors.Join(tx.PutClaim(open(1)), tx.PutGateway(living(1))); err != nil {
			t.Error(err)
		}
		c, err := tx.OpenClaims(site)
		equal(t, c, err, []enrol.Claim{open(1)})
		g, err := tx.LivingAt(site)
		equal(t, g, err, living(1))
	})
}

func testRollback(t *testing.T, a, b enrol.Store) {
	put(t, a, living(1))
	broken := errors.New("broken")
	err := a.Update(context.Background(), func(tx enrol.Tx) error {
		return errors.Join(tx.PutClaim(open(1)), tx.PutGateway(gateway(1)), broken)
	})
	if !errors.Is(err, broken) {
		t.Errorf("update: %v, want its own error", err)
	}
	untouched(t, b)
}

// untouched checks that the store holds living(1) and nothing else.
func untouched(t *testing.T, s enrol.Store) {
	t.Helper()
	look(t, s, func(r enrol.Reader) {
		_, err := r.Claim(open(1).Key)
		missing(t, "claim", err)
		all, err := r.Gateways()
		equal(t, all, err, []enrol.Gateway{living(1)})
	})
}

func testPanic(t *testing.T, a, b enrol.Store) {
	put(t, a, living(1))
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = a.Update(context.Background(), func(tx enrol.Tx) error {
			if err := tx.PutGateway(gateway(1)); err != nil {
				t.Error(err)
			}
			panic("broken")
		})
	}()
	untouched(t, b)
	put(t, b, living(1))
}

func testCancelled(t *testing.T, a, b enrol.Store) {
	put(t, a, living(1))
	ctx, cancel := context.WithCancel(context.Background())
	err := a.Update(ctx, func(tx enrol.Tx) error {
		err := tx.PutGateway(gateway(1))
		cancel()
		return err
	})
	if err == nil {
		t.Error("an update whose context ended returned nil")
	}
	untouched(t, b)
	if err := a.Update(ctx, func(enrol.Tx) error { return nil }); err == nil {
		t.Error("an update with an ended context returned nil")
	}
	if err := a.View(ctx, func(enrol.Reader) error { return nil }); err == nil {
		t.Error("a view with an ended context returned nil")
	}
}

// testSerial counts in a field, from two processes at once: a count that is lost was read beside
// another's writing.
func testSerial(t *testing.T, a, b enrol.Store) {
	const workers, rounds = 4, 10
	put(t, a, living(1))
	var all sync.WaitGroup
	for i := range workers {
		s := []enrol.Store{a, b}[i%2]
		all.Go(func() {
			for range rounds {
				err := s.Update(context.Background(), func(tx enrol.Tx) error {
					g, err := tx.LivingAt(site)
					if err != nil {
						return err
					}
					g.Until = g.Until.Add(time.Second)
					return tx.PutGateway(g)
				})
				if err != nil {
					t.Errorf("update: %v", err)
				}
			}
		})
	}
	all.Wait()
	look(t, a, func(r enrol.Reader) {
		g, err := r.LivingAt(kiosk.SiteCode(site))
		equal(t, g.Until, err, living(1).Until.Add(workers*rounds*time.Second))
	})
}

func testView(t *testing.T, a, b enrol.Store) {
	put(t, a, living(1))
	look(t, a, func(r enrol.Reader) {
		// No writer waits for us, and we see one state throughout or read it the first time now.
		put(t, b, living(1), open(1))
		g, err := r.Gateway(living(1).ID)
		equal(t, g, err, living(1))
	})
}
