package lan

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/words"
)

// The codes of refusals that begin on the network and have no like in the office, beside
// [kiosk.CodeNoSession], [kiosk.CodeNotAllowed], [kiosk.CodeForged], [kiosk.CodeTooMany],
// [kiosk.CodeTooLarge], [kiosk.CodeBadRequest] and [kiosk.CodeStopping]. They are stable.
const (
	CodeElsewhere   kiosk.Code = "elsewhere"    // sent by another site's page
	CodeNeedsTLS    kiosk.Code = "needs-tls"    // a login over plain HTTP
	CodePlainOnly   kiosk.Code = "plain-only"   // not served without TLS
	CodeNoPage      kiosk.Code = "no-page"      // no such address
	CodeMethod      kiosk.Code = "method"       // not in this way
	CodeWrongHost   kiosk.Code = "wrong-host"   // the name of another machine
	CodeManyStreams kiosk.Code = "many-streams" // too many open pages on one machine
	CodeBusy        kiosk.Code = "busy"         // too many requests in all
	CodeFailed      kiosk.Code = "failed"       // a fault of the box
)

// Problem is why a request was refused. As JSON it is {"code": …, "message": …}: the code for
// the page's script, the message for the person.
type Problem struct {
	Status  int        `json:"-"`
	Code    kiosk.Code `json:"code"`
	Message string     `json:"message"`
	// Wait is when it makes sense to try again; zero says nothing of it. It is sent in whole
	// seconds as Retry-After.
	Wait time.Duration `json:"-"`
	// Cause is for the log.
	Cause error `json:"-"`
}

// Error returns the problem for a log, not for a person.
func (p *Problem) Error() string {
	if p.Cause != nil {
		return fmt.Sprintf("%s: %v", p.Code, p.Cause)
	}
	return string(p.Code)
}

// Unwrap returns the error beneath.
func (p *Problem) Unwrap() error { return p.Cause }

// problem is a refusal on the network by its code; for a code that is none it is CodeFailed.
func problem(code kiosk.Code, w words.Words) *Problem {
	l := w.Lan()
	p := &Problem{Code: code}
	switch code {
	case kiosk.CodeNoSession, kiosk.CodeOtherMachine:
		p.Status, p.Message = http.StatusUnauthorized, l.NoSession
	case kiosk.CodeNotAllowed:
		p.Status, p.Message = http.StatusForbidden, l.NotAllowed
	case kiosk.CodeForged:
		p.Status, p.Message = http.StatusForbidden, l.Forged
	case CodeElsewhere:
		p.Status, p.Message = http.StatusForbidden, l.Elsewhere
	case CodeNeedsTLS:
		p.Status, p.Message = http.StatusForbidden, l.NeedsTLS
	case CodePlainOnly:
		p.Status, p.Message = http.StatusForbidden, l.PlainOnly
	case CodeNoPage:
		p.Status, p.Message = http.StatusNotFound, l.NoPage
	case CodeMethod:
		p.Status, p.Message = http.StatusMethodNotAllowed, l.Method
	case kiosk.CodeTooLarge:
		p.Status, p.Message = http.StatusRequestEntityTooLarge, l.TooLarge
	case kiosk.CodeBadRequest:
		p.Status, p.Message = http.StatusBadRequest, l.Unreadable
	case CodeWrongHost:
		p.Status, p.Message = http.StatusMisdirectedRequest, l.WrongHost
	case kiosk.CodeTooMany:
		p.Status, p.Message, p.Wait = http.StatusTooManyRequests, l.TooMany, 2*time.Second
	case CodeManyStreams:
		p.Status, p.Message, p.Wait = http.StatusTooManyRequests, l.ManyStreams, 10*time.Second
	case CodeBusy:
		p.Status, p.Message, p.Wait = http.StatusServiceUnavailable, l.Busy, 2*time.Second
	case kiosk.CodeStopping:
		p.Status, p.Message, p.Wait = http.StatusServiceUnavailable, l.Stopping, 3*time.Second
	default:
		p.Status, p.Message, p.Code = http.StatusInternalServerError, l.Failed, CodeFailed
	}
	return p
}

