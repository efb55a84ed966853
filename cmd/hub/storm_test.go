//go:build soak

package main_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/secret"
	"github.com/motcua/gateway/sync/enrol"
	"github.com/motcua/gateway/sync/hub/sqlstore"
	"github.com/motcua/gateway/sync/hub/sqlstore/pgtest"
)

// What a hub may take for a storm of the province: an acknowledgement, waits for its turn included,
// at the 99th percentile, and memory at its peak. Each connection beyond the province's is allowed
// what TLS and HTTP/2 keep of it.
const (
	stormSize     = 162 // three gateways in each of 54 communes
	stormPatience = 15 * time.Second
	stormMemory   = 512 << 20
	stormOfOne    = 384 << 10
)

// TestStorm: all gateways of a province come back at the same moment after four hours without a
// line, on lines that are faster than any real one. All of it arrives, once, and the hub is neither
// slow nor large. HUB_STORM is how many they are; the country has 11,000. Every province comes through
// one address, its carrier's.
func TestStorm(t *testing.T) {
	size := stormSize
	if s := os.Getenv("HUB_STORM"); s != "" {
		var err error
		if size, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil || files.Cur < uint64(size+200) {
		t.Fatalf("%d open files are allowed (%v): want %d, ulimit -n", files.Cur, err, size+200)
	}
	bin := buildPrograms(t, "hub")
	t.Run("SQLite", func(t *testing.T) { newStorm(t, bin, "", size).run() })
	t.Run("PostgreSQL", func(t *testing.T) {
		cluster := &pgtest.Cluster{}
		t.Cleanup(cluster.Stop)
		newStorm(t, bin, cluster.Database(t), size).run()
	})
}

// storm is a hub and all who come back to it.
type storm struct {
	t        *testing.T
	state    string
	postgres string // empty: SQLite
	hub      *program
	base     string
	all      []*returning
	pack     *zstd.Encoder // one for all: each has room for megabytes
	told     *tally
	province province
}

func newStorm(t *testing.T, bin, postgres string, size int) *storm {
	t.Helper()
	pack, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(2), zstd.WithEncoderLevel(zstd.SpeedFastest))
	if err != nil {
		t.Fatal(err)
	}
	s := &storm{t: t, state: filepath.Join(t.TempDir(), "hub"), postgres: postgres, pack: pack, told: newTally(mostBroken * size)}
	config := "names = [\"127.0.0.1\"]\n"
	if postgres != "" {
		config += fmt.Sprintf("[database]\npostgres = %q\n", postgres)
	}
	var addr string
	s.hub, addr = newHub(t, bin, "hub", writeFile(t, t.TempDir(), "hub.toml", config), s.state)
	s.base = "https://" + addr
	for i := range size {
		s.all = append(s.all, &returning{site: fmt.Sprintf("xa-%d-%d", i/3+1, i%3+1), seed: uint64(i + 1)})
	}
	return s
}

// run lets them come back, and judges.
func (s *storm) run() {
	ctx, cancel := context.WithTimeout(s.t.Context(), 2*time.Hour)
	defer cancel()
	if err := s.hub.start(ctx); err != nil {
		s.t.Fatal(err)
	}
	began := time.Now()
	if err := s.enrol(ctx); err != nil {
		s.t.Fatal(err)
	}
	s.t.Logf("%d gateways enrolled in %v", len(s.all), time.Since(began).Round(100*time.Millisecond))
	began = time.Now()
	if err := s.each(len(s.all), func(g *returning) error { return g.comeBack(ctx, s.pack) }); err != nil {
		s.t.Fatal(err)
	}
	drained := time.Since(began)
	peak, err := s.hub.peak()
	if err != nil {
		s.t.Fatal(err)
	}
	s.report(drained, peak)
	for _, g := range s.all {
		g.who.close()
	}
	s.judge(ctx)
}

