package main

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/motcua/gateway/kiosk/secret"
	"github.com/motcua/gateway/sync/enrol"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/wire"
)

// doorRig is the gateways' door as `hub` opens it, on a port of this machine.
type doorRig struct {
	*testing.T
	*parts
	handler *hub.Hub
	share   *share
	addr    string
	dir     string
}

func newDoorRig(t *testing.T, most lineConfig) *doorRig {
	t.Helper()
	ctx, log := t.Context(), slog.New(slog.DiscardHandler)
	c, err := loadConfig("")
	r := &doorRig{T: t, dir: t.TempDir(), share: newShare(most, log)}
	r.must(err)
	r.parts, err = openParts(ctx, c, r.dir, time.Now, log)
	r.must(err)
	r.handler = hub.New(hub.Config{Store: r.store, Pages: r.pages, Identify: identified, Signer: r.signer, Log: log})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	r.must(err)
	r.addr = l.Addr().String()
	open, end := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- serve(open, newLine(r.handler, r.registrar, log), r.share.at(l), r.handler.Quiet) }()
	t.Cleanup(func() {
		end()
		if err := errors.Join(<-served, r.close()); err != nil {
			t.Error(err)
		}
		if n := len(r.share.of); n != 0 {
			t.Errorf("%d addresses are counted when nobody is there", n)
		}
	})
	return r
}

func (r *doorRig) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

// enrol makes a box a gateway, over the door, and returns what it shows there.
func (r *doorRig) enrol() *tls.Config {
	r.Helper()
	code, _, err := r.registrar.NewClaim(r.Context(), enrol.Order{Site: "xa-an", By: "test"})
	r.must(err)
	e, err := enrol.Open(enrol.Config{Dir: filepath.Join(r.dir, "box"), Sealer: secret.NewKey(), Time: time.Now, Log: slog.New(slog.DiscardHandler)})
	r.must(err)
	_, err = e.Enrol(r.Context(), "https://"+r.addr, code.Reveal())
	r.must(err)
	shows, ok := e.ClientTLS()
	if !ok {
		r.Fatal("not enrolled")
	}
	return shows
}

// from dials the door from an address of this machine.
func (r *doorRig) from(address string) (net.Conn, error) {
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}, Timeout: patience}
	c, err := d.DialContext(r.Context(), "tcp", r.addr)
	if err == nil {
		r.Cleanup(func() { _ = c.Close() })
	}
	return c, err
}

// ask asks for the marks on a connection of its own, from an address.
func (r *doorRig) ask(shows *tls.Config, address string) error {
	t := &http.Transport{TLSClientConfig: shows, ForceAttemptHTTP2: true, DialContext: func(context.Context, string, string) (net.Conn, error) { return r.from(address) }}
	r.Cleanup(t.CloseIdleConnections)
	req, err := http.NewRequestWithContext(r.Context(), http.MethodGet, "https://"+r.addr+wire.PathMarks, nil)
	if err != nil {
		return err
	}
	res, err := t.RoundTrip(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode >= 400 {
		return wire.ReadProblem(res)
	}
	_, err = io.Copy(io.Discard, res.Body)
	return err
}

// The machine that floods and the one of an honest office.
const (
	flooder = "127.0.0.2"
	office  = "127.0.0.1"
)

// One address takes its share of the door and no more; a gateway elsewhere does not notice.
func TestAFloodFromOneAddressShutsNobodyElseOut(t *testing.T) {
	t.Parallel()
	r := newDoorRig(t, lineConfig{Connections: 12, Strangers: 4, Gateways: 100})
	shows := r.enrol()
	cut := make(chan bool, 40)
	for range cap(cut) {
		c, err := r.from(flooder)
		r.must(err)
		go func() {
			_, err := c.Read(make([]byte, 1))
			cut <- err != nil
		}()
	}
	for range cap(cut) - 4 { // those beyond the share, at once
		<-cut
	}
	r.must(r.ask(shows, office))
	if err := r.ask(shows, flooder); err == nil {
		t.Error("the address that has its share is let in")
	}
}

// A gateway's connections are counted apart from strangers': many come from one address, up to a
// bound of their own.
func TestGatewaysOfOneAddressAreCountedLoosely(t *testing.T) {
	t.Parallel()
	r := newDoorRig(t, lineConfig{Connections: 100, Strangers: 2, Gateways: 6})
	shows := r.enrol()
	for n := range 6 {
		if err := r.ask(shows, flooder); err != nil {
			t.Fatalf("connection %d: %v", n, err)
		}
	}
	if p, ok := errors.AsType[*wire.Problem](r.ask(shows, flooder)); !ok || p.Code != wire.CodeBusy || p.RetryAfter == 0 {
		t.Errorf("beyond the bound: %v", p)
	}
	r.must(r.ask(shows, office))
	// Who shows no certificate stays a stranger, whatever it asks for.
	for range 3 {
		c, err := tls.Dial("tcp", r.addr, &tls.Config{InsecureSkipVerify: true})
		if err == nil {
			t.Cleanup(func() { _ = c.Close() })
		}
	}
	if err := r.ask(shows, office); err == nil {
		t.Error("strangers of an address are not counted once their handshake is over")
	}
}

// pipes is a listener for the ends of pipes.
type pipes struct {
	conns chan net.Conn
	end   func()
}

func newPipes() *pipes {
	p := &pipes{conns: make(chan net.Conn)}
	p.end = sync.OnceFunc(func() { close(p.conns) })
	return p
}

func (p *pipes) Accept() (net.Conn, error) {
	if c, ok := <-p.conns; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}
func (p *pipes) Close() error   { p.end(); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

// A handshake that never ends is ended, whether nothing comes or a byte now and then.
func TestAHandshakeIsBoundedInTime(t *testing.T) {
	t.Parallel()
	r := newDoorRig(t, defaultLine())
	for name, hello := range map[string][]byte{"silent": nil, "trickling": append([]byte{22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3}, make([]byte, 500)...)} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newShare(lineConfig{Connections: 1, Strangers: 1, Gateways: 1}, slog.New(slog.DiscardHandler))
				line, l := newLine(r.handler, r.registrar, slog.New(slog.DiscardHandler)), newPipes()
				served := make(chan error, 1)
				go func() { served <- line.ServeTLS(s.at(l), "", "") }()
				ours, theirs := net.Pipe()
				l.conns <- theirs
				began, sent := time.Now(), make(chan struct{})
				go func() {
					defer close(sent)
					for i := range hello {
						<-time.After(time.Second)
						if _, err := ours.Write(hello[i : i+1]); err != nil {
							return
						}
					}
				}()
				_, _ = io.Copy(io.Discard, ours)
				if after := time.Since(began); after > headTime+time.Second {
					t.Errorf("ended after %v", after)
				}
				synctest.Wait()
				if len(s.of) != 0 {
					t.Error("it is counted still")
				}
				_ = ours.Close()
				if err := line.Close(); err != nil {
					t.Error(err)
				}
				<-served
				<-sent
			})
		})
	}
}
