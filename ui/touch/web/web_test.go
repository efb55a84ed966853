package web

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/embedded"

	"github.com/motcua/gateway/ui/touch/look"
	"github.com/motcua/gateway/ui/touch/stage"
)

// glass is a screen with a stage behind it and, in the place of Fyne, a loop that notes what
// the finger does and shows a frame for each touch.
type glass struct {
	*testing.T
	screen *Screen
	stage  *stage.Stage
	server *httptest.Server

	mu      sync.Mutex
	touches []string
	picture *image.RGBA
	frame   uint64
}

func newGlass(t *testing.T) *glass {
	t.Helper()
	return makeGlass(t, false)
}

// makeGlass makes one whose screen reads the picture where it is, or keeps a copy.
func makeGlass(t *testing.T, copied bool) *glass {
	t.Helper()
	g := &glass{T: t, stage: stage.New(image.Pt(80, 48)), picture: image.NewRGBA(image.Rect(0, 0, 80, 48))}
	o := Options{Stage: g.stage, Words: Words{Language: "vi", Title: "Màn hình", Watching: "Chỉ xem", Lost: "Mất kết nối", Full: "Đông quá"}}
	if !copied {
		o.Picture = func(read func(*image.RGBA)) {
			g.mu.Lock()
			defer g.mu.Unlock()
			read(g.picture)
		}
	}
	g.screen = New(o)
	driver := g.stage.Driver()
	var wg sync.WaitGroup
	wg.Go(func() {
		driver.Run(func() {
			for ev := range driver.Queue() {
				if ev == nil {
					return
				}
				g.handle(ev)
			}
		})
	})
	ctx, cancel := context.WithCancel(context.Background())
	wg.Go(func() { _ = g.stage.Run(ctx) })
	g.server = httptest.NewServer(g.screen.Handler())
	t.Cleanup(func() {
		g.screen.Close()
		g.server.Close()
		cancel()
		wg.Wait()
	})
	g.show(color.White, image.Rect(0, 0, 80, 48), "Chứng thực")
	return g
}

func (g *glass) handle(ev embedded.Event) {
	switch ev := ev.(type) {
	case *embedded.TouchDownEvent:
		g.note("down", ev.Position)
	case *embedded.TouchMoveEvent:
		g.note("move", ev.Position)
	case *embedded.TouchUpEvent:
		g.note("up", ev.Position)
		g.show(color.Black, image.Rect(0, 0, 8, 8), "A012")
	}
}

func (g *glass) note(what string, at fyne.Position) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.touches = append(g.touches, fmt.Sprintf("%s %.0f,%.0f", what, at.X, at.Y))
}