// report prints what was measured, and holds it against the limits.
func (s *storm) report(drained time.Duration, peak int64) {
	facts := len(s.all) * (stormTickets*stormSteps + stormDossiers)
	pages := len(s.all) * stormDossiers * stormPages
	s.t.Logf("drained in %v: %d facts and %d pages, %.0f facts and %.0f pages a second", drained.Round(100*time.Millisecond), facts, pages,
		float64(facts)/drained.Seconds(), float64(pages)/drained.Seconds())
	p99 := percentile(s.told.acks, 99)
	cpu, err := s.hub.cpu()
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Logf("%d batches acknowledged after %v, %v at the 99th percentile; an answer alone takes %v, %v; refusals by status %v, broken connections %d; the hub's processor time %v",
		len(s.told.acks), percentile(s.told.acks, 50).Round(time.Millisecond), p99.Round(time.Millisecond), percentile(s.told.taken, 50).Round(time.Millisecond),
		percentile(s.told.taken, 99).Round(time.Millisecond), s.told.refusals, s.told.broken, cpu.Round(100*time.Millisecond))
	database := "SQLite"
	if s.postgres != "" {
		database = "PostgreSQL"
	}
	memory := int64(stormMemory + max(0, len(s.all)-stormSize)*stormOfOne)
	patience := max(stormPatience, stormPatience*time.Duration(len(s.all)/stormSize))
	s.t.Logf("budget: %d gateways back after 4 h, %s: acknowledgement, 99th percentile | %.2f s | %d facts, %d pages in %.1f s | ≤ %.0f s",
		len(s.all), database, p99.Seconds(), facts, pages, drained.Seconds(), patience.Seconds())
	s.t.Logf("budget: %d gateways back after 4 h, %s: the hub's memory at its peak | %d MB | %d connections at once | ≤ %d MB",
		len(s.all), database, peak>>20, len(s.all), memory>>20)
	if p99 > patience {
		s.t.Errorf("the 99th percentile of the acknowledgement is %v, want at most %v", p99, patience)
	}
	if peak > memory {
		s.t.Errorf("the hub had %d MB, want at most %d", peak>>20, memory>>20)
	}
}

// each does something for all of them, so many at once, and stops at the first that fails.
func (s *storm) each(atOnce int, do func(*returning) error) error {
	var wg sync.WaitGroup
	todo, failed := make(chan *returning), make(chan error, atOnce)
	for range atOnce {
		wg.Go(func() {
			for g := range todo {
				if err := do(g); err != nil {
					failed <- fmt.Errorf("%s: %w", g.site, err)
					return
				}
			}
		})
	}
	var err error
	for _, g := range s.all {
		if err == nil {
			select {
			case todo <- g:
			case err = <-failed:
			}
		}
	}
	close(todo)
	wg.Wait()
	close(failed)
	for f := range failed {
		err = errors.Join(err, f)
	}
	return err
}

