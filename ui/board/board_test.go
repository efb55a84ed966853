package board_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/ui/board"
)

var update = flag.Bool("update", false, "write the golden files anew")

// client is a browser without a picture.
type client struct {
	t *testing.T
	http.Client
	g *rig
}

func newClient(t *testing.T, g *rig) *client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &client{t: t, g: g, Client: http.Client{Jar: jar, Transport: &http.Transport{}}}
	t.Cleanup(c.CloseIdleConnections)
	return c
}

func (c *client) get(path string) (status int, body string, h http.Header) {
	c.t.Helper()
	resp, err := c.Get(c.g.url(path))
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return resp.StatusCode, string(b), resp.Header
}

// events follows the stream until the test ends, each as its name and its data.
func (c *client) events() <-chan [2]string {
	c.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, "GET", c.g.url("/board/stream"), nil)
	if err != nil {
		c.t.Fatal(err)
	}
	resp, err := c.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		c.t.Fatalf("stream: %s", resp.Status)
	}
	out, done := make(chan [2]string, 100), make(chan struct{})
	go func() {
		defer close(done)
		defer close(out)
		name := ""
		for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
			if s, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				name = s
			}
			if s, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				select {
				case out <- [2]string{name, s}:
				case <-ctx.Done():
					return
				}
			}
		}
	}()
	c.t.Cleanup(func() { cancel(); _ = resp.Body.Close(); <-done })
	return out
}

// next returns the data of the next event of a name.
func next(t *testing.T, events <-chan [2]string, name string) string {
	t.Helper()
	late := time.After(10 * time.Second)
	for {
		select {
		case e, ok := <-events:
			if !ok {
				t.Fatalf("the stream ended before a %s", name)
			}
			if e[0] == name {
				return e[1]
			}
		case <-late:
			t.Fatalf("no %s came", name)
		}
	}
}

// shown is the part of a message that stands still.
func shown(t *testing.T, data string) string {
	t.Helper()
	var m struct {
		Clock struct {
			Sure bool
			Date string
		}
		Board json.RawMessage
	}
	if err := json.Unmarshal([]byte(data), &m); err != nil {
		t.Fatal(err)
	}
	if !m.Clock.Sure || m.Clock.Date != "Thứ Hai, 23/11/2026" {
		t.Errorf("clock %+v", m.Clock)
	}
	return string(m.Board)
}

func TestStateIsWhatItWas(t *testing.T) {
	t.Parallel()
	g := newRig(t, func(c *board.Config) { speaking(c); c.Beat = time.Hour })
	g.minShow = time.Hour
	g.stop()
	g.start()
	events := newClient(t, g).events()
	quiet := shown(t, next(t, events, "state"))
	g.issue(kiosktest.Certify, kiosk.Chinese)
	g.issue(kiosktest.Certify, "")
	g.issue(kiosktest.Civil, "")
	if err := g.PauseCounter(t.Context(), "3", time.Time{}, "Đi khám bệnh", "test"); err != nil {
		t.Fatal(err)
	}
	g.call(kiosktest.Counter1)
	g.call(kiosktest.Counter2)
	var busy string
	for busy = ""; !strings.Contains(busy, `"next":["`) || !strings.Contains(busy, `"new":true`); {
		busy = shown(t, next(t, events, "state"))
	}
	if strings.Contains(busy, "khám") {
		t.Error("the reason of a pause leaves the gateway")
	}
	golden(t, "testdata/quiet.json", quiet)
	golden(t, "testdata/busy.json", busy)
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(got), &v); err != nil {
		t.Fatal(err)
	}
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	text = append(text, '\n')
	if *update {
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != string(text) {
		t.Errorf("%s holds\n%s\nbut it is\n%s", file, want, text)
	}
}

