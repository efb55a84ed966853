package sqlstore_test

import (
	"bufio"
	"context"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/secret"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/hub/sqlstore"
	"github.com/motcua/gateway/sync/hub/sqlstore/pgtest"
	"github.com/motcua/gateway/sync/wire"
)

// childEnv makes the test binary a process that appends until it is killed: which database, where.
const childEnv = "SQLSTORE_TEST_CHILD"

// each is how many facts a batch of these tests has.
const each = 3

// child appends batches of several gateways and says what was acknowledged, a line a transaction.
func child(where string) error {
	kind, rest, _ := strings.Cut(where, " ")
	names, address, _ := strings.Cut(rest, " ")
	ctx, c := context.Background(), config(secret.NewKey())
	open := sqlstore.OpenSQLite
	if kind == "postgres" {
		open = sqlstore.OpenPostgres
	}
	s, err := open(ctx, address, c)
	if err != nil {
		return err
	}
	var gateways []wire.GatewayID
	for name := range strings.SplitSeq(names, ",") {
		gateways = append(gateways, wire.GatewayID(name))
	}
	for {
		var batches []hub.Batch
		for _, g := range gateways {
			mark := kiosk.Seq(0)
			known, err := s.Marks(ctx, g)
			if err != nil {
				return err
			}
			if len(known) > 0 {
				mark = known[0].Seq
			}
			batches = append(batches, facts(g, 1, "a", mark+1, mark+each))
		}
		answers, errs, err := s.Append(ctx, batches, sign)
		if err != nil {
			return err
		}
		for i := range answers {
			if errs[i] == nil {
				fmt.Println(gateways[i], answers[i].Mark.Seq)
			}
		}
	}
}

// whole checks that what is held is what was acknowledged, once, and nothing but what was sent.
func whole(t *testing.T, s *sqlstore.Store, acked map[wire.GatewayID]kiosk.Seq) {
	t.Helper()
	total := 0
	highest := kiosk.Seq(0)
	for g, seq := range acked {
		seqs, chains := sqlstore.Held(t, s, g, 1)
		m := marks(t, s, g)
		if len(m) != 1 || m[0].Seq < seq || int(m[0].Seq) != len(seqs) || m[0].Chain != chain("a", m[0].Seq) {
			t.Fatalf("%s: acknowledged to %d, mark %+v, %d facts held", g, seq, m, len(seqs))
		}
		for i := range seqs {
			if seqs[i] != kiosk.Seq(i+1) || chains[i] != chain("a", seqs[i]) {
				t.Fatalf("%s: place %d holds fact %d", g, i+1, seqs[i])
			}
		}
		total, highest = total+len(seqs), max(highest, m[0].Seq)
	}
	counts, err := s.Counts(context.Background(), day, day)
	if err != nil || len(counts) != 1 || counts[0].N != total {
		t.Errorf("counted %+v, %v; %d are held", counts, err, total)
	}
	equal(t, "highest number", numbers(t, s), map[kiosk.ServiceCode]uint32{"S": uint32(highest)})
}

// A process is killed at any line, again and again: nothing acknowledged is lost or doubled.
func TestKilledProcess(t *testing.T) {
	t.Parallel()
	for kind, where := range map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { return t.TempDir() + "/hub.db" },
		"postgres": func(t *testing.T) string { return cluster.Database(t) },
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			address := where(t)
			acked := map[wire.GatewayID]kiosk.Seq{}
			var names []string
			for range 3 {
				g := wire.NewGatewayID()
				acked[g] = 0
				names = append(names, string(g))
			}
			open := map[string]func(context.Context, string, sqlstore.Config) (*sqlstore.Store, error){"sqlite": sqlstore.OpenSQLite, "postgres": sqlstore.OpenPostgres}[kind]
			for round := range 5 {
				killed(t, kind+" "+strings.Join(names, ",")+" "+address, 6+7*round, acked)
				s, err := open(context.Background(), address, config(secret.NewKey()))
				if err != nil {
					t.Fatal(err)
				}
				whole(t, s, acked)
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// killed runs a child, kills it after some acknowledgements, and notes all that it said.
func killed(t *testing.T, where string, after int, acked map[wire.GatewayID]kiosk.Seq) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+hex.EncodeToString([]byte(where)))
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for n := 0; lines.Scan(); n++ {
		name, seq, _ := strings.Cut(lines.Text(), " ")
		v, err := strconv.ParseUint(seq, 10, 64)
		if err != nil {
			t.Fatalf("the child said %q", lines.Text())
		}
		acked[wire.GatewayID(name)] = kiosk.Seq(v)
		if n == after {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := cmd.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Fatalf("the child: %v: %s", err, &stderr)
	}
}

// PostgreSQL is killed under load and comes back, and the same stores go on.
func TestKilledPostgres(t *testing.T) {
	t.Parallel()
	var own pgtest.Cluster
	t.Cleanup(own.Stop)
	address := own.Database(t)
	keys := secret.NewKey()
	var mu sync.Mutex
	acked := map[wire.GatewayID]kiosk.Seq{}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	progress := make(chan struct{}, 1000)
	var writing sync.WaitGroup
	for range 2 {
		s := openAddress(t, address, keys)
		g := wire.NewGatewayID()
		mu.Lock()
		acked[g] = 0
		mu.Unlock()
		writing.Go(func() {
			for seq := kiosk.Seq(1); ctx.Err() == nil; {
				answers, errs, err := s.Append(context.Background(), []hub.Batch{facts(g, 1, "a", seq, seq+each-1)}, sign)
				switch {
				case err != nil:
					// Nobody knows. The same again finds out.
				case errs[0] != nil:
					t.Errorf("append: %v", errs[0])
					return
				default:
					seq = answers[0].Mark.Seq + 1
					mu.Lock()
					acked[g] = answers[0].Mark.Seq
					mu.Unlock()
					select {
					case progress <- struct{}{}:
					default:
					}
				}
			}
		})
	}
	for range 3 {
		for range 20 {
			select {
			case <-progress:
			case <-time.After(time.Minute):
				t.Fatal("nothing is acknowledged any more")
			}
		}
		own.Kill()
		if err := own.Restart(); err != nil {
			t.Fatal(err)
		}
		// What was acknowledged before the kill is no sign of what comes after it.
		for len(progress) > 0 {
			<-progress
		}
	}
	<-progress
	stop()
	writing.Wait()
	s := openAddress(t, address, keys)
	whole(t, s, acked)
}

func openAddress(t *testing.T, address string, keys *secret.Key) *sqlstore.Store {
	t.Helper()
	s, err := sqlstore.OpenPostgres(context.Background(), address, config(keys))
	return opened(t, s, err)
}
