package hub

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/motcua/gateway/sync/wire"
)

// logPage is the key of a page in what Uploads logs: its dossier and hash, which tell of nobody.
const logPage = "page"

// statusHash is tus's status for bytes that are not those that were meant.
const statusHash = 460

// refuse answers with a problem. What is the hub's own trouble is logged.
func (u *Uploads) refuse(w http.ResponseWriter, r *http.Request, err error) {
	p, own := uploadProblem(err)
	if own && r.Context().Err() == nil {
		u.cfg.Log.Error("an upload could not be served", LogPath, r.URL.Path, LogError, err)
	}
	if moved, ok := errors.AsType[*OffsetError](err); ok {
		w.Header().Set(headOffset, strconv.FormatInt(moved.Ends, 10))
	}
	wire.WriteProblem(w, p)
}

// uploadProblem says an error as a refusal, and whether it is the hub's own trouble.
func uploadProblem(err error) (p *wire.Problem, own bool) {
	if p, ok := errors.AsType[*wire.Problem](err); ok {
		return p, false
	}
	moved, isMoved := errors.AsType[*OffsetError](err)
	switch {
	case isMoved:
		return &wire.Problem{Status: http.StatusConflict, Code: wire.CodeOffset, Title: "the upload ends elsewhere", Expected: uint64(moved.Ends)}, false
	case errors.Is(err, ErrRevoked):
		return revoked(), false
	case errors.Is(err, ErrHeaderFirst):
		return &wire.Problem{Status: http.StatusConflict, Code: wire.CodeHeaderFirst, Title: "the dossier's header comes first", RetryAfter: time.Second}, false
	case errors.Is(err, ErrNotNamed):
		return &wire.Problem{Status: http.StatusUnprocessableEntity, Code: wire.CodeNotNamed, Title: "no such page in the dossier's header", Detail: err.Error()}, false
	case errors.Is(err, ErrErased):
		return &wire.Problem{Status: http.StatusGone, Code: wire.CodeErased, Title: "the dossier was erased"}, false
	case errors.Is(err, ErrNotFound):
		return &wire.Problem{Status: http.StatusNotFound, Code: wire.CodeNotFound, Title: "no such upload"}, false
	case errors.Is(err, ErrHash):
		return &wire.Problem{Status: statusHash, Code: wire.CodeHashMismatch, Title: "the bytes are not those that the header names", Detail: "the upload begins anew"}, false
	case errors.Is(err, ErrBusy):
		return &wire.Problem{Status: http.StatusLocked, Code: wire.CodeLocked, Title: "another request writes to this upload", RetryAfter: time.Second}, false
	case errors.Is(err, ErrFull):
		return &wire.Problem{Status: http.StatusInsufficientStorage, Code: wire.CodeBusy, Title: "the hub has no room left for pages", RetryAfter: 5 * time.Minute}, true
	}
	return &wire.Problem{Status: http.StatusServiceUnavailable, Code: wire.CodeInternal, Title: "the hub's store fails", RetryAfter: 5 * time.Second}, true
}

func notTus(what string) *wire.Problem {
	return &wire.Problem{Status: http.StatusBadRequest, Code: wire.CodeSyntax, Title: "not a request of tus", Detail: what}
}

func wrongType() *wire.Problem {
	return &wire.Problem{Status: http.StatusUnsupportedMediaType, Code: wire.CodeSyntax, Title: "the body has to be " + wire.TypeTus}
}

func wrongMethod(w http.ResponseWriter, allowed string) *wire.Problem {
	w.Header().Set("Allow", allowed)
	return &wire.Problem{Status: http.StatusMethodNotAllowed, Code: wire.CodeMethod, Title: "no such method here"}
}