func TestAStreamThatIsStillBeats(t *testing.T) {
	t.Parallel()
	g := newRig(t, freeRide)
	events := newClient(t, g).events()
	next(t, events, "state")
	for range 3 {
		beat := next(t, events, "beat")
		if !strings.Contains(beat, `"ms":`) || strings.Contains(beat, `"board"`) {
			t.Errorf("beat %s, want the time and nothing else", beat)
		}
	}
}

func TestStrangersSeeDigitsAndNothingElse(t *testing.T) {
	t.Parallel()
	g := newRig(t, func(c *board.Config) { speaking(c); c.Free = nil })
	g.issue(kiosktest.Certify, "")
	call := g.call(kiosktest.Counter1)
	bare := newClient(t, g)
	for _, path := range []string{"/board/stream", "/board/seen", g.sound(call)} {
		if status, body, _ := bare.get(path); status != http.StatusUnauthorized || strings.Contains(body, "A001") {
			t.Errorf("%s without a cookie: %d %s", path, status, body)
		}
	}
	tv := newClient(t, g)
	status, body, h := tv.get("/board")
	if status != 200 || strings.Contains(body, "A001") || h.Get("Cache-Control") != "no-store" {
		t.Errorf("page: %d, %v", status, h)
	}
	for _, path := range []string{"/board/seen", g.sound(call)} {
		if status, _, _ := tv.get(path); status != http.StatusUnauthorized {
			t.Errorf("%s before pairing: %d", path, status)
		}
	}
	events := tv.events()
	data := next(t, events, "state")
	var m struct{ Pair struct{ Digits string } }
	if err := json.Unmarshal([]byte(data), &m); err != nil || len(m.Pair.Digits) != 4 || strings.Contains(data, "A001") {
		t.Fatalf("a stranger is told %s", data)
	}
	if _, err := g.Pairing.Confirm(t.Context(), m.Pair.Digits, "Ti vi", "", "staff/o1"); err != nil {
		t.Fatal(err)
	}
	if data := next(t, events, "state"); !strings.Contains(data, "A001") {
		t.Errorf("after pairing: %s", data)
	}
	if status, _, _ := tv.get("/board/seen"); status != http.StatusNoContent {
		t.Errorf("seen: %d", status)
	}
	if status, body, h := tv.get(g.sound(call)); status != 200 || h.Get("Content-Type") != "audio/wav" || body != string(tone(lowTone)) {
		t.Errorf("sound: %d %s, %d bytes", status, h.Get("Content-Type"), len(body))
	}
}

func (g *rig) sound(c kiosk.Ticket) string {
	data, _ := json.Marshal(c.CallOrder) // a number
	return "/board/say/" + string(data) + ".wav"
}

func TestSoundsOfNoCall(t *testing.T) {
	t.Parallel()
	broken := errors.New("no pack")
	g := newRig(t, func(c *board.Config) {
		freeRide(c)
		c.Sound = func(kiosk.Announcement) ([]byte, time.Duration, error) { return nil, 0, broken }
	})
	c := newClient(t, g)
	for _, path := range []string{"/board/say/0.wav", "/board/say/1.wav", "/board/say/-1.wav", "/board/say/x.wav", "/board/say/99999999999999999999.wav", "/board/say/1", "/board/say/..%2f..%2fetc.wav", "/board/none", "/board/static/0/board.js"} {
		if status, _, _ := c.get(path); status != http.StatusNotFound {
			t.Errorf("%s: %d, want 404", path, status)
		}
	}
	g.issue(kiosktest.Certify, "")
	if status, body, _ := c.get(g.sound(g.call(kiosktest.Counter1))); status != http.StatusServiceUnavailable || strings.Contains(body, "pack") {
		t.Errorf("a voice in trouble: %d %s", status, body)
	}
	resp, err := c.Post(g.url("/board"), "text/plain", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", resp.StatusCode)
	}
}

func TestABoardNeedsItsParts(t *testing.T) {
	t.Parallel()
	if _, err := board.New(board.Config{}); err == nil {
		t.Error("a board of nothing was made")
	}
}
