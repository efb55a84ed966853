package hub_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/wire"
)

// lookClient finds tus-js-client, the client that most of the world sends with: TUS_CLIENT names
// the folder whose node_modules has it, else it is dist/tools/tus, where build/test puts it.
func lookClient(t *testing.T) (node, modules string) {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("no node here: build/test installs it")
	}
	dir := os.Getenv("TUS_CLIENT")
	if dir == "" {
		if dir, err = filepath.Abs("../../dist/tools/tus"); err != nil {
			t.Fatal(err)
		}
	}
	modules = filepath.Join(dir, "node_modules")
	if _, err := os.Stat(filepath.Join(modules, "tus-js-client")); err != nil {
		t.Skip("no tus-js-client in dist/tools/tus: build/test puts it there")
	}
	return node, modules
}

type strangerOrder struct {
	File     string            `json:"file"`
	Size     int               `json:"size"`
	Endpoint string            `json:"endpoint"`
	URL      string            `json:"url"`
	Create   bool              `json:"create"`
	AtOnce   bool              `json:"atOnce"`
	Chunk    int               `json:"chunk,omitempty"`
	Metadata map[string]string `json:"metadata"`
}

type strangerWord struct {
	URL      string   `json:"url"`
	Error    string   `json:"error"`
	Status   int      `json:"status"`
	Requests []string `json:"requests"`
}

// stranger sends a page's bytes with tus-js-client.
func stranger(t *testing.T, o strangerOrder, b []byte, k hub.PageKey) strangerWord {
	t.Helper()
	node, modules := lookClient(t)
	o.File, o.Size = filepath.Join(t.TempDir(), "page"), len(b)
	if err := os.WriteFile(o.File, b, 0o600); err != nil {
		t.Fatal(err)
	}
	o.Metadata = map[string]string{"dossier": string(k.Dossier), "sha256": k.Hash.String(), "filetype": "image/jpeg"}
	in, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), node, "testdata/stranger.cjs")
	cmd.Env = append(os.Environ(), "NODE_PATH="+modules)
	cmd.Stdin = bytes.NewReader(in)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var w strangerWord
	if err != nil || json.Unmarshal(out, &w) != nil {
		t.Fatalf("%v: %s%s", err, out, &stderr)
	}
	return w
}

// plainDesk is a desk on a listener without TLS: the stranger does not know the test's authority.
func plainDesk(t *testing.T) *desk {
	t.Helper()
	d := newDesk(t, hub.UploadLimits{})
	d.Server.Close()
	d.Server = httptest.NewServer(d.Config.Handler)
	t.Cleanup(d.Server.Close)
	return d
}

func TestStranger(t *testing.T) {
	t.Parallel()
	for what, o := range map[string]strangerOrder{
		"at once":   {Create: true, AtOnce: true},
		"in chunks": {Create: true, Chunk: 100_000},
		"both":      {Create: true, AtOnce: true, Chunk: 100_000},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			d := plainDesk(t)
			b, k := d.page(350_000)
			o.Endpoint = d.URL + wire.PathBlobs
			w := stranger(t, o, b, k)
			if w.Error != "" || w.URL != o.Endpoint+"/"+k.String() {
				t.Fatalf("%+v", w)
			}
			d.kept(t, k, b)
			// A second time it does not look where the upload stands, is told, and believes it.
			o.AtOnce = false
			w = stranger(t, o, b, k)
			if w.Error != "" || !slices.Equal(w.Requests, []string{"POST", "PATCH", "HEAD"}) {
				t.Errorf("%+v", w)
			}
		})
	}
}

// TestStrangerIsCut: the line is cut again and again, and no byte that was durable comes twice.
func TestStrangerIsCut(t *testing.T) {
	t.Parallel()
	d := plainDesk(t)
	b, k := d.page(900_000)
	line := newCutLine(t, d.Listener.Addr().String(), 170_000)
	w := stranger(t, strangerOrder{Create: true, Endpoint: "http://" + line.addr() + wire.PathBlobs}, b, k)
	if w.Error != "" || !slices.Contains(w.Requests, "HEAD") {
		t.Fatalf("%+v", w)
	}
	d.kept(t, k, b)
	cuts, bytes := line.total()
	t.Logf("%d bytes of a page of %d went over a line that was cut %d times; %s", bytes, len(b), cuts, strings.Join(w.Requests, " "))
	// The requests have heads; nothing else comes twice.
	if cuts < 4 || bytes > len(b)+cuts*4096 {
		t.Errorf("%d bytes over a line that was cut %d times", bytes, cuts)
	}
}

// TestStrangerIsRefused: the status is one that the client gives up for.
func TestStrangerIsRefused(t *testing.T) {
	t.Parallel()
	d := plainDesk(t)
	b, k := d.page(1000)
	w := stranger(t, strangerOrder{Create: true, Endpoint: d.URL + wire.PathBlobs}, b[1:], k)
	if w.Error == "" || w.Status != 422 || len(w.Requests) != 1 {
		t.Errorf("%+v", w)
	}
}

// cutLine is a line that ends each connection after some bytes upwards.
type cutLine struct {
	net.Listener
	to    string
	after int64
	all   sync.WaitGroup
	mu    sync.Mutex
	cuts  int
	bytes int
}

func newCutLine(t *testing.T, to string, after int64) *cutLine {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cutLine{Listener: l, to: to, after: after}
	c.all.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			c.all.Go(func() { c.carry(conn) })
		}
	})
	t.Cleanup(func() { _ = l.Close(); c.all.Wait() })
	return c
}

func (c *cutLine) addr() string { return c.Addr().String() }

func (c *cutLine) total() (cuts, bytes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cuts, c.bytes
}

// carry carries a connection until it has brought enough, or one side ends. Everything that it
// brought until then has arrived before the client sees that it is cut: what is lost in sockets
// would be another number each time.
func (c *cutLine) carry(conn net.Conn) {
	up, err := net.Dial("tcp", c.to)
	if err != nil {
		_ = conn.Close()
		return
	}
	var down sync.WaitGroup
	back := &deafened{Writer: conn}
	down.Go(func() { _, _ = io.Copy(back, up) })
	n, _ := io.CopyN(up, conn, c.after)
	c.mu.Lock()
	c.bytes += int(n)
	if n == c.after {
		c.cuts++
		back.deaf.Store(true)
	}
	c.mu.Unlock()
	_ = errors.Join(up.(*net.TCPConn).CloseWrite(), up.SetReadDeadline(time.Now().Add(20*time.Second)))
	down.Wait() // the hub has answered, and ended it
	_ = errors.Join(up.Close(), conn.Close())
}

// deafened swallows what is written once its reader hears nothing any more.
type deafened struct {
	io.Writer
	deaf atomic.Bool
}

func (d *deafened) Write(p []byte) (int, error) {
	if d.deaf.Load() {
		return len(p), nil
	}
	return d.Writer.Write(p)
}
