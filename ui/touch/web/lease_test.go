package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"image"

	"github.com/motcua/gateway/ui/touch/stage"
)

func TestLease(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	var l lease
	if !l.take("a", now) || l.take("b", now.Add(LeaseIdle-1)) {
		t.Error("the lease is not the first one's")
	}
	if l.has("b", now.Add(LeaseIdle-1)) || !l.has("b", now.Add(LeaseIdle)) {
		t.Error("the lease does not end after LeaseIdle")
	}
	if left := l.left(now.Add(10 * time.Second)); left != 20*time.Second {
		t.Errorf("%v are left", left)
	}
	if !l.take("b", now.Add(LeaseIdle)) || l.take("a", now.Add(LeaseIdle+1)) {
		t.Error("the lease did not change hands")
	}
	l.drop("a")
	if l.take("a", now.Add(LeaseIdle+1)) {
		t.Error("a dropped the lease of b")
	}
	l.drop("b")
	if !l.take("a", now.Add(LeaseIdle+1)) {
		t.Error("the lease is not free after its holder left")
	}
}

func TestFirstViewerControls(t *testing.T) {
	t.Parallel()
	g := newGlass(t)
	first := g.watch()
	first.next()
	second := g.watch()
	if second.next().Control {
		t.Error("the second viewer controls")
	}
	tap := `{"viewer":"%s","phase":"tap","x":1,"y":2}`
	code, answer := g.post(fmt.Sprintf(tap, second.id))
	if code != http.StatusConflict || !strings.Contains(answer, `"code":"watching"`) {
		t.Errorf("the second viewer's tap: %d %s", code, answer)
	}
	if code, answer := g.post(fmt.Sprintf(tap, "")); code != http.StatusConflict {
		t.Errorf("a script's tap: %d %s", code, answer)
	}
	if code, answer := g.post(fmt.Sprintf(tap, "no such viewer")); code != http.StatusConflict {
		t.Errorf("a stranger's tap: %d %s", code, answer)
	}
	if got := g.noted(); got != "" {
		t.Errorf("the finger did %s", got)
	}

	// The first goes away in the middle of a press: the press has no effect, the second may.
	if code, answer := g.post(fmt.Sprintf(`{"viewer":"%s","phase":"down","x":3,"y":4}`, first.id)); code != http.StatusOK {
		t.Fatalf("the first viewer's finger: %d %s", code, answer)
	}
	first.close()
	second.until(func(e Event) bool { return e.Control })
	if got := g.noted(); got != "down 3,4 move -1,-1 up -1,-1" {
		t.Errorf("the finger did %s", got)
	}
	if code, answer := g.post(fmt.Sprintf(tap, second.id)); code != http.StatusOK {
		t.Errorf("the second viewer's tap: %d %s", code, answer)
	}
}

func TestViewersAreBounded(t *testing.T) {
	t.Parallel()
	g := newGlass(t)
	var all []*stream
	for range maxViewers {
		v := g.watch()
		v.next()
		all = append(all, v)
	}
	if code, _ := get(t, g.server.URL+"/screen/events"); code != http.StatusServiceUnavailable {
		t.Errorf("one viewer too many: %d", code)
	}
	// Another may come as soon as the box has noticed that one left, which it says to the rest
	// because that one had control.
	all[0].close()
	all[1].until(func(e Event) bool { return e.Control })
	g.watch().next()
}

func TestWaitingRequestsAreBounded(t *testing.T) {
	t.Parallel()
	g := newGlass(t)
	for range maxWaiting {
		if !g.screen.enter() {
			t.Fatal("a request was refused too early")
		}
	}
	for _, path := range []string{"/screen/text?after=99", "/screen.png"} {
		if code, _ := get(t, g.server.URL+path); code != http.StatusServiceUnavailable {
			t.Errorf("%s: %d", path, code)
		}
	}
	if code, _ := get(t, g.server.URL+"/screen/text"); code != http.StatusOK {
		t.Errorf("a request that does not wait: %d", code)
	}
	g.screen.leave()
	if code, _ := get(t, g.server.URL+"/screen.png"); code != http.StatusOK {
		t.Errorf("with room again: %d", code)
	}
}

// A finger that a script put down and forgot is lifted, without effect.
func TestForgottenFingerIsLifted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		st := stage.New(image.Pt(80, 48))
		s := New(Options{Stage: st})
		if _, err := s.touch(Touch{Phase: "down", X: 1, Y: 1}); err != nil {
			t.Fatal(err)
		}
		other := st.Pointer()
		if other.Down(5, 5) {
			t.Error("two fingers are down")
		}
		<-time.After(maxPress)
		synctest.Wait()
		if !other.Down(5, 5) {
			t.Error("the forgotten finger still rests on the screen")
		}
		s.Close()
		s.Close()
		if _, err := s.touch(Touch{Phase: "down", X: 1, Y: 1}); err == nil {
			t.Error("a closed screen takes touches")
		}
	})
}
