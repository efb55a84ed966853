package uplink_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"log"
	"log/slog"
	"math/big"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/kiosk/secret"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/hub/files"
	"github.com/motcua/gateway/sync/hub/sealed"
	"github.com/motcua/gateway/sync/hub/sqlstore"
	"github.com/motcua/gateway/sync/uplink"
	"github.com/motcua/gateway/sync/wire"
)

const (
	gateway = wire.GatewayID("gw-0123456789abcdef")
	// patience is how long a test waits for what has to come.
	patience = 30 * time.Second
)

// papers are an authority, a hub's certificate and a box's.
type papers struct {
	pool     *x509.CertPool
	root     []byte // in DER
	hub, box tls.Certificate
}

var makePapers = sync.OnceValue(func() papers {
	key := func() *ecdsa.PrivateKey {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			panic(err)
		}
		return k
	}
	from, to := time.Now().Add(-time.Hour), time.Now().Add(24*time.Hour)
	root := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test province"}, NotBefore: from, NotAfter: to,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	rootKey := key()
	sign := func(c *x509.Certificate, k *ecdsa.PrivateKey) []byte {
		der, err := x509.CreateCertificate(rand.Reader, c, root, k.Public(), rootKey)
		if err != nil {
			panic(err)
		}
		return der
	}
	parsed, err := x509.ParseCertificate(sign(root, rootKey))
	if err != nil {
		panic(err)
	}
	leaf := func(n int64, name string, use x509.ExtKeyUsage) tls.Certificate {
		k := key()
		return tls.Certificate{PrivateKey: k, Certificate: [][]byte{sign(&x509.Certificate{
			SerialNumber: big.NewInt(n), Subject: pkix.Name{CommonName: name}, NotBefore: from, NotAfter: to,
			KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{use},
			IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		}, k)}}
	}
	p := papers{pool: x509.NewCertPool(), root: parsed.Raw, hub: leaf(2, "hub", x509.ExtKeyUsageServerAuth), box: leaf(3, string(gateway), x509.ExtKeyUsageClientAuth)}
	p.pool.AddCert(parsed)
	return p
})

// serverTLS is the TLS of a hub that wants to know who is there.
func serverTLS() *tls.Config {
	p := makePapers()
	return &tls.Config{
		Certificates: []tls.Certificate{p.hub}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: p.pool, NextProtos: []string{"h2"},
	}
}

// door is an address at which one handler after the other answers.
type door struct {
	addr   string
	server *http.Server
	done   chan struct{}
}

func newDoor(t testing.TB) *door {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := &door{addr: l.Addr().String()}
	_ = l.Close()
	t.Cleanup(d.shut)
	return d
}

// open lets a handler answer.
func (d *door) open(t testing.TB, h http.Handler) {
	t.Helper()
	var l net.Listener
	until(t, "the door's port is free", func() (err error) {
		l, err = net.Listen("tcp", d.addr)
		return err
	})
	d.server = &http.Server{Handler: h, TLSConfig: serverTLS(), ErrorLog: log.New(io.Discard, "", 0)}
	server, done := d.server, make(chan struct{})
	d.done = done
	go func() {
		defer close(done)
		_ = server.ServeTLS(l, "", "")
	}()
}

// shut ends every connection at once, as a process that is killed does.
func (d *door) shut() {
	if d.server != nil {
		_ = d.server.Close()
		<-d.done
		d.server = nil
	}
}

// hubRig is a hub with a disk.
type hubRig struct {
	*hub.Hub
	*door
	dir    string
	keys   *secret.Key
	signer *wire.Signer
	store  *sqlstore.Store
	pages  hub.Pages
	refuse atomic.Pointer[wire.Problem] // what everybody is told; nil: nothing
	events atomic.Int64                 // requests that brought facts
	asked  func(*http.Request)          // looks at every request; may be nil
	stop   context.CancelFunc
	ran    chan struct{}
}

func newHub(t testing.TB) *hubRig {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	h := &hubRig{door: newDoor(t), dir: t.TempDir(), keys: secret.NewKey(), signer: wire.NewSigner(private)}
	h.start(t)
	t.Cleanup(h.kill)
	return h
}

func (h *hubRig) db() string { return filepath.Join(h.dir, "hub.db") }