// enrol makes all of them gateways: claims as `hub claim` makes them, in the same database beside
// the hub that runs, then EST.
func (s *storm) enrol(ctx context.Context) (err error) {
	if s.province.key, err = secret.OpenHubKey(s.state); err != nil {
		return err
	}
	store, err := s.openStore(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	authority, err := enrol.OpenAuthority(filepath.Join(s.state, "authority"), time.Now())
	if err != nil {
		return err
	}
	registrar, err := enrol.NewRegistrar(enrol.RegistrarConfig{
		Authority: authority, Store: store.Enrolment(), Names: []string{"127.0.0.1"}, Now: time.Now, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	pool, err := fetchCA(ctx, s.base)
	if err != nil {
		return err
	}
	// Eight at once: ten from one address may be under way before the hub takes it for guessing.
	err = s.each(8, func(g *returning) error {
		code, _, err := registrar.NewClaim(ctx, enrol.Order{Site: kiosk.SiteCode(g.site), By: "storm"})
		if err != nil {
			return err
		}
		g.who, err = newStranger(ctx, s.base, code.Reveal(), g.carrier(), pool, s.told)
		return err
	})
	if err != nil {
		return err
	}
	s.province.words, err = s.all[0].who.keys(ctx)
	return err
}

func (s *storm) openStore(ctx context.Context) (*sqlstore.Store, error) {
	c := sqlstore.Config{Keys: s.province.key, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	if s.postgres != "" {
		return sqlstore.OpenPostgres(ctx, s.postgres, c)
	}
	return sqlstore.OpenSQLite(ctx, filepath.Join(s.state, "hub.db"), c)
}

// judge holds what the province has of each of them against what it has sent.
func (s *storm) judge(ctx context.Context) {
	var err error
	if s.province.db, err = openDatabase(filepath.Join(s.state, "hub.db"), s.postgres); err != nil {
		s.t.Fatal(err)
	}
	defer s.province.db.Close()
	s.province.open = inFolder(filepath.Join(s.state, "pages"))
	err = s.each(4, func(g *returning) error {
		b, err := g.box()
		if err != nil {
			return err
		}
		h, err := s.province.of(ctx, g.who.id)
		if err != nil {
			return err
		}
		if breaches := compare(b, h); len(breaches) > 0 {
			return errors.New(strings.Join(breaches[:min(len(breaches), 20)], "\n"))
		}
		return nil
	})
	if err != nil {
		s.t.Error(err)
	}
	for _, table := range []string{"events", "pages"} {
		want := len(s.all) * (stormTickets*stormSteps + stormDossiers)
		if table == "pages" {
			want = len(s.all) * stormDossiers * stormPages
		}
		var n int
		if err := s.province.db.QueryRowContext(ctx, "SELECT count(*) FROM "+table).Scan(&n); err != nil || n != want {
			s.t.Errorf("the hub has %d %s (%v), want %d", n, table, err, want)
		}
	}
	if err := errors.Join(s.hub.panics(), s.hub.stop()); err != nil {
		s.t.Error(err)
	}
}

// comeBack tells everything, facts first, and reads the province's word for it. Every third has
// sent its first batch four times already, on connections that it believes dead.
func (g *returning) comeBack(ctx context.Context, pack *zstd.Encoder) error {
	papers := g.papers()
	events := g.events(papers)
	sent, accepted := 0, 0
	for batch := range slices.Chunk(events, stormBatch) {
		body := append(append([]byte{'['}, bytes.Join(batch, []byte{','})...), ']')
		packed := g.seed%2 == 0
		if packed {
			body = pack.EncodeAll(body, nil)
		}
		times := 1
		if sent == 0 && g.seed%3 == 0 {
			times = 4
		}
		sent += len(batch)
		n, err := g.sendTimes(ctx, body, packed, times, sent)
		if err != nil {
			return err
		}
		accepted += n
	}
	if accepted != len(events) {
		return fmt.Errorf("%d facts were new to the hub, %d were sent", accepted, len(events))
	}
	var want []string
	for _, p := range papers {
		want = append(want, p.id)
		for _, page := range p.pages {
			if err := g.who.upload(ctx, p.id, page); err != nil {
				return err
			}
		}
	}
	got, err := g.who.feed(ctx, len(papers))
	if err != nil {
		return err
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		return fmt.Errorf("the feed tells of %v, want %v", got, want)
	}
	return nil
}

// sendTimes sends the same batch several times at once. The mark has to be its last fact, and
// together they may be new to the hub only once.
func (g *returning) sendTimes(ctx context.Context, body []byte, packed bool, times, last int) (accepted int, err error) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	began := time.Now()
	first := sync.OnceFunc(func() { g.who.told.acknowledged(time.Since(began)) })
	for range times {
		wg.Go(func() {
			mark, n, failed := g.who.send(ctx, body, packed)
			if failed == nil && mark != (spot{1, uint64(last)}) {
				failed = fmt.Errorf("the mark is %s after fact 1-%d", mark, last)
			}
			first()
			mu.Lock()
			defer mu.Unlock()
			accepted += n
			err = errors.Join(err, failed)
		})
	}
	wg.Wait()
	return accepted, err
}
