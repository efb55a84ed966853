package enrol_test

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/motcua/gateway/sync/enrol"
	"github.com/motcua/gateway/sync/wire"
)

// Gateways that wait, as all of a province do, are looked up together. Each of them still ends when
// it is revoked, and only it.
func TestManyUnderWayAreOneQuestion(t *testing.T) {
	t.Parallel()
	const gateways, recheck, rounds = 6, 50 * time.Millisecond, 10
	var store *counting
	h := newHub(t, func(c *enrol.RegistrarConfig) {
		store = &counting{Store: c.Store}
		c.Store, c.Recheck, c.Now = store, recheck, nil
	})
	var ids []wire.GatewayID
	answers := make(chan string, gateways)
	for i := range gateways {
		b := enrolled(t, h, siteOf("waits"+string(rune('a'+i))))
		body, feed := io.Pipe()
		t.Cleanup(func() { _ = feed.Close() })
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url+"/pages", body)
		if err != nil {
			t.Fatal(err)
		}
		go func() { _, _ = feed.Write([]byte("the first bytes of a page")) }()
		res, err := b.client(t).Do(req) // the head comes before the body has ended
		if err != nil {
			t.Fatal(err)
		}
		id := b.Status().Gateway
		ids = append(ids, id)
		go func() {
			said, _ := bufio.NewReader(res.Body).ReadString(';')
			_ = res.Body.Close()
			answers <- string(id) + " " + said
		}()
	}
	before := store.views.Load()
	<-time.After(rounds * recheck)
	if n := store.views.Load() - before; n == 0 || n > 2*rounds {
		t.Errorf("%d gateways that wait are looked up %d times in %d rounds", gateways, n, rounds)
	}
	if _, err := h.Revoke(t.Context(), ids[2], "stolen", byNga); err != nil {
		t.Fatal(err)
	}
	if said := <-answers; !strings.HasPrefix(said, string(ids[2])) || !strings.Contains(said, "timeout") {
		t.Errorf("ended: %s", said)
	}
	select {
	case said := <-answers:
		t.Errorf("another one ended too: %s", said)
	case <-time.After(3 * recheck):
	}
}