// noted returns what the finger did, once the stage has dealt with all of it.
func (g *glass) noted() string {
	g.Helper()
	if _, err := g.stage.Settle(context.Background()); err != nil {
		g.Fatal(err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return strings.Join(g.touches, " ")
}

// show paints a part of the picture and shows it.
func (g *glass) show(c color.Color, where image.Rectangle, words ...string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	draw.Draw(g.picture, where, image.NewUniform(c), image.Point{}, draw.Src)
	g.frame++
	var items []look.Item
	for i, w := range words {
		items = append(items, look.Item{Text: w, Position: fyne.NewPos(float32(10*i), 5), Size: fyne.NewSize(8, 20), Pressable: true})
	}
	g.screen.Show(stage.Frame{Number: g.frame, Image: g.picture, Changed: where, Items: items})
}

func (g *glass) post(body string) (int, string) {
	g.Helper()
	r, err := http.Post(g.server.URL+"/screen/touch", "application/json", strings.NewReader(body))
	if err != nil {
		g.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		g.Fatal(err)
	}
	return r.StatusCode, strings.TrimSpace(string(b))
}

// stream is an open event stream.
type stream struct {
	g       *glass
	body    io.Closer
	scanner *bufio.Scanner
	cancel  context.CancelFunc
	seen    *image.RGBA
	words   []Word
	id      string
}

func (g *glass) watch() *stream {
	g.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, g.server.URL+"/screen/events", nil)
	if err != nil {
		g.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		g.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "text/event-stream" {
		g.Fatalf("events: %s, %s", resp.Status, resp.Header.Get("Content-Type"))
	}
	s := &stream{g: g, body: resp.Body, scanner: bufio.NewScanner(resp.Body), cancel: cancel}
	s.scanner.Buffer(nil, 8<<20)
	g.Cleanup(s.close)
	return s
}

func (s *stream) close() {
	s.cancel()
	s.body.Close()
}

// next reads an event and keeps its picture and words, as a page does.
func (s *stream) next() Event {
	s.g.Helper()
	for s.scanner.Scan() {
		line, ok := strings.CutPrefix(s.scanner.Text(), "data: ")
		if !ok {
			continue
		}
		var e Event
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			s.g.Fatal(err)
		}
		s.id = e.Viewer
		if s.seen == nil {
			s.seen = image.NewRGBA(image.Rect(0, 0, e.Width, e.Height))
		}
		if p := e.Patch; p != nil {
			data, err := base64.StdEncoding.DecodeString(p.PNG)
			if err != nil {
				s.g.Fatal(err)
			}
			img, err := png.Decode(bytes.NewReader(data))
			if err != nil {
				s.g.Fatal(err)
			}
			draw.Draw(s.seen, image.Rect(p.X, p.Y, p.X+p.W, p.Y+p.H), img, img.Bounds().Min, draw.Src)
		}
		if e.Words != nil {
			s.words = e.Words
		}
		return e
	}
	s.g.Fatalf("the event stream ended: %v", s.scanner.Err())
	return Event{}
}

// until reads events until one satisfies f.
func (s *stream) until(f func(Event) bool) Event {
	s.g.Helper()
	for {
		if e := s.next(); f(e) {
			return e
		}
	}
}

func TestViewerSeesWhatIsShown(t *testing.T) {
	t.Parallel()
	for _, copied := range []bool{false, true} {
		t.Run(fmt.Sprint("copied=", copied), func(t *testing.T) {
			t.Parallel()
			g := makeGlass(t, copied)
			g.show(color.RGBA{0x9b, 0x1c, 0x1c, 0xff}, image.Rect(20, 10, 40, 30), "Chứng thực", "Hộ tịch")
			v := g.watch()
			first := v.next()
			if !first.Control || first.Width != 80 || first.Height != 48 || first.Frame != 2 || len(first.Words) != 2 {
				t.Errorf("the first event is %+v", first)
			}
			g.show(color.RGBA{0, 0x57, 0x3d, 0xff}, image.Rect(50, 0, 60, 9), "Chứng thực", "Hộ tịch")
			e := v.until(func(e Event) bool { return e.Frame == 3 })
			if p := e.Patch; p == nil || p.X != 50 || p.Y != 0 || p.W != 10 || p.H != 9 {
				t.Errorf("the patch is %+v", e.Patch)
			}
			if e.Words != nil {
				t.Errorf("words came again: %+v", e.Words)
			}
			g.mu.Lock()
			defer g.mu.Unlock()
			if !bytes.Equal(v.seen.Pix, g.picture.Pix) {
				t.Error("the viewer's picture is not the screen's")
			}
			if v.words[0].Text != "Chứng thực" || !v.words[0].Pressable || v.words[1].X != 10 {
				t.Errorf("the words are %+v", v.words)
			}
		})
	}
}

// Frames that come while a viewer is not reading are one event, and none is lost.
func TestSlowViewerGetsFewerFrames(t *testing.T) {
	t.Parallel()
	for _, copied := range []bool{false, true} {
		t.Run(fmt.Sprint("copied=", copied), func(t *testing.T) {
			t.Parallel()
			g := makeGlass(t, copied)
			v := g.watch()
			v.next()
			for i := range 500 {
				x := i % 70
				g.show(color.Gray{uint8(i)}, image.Rect(x, 0, x+10, 48), fmt.Sprint(i))
			}
			events := 0
			v.until(func(e Event) bool { events++; return e.Frame == 501 })
			if events > 500 {
				t.Errorf("%d events for 500 frames", events)
			}
			g.mu.Lock()
			defer g.mu.Unlock()
			if !bytes.Equal(v.seen.Pix, g.picture.Pix) {
				t.Error("the viewer's picture is not the screen's")
			}
		})
	}
}

// A viewer that reads nothing at all must not delay the screen.
func TestStuckViewerDoesNotDelayTheScreen(t *testing.T) {
	t.Parallel()
	g := makeGlass(t, true) // which takes pictures of any size
	stuck := g.watch()
	noise := image.NewRGBA(image.Rect(0, 0, 600, 400))
	for i := range noise.Pix {
		noise.Pix[i] = byte(i * i >> 5)
	}
	for i := range uint64(200) { // some 50 MB, much more than a socket buffers
		noise.Pix[i]++
		g.screen.Show(stage.Frame{Number: 1000 + i, Image: noise, Changed: noise.Rect})
	}
	code, _ := get(t, g.server.URL+"/screen/text")
	if code != http.StatusOK {
		t.Errorf("text: %d", code)
	}
	stuck.close()
}

func TestTouchesReachTheStage(t *testing.T) {
	t.Parallel()
	g := newGlass(t)
	v := g.watch()
	v.next()
	for _, body := range []string{
		`{"viewer":"%s","phase":"down","x":10,"y":12.5}`,
		`{"viewer":"%s","phase":"move","x":-70,"y":4000}`,
		`{"viewer":"%s","phase":"up","x":60,"y":40,"settle":true}`,
	} {
		if code, answer := g.post(fmt.Sprintf(body, v.id)); code != http.StatusOK {
			t.Fatalf("%s: %d %s", body, code, answer)
		}
	}
	if got := g.noted(); got != "down 10,12 move 60,40 up 60,40" {
		// 12.5 prints as 12; the movement to the edge may have been overtaken by the last one.
		if got != "down 10,12 move 0,47 move 60,40 up 60,40" {
			t.Errorf("the finger did %s", got)
		}
	}
}

// A script needs three lines: what is there, press it, what is there now.
func TestScript(t *testing.T) {
	t.Parallel()
	g := newGlass(t)
	_, before := get(t, g.server.URL+"/screen/text")
	var words []Word
	if err := json.Unmarshal(before, &words); err != nil {
		t.Fatal(err)
	}
	if len(words) != 1 || words[0].Text != "Chứng thực" {
		t.Fatalf("the screen says %s", before)
	}
	w := words[0]
	code, answer := g.post(fmt.Sprintf(`{"phase":"tap","x":%d,"y":%d}`, w.X+w.W/2, w.Y+w.H/2))
	if code != http.StatusOK || answer != `{"frame":2}` {
		t.Errorf("tap: %d %s", code, answer)
	}
	if got := g.noted(); got != "down 4,15 up 4,15" {
		t.Errorf("the finger did %s", got)
	}
	if _, after := get(t, g.server.URL+"/screen/text?after=1"); !bytes.Contains(after, []byte("A012")) {
		t.Errorf("after the tap the screen says %s", after)
	}
	// A newer frame than there is: the request waits for it.
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, later := get(t, g.server.URL+"/screen/text?after=2"); !bytes.Contains(later, []byte("A013")) {
			t.Errorf("later the screen says %s", later)
		}
	})
	g.show(color.White, image.Rect(0, 0, 1, 1), "A013")
	wg.Wait()
}

