package counter_test

import (
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/kiosk/staff"
)

// A lead who looked at another counter and is an officer now sees no more of it.
func TestALeadWhoIsNoneAnyMoreLosesTheStream(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	if _, err := h.book.Create(t.Context(), "test", staff.Officer{Login: "mai", Name: "Mai", Role: kiosk.RoleLead}, "pin-of-mai"); err != nil {
		t.Fatal(err)
	}
	p := h.signedIn("chi", kiosktest.Counter1)
	r := p.request("GET", "/counter/stream?at="+string(kiosktest.Counter2), "", "")
	r.Header.Set("Accept", "text/event-stream")
	got, err := p.c.Do(r)
	if err != nil || got.StatusCode != http.StatusOK {
		t.Fatalf("%v %v", got, err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = io.Copy(io.Discard, got.Body)
	}()
	for _, o := range h.book.Officers() {
		if o.Login == "chi" {
			o.Role = kiosk.RoleOfficer
			if _, err := h.book.Change(t.Context(), "test", o); err != nil {
				t.Fatal(err)
			}
		}
	}
	h.issue(kiosktest.Certify, "", kiosk.Vietnamese)
	select {
	case <-ended:
	case <-time.After(5 * time.Second):
		t.Error("the stream goes on")
	}
	_ = got.Body.Close()
}
