package board_test

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/ui/board"
	"github.com/motcua/gateway/ui/lan"
	"github.com/motcua/gateway/ui/words"
)

// rig is an office with a board in front of it, over a real socket.
type rig struct {
	*kiosk.Office
	t       *testing.T
	setup   *kiosk.Setup
	store   *kiosktest.Memory
	config  func(*board.Config)
	minShow time.Duration

	Pairing *lan.Pairing
	Calls   *kiosk.Announcing
	Board   *board.Board
	addr    string
	stop    func()

	mu    sync.Mutex
	wall  time.Time // the office's clock, at since
	since time.Time
}

func newRig(t *testing.T, config func(*board.Config), change ...func(*kiosk.Setup)) *rig {
	t.Helper()
	g := &rig{t: t, setup: kiosktest.Setup(), store: kiosktest.NewMemory(), config: config, minShow: time.Second, addr: "127.0.0.1:0"}
	for _, f := range change {
		f(g.setup)
	}
	g.set(kiosktest.At(0))
	g.start()
	t.Cleanup(func() { g.stop() })
	return g
}

// set sets the office's clock, which goes on from there.
func (g *rig) set(t time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.wall, g.since = t, time.Now()
}

func (g *rig) now() time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.wall.Add(time.Since(g.since))
}

// start starts the gateway, at the address where it was before.
func (g *rig) start() {
	g.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var err error
	g.Office, err = kiosk.NewOffice(ctx, kiosk.OfficeConfig{Setup: g.setup, Store: g.store, Now: g.now})
	if err != nil {
		g.t.Fatal(err)
	}
	g.Pairing, err = lan.OpenPairing(ctx, lan.PairingConfig{Shelf: g.store.Shelf("screens"), Recorder: g.Office})
	if err != nil {
		g.t.Fatal(err)
	}
	g.Calls = kiosk.NewAnnouncing(kiosk.AnnouncingConfig{Office: g.Office, MinShow: g.minShow})
	cfg := board.Config{Office: g.Office, Calls: g.Calls, Screens: g.Pairing, Beat: 200 * time.Millisecond, Silence: time.Second, Words: words.For(kiosk.Vietnamese)}
	if g.config != nil {
		g.config(&cfg)
	}
	if g.Board, err = board.New(cfg); err != nil {
		g.t.Fatal(err)
	}
	l, err := net.Listen("tcp", g.addr)
	if err != nil {
		g.t.Fatal(err)
	}
	g.addr = l.Addr().String()
	shield := lan.Shield{Hosts: lan.NewHosts(), Words: cfg.Words, Log: slog.New(slog.DiscardHandler)}
	server := &http.Server{Handler: shield.Secured(g.Board), BaseContext: func(net.Listener) context.Context { return ctx }}
	var all sync.WaitGroup
	all.Go(func() { _ = server.Serve(l) })
	all.Go(func() { _ = g.Calls.Run(ctx) })
	all.Go(func() { _ = g.Office.Run(ctx) })
	g.stop = func() { cancel(); _ = server.Close(); all.Wait(); g.stop = func() {} }
}

// freeRide lets every board in.
func freeRide(c *board.Config) { c.Free = func(*http.Request) bool { return true } }

func (g *rig) issue(s kiosk.ServiceCode, l kiosk.Language) {
	g.t.Helper()
	if _, err := g.IssueTicket(context.Background(), kiosk.IssueRequest{Service: s, Language: l, By: "test"}); err != nil {
		g.t.Fatal(err)
	}
}

func (g *rig) call(c kiosk.CounterCode) kiosk.Ticket {
	g.t.Helper()
	call, err := g.CallNext(context.Background(), c, "test")
	if err != nil {
		g.t.Fatal(err)
	}
	return call.Ticket
}

func (g *rig) move(v kiosk.Verb, n kiosk.Number) {
	g.t.Helper()
	if _, err := g.Move(context.Background(), v, n, "test"); err != nil {
		g.t.Fatal(err)
	}
}

func (g *rig) url(path string) string { return "http://" + g.addr + path }