// start begins to answer with what lies on the disk.
func (h *hubRig) start(t testing.TB) {
	t.Helper()
	quiet := slog.New(slog.DiscardHandler)
	var err error
	h.store, err = sqlstore.OpenSQLite(context.Background(), h.db(), sqlstore.Config{Keys: h.keys, Now: time.Now, Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	folder, err := files.Open(files.Options{Dir: filepath.Join(h.dir, "pages"), Reserve: -1})
	if err != nil {
		t.Fatal(err)
	}
	if h.pages, err = sealed.New(folder); err != nil {
		t.Fatal(err)
	}
	h.Hub = hub.New(hub.Config{
		Store: h.store, Pages: h.pages, Signer: h.signer, Log: quiet, Recipients: []string{"age1test"},
		Identify: func(r *http.Request) (hub.Identity, error) {
			if p := h.refuse.Load(); p != nil {
				return hub.Identity{}, p
			}
			return hub.Identity{Gateway: wire.GatewayID(r.TLS.PeerCertificates[0].Subject.CommonName), Site: kiosktest.Site}, nil
		},
	})
	ctx, stop := context.WithCancel(context.Background())
	ran := make(chan struct{})
	h.stop, h.ran = stop, ran
	go func() {
		defer close(ran)
		_ = h.Hub.Run(ctx)
	}()
	inner := h.Hub
	h.open(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == wire.PathEvents {
			h.events.Add(1)
		}
		if h.asked != nil {
			h.asked(r)
		}
		inner.ServeHTTP(w, r)
	}))
}

// kill ends it without a farewell.
func (h *hubRig) kill() {
	if h.stop == nil {
		return
	}
	h.Quiet()
	h.shut()
	h.stop()
	<-h.ran
	_ = h.store.Close()
	h.stop = nil
}

// copyTo copies the hub's disk, which has to be at rest; back puts a copy in its place.
func (h *hubRig) copyTo(t testing.TB, dir string) { copyFolder(t, h.dir, dir) }

func copyFolder(t testing.TB, from, to string) {
	t.Helper()
	if err := os.RemoveAll(to); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

// cabinet is a box's pages in memory.
type cabinet struct {
	mu     sync.Mutex
	pages  map[kiosk.DossierID]map[kiosk.Hash][]byte
	locked error // what Subject answers; nil: the name
	opened atomic.Int64
}

// noClose is a reader of bytes.
type noClose struct{ *bytes.Reader }

func (noClose) Close() error { return nil }

func (c *cabinet) Open(_ context.Context, dossier kiosk.DossierID, hash kiosk.Hash) (io.ReadSeekCloser, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.opened.Add(1)
	b, ok := c.pages[dossier][hash]
	if !ok {
		return nil, kiosk.ErrGone
	}
	return noClose{bytes.NewReader(b)}, nil
}

func (c *cabinet) Subject(context.Context, kiosk.DossierID, []byte) (*wire.Subject, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.locked != nil {
		return nil, c.locked
	}
	return &wire.Subject{Name: "Nguyễn Thị Thử", Number: "001190000001"}, nil
}

func (c *cabinet) put(d kiosk.DossierID, pages ...[]byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pages == nil {
		c.pages = map[kiosk.DossierID]map[kiosk.Hash][]byte{}
	}
	if c.pages[d] == nil {
		c.pages[d] = map[kiosk.Hash][]byte{}
	}
	for _, p := range pages {
		c.pages[d][kiosk.HashOf(p)] = p
	}
}

// office is a real one, as the line sees it.
type office struct {
	*kiosk.Office
	store kiosk.Store
	packs chan wire.Pack

	mu     sync.Mutex
	raised map[kiosk.FaultCode]string
	mute   bool // faults are heard, and make no facts
}

func (o *office) BeginEpoch(ctx context.Context, mark kiosk.Position) error {
	return o.Office.BeginEpoch(ctx, mark, kiosk.EpochOlder, "hub")
}

func (o *office) HearNumbers(ctx context.Context, heard kiosk.NumbersHeard) error {
	return o.Office.HearNumbers(ctx, heard, "hub")
}

func (o *office) TakePack(_ context.Context, p wire.Pack) error {
	select {
	case o.packs <- p:
	default:
	}
	return nil
}

func (o *office) RaiseFault(code kiosk.FaultCode, hint string) {
	o.mu.Lock()
	o.raised[code] = hint
	mute := o.mute
	o.mu.Unlock()
	if !mute {
		o.Office.RaiseFault(code, hint)
	}
}

func (o *office) ClearFault(code kiosk.FaultCode) {
	o.mu.Lock()
	delete(o.raised, code)
	mute := o.mute
	o.mu.Unlock()
	if !mute {
		o.Office.ClearFault(code)
	}
}

// fault returns the hint of a fault that stands; empty where it does not.
func (o *office) fault(code kiosk.FaultCode) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.raised[code]
}

