package uplink_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/kiosk/secret"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/hub/files"
	"github.com/motcua/gateway/sync/hub/sealed"
	"github.com/motcua/gateway/sync/hub/sqlstore"
	"github.com/motcua/gateway/sync/wire"
)

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
	alive  *life
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
	inner, alive := h.Hub, &life{}
	h.alive = alive
	h.open(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !alive.enter() {
			panic(http.ErrAbortHandler)
		}
		defer alive.leave()
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
	h.alive.end()
	h.stop()
	<-h.ran
	_ = h.store.Close()
	h.stop = nil
}

// life is what requests of one process happen in: none of them outlives it.
type life struct {
	mu    sync.RWMutex
	ended bool
}

// enter reports whether a request may still happen, until leave.
func (l *life) enter() bool {
	l.mu.RLock()
	if l.ended {
		l.mu.RUnlock()
		return false
	}
	return true
}

func (l *life) leave() { l.mu.RUnlock() }

// end waits for those under way.
func (l *life) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = true
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
