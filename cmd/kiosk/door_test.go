package main

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/ui/lan"
	"github.com/motcua/gateway/ui/words"
)

// TestADoorThatOpensLater: an address that is taken, or has not come yet, stops nobody; the office
// is told, and served as soon as that is possible.
func TestADoorThatOpensLater(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	office := newOffice(t, kiosktest.NewMemory())
	log := slog.New(slog.DiscardHandler)
	n := &network{office: office, log: log, shut: map[string]error{}}
	d := n.door(taken.Addr().String())
	d.again = 10 * time.Millisecond
	stands := func() bool {
		return slices.ContainsFunc(office.Snapshot().Faults, func(f kiosk.Fault) bool { return f.Code == kiosk.FaultLAN })
	}
	if d.at() != nil || !stands() {
		t.Fatalf("the door is open at %v, the fault stands: %v", d.at(), stands())
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	hello := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("hello")) })
	go func() {
		done <- d.serve(ctx, &lan.Server{Handler: hello, Words: words.For(kiosk.Vietnamese), Log: log}, n.report(d.addr))
	}()
	for changed := office.Changed(); ; changed = office.Changed() {
		_ = taken.Close()
		if !stands() {
			break
		}
		select {
		case <-changed:
		case <-time.After(patience):
			t.Fatal("the address is free, and the door stays shut")
		}
	}
	a, err := http.Get("http://" + d.at().String())
	if err != nil {
		t.Fatal(err)
	}
	a.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
