package lan

import (
	"net/http"
	"path"
	"strings"
)

// Plain serves over plain HTTP what the office's setting allows, and that is the board: no
// personal data and no input. Paths are whole ("/board") or, ending in "/", all below. Only GET
// and HEAD pass, and no cookie, so that no login can be used or taken on the way.
func (s Shield) Plain(next http.Handler, paths ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !allowed(r.URL.Path, paths):
			s.Refuse(w, r, &Problem{Code: CodePlainOnly})
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			w.Header().Set("Allow", "GET, HEAD")
			s.Refuse(w, r, &Problem{Code: CodeMethod})
		default:
			r = r.Clone(r.Context())
			r.Header.Del("Cookie")
			r.Header.Del("Authorization")
			next.ServeHTTP(noCookies{w}, r)
		}
	})
}

// allowed reports whether one of the paths covers p. A path that is not written plainly is none.
func allowed(p string, paths []string) bool {
	if clean := path.Clean(p); clean != p && clean+"/" != p {
		return false
	}
	for _, a := range paths {
		if p == a || strings.HasSuffix(a, "/") && strings.HasPrefix(p, a) {
			return true
		}
	}
	return false
}

// noCookies drops cookies from an answer.
type noCookies struct{ http.ResponseWriter }

// WriteHeader writes the headers without cookies.
func (w noCookies) WriteHeader(status int) {
	w.Header().Del("Set-Cookie")
	w.ResponseWriter.WriteHeader(status)
}

// Write is as of any ResponseWriter; the first one writes the headers.
func (w noCookies) Write(b []byte) (int, error) {
	w.Header().Del("Set-Cookie") // of no effect after the headers are out
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w noCookies) Unwrap() http.ResponseWriter { return w.ResponseWriter }
