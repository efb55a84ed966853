package lan

import (
	"net/url"
	"path"
	"strings"
)

// maxNext bounds the path to which a login leads back, in bytes.
const maxNext = 512

// SafeNext returns where to go after a login: next when it is a path on this box, written so
// that every browser reads it the same way, else "/". A browser takes "//x", "/\x" and, after
// dropping a tab or a line's end, "/⇥/x" for another site.
func SafeNext(next string) string {
	const home = "/"
	if len(next) > maxNext || !strings.HasPrefix(next, "/") {
		return home
	}
	for _, c := range []byte(next) {
		if c <= ' ' || c >= 0x7f || c == '\\' || c == '#' {
			return home
		}
	}
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" {
		return home
	}
	clean := path.Clean(u.Path)
	if clean != u.Path && (clean == home || clean+"/" != u.Path) || strings.ContainsAny(u.Path, "\\\r\n\t\x00") {
		return home
	}
	if u.Path == signInPath || strings.HasPrefix(u.Path, signInPath+"/") || u.Path == "/sign-out" || u.Path == "/unlock" {
		return home
	}
	return u.String()
}

// signInPath is the page on which one signs in. The page is ui/counter's.
const signInPath = "/sign-in"
