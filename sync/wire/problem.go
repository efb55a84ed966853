package wire

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// MaxProblem bounds a refusal, in bytes.
const MaxProblem = 16 << 10

// MaxRetryAfter is the longest that a gateway is sent away for.
const MaxRetryAfter = time.Hour

// WriteProblem answers a request with a refusal. A status that is none becomes 500.
func WriteProblem(w http.ResponseWriter, p *Problem) {
	out := *p
	if out.Status < 400 || out.Status > 599 {
		out.Status = http.StatusInternalServerError
	}
	b, err := json.Marshal(&out)
	if err != nil { // an Ack or text never fails; should it one day, the code still arrives
		b = fmt.Appendf(nil, `{"status":%d,"code":%q,"title":"refused"}`, out.Status, CodeInternal)
	}
	h := w.Header()
	h.Set("Content-Type", TypeProblem)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	if out.RetryAfter > 0 {
		h.Set("Retry-After", FormatRetryAfter(out.RetryAfter))
	}
	w.WriteHeader(out.Status)
	_, _ = w.Write(b) // who has gone needs no answer
}

// ReadProblem reads the refusal that a response is, whoever it is from, and never returns nil. It
// reads a bounded part of the body and does not close it. An answer that is not the hub's, such as
// the page of a hotspot that wants a login, is a CodeInternal that says so; one of a proxy that
// asks for patience is a CodeBusy.
func ReadProblem(resp *http.Response) *Problem {
	p := &Problem{}
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	b, err := ReadAll(resp.Body, MaxProblem)
	if kind != TypeProblem || err != nil || json.Unmarshal(b, p) != nil || !codeWord(p.Code) {
		p = stranger(resp.StatusCode, kind)
	}
	p.Status = resp.StatusCode
	p.Title, p.Detail = tidy(p.Title, maxText), tidy(p.Detail, maxHint)
	if p.Title == "" {
		p.Title = "no reason given"
	}
	if p.Index != nil && (*p.Index < 0 || *p.Index > MaxEvents) {
		p.Index = nil
	}
	p.RetryAfter = RetryAfter(resp.Header, time.Now())
	return p
}

// stranger is the refusal of somebody on the way.
func stranger(status int, kind string) *Problem {
	p := &Problem{Code: CodeInternal, Title: "the answer is not the hub's"}
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		p.Code = CodeBusy
	}
	p.Detail = fmt.Sprintf("status %d, content %q: something between this box and the hub answers in its place, "+
		"a hotspot's login page or a proxy; open the hub's address in a browser on this line", status, tidy(kind, maxText))
	return p
}

// codeWord reports whether a code can be one: 1 to 48 of a–z, 0–9 and '-'.
func codeWord(c Code) bool { return packName(string(c)) }

// RetryAfter reads the header of that name, in seconds or as a date, and bounds it to
// MaxRetryAfter; 0 where there is none. A date is held against the answer's own Date, so that a
// gateway with a wrong clock waits as long as was meant; now stands in for a missing one.
func RetryAfter(h http.Header, now time.Time) time.Duration {
	s := strings.TrimSpace(h.Get("Retry-After"))
	if s == "" || len(s) > 64 {
		return 0
	}
	if n, err := strconv.ParseUint(s, 10, 64); err == nil {
		return time.Duration(min(n, uint64(MaxRetryAfter/time.Second))) * time.Second
	}
	until, err := http.ParseTime(s)
	if err != nil {
		return 0
	}
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		now = date
	}
	return min(max(0, until.Sub(now)), MaxRetryAfter)
}

// FormatRetryAfter writes a time to wait, in whole seconds, rounded up.
func FormatRetryAfter(d time.Duration) string {
	return strconv.FormatInt(int64((max(0, d)+time.Second-1)/time.Second), 10)
}
