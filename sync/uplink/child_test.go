package uplink_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/boltstore"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/sync/uplink"
	"github.com/motcua/gateway/sync/wire"
)

// childEnv, set in the environment, makes this test binary a gateway that is going to be killed.
const childEnv = "UPLINK_CHILD"

func TestMain(m *testing.M) {
	if text := os.Getenv(childEnv); text != "" {
		fmt.Fprintln(os.Stderr, childMain(text))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// order is what a child is to do.
type order struct {
	Dir, Hub string
	Root     []byte // the authority, in DER
	Box, Key []byte // the box's certificate and its key, in DER
	Works    bool   // it makes facts and dossiers, as fast as it can
	Seed     uint64
}

// drawer is a box's pages in a folder, named by their hash.
type drawer string

func (d drawer) Open(_ context.Context, _ kiosk.DossierID, hash kiosk.Hash) (io.ReadSeekCloser, error) {
	f, err := os.Open(filepath.Join(string(d), hash.String()))
	if os.IsNotExist(err) {
		return nil, kiosk.ErrGone
	}
	return f, err
}

func (d drawer) Subject(context.Context, kiosk.DossierID, []byte) (*wire.Subject, error) {
	return &wire.Subject{Name: "Nguyễn Thị Thử"}, nil
}

// file keeps pages of random bytes and returns the header of their dossier.
func (d drawer) file(r *rand.Rand, now time.Time, sizes ...int) (kiosk.Dossier, error) {
	v := kiosk.Dossier{ID: kiosk.NewDossierID(now), Procedure: "2.000815", Counter: kiosktest.Counter3, Subject: []byte("sealed")}
	for _, n := range sizes {
		p := make([]byte, n)
		_, _ = rand.NewChaCha8([32]byte(fmt.Appendf(nil, "%032d", r.Uint64()))).Read(p)
		h := kiosk.HashOf(p)
		if err := os.WriteFile(filepath.Join(string(d), h.String()), p, 0o600); err != nil {
			return v, err
		}
		v.Pages = append(v.Pages, kiosk.Page{Component: "don", Hash: h, Size: int64(n), Media: "image/jpeg"})
	}
	return v, nil
}

func pagesIn(dir string) drawer { return drawer(filepath.Join(dir, "pages")) }

// openStored opens the office of a folder.
func openStored(dir string) (*boltstore.Store, *kiosk.Office, error) {
	store, err := boltstore.Open(context.Background(), boltstore.Options{Dir: filepath.Join(dir, "state")})
	if err != nil {
		return nil, nil, err
	}
	began := time.Now()
	o, err := kiosk.NewOffice(context.Background(), kiosk.OfficeConfig{
		Setup: kiosktest.Setup(), Store: store, Now: func() time.Time { return kiosktest.At(time.Since(began)) },
	})
	return store, o, err
}

func childMain(text string) error {
	var o order
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		return err
	}
	store, real, err := openStored(o.Dir)
	if err != nil {
		return err
	}
	pool := x509.NewCertPool()
	root, err := x509.ParseCertificate(o.Root)
	if err != nil {
		return err
	}
	pool.AddCert(root)
	key, err := x509.ParseECPrivateKey(o.Key)
	if err != nil {
		return err
	}
	box := &office{Office: real, store: store, packs: make(chan wire.Pack, 1), raised: map[kiosk.FaultCode]string{}, mute: true}
	line, err := uplink.New(uplink.Config{
		Enrolment: &identity{changed: make(chan struct{}), ok: true, id: uplink.Identity{
			Gateway: gateway, Site: kiosktest.Site, Hub: "https://" + o.Hub,
			TLS: &tls.Config{RootCAs: pool, Certificates: []tls.Certificate{{Certificate: [][]byte{o.Box}, PrivateKey: key}}},
		}},
		Office: box, Outbox: store, Pages: pagesIn(o.Dir), Shelf: store.Shelf("line"),
		Health: func() wire.Health { return wire.Health{Site: kiosktest.Site} },
	})
	if err != nil {
		return err
	}
	if o.Works {
		go func() {
			r := rand.New(rand.NewPCG(o.Seed, 1))
			for {
				d, err := pagesIn(o.Dir).file(r, box.Time(), 1+r.IntN(120_000), 1+r.IntN(3000))
				if err == nil {
					_, err = box.ReceiveDossier(context.Background(), d, "test")
				}
				if err == nil {
					_, err = box.IssueTicket(context.Background(), kiosk.IssueRequest{Service: kiosktest.Certify, By: "test"})
				}
				if err != nil {
					fmt.Fprintln(os.Stderr, err)
					os.Exit(1)
				}
				pass(context.Background(), time.Duration(r.IntN(40))*time.Millisecond)
			}
		}()
	}
	return line.Run(context.Background())
}

// startChild starts a gateway as a process of its own.
func startChild(t testing.TB, o order) (*exec.Cmd, *kiosktest.Journal) {
	t.Helper()
	p := makePapers()
	o.Root, o.Box = p.root, p.box.Certificate[0]
	o.Key = must(x509.MarshalECPrivateKey(p.box.PrivateKey.(*ecdsa.PrivateKey)))(t)
	c := exec.Command(must(os.Executable())(t))
	c.Env = append(os.Environ(), childEnv+"="+string(must(json.Marshal(o))(t)), "GOMEMLIMIT=80MiB")
	log := &kiosktest.Journal{}
	c.Stderr = log
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
	return c, log
}

// TestKilledGateway: a gateway that is killed at random moments, over a real database, has sent
// everything in the end, each item once.
func TestKilledGateway(t *testing.T) {
	t.Parallel()
	kills := 8
	if text := os.Getenv("UPLINK_KILLS"); text != "" {
		kills = must(strconv.Atoi(text))(t)
	}
	h, dir := newHub(t), t.TempDir()
	if err := os.MkdirAll(string(pagesIn(dir)), 0o700); err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(4, 4))
	for i := range kills {
		c, log := startChild(t, order{Dir: dir, Hub: h.addr, Works: true, Seed: uint64(i)})
		pass(t.Context(), time.Duration(300+r.IntN(900))*time.Millisecond)
		if err := c.Process.Kill(); err != nil {
			t.Fatalf("it ended by itself: %v\n%s", err, log)
		}
		_ = c.Wait()
		if s := log.String(); s != "" {
			t.Fatal(s)
		}
	}
	store, real, err := openStored(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	b := boxOver(t, store, real, h.addr)
	b.cfg.Pages = pagesIn(dir)
	b.run(t)
	b.drained(t, 2*patience)
	b.halt(t)
	b.fetch = func(h kiosk.Hash) []byte {
		v, _ := os.ReadFile(filepath.Join(string(pagesIn(dir)), h.String()))
		return v
	}
	equal(t, b, h)
	n := b.state(t)
	t.Logf("%d kills, %d facts, bodies of %d bytes at the end", kills, n.Backlog.Last.Seq, n.Sent)
}
