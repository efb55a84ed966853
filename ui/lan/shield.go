package lan

import (
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/motcua/gateway/ui/words"
)

// policy lets a page use what the box itself serves and draw small pictures that it carries,
// and nothing else: no other site, no script or style inside the page, no frame around it.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
	"img-src 'self' data:; font-src 'self'; media-src 'self'; form-action 'self'; " +
	"frame-ancestors 'none'; base-uri 'none'"

// recordingPolicy also lets a page play what it has just recorded.
const recordingPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
	"img-src 'self' data:; font-src 'self'; media-src 'self' blob:; form-action 'self'; " +
	"frame-ancestors 'none'; base-uri 'none'"

// Shield is what stands before every page: which names the box answers to, and what a browser
// may do with what it gets.
type Shield struct {
	Hosts *Hosts
	// HSTS is for how long a browser shall use HTTPS only; 0 says nothing of it. It holds for
	// all ports of the name and forbids to pass over a certificate that is not trusted: leave
	// it 0 while the board goes over plain HTTP or the certificate is the box's own, and keep it
	// short (a day) under the province's, which may run out while the line is down.
	HSTS  time.Duration
	Words words.Words
	Log   *slog.Logger
}

// Secured sets the headers and refuses requests for another host and steps sent by another
// site's page. A page may set a stricter policy of its own.
func (s Shield) Secured(next http.Handler) http.Handler {
	origin := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.headers(w.Header(), r.TLS != nil)
		if !s.Hosts.Allows(r) {
			Refuse(w, r, &Problem{Code: CodeWrongHost}, s.Words, s.Log)
			return
		}
		// Another site may lead here by a link, and that is all: not by a picture, a script or
		// a form.
		site, mode := r.Header.Get("Sec-Fetch-Site"), r.Header.Get("Sec-Fetch-Mode")
		if site == "cross-site" && mode != "navigate" || origin.Check(r) != nil {
			Refuse(w, r, &Problem{Code: CodeElsewhere}, s.Words, s.Log)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s Shield) headers(h http.Header, secure bool) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", permissions("()"))
	h.Set("Cache-Control", "no-store")
	if seconds := int(s.HSTS / time.Second); secure && seconds > 0 {
		h.Set("Strict-Transport-Security", "max-age="+strconv.Itoa(seconds))
	}
}

func permissions(microphone string) string {
	return "camera=(), geolocation=(), payment=(), usb=(), serial=(), microphone=" + microphone
}

// Recording lets the page of next use the microphone and play what it recorded.
func Recording(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Permissions-Policy", permissions("(self)"))
		w.Header().Set("Content-Security-Policy", recordingPolicy)
		next.ServeHTTP(w, r)
	})
}

// Refuse answers r with why it is refused, in the words of the shield.
func (s Shield) Refuse(w http.ResponseWriter, r *http.Request, err error) {
	Refuse(w, r, err, s.Words, s.Log)
}
