package lan

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"mime"
	"net/http"

	"github.com/motcua/gateway/kiosk"
)

// The places where a step carries the token of its session.
const (
	// FormField is the field of a form.
	FormField = "csrf"
	// csrfHeader is the header that a script sets.
	csrfHeader = "X-CSRF"
)

// minKey is the shortest key of the tokens, in bytes.
const minKey = 32

// tokens ties forms to a session. A token is an HMAC of the session's ID: nothing is kept for
// it, a restart changes none, and one of another session is of no use. It says that a page of
// this session sent the step; that a step sent twice is done once is the work of its key.
type tokens struct{ key []byte }

func newTokens(key []byte) (*tokens, error) {
	if len(key) < minKey {
		return nil, errors.New("the key of the forms is shorter than 32 bytes")
	}
	return &tokens{key: key}, nil
}

// of is the token of a session.
func (t *tokens) of(session string) string {
	m := hmac.New(sha256.New, t.key)
	m.Write([]byte("csrf\x00" + session)) // a hash takes everything
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}

// check refuses a step without the token of its session. It reads the body of a form and no
// other: a script sends the header.
func (t *tokens) check(r *http.Request, session string) error {
	got := r.Header.Get(csrfHeader)
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if got == "" && kind == "application/x-www-form-urlencoded" {
		if err := r.ParseForm(); err != nil {
			if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
				return err
			}
			return &Problem{Code: kiosk.CodeBadRequest, Cause: err}
		}
		got = r.PostForm.Get(FormField)
	}
	if !hmac.Equal([]byte(got), []byte(t.of(session))) {
		return &Problem{Code: kiosk.CodeForged, Cause: errors.New("no token of this session")}
	}
	return nil
}

// safe reports whether a method changes nothing.
func safe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}
