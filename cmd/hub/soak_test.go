//go:build soak

package main_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk/control"
	"github.com/motcua/gateway/kiosk/secret"
	"github.com/motcua/gateway/sync/hub/sqlstore/pgtest"
	"github.com/motcua/gateway/sync/hubtest/line"
)

// TestSoak: an office at work, a line in bad weather, and processes that are killed at any moment:
// the gateway, each of two hubs side by side, and PostgreSQL under them. In the end both sides are
// equal item by item, by the checker that was written apart.
//
// KIOSK_SOAK is how long it lasts (2m), KIOSK_SOAK_SEED gives the same weather and kills again.
func TestSoak(t *testing.T) {
	long := 2 * time.Minute
	if text := os.Getenv("KIOSK_SOAK"); text != "" {
		var err error
		if long, err = time.ParseDuration(text); err != nil {
			t.Fatal(err)
		}
	}
	seed := uint64(time.Now().UnixNano())
	if text := os.Getenv("KIOSK_SOAK_SEED"); text != "" {
		if _, err := fmt.Sscan(text, &seed); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("KIOSK_SOAK=%v KIOSK_SOAK_SEED=%d", long, seed)
	bin := buildPrograms(t, "kiosk", "kioskctl", "hub")
	t.Run("two hubs over PostgreSQL and S3", func(t *testing.T) {
		cluster := &pgtest.Cluster{}
		t.Cleanup(cluster.Stop)
		address := cluster.Database(t)
		bucket := newS3(t)
		dir := t.TempDir()
		config := writeFile(t, dir, "hub.toml", fmt.Sprintf("names = [\"127.0.0.1\"]\n[database]\npostgres = %q\n[pages.s3]\n"+
			"endpoint = %q\ninsecure = true\nregion = %q\nbucket = %q\nkey_file = %q\n",
			address, bucket.endpoint, s3Region, s3Bucket, writeFile(t, dir, "s3.key", s3Account+"\n"+s3Secret+"\n")))
		s := newSoak(t, bin, config, 2, seed)
		s.cluster = cluster
		s.province.open = inBucket(bucket.client)
		s.database = func() (string, string) { return "", address }
		s.run(long)
	})
	t.Run("one hub over SQLite and files", func(t *testing.T) {
		config := writeFile(t, t.TempDir(), "hub.toml", "names = [\"127.0.0.1\"]\n")
		s := newSoak(t, bin, config, 1, seed+1)
		s.province.open = inFolder(filepath.Join(s.hubState, "pages"))
		s.database = func() (string, string) { return filepath.Join(s.hubState, "hub.db"), "" }
		s.run(max(long/6, 20*time.Second))
	})
}

// soak is all that takes part.
type soak struct {
	t        *testing.T
	bin      string
	config   string
	seed     uint64
	state    string // the gateway's
	hubState string // the first hub's
	gateway  *program
	client   *control.Client
	hubs     []*program
	cluster  *pgtest.Cluster // nil: none
	balancer *balancer
	line     *line.Line
	database func() (file, address string)
	province province

	mu       sync.Mutex
	count    map[string]int
	answered []string
	trouble  error // of the courier, at last
}

// newSoak makes the parts and starts none.
func newSoak(t *testing.T, bin, config string, hubs int, seed uint64) *soak {
	t.Helper()
	s := &soak{
		t: t, bin: bin, config: config, seed: seed, state: filepath.Join(t.TempDir(), "kiosk"), hubState: filepath.Join(t.TempDir(), "hub0"), count: map[string]int{},
	}
	var addrs []string
	for i := range hubs {
		p, addr := newHub(t, bin, fmt.Sprintf("hub %d", i), config, filepath.Join(filepath.Dir(s.hubState), fmt.Sprintf("hub%d", i)))
		s.hubs, addrs = append(s.hubs, p), append(addrs, addr)
	}
	s.balancer = newBalancer(t, addrs...)
	var err error
	if s.line, err = line.New(s.balancer.addr(), line.FourthGeneration()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.line.Close)
	s.client = control.NewClient(s.state)
	s.gateway = &program{
		name: "gateway", path: filepath.Join(bin, "kiosk"),
		args: []string{"-demo", "-screen", "none", "-state", s.state, "-listen", "127.0.0.1:0"},
		up: func(ctx context.Context) error {
			return s.client.Do(ctx, "GET", "/v1/status", nil, new(control.Status))
		},
	}
	t.Cleanup(func() {
		s.gateway.kill()
		if t.Failed() {
			t.Logf("gateway: %s", tail(s.gateway.log.String(), 6000))
		}
	})
	return s
}

// run lets everything happen, and judges.
func (s *soak) run(long time.Duration) {
	ctx, cancel := context.WithTimeout(s.t.Context(), long+10*time.Minute)
	defer cancel()
	if err := s.open(ctx); err != nil {
		s.t.Fatal(err)
	}
	began := time.Now()
	storm, over := context.WithTimeout(ctx, long)
	defer over()
	var all sync.WaitGroup
	for i, part := range []func(context.Context, *rand.Rand) error{s.citizens, s.officers, s.papers, s.courier, s.weather, s.killer} {
		all.Go(func() {
			if err := part(storm, rand.New(rand.NewPCG(s.seed, uint64(i)))); err != nil {
				s.t.Error(err)
			}
		})
	}
	all.Wait()
	if s.t.Failed() {
		return
	}
	s.t.Logf("calm after %v: %s", time.Since(began).Round(time.Second), s.counted())
	began = time.Now()
	if err := s.drain(ctx); err != nil {
		s.t.Error(err)
	}
	s.t.Logf("drained in %v", time.Since(began).Round(100*time.Millisecond))
	s.judge(ctx, long)
}

// open starts everything, and makes the box known to the province.
func (s *soak) open(ctx context.Context) error {
	if err := s.gateway.start(ctx); err != nil {
		return err
	}
	var status control.Status
	if err := s.client.Do(ctx, "GET", "/v1/status", nil, &status); err != nil {
		return err
	}
	claim := func(site string) (string, error) {
		out, err := verb(ctx, filepath.Join(s.bin, "hub"), "-config", s.config, "-state", s.hubState, "claim", site)
		return strings.TrimSpace(string(out)), err
	}
	code, err := claim(status.Site)
	if err != nil {
		return err
	}
	for i, h := range s.hubs {
		if i > 0 { // hubs side by side are given the same keys
			state := filepath.Join(filepath.Dir(s.hubState), fmt.Sprintf("hub%d", i))
			key, err := os.ReadFile(filepath.Join(s.hubState, "hub.key"))
			if err != nil {
				return err
			}
			if err := errors.Join(os.CopyFS(filepath.Join(state, "authority"), os.DirFS(filepath.Join(s.hubState, "authority"))),
				tighten(state), os.WriteFile(filepath.Join(state, "hub.key"), key, 0o600)); err != nil {
				return err
			}
		}
		if err := h.start(ctx); err != nil {
			return err
		}
	}
	if _, err := verb(ctx, filepath.Join(s.bin, "kioskctl"), "-state", s.state, "enrol", "https://"+s.line.Addr(), code); err != nil {
		return err
	}
	// Somebody else asks for the key of the statements.
	if code, err = claim("probe"); err != nil {
		return err
	}
	base := "https://" + s.balancer.addr()
	authority, err := fetchCA(ctx, base)
	if err != nil {
		return err
	}
	probe, err := newStranger(ctx, base, code, nil, authority, newTally(2000))
	if err != nil {
		return err
	}
	defer probe.close()
	if s.province.words, err = probe.keys(ctx); err != nil {
		return err
	}
	s.province.key, err = secret.OpenHubKey(s.hubState)
	return err
}

// tighten takes from others what os.CopyFS has given them.
func tighten(dir string) error {
	return filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.Chmod(name, 0o700)
		}
		return os.Chmod(name, 0o600)
	})
}

