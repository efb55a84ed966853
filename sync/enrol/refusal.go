package enrol

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/motcua/gateway/sync/wire"
)

// The refusals of this package, beside those of the wire. Each comes as a *[wire.Problem].
const (
	CodeClaimUnknown     wire.Code = "claim-unknown"     // no such code, or mistyped
	CodeClaimUsed        wire.Code = "claim-used"        // by another box
	CodeClaimExpired     wire.Code = "claim-expired"     // too old, or a newer code was made for the site
	CodeSiteTaken        wire.Code = "site-taken"        // the site has a living gateway
	CodeForeignAuthority wire.Code = "foreign-authority" // a certificate or code of another hub
	CodeSuperseded       wire.Code = "superseded"        // a certificate that a newer one has replaced
	CodeBadRequest       wire.Code = "bad-request"       // not understood
	CodeBadKey           wire.Code = "bad-key"           // not P-256 or P-384, or a bad signature
	CodeBadSite          wire.Code = "bad-site"          // not a site's code
	CodeOtherSite        wire.Code = "other-site"        // the code is for another site than the box
	CodeUnknownGateway   wire.Code = "unknown-gateway"   // nobody has that ID
)

// titles says each refusal and the status that it goes with.
func titles(code wire.Code) (status int, title string) {
	switch code {
	case CodeClaimUnknown:
		return http.StatusUnauthorized, "no such claim code"
	case CodeClaimUsed:
		return http.StatusForbidden, "this claim code was used by another box"
	case CodeClaimExpired:
		return http.StatusForbidden, "this claim code is too old"
	case CodeSiteTaken:
		return http.StatusConflict, "the site has a gateway already"
	case CodeForeignAuthority:
		return http.StatusForbidden, "not of this hub's authority"
	case CodeSuperseded:
		return http.StatusForbidden, "a newer certificate of this gateway is in use"
	case CodeBadKey:
		return http.StatusBadRequest, "not a key that is taken"
	case CodeBadSite:
		return http.StatusBadRequest, "not a site's code"
	case CodeOtherSite:
		return http.StatusConflict, "the claim code is for another site"
	case CodeUnknownGateway:
		return http.StatusNotFound, "no such gateway"
	case wire.CodeUnknown:
		return http.StatusUnauthorized, "no certificate of a gateway"
	case wire.CodeRevoked:
		return http.StatusForbidden, "this gateway was revoked"
	case wire.CodeExpired:
		return http.StatusForbidden, "the certificate has ended"
	case wire.CodeTooLarge:
		return http.StatusRequestEntityTooLarge, "too large"
	case wire.CodeBusy:
		return http.StatusServiceUnavailable, "busy"
	case wire.CodeMethod:
		return http.StatusMethodNotAllowed, "not with this method"
	case wire.CodeNotFound:
		return http.StatusNotFound, "nothing here"
	case wire.CodeInternal:
		return http.StatusInternalServerError, "the hub is in trouble"
	default:
		return http.StatusBadRequest, "not understood"
	}
}

func refuse(code wire.Code, detail string) *wire.Problem {
	status, title := titles(code)
	return &wire.Problem{Status: status, Code: code, Title: title, Detail: detail}
}

// The box's own refusals. Each comes as a *[Trouble].
const (
	CodeMistyped    wire.Code = "mistyped"     // the claim code has a wrong character
	CodeBadURL      wire.Code = "bad-url"      // not an address of a hub
	CodeEnrolled    wire.Code = "enrolled"     // it is somebody's gateway already
	CodeNotEnrolled wire.Code = "not-enrolled" // it is nobody's
	CodeDamaged     wire.Code = "damaged"      // what it keeps cannot be used
	CodeClock       wire.Code = "clock"        // by this box's clock the hub's certificate has ended
	CodeUnreachable wire.Code = "unreachable"  // no answer from the hub
	CodeBadAnswer   wire.Code = "bad-answer"   // an answer that no hub gives
)

// Trouble is why the box cannot do something, on its own account: the hub has not been asked, has
// not been reached, or was not believed.
type Trouble struct {
	Code wire.Code
	Hint string // for the technician
	Err  error  // beneath; may be nil
}

// Error says it.
func (t *Trouble) Error() string {
	s := string(t.Code) + ": " + t.Hint
	if t.Err != nil {
		s += ": " + t.Err.Error()
	}
	return s
}

// Unwrap returns the error beneath.
func (t *Trouble) Unwrap() error { return t.Err }

// CodeOf returns the code of a refusal or a trouble, empty for any other error.
func CodeOf(err error) wire.Code {
	var p *wire.Problem
	var t *Trouble
	switch {
	case errors.As(err, &p): // what the hub said comes before what the box makes of it
		return p.Code
	case errors.As(err, &t):
		return t.Code
	}
	return ""
}

// answer writes a refusal; an error that is none was logged by the caller and is told to nobody.
func answer(w http.ResponseWriter, err error) {
	var p *wire.Problem
	if !errors.As(err, &p) {
		p = refuse(wire.CodeInternal, "")
	}
	if p.RetryAfter > 0 {
		seconds := (p.RetryAfter + time.Second - 1) / time.Second
		w.Header().Set("Retry-After", strconv.Itoa(int(seconds)))
	}
	if p.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Basic realm="claim", charset="UTF-8"`)
	}
	w.Header().Set("Content-Type", wire.TypeProblem)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // who has hung up hears nothing
}
