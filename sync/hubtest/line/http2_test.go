package line_test

import (
	"bytes"
	"crypto/sha256"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/motcua/gateway/sync/hubtest/line"
)

// What the line is for: one HTTP/2 connection over TLS, at both ends of what communes have.
func TestHTTP2(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		profile line.Profile
		size    int
	}{
		"64 kbit/s": {line.Mountain(), 6_000},
		"27 Mbit/s": {line.FourthGeneration(), 1_500_000},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			hub := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				sum := sha256.New()
				if _, err := io.Copy(sum, r.Body); err != nil {
					http.Error(w, err.Error(), http.StatusBadRequest)
					return
				}
				w.Header().Set("Proto", r.Proto)
				_, _ = w.Write(sum.Sum(nil))
			}))
			hub.EnableHTTP2 = true
			hub.StartTLS()
			t.Cleanup(hub.Close)
			l := openLine(t, hub.Listener.Addr().String(), c.profile)
			client := hub.Client()
			transport := client.Transport.(*http.Transport)
			transport.DialContext = (&net.Dialer{Timeout: patience}).DialContext
			t.Cleanup(transport.CloseIdleConnections)
			page := random(c.size)
			began := time.Now()
			resp, err := client.Post("https://"+l.Addr()+"/files", "application/offset+octet-stream", bytes.NewReader(page))
			if err != nil {
				t.Fatal(err)
			}
			answer, err := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			want := sha256.Sum256(page)
			if err != nil || !bytes.Equal(answer, want[:]) || resp.Header.Get("Proto") != "HTTP/2.0" {
				t.Errorf("%s: %x, %v", resp.Header.Get("Proto"), answer, err)
			}
			if took, least := time.Since(began), time.Duration(c.size)*time.Second/time.Duration(c.profile.Up.Rate); took < least {
				t.Errorf("%d bytes took %v, the wire alone takes %v", c.size, took, least)
			}
			if s := l.Stats(); s.Connections != 1 || s.Up.Delivered < int64(c.size) || float64(s.Up.Delivered) > 1.1*float64(c.size)+4000 {
				t.Errorf("counted %+v for %d bytes", s, c.size)
			}
		})
	}
}