// drain waits until the gateway says that the province holds everything.
func (s *soak) drain(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 9*time.Minute)
	defer cancel()
	var u control.Uplink
	var dossiers []control.Dossier
	for {
		open := 0
		err := errors.Join(s.client.Do(ctx, "GET", "/v1/line", nil, &u), s.client.Do(ctx, "GET", "/v1/dossiers", nil, &dossiers))
		for _, d := range dossiers {
			if d.State != "confirmed" {
				open++
			}
		}
		if err == nil && u.Facts == 0 && u.Pages == 0 && open == 0 {
			return nil
		}
		if !pause(ctx, 200*time.Millisecond) {
			return fmt.Errorf("not drained, %d of %d dossiers open, %v: %+v", open, len(dossiers), err, u)
		}
	}
}

// judge holds both ends against each other. Facts that come while they are read, of the line
// itself, are waited for.
func (s *soak) judge(ctx context.Context, long time.Duration) {
	file, address := s.database()
	var err error
	if s.province.db, err = openDatabase(file, address); err != nil {
		s.t.Fatal(err)
	}
	defer s.province.db.Close()
	var b *box
	var h *held
	var breaches []string
	for range 20 {
		if b, err = readBox(ctx, filepath.Join(s.bin, "kioskctl"), s.state); err == nil {
			h, err = s.province.of(ctx, b.gateway)
		}
		if err != nil {
			s.t.Fatal(err)
		}
		b.answered = s.answered
		if breaches = compare(b, h); len(breaches) == 0 || !pause(ctx, time.Second) {
			break
		}
	}
	for i, found := range breaches {
		if i == 40 {
			s.t.Errorf("and %d more", len(breaches)-i)
			break
		}
		s.t.Error(found)
	}
	var pages, bytes int64
	for _, d := range h.dossiers {
		pages, bytes = pages+d.counted, bytes+d.bytes
	}
	for _, e := range h.events {
		bytes += int64(len(e.json))
	}
	stats := s.line.Stats()
	s.t.Logf("both ends: %d facts, %d dossiers of %d pages, %d items in the feed; %d answered to citizens and officers",
		len(h.events), len(h.dossiers), pages, len(h.feed), len(b.answered))
	s.t.Logf("the line: %d connections, %d cuts, %d resets; %.1f MB sent for %.1f MB of facts and pages (%.2f of them, TLS and what the weather took included)",
		stats.Connections, stats.Cuts, stats.Resets, float64(stats.Up.Sent)/1e6, float64(bytes)/1e6, float64(stats.Up.Sent)/float64(bytes))
	if len(h.dossiers) == 0 || len(h.events) < 50 {
		s.t.Errorf("too little has happened to say anything")
	}
	if long >= time.Minute && s.count["trips of a stick"] == 0 {
		s.t.Errorf("no stick has come through: %v", s.trouble)
	}
	s.t.Logf("what was said of trouble: %s", s.troubles())
	for _, p := range append([]*program{s.gateway}, s.hubs...) {
		if err := errors.Join(p.panics(), p.stop()); err != nil {
			s.t.Error(err)
		}
	}
}

// troubles counts the warnings and errors in all logs, by what they say.
func (s *soak) troubles() string {
	count := map[string]int{}
	for _, p := range append([]*program{s.gateway}, s.hubs...) {
		for line := range strings.Lines(p.log.String()) {
			_, rest, found := strings.Cut(line, "level=")
			level, rest, _ := strings.Cut(rest, " msg=")
			if !found || level != "WARN" && level != "ERROR" {
				continue
			}
			if quoted, err := strconv.QuotedPrefix(rest); err == nil {
				rest = quoted
			}
			rest, _, _ = strings.Cut(rest, " err=")
			count[fmt.Sprintf("%s %.9s %s", level, p.name, strings.TrimSpace(rest))]++
		}
	}
	var out []string
	for _, what := range slices.Sorted(maps.Keys(count)) {
		out = append(out, fmt.Sprintf("%s %d", what, count[what]))
	}
	return strings.Join(out, ", ")
}

// pause waits, and reports whether it came to the end of it.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
