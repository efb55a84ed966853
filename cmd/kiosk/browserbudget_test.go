//go:build noos && !race

package main

import (
	"compress/gzip"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"regexp"
	"sync/atomic"
	"testing"
	"time"
)

// scales counts what comes in over a connection, TLS and headers included.
type scales struct {
	net.Conn
	read *atomic.Int64
}

func (w scales) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	w.read.Add(int64(n))
	return n, err
}

// TestBudgetFirstLoadWhole loads the officers' page as a browser does that has never seen it, and
// counts every byte on the wire.
func TestBudgetFirstLoadWhole(t *testing.T) {
	const limit = 100_000
	b := newWebBox(t, 3)
	b.start(time.Time{})
	b.hire("minh", "officer")
	b.issue("chung-thuc", 40) // a full hall
	c := newWebClient(t, b.site, "127.0.0.1")
	if err := c.signIn(t.Context(), "minh", b.pins["minh"], "1"); err != nil {
		t.Fatal(err)
	}
	var read atomic.Int64
	c.http.Transport = &http.Transport{
		DisableCompression: true, ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := webDialer("127.0.0.1").DialContext(ctx, network, address)
			return scales{conn, &read}, err
		},
	}
	defer c.http.CloseIdleConnections()
	files := map[string]bool{} // the page names all of them: modules are preloaded
	for _, m := range regexp.MustCompile(`(?:href|src)="(/[^"?]+\.(?:js|css|woff2|svg|png))"`).FindAllStringSubmatch(c.load(t, "/counter"), -1) {
		if !files[m[1]] {
			files[m[1]] = true
			c.load(t, m[1])
		}
	}
	if len(files) < 3 {
		t.Fatalf("the page loads %v only", files)
	}
	t.Logf("budget: first load of the counter page, all bytes on the wire with TLS | %.1f kB, %d files | – | ≤ %d kB", float64(read.Load())/1000, 1+len(files), limit/1000)
	if n := read.Load(); n > limit {
		t.Errorf("the first load takes %d bytes", n)
	}
}

// load gets something compressed, as a browser does, and returns it as it is meant.
func (c *webClient) load(t *testing.T, path string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.site+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/html,*/*")
	r.Header.Set("Accept-Encoding", "gzip, deflate, br, zstd")
	a, err := c.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	if a.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", path, a.Status)
	}
	body := io.Reader(a.Body)
	switch a.Header.Get("Content-Encoding") {
	case "gzip":
		if body, err = gzip.NewReader(a.Body); err != nil {
			t.Fatal(err)
		}
	case "":
	default:
		t.Fatalf("%s is encoded as %s", path, a.Header.Get("Content-Encoding"))
	}
	text, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
