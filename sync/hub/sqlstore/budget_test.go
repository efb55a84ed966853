//go:build !race

package sqlstore_test

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"log/slog"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/secret"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/hub/sqlstore"
	"github.com/motcua/gateway/sync/wire"
)

// The load of the budget: so many gateways at once, each sending its batches one after another.
const (
	budgetGateways = 16
	budgetBatches  = 4
	budgetFacts    = 200
	budgetRounds   = 9
)

// TestBudgetIngest holds the hub, from a batch's bytes to the word that it is durable, against what
// the database does with the same rows and nothing else: the events' table under another name,
// one prepared statement of all rows of a batch, one transaction each, as many connections as gateways,
// the same settings. The two take turns, and what counts is the median of what they are to each
// other: a neighbour's noise hits both.
func TestBudgetIngest(t *testing.T) {
	keys := secret.NewKey()
	path, address := t.TempDir()+"/hub.db", cluster.Database(t)
	one, err := sql.Open("sqlite", sqlstore.SQLiteSource(t.TempDir()+"/bare.db")) // two writers of one file throw away each other's cache
	if err != nil {
		t.Fatal(err)
	}
	one.SetMaxOpenConns(1) // more of them fail each other with "busy"
	many, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	many.SetMaxIdleConns(budgetGateways)
	for name, v := range map[string]struct {
		open func(context.Context, string, sqlstore.Config) (*sqlstore.Store, error)
		at   string
		bare *sql.DB
		blob string
	}{
		"SQLite":     {sqlstore.OpenSQLite, path, one, "BLOB"},
		"PostgreSQL": {sqlstore.OpenPostgres, address, many, "BYTEA"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := v.open(context.Background(), v.at, config(keys))
			s = opened(t, s, err)
			defer v.bare.Close()
			if _, err := v.bare.Exec(`CREATE TABLE bare (gateway TEXT NOT NULL, epoch BIGINT NOT NULL, seq BIGINT NOT NULL, site TEXT NOT NULL, type TEXT NOT NULL,
				day BIGINT NOT NULL, at BIGINT NOT NULL, chain TEXT NOT NULL, about TEXT NOT NULL, data ` + v.blob + ` NOT NULL, PRIMARY KEY (gateway, epoch, seq))`); err != nil {
				t.Fatal(err)
			}
			insert, err := v.bare.Prepare(bareStatement(budgetFacts, v.blob == "BLOB")) // once, as ours are
			if err != nil {
				t.Fatal(err)
			}
			defer insert.Close()
			door := startHub(t, s)
			var ours, theirs, shares []float64
			for round := range budgetRounds {
				load := newLoad(t)
				sides := []func(){
					func() {
						ours = append(ours, load.run(t, func(b loaded) error {
							_, err := door.Facts(context.Background(), b.gateway, site, b.bytes)
							return err
						}))
					},
					func() {
						theirs = append(theirs, load.run(t, func(b loaded) error {
							_, err := insert.Exec(b.args...)
							return err
						}))
					},
				}
				sides[round%2]() // whoever is second finds what the first has left
				sides[1-round%2]()
				shares = append(shares, 100*ours[round]/theirs[round])
			}
			share := median(shares)
			t.Logf("budget: hub ingest into %s, %d gateways, batches of %d | %.0f facts/s | bare multi-row INSERT … ON CONFLICT of the same rows, %.0f/s: %.0f %% of its speed | ≥ 70 %%",
				name, budgetGateways, budgetFacts, median(ours), median(theirs), share)
			if share < 35 {
				t.Errorf("%.0f %% of the bare speed, want at least 35 (budget 70)", share)
			}
		})
	}
}

// startHub runs a hub over a store, which is asked without HTTP.
func startHub(t *testing.T, s *sqlstore.Store) *hub.Hub {
	t.Helper()
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	h := hub.New(hub.Config{Store: s, Signer: wire.NewSigner(private), Log: slog.New(slog.DiscardHandler)})
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- h.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
	})
	return h
}

