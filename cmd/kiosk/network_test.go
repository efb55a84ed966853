package main

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/ui/words"
)

// A telephone that comes by the address on a slip is at the right door, and the certificate
// says so; by any other name it is not.
func TestTheNameOnSlipsLeadsHere(t *testing.T) {
	t.Parallel()
	for address, host := range map[string]string{
		"https://motcua.example.vn:8443": "motcua.example.vn", "https://203.0.113.7": "203.0.113.7", "": "localhost",
	} {
		cfg := &config{Counters: countersConfig{RatingURL: address}}
		p := &pages{words: words.For(kiosk.Vietnamese), log: slog.New(slog.DiscardHandler)}
		n, err := openNetwork(&options{lan: "127.0.0.1:0", state: t.TempDir()}, cfg, newOffice(t, kiosktest.NewMemory()), p, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		for asked, want := range map[string]bool{host: true, "evil.example": false} {
			r := httptest.NewRequest("GET", "https://"+asked+":8443/r/X", nil)
			r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, n.secure.at()))
			if n.hosts.Allows(r) != want {
				t.Errorf("%q: asked for %s, want %t", address, asked, want)
			}
		}
		c, err := n.certificate.GetCertificate(nil)
		if err != nil || c.Leaf.VerifyHostname(host) != nil {
			t.Errorf("%q: the certificate does not name %s: %v", address, host, err)
		}
		l, err := n.secure.try()
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
}