func get(t testing.TB, url string) (int, []byte) {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Error(err)
		return 0, nil
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
	}
	return r.StatusCode, b
}

func TestPicture(t *testing.T) {
	t.Parallel()
	g := newGlass(t)
	for range 2 { // the second time from what was kept
		code, data := get(t, g.server.URL+"/screen.png")
		img, err := png.Decode(bytes.NewReader(data))
		if code != http.StatusOK || err != nil || img.Bounds() != image.Rect(0, 0, 80, 48) {
			t.Fatalf("%d, %v", code, err)
		}
		if r, _, _, _ := img.At(5, 5).RGBA(); r != 0xffff {
			t.Error("the picture is not white")
		}
	}
	blank := New(Options{})
	rec := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "http://localhost/screen.png", nil)
	blank.Handler().ServeHTTP(rec, r)
	if rec.Code != http.StatusServiceUnavailable {
		t.Errorf("before the first frame: %d", rec.Code)
	}
}

func TestPage(t *testing.T) {
	t.Parallel()
	g := newGlass(t)
	r, err := http.Get(g.server.URL + "/screen")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	page, _ := io.ReadAll(r.Body)
	for _, want := range []string{`lang="vi"`, "<title>Màn hình</title>", `data-watching="Chỉ xem"`, `src="screen/script.js"`} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if csp := r.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
		t.Errorf("policy: %s", csp)
	}
	// The policy forbids inline scripts and styles: there must be none.
	if strings.Contains(string(page), "style=") || strings.Contains(string(page), "onclick") || strings.Count(string(page), "<script") != 1 {
		t.Error("the page has inline script or style")
	}
	for _, path := range []string{"/screen/script.js", "/screen/style.css"} {
		if code, body := get(t, g.server.URL+path); code != http.StatusOK || len(body) < 100 {
			t.Errorf("%s: %d, %d bytes", path, code, len(body))
		}
	}
	if code, _ := get(t, g.server.URL+"/screen/other"); code != http.StatusNotFound {
		t.Errorf("/screen/other: %d", code)
	}
}
