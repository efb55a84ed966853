package web

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"html/template"
	"image"
	"io"
	"io/fs"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

//go:embed page
var files embed.FS

// maxPoll is how long GET /screen/text?after= waits for a newer frame.
const maxPoll = 25 * time.Second

// policy lets the page use its own script, style and connection and draw the pictures that
// come over it, and nothing else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; " +
	"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Handler serves /screen, /screen.png and all below /screen/.
func (s *Screen) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /screen", s.servePage)
	mux.HandleFunc("GET /screen/script.js", serveFile("page/script.js", "text/javascript; charset=utf-8"))
	mux.HandleFunc("GET /screen/style.css", serveFile("page/style.css", "text/css; charset=utf-8"))
	mux.HandleFunc("GET /screen/events", s.serveEvents)
	mux.HandleFunc("GET /screen/text", s.serveText)
	mux.HandleFunc("GET /screen.png", s.servePicture)
	mux.HandleFunc("POST /screen/touch", s.serveTouch)
	return s.guard(mux)
}

// guard refuses what does not come from the box's own page or from a script, and says to
// browsers what they may do with the answer.
func (s *Screen) guard(next http.Handler) http.Handler {
	origin := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// A page elsewhere can point its own name at 127.0.0.1 and would then be of the same
		// origin as the box; it cannot choose the name that the browser sends.
		if !s.o.AllowHost(hostname(r.Host)) {
			http.Error(w, "unknown host", http.StatusMisdirectedRequest)
			return
		}
		site := r.Header.Get("Sec-Fetch-Site")
		if site == "cross-site" && r.Header.Get("Sec-Fetch-Mode") != "navigate" || origin.Check(r) != nil {
			http.Error(w, "not from here", http.StatusForbidden)
			return
		}
		// Without this a form of another site could post in old browsers without Sec-Fetch-Site.
		if r.Method == http.MethodPost && !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
			http.Error(w, "want application/json", http.StatusUnsupportedMediaType)
			return
		}
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// hostname is a Host header without its port.
func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
}

// loopback reports whether a name can only mean this machine.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

func (s *Screen) servePage(w http.ResponseWriter, _ *http.Request) {
	page, err := template.ParseFS(files, "page/screen.html")
	var b bytes.Buffer
	if err == nil {
		err = page.Execute(&b, s.o.Words)
	}
	if err != nil { // the page is embedded and tested
		s.o.Log.Error("write screen page", "err", err)
		http.Error(w, "no page", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = b.WriteTo(w) // a browser that went away needs no page
}

func serveFile(name, kind string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			http.Error(w, "no file", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", kind)
		_, _ = w.Write(data)
	}
}

// serveText answers with the words on the screen, with ?after=N once there is a newer frame
// than N or after a while.
func (s *Screen) serveText(w http.ResponseWriter, r *http.Request) {
	if after := r.URL.Query().Get("after"); after != "" {
		n, err := strconv.ParseUint(after, 10, 64)
		if err != nil {
			http.Error(w, "after is a frame's number", http.StatusBadRequest)
			return
		}
		if !s.enter() {
			http.Error(w, "too many requests wait", http.StatusServiceUnavailable)
			return
		}
		defer s.leave()
		s.awaitFrame(r.Context(), n)
	}
	s.mu.Lock()
	frame, words := s.frame, s.words
	s.mu.Unlock()
	if words == nil {
		words = []Word{}
	}
	writeJSON(w, http.StatusOK, frame, words)
}

// awaitFrame waits for a frame after n, at most maxPoll.
func (s *Screen) awaitFrame(ctx context.Context, n uint64) {
	ctx, cancel := context.WithTimeout(ctx, maxPoll)
	defer cancel()
	for {
		s.mu.Lock()
		frame, news := s.frame, s.news
		s.mu.Unlock()
		if frame > n {
			return
		}
		select {
		case <-news:
		case <-ctx.Done():
			return
		case <-s.closed:
			return
		}
	}
}

// servePicture answers with the whole picture.
func (s *Screen) servePicture(w http.ResponseWriter, r *http.Request) {
	if !s.enter() {
		http.Error(w, "too many requests wait", http.StatusServiceUnavailable)
		return
	}
	defer s.leave()
	data, frame, err := s.whole(r.Context())
	if err != nil {
		http.Error(w, "no picture", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	w.Header().Set("X-Frame", strconv.FormatUint(frame, 10))
	_, _ = w.Write(data)
}

// whole compresses the picture.
func (s *Screen) whole(ctx context.Context) ([]byte, uint64, error) {
	select {
	case s.encoding <- struct{}{}:
		defer func() { <-s.encoding }()
	case <-ctx.Done():
		return nil, 0, ctx.Err()
	case <-s.closed:
		return nil, 0, context.Canceled
	}
	var (
		frame uint64
		rect  image.Rectangle
		p     patch
		img   *image.RGBA
	)
	s.shown(func(picture *image.RGBA) {
		frame, rect, p = s.frame, s.bounds, s.last
		if !rect.Empty() && (p.frame != frame || p.rect != rect) {
			img = cut(picture, rect)
		}
	})
	switch {
	case rect.Empty():
		return nil, 0, io.EOF // nothing was shown yet
	case img == nil:
		return p.png, frame, nil
	}
	data, err := compress(img)
	if err != nil {
		return nil, 0, err
	}
	s.mu.Lock()
	s.last = patch{frame, rect, data}
	s.mu.Unlock()
	return data, frame, nil
}

// enter counts a request that waits and reports whether it may.
func (s *Screen) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.waiting >= maxWaiting || s.shut {
		return false
	}
	s.waiting++
	return true
}

func (s *Screen) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting--
}

func writeJSON(w http.ResponseWriter, status int, frame uint64, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("X-Frame", strconv.FormatUint(frame, 10))
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // only a lost connection can fail here
}

func refuse(w http.ResponseWriter, status int, v Refused) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
