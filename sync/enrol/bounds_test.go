package enrol_test

import (
	"crypto/elliptic"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/motcua/gateway/sync/enrol"
	"github.com/motcua/gateway/sync/wire"
)

// Wrong codes by the thousand are bounded by address and in all, before the store is asked; who
// has the right one gets in as soon as there is room.
func TestWrongCodesByTheThousand(t *testing.T) {
	t.Parallel()
	store := &counting{}
	h := newHub(t, func(c *enrol.RegistrarConfig) { store.Store = c.Store; c.Store = store })
	code := h.code(t, coTo, "")
	body := in64(request(t, ecKey(t, elliptic.P256())))
	wrong := make([]string, 2000)
	for i := range wrong {
		wrong[i] = enrol.NewCode(h.c.Authority.Certificate().Raw).Reveal()
	}
	handler := h.Handler()
	var limited atomic.Int32
	try := func(from, code string) (int, http.Header) {
		req := newESTRequest(enrol.PathEST+"simpleenroll", body)
		req.RemoteAddr = from
		req.SetBasicAuth("claim", code)
		w := &recorder{header: http.Header{}}
		handler.ServeHTTP(w, req)
		return w.status, w.header
	}
	// Right ones are not counted, however often.
	for i := range 20 {
		if status, _ := try("192.0.2.7:1000", code); status != http.StatusOK {
			t.Errorf("the right code for the %dth time: %d", i+1, status)
		}
	}
	before := store.updates.Load()
	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() {
			for i := worker; i < 1000; i += 8 {
				if status, _ := try("192.0.2.7:1000", wrong[i]); status == http.StatusTooManyRequests {
					limited.Add(1)
				}
			}
		})
	}
	all.Wait()
	if asked := store.updates.Load() - before; asked != 10 || limited.Load() != 990 {
		t.Errorf("one address: the store was asked %d times, %d were limited", asked, limited.Load())
	}
	// A neighbour is not concerned, until there are very many of them.
	for i := range 1000 {
		try("[2001:db8:0:"+strconv.FormatInt(int64(i), 16)+"::1]:1000", wrong[1000+i])
	}
	if asked := store.updates.Load() - before; asked != 100 {
		t.Errorf("a thousand addresses: the store was asked %d times", asked)
	}
	status, header := try("198.51.100.1:1", code)
	wait, err := strconv.Atoi(header.Get("Retry-After"))
	if status != http.StatusTooManyRequests || err != nil || wait < 1 || wait > 10 {
		t.Errorf("with the right code: %d, Retry-After %q", status, header.Get("Retry-After"))
	}
	h.clock.pass(time.Duration(wait) * time.Second)
	if status, _ := try("198.51.100.1:1", code); status != http.StatusOK {
		t.Errorf("after Retry-After: %d", status)
	}
	// The same network with other addresses is one machine.
	for i := range 20 {
		h.clock.pass(time.Second)
		status, _ = try("[2001:db8:ffff:1::"+strconv.FormatInt(int64(i+1), 16)+"]:1", wrong[i])
	}
	if status != http.StatusTooManyRequests {
		t.Errorf("the 20th address of one network: %d", status)
	}
}

// A gateway that renews without end is bounded too.
func TestRenewingWithoutEnd(t *testing.T) {
	t.Parallel()
	h := newHub(t, nil)
	b := enrolled(t, h, coTo)
	var err error
	for range 6 {
		if err = b.Renew(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	err = b.Renew(t.Context())
	wantCode(t, err, wire.CodeBusy)
	h.clock.pass(time.Minute)
	if err := b.Renew(t.Context()); err != nil {
		t.Error(err)
	}
	b.works(t, h)
}
