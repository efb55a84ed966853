package lan

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
)

func TestAroundTakesStepsAsJSON(t *testing.T) {
	t.Parallel()
	g, _ := gate(t)
	touched := 0
	h := g.Around(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { touched++ }), newBell().changed, kiosk.RoleTechnician)
	technician, officer := &pc{addr: "192.168.1.20"}, &pc{addr: "192.168.1.21"}
	signIn(t, g, technician, kiosk.RoleTechnician)
	signIn(t, g, officer, kiosk.RoleOfficer)
	for _, tt := range []struct {
		name    string
		p       *pc
		headers []string
		want    int
	}{
		{"the screen's own page", technician, []string{"Content-Type", "application/json", "Sec-Fetch-Site", "same-origin"}, 200},
		{"a form", technician, nil, 403},
		{"text, as a form can send it", technician, []string{"Content-Type", "text/plain"}, 403},
		{"another port of this name", technician, []string{"Content-Type", "application/json", "Sec-Fetch-Site", "same-site"}, 403},
		{"an officer", officer, []string{"Content-Type", "application/json"}, 403},
		{"nobody", &pc{addr: "192.168.1.22"}, []string{"Content-Type", "application/json"}, 401},
	} {
		if w := tt.p.ask(h, "POST", "/screen/touch", url.Values{}, tt.headers...); w.Code != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, w.Code, tt.want)
		}
	}
	if touched != 1 {
		t.Errorf("%d touches", touched)
	}
}

// Who looks on does so no longer than the session lasts.
func TestAroundEndsWithTheSession(t *testing.T) {
	t.Parallel()
	g, b := gate(t)
	news := newBell()
	looking, over := make(chan struct{}), make(chan struct{})
	h := g.Around(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		looking <- struct{}{}
		<-r.Context().Done()
	}), news.changed, kiosk.RoleLead)
	p := &pc{addr: "192.168.1.20"}
	signIn(t, g, p, kiosk.RoleLead)
	r := request("GET", "https://hop/screen/events", "192.168.1.10:443", p.addr+":5000")
	ctx, cancel := context.WithTimeout(r.Context(), 10*time.Second)
	defer cancel()
	r = r.WithContext(ctx)
	r.AddCookie(p.cookie)
	go func() { defer close(over); h.ServeHTTP(httptest.NewRecorder(), r) }()
	<-looking
	news.ring() // somebody else
	select {
	case <-over:
		t.Fatal("it ended with another's session")
	default:
	}
	if err := b.SignOut(t.Context(), p.cookie.Value); err != nil {
		t.Fatal(err)
	}
	news.ring()
	<-over
	if ctx.Err() != nil {
		t.Error("it outlived the session")
	}
}