// identity is who a box is; it can change.
type identity struct {
	mu      sync.Mutex
	id      uplink.Identity
	ok      bool
	changed chan struct{}
	renewed atomic.Int64
}

func (i *identity) Identity() (uplink.Identity, bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.id, i.ok
}

func (i *identity) Changed() <-chan struct{} {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.changed
}

// Renew changes the identity, as an enrolment does that has a new certificate.
func (i *identity) Renew(context.Context) error {
	i.renewed.Add(1)
	id, ok := i.Identity()
	i.set(id, ok)
	return nil
}

func (i *identity) set(id uplink.Identity, ok bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.id, i.ok = id, ok
	close(i.changed)
	i.changed = make(chan struct{})
}

// boxRig is a gateway.
type boxRig struct {
	*identity
	*office
	*cabinet
	store kiosk.Store
	cfg   uplink.Config
	line  *uplink.Uplink
	keys  atomic.Pointer[wire.Keys]
	stop  context.CancelFunc
	ran   chan error
	log   *journal
	seed  uint64
	fetch func(kiosk.Hash) []byte // of pages that are not in the cabinet; may be nil
}

// journal gathers what is logged.
type journal struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.String()
}

// newBox makes a gateway over a store that reaches its hub at an address.
func newBox(t testing.TB, store kiosk.Store, addr string) *boxRig {
	t.Helper()
	began := time.Now()
	real, err := kiosk.NewOffice(context.Background(), kiosk.OfficeConfig{
		Setup: kiosktest.Setup(), Store: store, Now: func() time.Time { return kiosktest.At(time.Since(began)) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return boxOver(t, store, real, addr)
}

// boxOver makes a gateway over an office.
func boxOver(t testing.TB, store kiosk.Store, real *kiosk.Office, addr string) *boxRig {
	t.Helper()
	b := &boxRig{
		store: store, cabinet: &cabinet{}, log: &journal{},
		office:   &office{Office: real, store: store, packs: make(chan wire.Pack, 1), raised: map[kiosk.FaultCode]string{}},
		identity: &identity{changed: make(chan struct{}), ok: true, id: id(addr)},
	}
	b.cfg = uplink.Config{
		Enrolment: b.identity, Office: b.office, Outbox: store, Pages: b.cabinet,
		Health: func() wire.Health { return wire.Health{Site: kiosktest.Site} },
		Keys:   func(_ wire.GatewayID, k wire.Keys) { b.keys.Store(&k) },
		Log:    slog.New(slog.NewTextHandler(b.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	t.Cleanup(func() {
		b.halt(t)
		if t.Failed() {
			t.Logf("the box's log:\n%s", tail(b.log.String(), 4000))
		}
	})
	return b
}

func tail(s string, n int) string { return s[max(0, len(s)-n):] }

func id(addr string) uplink.Identity {
	p := makePapers()
	return uplink.Identity{
		Gateway: gateway, Site: kiosktest.Site, Hub: "https://" + addr,
		TLS: &tls.Config{Certificates: []tls.Certificate{p.box}, RootCAs: p.pool},
	}
}

// run begins to use the line.
func (b *boxRig) run(t testing.TB) {
	t.Helper()
	var err error
	if b.line, err = uplink.New(b.cfg); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ran := make(chan error, 1)
	b.stop, b.ran = stop, ran
	go func() { ran <- b.line.Run(ctx) }()
}

// halt ends that in order.
func (b *boxRig) halt(t testing.TB) {
	if b.stop == nil {
		return
	}
	b.stop()
	if err := <-b.ran; err != nil {
		t.Errorf("the line ended with %v", err)
	}
	b.stop = nil
}

// fact makes a fact and returns its place.
func (b *boxRig) fact(t testing.TB, detail string) kiosk.Position {
	t.Helper()
	if err := b.RecordLine(context.Background(), kiosk.LineMoved{Detail: detail}, "test"); err != nil {
		t.Fatal(err)
	}
	return b.Last()
}

// ticket issues a number.
func (b *boxRig) ticket(t testing.TB) kiosk.Ticket {
	t.Helper()
	v, err := b.IssueTicket(context.Background(), kiosk.IssueRequest{Service: kiosktest.Certify, By: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// scan is a page of n bytes that nothing packs.
func (b *boxRig) scan(n int) []byte {
	b.seed++
	r := mathrand.NewChaCha8([32]byte{byte(b.seed), byte(b.seed >> 8), byte(b.seed >> 16), 7})
	p := make([]byte, n)
	_, _ = r.Read(p)
	return p
}

// receive files a dossier of pages of some sizes.
func (b *boxRig) receive(t testing.TB, sizes ...int) kiosk.Dossier {
	t.Helper()
	d := b.header(sizes...)
	if _, err := b.ReceiveDossier(context.Background(), d, "test"); err != nil {
		t.Fatal(err)
	}
	return d
}

// header makes a dossier whose pages lie in the cabinet.
func (b *boxRig) header(sizes ...int) kiosk.Dossier {
	d := kiosk.Dossier{ID: kiosk.NewDossierID(b.Time()), Procedure: "2.000815", Counter: kiosktest.Counter3, Subject: []byte("sealed")}
	for _, n := range sizes {
		p := b.scan(n)
		b.put(d.ID, p)
		d.Pages = append(d.Pages, kiosk.Page{Component: "don", Hash: kiosk.HashOf(p), Size: int64(n), Media: "image/jpeg"})
	}
	return d
}

// state returns how the line is.
func (b *boxRig) state(t testing.TB) uplink.State {
	t.Helper()
	s, err := b.line.State(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// drained waits until the hub holds everything, as the box's own disk has it.
func (b *boxRig) drained(t testing.TB, within time.Duration) {
	t.Helper()
	var last kiosk.Backlog
	waitFor(t, within, func() string { return fmt.Sprintf("the box is not drained: %+v", last) }, func() bool {
		var err error
		if last, err = b.store.Waiting(context.Background()); err != nil {
			t.Fatal(err)
		}
		return last.Facts == 0 && last.Blobs == last.Parked
	})
}

// until waits until something works.
func until(t testing.TB, what string, try func() error) {
	t.Helper()
	var err error
	waitFor(t, patience, func() string { return what + ": " + err.Error() }, func() bool { err = try(); return err == nil })
}

// eventually waits until something is so.
func eventually(t testing.TB, what string, so func() bool) {
	t.Helper()
	waitFor(t, patience, func() string { return "never: " + what }, so)
}

func waitFor(t testing.TB, within time.Duration, what func() string, so func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	late := time.NewTimer(within)
	defer late.Stop()
	for !so() {
		select {
		case <-tick.C:
		case <-late.C:
			if so() {
				return
			}
			t.Fatal(what())
		}
	}
}

// held is what the hub has of a place.
type held struct{ chain, typ string }

// equal compares what the box has kept with what the hub holds, item by item: it reads the hub's
// database and files, and asks neither the line nor the hub.
func equal(t testing.TB, b *boxRig, h *hubRig) {
	t.Helper()
	ctx := context.Background()
	at := map[kiosk.Position]held{}
	for _, m := range must(h.store.Marks(ctx, gateway))(t) {
		for _, e := range h.eventsOf(t, m.Epoch) {
			at[e.at] = e.held
		}
	}
	own := must(b.store.Outgoing(ctx, kiosk.Position{}, 1_000_000))(t)
	var dossiers []kiosk.Dossier
	for _, o := range own {
		got, ok := at[o.Position]
		switch {
		case !ok:
			t.Errorf("the hub has nothing at %d-%d, a %T", o.Epoch, o.Seq, o.Fact)
		case got.chain != o.Chain.String():
			t.Errorf("the hub has another %s at %d-%d than a %T", got.typ, o.Epoch, o.Seq, o.Fact)
		}
		delete(at, o.Position)
		if d, ok := o.Fact.(kiosk.DossierReceived); ok {
			dossiers = append(dossiers, d.Dossier)
		}
	}
	for p, e := range at {
		t.Errorf("the hub has a %s at %d-%d, the box has nothing there", e.typ, p.Epoch, p.Seq)
	}
	for _, d := range dossiers {
		whole(t, b, h, d)
	}
}

// whole compares the pages of a dossier, byte for byte.
func whole(t testing.TB, b *boxRig, h *hubRig, d kiosk.Dossier) {
	t.Helper()
	filed := must(h.store.Dossier(context.Background(), d.ID))(t)
	if filed.Missing != 0 || filed.Complete.IsZero() || filed.Header.Manifest() != d.Manifest() || filed.Subject == nil {
		t.Errorf("dossier %s at the hub: %+v", d.ID, filed)
	}
	for i, p := range d.Pages {
		got, want := h.page(t, d.ID, p.Hash), b.page(d.ID, p.Hash)
		if b.fetch != nil {
			want = b.fetch(p.Hash)
		}
		if !bytes.Equal(got, want) || len(got) != int(p.Size) {
			t.Errorf("page %d of %s: %d bytes at the hub, %d here", i, d.ID, len(got), len(want))
		}
	}
}

func (c *cabinet) page(d kiosk.DossierID, h kiosk.Hash) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.pages[d][h])
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
