package lan

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/words"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func build() time.Time { return time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC) }

func vietnamese() words.Words { return words.For(kiosk.Vietnamese) }

// certificate returns a certificate of a box called hop at 127.0.0.1 and 192.168.1.10.
func certificate(t *testing.T, change func(*CertificateConfig)) *Certificate {
	t.Helper()
	config := CertificateConfig{
		Dir: t.TempDir() + "/lan", Build: build(), Now: func() time.Time { return build().AddDate(0, 0, 30) },
		Names: func() (Names, error) { return boxNames("192.168.1.10"), nil }, Log: quiet(),
	}
	if change != nil {
		change(&config)
	}
	c, err := OpenCertificate(config)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func boxNames(addrs ...string) Names {
	n := Names{Hosts: []string{"hop", LocalName, "localhost"}, Addrs: []netip.Addr{netip.MustParseAddr("127.0.0.1")}}
	for _, a := range addrs {
		n.Addrs = append(n.Addrs, netip.MustParseAddr(a))
	}
	return n
}

// running is a server that runs.
type running struct {
	addr string
	stop func() // ends it and waits
	cert *Certificate
}

// run serves h until the test ends.
func run(t *testing.T, s *Server) *running {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return runOn(t, s, l)
}

func runOn(t *testing.T, s *Server, l net.Listener) *running {
	t.Helper()
	s.Words, s.Log = vietnamese(), quiet()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx, l) }()
	stopped := false
	r := &running{addr: l.Addr().String(), cert: s.Certificate}
	r.stop = func() {
		if cancel(); !stopped {
			stopped = true
			if err := <-done; err != nil {
				t.Errorf("run: %v", err)
			}
		}
	}
	t.Cleanup(r.stop)
	return r
}

// client returns a client that calls from an address of loopback and trusts the server.
func (r *running) client(t *testing.T, from string) *http.Client {
	t.Helper()
	d := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: 5 * time.Second}
	tr := &http.Transport{DialContext: d.DialContext, ForceAttemptHTTP2: true}
	if r.cert != nil {
		roots := x509.NewCertPool()
		roots.AddCert(r.cert.cur.Load().cert.Leaf)
		tr.TLSClientConfig = &tls.Config{RootCAs: roots, Time: func() time.Time { return build().AddDate(0, 1, 0) }}
	}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func (r *running) url(path string) string {
	if r.cert != nil {
		return "https://" + r.addr + path
	}
	return "http://" + r.addr + path
}

// body reads an answer to its end.
func body(t *testing.T, res *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Error(err)
	}
	if err := res.Body.Close(); err != nil {
		t.Error(err)
	}
	return string(b)
}

func hello() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "xin chào") })
}
