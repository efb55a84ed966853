package hub

import (
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/wire"
)

// marks answers how far each epoch is durable.
func (h *Hub) marks(w http.ResponseWriter, r *http.Request, who Identity) error {
	marks, err := h.Store.Marks(r.Context(), who.Gateway)
	if err != nil {
		return err
	}
	if marks == nil {
		marks = []wire.Mark{}
	}
	return answer(w, wire.Marks{Marks: marks})
}

// numbers answers the highest numbers given at the gateway's site on a day, whoever gave them.
func (h *Hub) numbers(w http.ResponseWriter, r *http.Request, who Identity) error {
	day, err := kiosk.ParseDay(r.URL.Query().Get("day"))
	if err != nil {
		return &wire.Problem{Status: http.StatusBadRequest, Code: wire.CodeSyntax, Title: "want day=YYYY-MM-DD"}
	}
	heir, err := h.Store.Heir(r.Context(), who.Gateway, who.Site) // first: what it says later makes it none
	if err != nil {
		return err
	}
	highest, err := h.Store.Numbers(r.Context(), who.Site, day)
	if err != nil {
		return err
	}
	return answer(w, wire.Numbers{Site: who.Site, Day: day.String(), Highest: highest, Heir: heir})
}

// health keeps how a gateway does.
func (h *Hub) health(w http.ResponseWriter, r *http.Request, who Identity) error {
	control := http.NewResponseController(w)
	if err := control.SetReadDeadline(time.Now().Add(h.Limits.Idle)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	b, err := wire.ReadAll(r.Body, wire.MaxHealth)
	switch {
	case errors.Is(err, wire.ErrTooLarge):
		return &wire.Problem{Status: http.StatusRequestEntityTooLarge, Code: wire.CodeTooLarge, Title: "beyond the bounds"}
	case err != nil:
		return &wire.Problem{Status: http.StatusBadRequest, Code: wire.CodeSyntax, Title: "the body broke off"}
	}
	var v wire.Health
	if json.Unmarshal(b, &v) != nil || v.Site != who.Site {
		return &wire.Problem{Status: http.StatusBadRequest, Code: wire.CodeSyntax, Title: "want the health of this gateway's site"}
	}
	// Kept as it came: a later page may know more of its fields than this version.
	cloned, err := h.Store.Health(r.Context(), who.Gateway, b, v.Instance)
	if err != nil {
		return err
	}
	if cloned {
		h.Log.Warn("two boxes speak as one gateway: its key was copied", LogGateway, who.Gateway)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// keys answers by which keys the hub's word is checked.
func (h *Hub) keys(w http.ResponseWriter, _ *http.Request, _ Identity) error {
	return answer(w, wire.Keys{Keys: append([]wire.Key{h.Signer.Key()}, h.PackKeys...), Recipients: h.Recipients})
}

// openAPI answers how all this is spoken to, whoever asks.
func (h *Hub) openAPI(w http.ResponseWriter, r *http.Request) {
	if h.OpenAPI == nil {
		h.refuse(w, r, notHere())
		return
	}
	w.Header().Set("Content-Type", wire.TypeJSON)
	_, _ = w.Write(h.OpenAPI)
}

func notHere() *wire.Problem {
	return &wire.Problem{Status: http.StatusNotFound, Code: wire.CodeNotFound, Title: "nothing is here"}
}

// healthz answers 200 while the database answers, whoever asks.
func (h *Hub) healthz(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if err := h.pulse.feel(r.Context(), h.Store); err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte("the database does not answer\n"))
		return
	}
	_, _ = w.Write([]byte("ok\n"))
}