// loaded is a batch in both its forms.
type loaded struct {
	gateway wire.GatewayID
	bytes   []byte
	args    []any
}

type load [budgetGateways][budgetBatches]loaded

// newLoad makes what new gateways send on a day: tickets, their paper and their way.
func newLoad(t *testing.T) *load {
	t.Helper()
	var l load
	for i := range l {
		g := wire.NewGatewayID()
		for j := range l[i] {
			b := loaded{gateway: g}
			var events []wire.Event
			for k := range budgetFacts {
				seq := kiosk.Seq(j*budgetFacts + k + 1)
				e, err := wire.Encode(g, kiosk.Outgoing{Record: kiosk.Record{
					Position: kiosk.Position{Epoch: 1, Seq: seq}, Site: site, Day: day, At: now, AtSure: true, By: "counter/3", Fact: budgetFact(seq),
				}, Chain: kiosk.HashOf([]byte(strconv.Itoa(int(seq))))}, nil)
				if err != nil {
					t.Fatal(err)
				}
				events = append(events, e)
				data, err := wire.AppendEvent(nil, &e)
				if err != nil {
					t.Fatal(err)
				}
				b.args = append(b.args, string(g), int64(1), int64(seq), string(site), e.Type, int64(day), now.Unix(), e.Chain, "", data)
			}
			var err error
			if b.bytes, err = wire.AppendBatch(nil, events); err != nil {
				t.Fatal(err)
			}
			l[i][j] = b
		}
	}
	return &l
}

func budgetFact(seq kiosk.Seq) kiosk.Fact {
	number := kiosk.FormatNumber("A", uint32(seq/6+1))
	switch seq % 6 {
	case 0:
		return kiosk.TicketIssued{Ticket: kiosk.Ticket{Site: site, Day: day, Service: "S", Seq: uint32(seq/6 + 1), Number: number, State: kiosk.Waiting, Language: kiosk.Vietnamese, Key: "main-173-2", Terminal: "main", IssuedAt: now, TimeSure: true}}
	case 1, 2:
		return kiosk.SlipMoved{Service: "S", Number: number, State: kiosk.SlipSent}
	case 3:
		return kiosk.TicketMoved{Service: "S", Number: number, Verb: kiosk.VerbCall, State: kiosk.Called, Counter: "3", Why: kiosk.ReasonOrder}
	case 4:
		return kiosk.TicketMoved{Service: "S", Number: number, Verb: kiosk.VerbServe, State: kiosk.Serving, Counter: "3"}
	}
	return kiosk.TicketMoved{Service: "S", Number: number, Verb: kiosk.VerbFinish, State: kiosk.Served, Counter: "3"}
}

// bareStatement has the parameters that the database likes best.
func bareStatement(rows int, plain bool) string {
	var b strings.Builder
	b.WriteString(`INSERT INTO bare (gateway, epoch, seq, site, type, day, at, chain, about, data) VALUES `)
	for i := range rows * 10 {
		switch {
		case i%10 > 0:
			b.WriteByte(',')
		case i > 0:
			b.WriteString("),(")
		default:
			b.WriteByte('(')
		}
		if plain {
			b.WriteByte('?')
		} else {
			b.WriteString("$" + strconv.Itoa(i+1))
		}
	}
	b.WriteString(") ON CONFLICT DO NOTHING")
	return b.String()
}

func median(of []float64) float64 { return slices.Sorted(slices.Values(of))[len(of)/2] }

// run sends all of it, each gateway beside the others, and returns how many facts that was a second.
func (l *load) run(t *testing.T, send func(loaded) error) float64 {
	t.Helper()
	runtime.GC() // neither side pays for what was made before
	began := time.Now()
	var all sync.WaitGroup
	for i := range l {
		all.Go(func() {
			for _, b := range l[i] {
				if err := send(b); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	return budgetGateways * budgetBatches * budgetFacts / time.Since(began).Seconds()
}