// ProblemOf returns why err refuses a request, in the words of w: a [Problem] as it is, a
// [kiosk.Refusal] by its code, a body past its limit as 413, an ended context as 503. Anything
// else is 500 and tells the person nothing of its inside.
func ProblemOf(err error, w words.Words) *Problem {
	if p, ok := errors.AsType[*Problem](err); ok {
		if p.Message != "" {
			return p
		}
		return problem(p.Code, w)
	}
	here := func(code kiosk.Code) *Problem { p := problem(code, w); p.Cause = err; return p }
	if r, ok := errors.AsType[*kiosk.Refusal](err); ok {
		if p := here(r.Code); p.Code == r.Code {
			return p
		}
		return &Problem{Status: statusOf(r.Code), Code: r.Code, Message: w.Refusal(r.Code), Wait: waitOf(r), Cause: err}
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return here(kiosk.CodeTooLarge)
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return here(kiosk.CodeStopping)
	}
	return here(CodeFailed)
}

// statusOf is 401 and 429 for logins, 404 for what is not there, 400 for what was written
// wrongly, 503 for a disk that fails or a key that is locked or cannot be read, and 409 for all that the state of the office forbids.
func statusOf(c kiosk.Code) int {
	switch {
	case c == kiosk.CodeStoreFailed, c == kiosk.CodeKeyLocked, c == kiosk.CodeKeyFaulty:
		return http.StatusServiceUnavailable
	case c == kiosk.CodeSignIn, c == kiosk.CodeWrongPassphrase:
		return http.StatusUnauthorized
	case c == kiosk.CodeLocked:
		return http.StatusTooManyRequests
	case strings.HasPrefix(string(c), "unknown-"):
		return http.StatusNotFound
	case strings.HasPrefix(string(c), "bad-"):
		return http.StatusBadRequest
	}
	return http.StatusConflict
}

// waitOf is how long a login stays locked: the hint of that refusal holds the seconds.
func waitOf(r *kiosk.Refusal) time.Duration {
	const most = 24 * 60 * 60
	n, err := strconv.Atoi(r.Hint)
	if r.Code != kiosk.CodeLocked || err != nil || n < 0 {
		return 0
	}
	return time.Duration(min(n, most)) * time.Second
}

// Refuse answers r with why it is refused: JSON for a script, a page for a person who sent a
// form or opened an address. What is a fault of the box is logged.
func Refuse(rw http.ResponseWriter, r *http.Request, err error, w words.Words, log *slog.Logger) {
	p := ProblemOf(err, w)
	if p.Status >= http.StatusInternalServerError && r.Context().Err() == nil && p.Code != CodeBusy {
		log.Warn("request failed", "path", r.URL.Path, "err", err)
	}
	h := rw.Header()
	h.Set("Cache-Control", "no-store")
	h.Del("Content-Encoding")
	if p.Wait > 0 {
		h.Set("Retry-After", strconv.Itoa(int((p.Wait+time.Second-1)/time.Second)))
	}
	if WantsPage(r) {
		writePage(rw, p, w)
		return
	}
	WriteJSON(rw, p.Status, p)
}

// WantsPage reports whether a person waits for the answer: a browser that opens an address or
// sends a form asks for HTML, a script and a stream do not.
func WantsPage(r *http.Request) bool {
	if r.Header.Get(csrfHeader) != "" {
		return false
	}
	for part := range strings.SplitSeq(r.Header.Get("Accept"), ",") {
		kind, _, err := mime.ParseMediaType(strings.TrimSpace(part))
		if err == nil && kind == "text/html" {
			return true
		}
	}
	return false
}

// WriteJSON answers with v.
func WriteJSON(rw http.ResponseWriter, status int, v any) {
	rw.Header().Set("Content-Type", "application/json; charset=utf-8")
	rw.WriteHeader(status)
	_ = json.NewEncoder(rw).Encode(v) // only a lost connection can fail here
}

// ReadJSON reads the body of r into v. An unknown field, a second value and any other type than
// application/json are refused as [kiosk.CodeBadRequest], a body past the limit as [kiosk.CodeTooLarge].
func ReadJSON(r *http.Request, v any) error {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return &Problem{Code: kiosk.CodeBadRequest, Cause: errors.New("want application/json")}
	}
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	err := d.Decode(v)
	if err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("something follows the value")
			if more != nil {
				err = more
			}
		}
	}
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return err
	}
	return &Problem{Code: kiosk.CodeBadRequest, Cause: err}
}
