package counter

import (
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"unicode"
	"unicode/utf8"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/lan"
)

// maxField bounds one field of a form, in bytes: the longest is the reason of a pause.
const maxField = 512

// isForm reports whether a person without scripts sent r.
func isForm(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "application/x-www-form-urlencoded"
}

// fields reads a form strictly: only these fields, each at most once, in valid UTF-8 without
// control characters.
func fields(r *http.Request, allowed ...string) (url.Values, error) {
	if err := r.ParseForm(); err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return nil, err
		}
		return nil, bad("form: %w", err)
	}
	for name, v := range r.PostForm {
		if name != lan.FormField && !slices.Contains(allowed, name) {
			return nil, bad("unknown field %q", clip(name))
		}
		if len(v) != 1 {
			return nil, bad("field %q is there %d times", name, len(v))
		}
		if err := checkText(v[0]); err != nil {
			return nil, bad("field %q: %w", name, err)
		}
	}
	return r.PostForm, nil
}

// checkText refuses what no field of these pages holds.
func checkText(s string) error {
	switch {
	case len(s) > maxField:
		return fmt.Errorf("%d bytes, more than %d", len(s), maxField)
	case !utf8.ValidString(s):
		return errors.New("not UTF-8")
	}
	for _, r := range s {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return errors.New("a control character")
		}
	}
	return nil
}

// number reads a whole number of a form; an empty one is 0.
func number(s string) (int, error) {
	if s == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0, bad("a whole number: %w", err)
	}
	return n, nil
}

func bad(format string, args ...any) error {
	return &lan.Problem{Code: kiosk.CodeBadRequest, Cause: fmt.Errorf(format, args...)}
}

// clip shortens what a browser sent for a log.
func clip(s string) string { return s[:min(len(s), 40)] }
