package control

import (
	"context"
	"net/http"
	"path/filepath"
	"strconv"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// Province is the box's line to the province, as a person at the box handles it. What it refuses
// is a *Problem or a *kiosk.Refusal.
type Province interface {
	// Line tells how the line is.
	Line(ctx context.Context) (Uplink, error)
	// Enrol makes this box the gateway that a claim code is for; Leave forgets who it is.
	Enrol(ctx context.Context, hub, code string) error
	Leave(ctx context.Context) error
	// Parked returns the first pages that were refused for good, at most so many.
	Parked(ctx context.Context, most int) ([]kiosk.BlobRecord, error)
	// Release lets parked pages go again.
	Release(ctx context.Context, by string) error
	// Generate receives a dossier that is nobody's, with pages as a scanner gives them.
	Generate(ctx context.Context, pages int) (kiosk.DossierRecord, error)
	Dossiers(ctx context.Context) ([]kiosk.DossierRecord, error)

	// FerryExport writes what waits onto a stick; FerryAccept takes the hub's word from it.
	FerryExport(ctx context.Context, dir string) (Trip, error)
	FerryAccept(ctx context.Context, dir string) (Trip, error)
	// Backup writes a copy of everything, sealed for the province, and returns its length.
	Backup(ctx context.Context, file string) (int64, error)
}

// Uplink is the line to the province in one answer.
type Uplink struct {
	Phase   string    `json:"phase"` // not-enrolled, connecting, up, down, refused
	Since   time.Time `json:"since,omitzero"`
	Hub     string    `json:"hub,omitempty"`
	Gateway string    `json:"gateway,omitempty"`
	// Certificate is when the box's certificate ends. It is renewed before, and after too.
	Certificate time.Time `json:"certificate_until,omitzero"`
	Contact     time.Time `json:"contact,omitzero"` // when the hub answered last
	Trouble     string    `json:"trouble,omitempty"`
	Next        time.Time `json:"next,omitzero"` // of the next attempt
	// Rate is what the line was seen to carry, in bytes a second; 0: not known.
	Rate      int64     `json:"rate_bytes_per_s"`
	PagesFrom time.Time `json:"pages_from,omitzero"` // pages wait for the office's hours or bytes until then

	Facts      uint64    `json:"facts"` // that wait
	OldestFact time.Time `json:"oldest_fact,omitzero"`
	Pages      int       `json:"pages"` // that wait, parked ones included
	Bytes      int64     `json:"bytes"` // of those that are not parked
	Parked     int       `json:"parked"`
	// Expected is how many seconds it takes until everything is there; absent where nobody can say.
	Expected *int64 `json:"expected_s,omitempty"`
	Acked    string `json:"acked,omitempty"` // the last fact that the hub holds, EPOCH-SEQ
}

// ParkedMost is how many parked pages an answer tells of; [Uplink] has how many there are.
const ParkedMost = 500

// Parked is a page that was refused for good: it waits for a person.
type Parked struct {
	Dossier string    `json:"dossier"`
	Page    int       `json:"page"` // among those of its dossier, from 1
	Hash    string    `json:"hash"`
	Bytes   int64     `json:"bytes"`
	Filed   time.Time `json:"filed"`
	// Why is the hub's code; gone-here: the box itself cannot read the page any more.
	Why string `json:"why"`
}

// Enrol asks for an enrolment.
type Enrol struct {
	Hub  string `json:"hub"`
	Code string `json:"code"`
}

// Trip is what went onto a stick, or came from it.
type Trip struct {
	Files   int   `json:"files"`
	Facts   int   `json:"facts"`
	Pages   int   `json:"pages"`
	Bytes   int64 `json:"bytes"`
	Skipped int   `json:"skipped"` // pages that cannot be read here
	// Behind is how many facts stay behind with the pages of their dossiers, and Why.
	Behind int    `json:"behind"`
	Why    string `json:"why,omitempty"`
}

// Place names a folder or a file, from the root of the disk on.
type Place struct {
	Path string `json:"path"`
}

// Generate asks for a dossier that is nobody's.
type Generate struct {
	Pages int `json:"pages"`
}

// Dossier is a dossier as the box keeps it. It says nothing of the applicant.
type Dossier struct {
	ID        string `json:"id"`
	Procedure string `json:"procedure"`
	Code      string `json:"code,omitempty"`
	Ticket    string `json:"ticket,omitempty"`
	Day       string `json:"day"`
	State     string `json:"state"` // filed, confirmed, forgotten
	Pages     int    `json:"pages"`
	Bytes     int64  `json:"bytes"`
	Confirmed string `json:"confirmed_on,omitempty"`
}

// Backup is a copy that was written.
type Backup struct {
	Path  string `json:"path"`
	Bytes int64  `json:"bytes"`
}

func shapeDossier(r kiosk.DossierRecord) Dossier {
	d := Dossier{
		ID: string(r.Dossier.ID), Procedure: string(r.Dossier.Procedure), Code: string(r.Dossier.Code), Ticket: string(r.Dossier.Ticket),
		Day: r.Day.String(), State: string(r.State), Pages: len(r.Dossier.Pages),
	}
	for _, p := range r.Dossier.Pages {
		d.Bytes += p.Size
	}
	if r.ConfirmedOn != 0 {
		d.Confirmed = r.ConfirmedOn.String()
	}
	return d
}

// provinceHandlers are the requests about the line, by their patterns.
func provinceHandlers() map[string]func(*Keyed, *http.Request) (any, error) {
	line := func(k *Keyed, r *http.Request, err error) (any, error) {
		if err != nil {
			return nil, err
		}
		return k.Province.Line(r.Context())
	}
	return map[string]func(*Keyed, *http.Request) (any, error){
		"GET /v1/line": func(k *Keyed, r *http.Request) (any, error) { return k.Province.Line(r.Context()) },
		"GET /v1/line/parked": func(k *Keyed, r *http.Request) (any, error) {
			all, err := k.Province.Parked(r.Context(), ParkedMost)
			out := make([]Parked, 0, len(all))
			for _, b := range all {
				out = append(out, Parked{string(b.Dossier), int(b.Index) + 1, b.Hash.String(), b.Size, b.FiledAt, b.Why})
			}
			return out, err
		},
		"POST /v1/line/leave":   func(k *Keyed, r *http.Request) (any, error) { return line(k, r, k.Province.Leave(r.Context())) },
		"POST /v1/line/release": func(k *Keyed, r *http.Request) (any, error) { return line(k, r, k.Province.Release(r.Context(), by)) },
		"POST /v1/line/enrol": func(k *Keyed, r *http.Request) (any, error) {
			var in Enrol
			if err := read(r, &in); err != nil {
				return nil, err
			}
			return line(k, r, k.Province.Enrol(r.Context(), in.Hub, in.Code))
		},
		"GET /v1/dossiers": func(k *Keyed, r *http.Request) (any, error) {
			all, err := k.Province.Dossiers(r.Context())
			out := make([]Dossier, 0, len(all))
			for _, d := range all {
				out = append(out, shapeDossier(d))
			}
			return out, err
		},
		"POST /v1/dossiers/generate": (*Keyed).generate,
		"POST /v1/ferry/export":      ferry(Province.FerryExport),
		"POST /v1/ferry/accept":      ferry(Province.FerryAccept),
		"POST /v1/backup": func(k *Keyed, r *http.Request) (any, error) {
			file, err := place(r)
			if err != nil {
				return nil, err
			}
			n, err := k.Province.Backup(r.Context(), file)
			return Backup{Path: file, Bytes: n}, err
		},
	}
}

func (k *Keyed) generate(r *http.Request) (any, error) {
	var in Generate
	if err := read(r, &in); err != nil {
		return nil, err
	}
	if in.Pages < 1 || in.Pages > kiosk.MaxPages {
		return nil, &Problem{Status: http.StatusBadRequest, Code: "bad-request", Reason: "the number of pages cannot be", Subject: strconv.Itoa(in.Pages), Hint: "1 to 2000"}
	}
	d, err := k.Province.Generate(r.Context(), in.Pages)
	if err != nil {
		return nil, err
	}
	return shapeDossier(d), nil
}

func ferry(do func(Province, context.Context, string) (Trip, error)) func(*Keyed, *http.Request) (any, error) {
	return func(k *Keyed, r *http.Request) (any, error) {
		dir, err := place(r)
		if err != nil {
			return nil, err
		}
		return do(k.Province, r.Context(), dir)
	}
}

// place reads the name of a folder or file. The gateway's own folder is not where the caller
// stands, so a name has to begin at the root.
func place(r *http.Request) (string, error) {
	var in Place
	if err := read(r, &in); err != nil {
		return "", err
	}
	if !filepath.IsAbs(in.Path) {
		return "", &Problem{Status: http.StatusBadRequest, Code: "bad-request", Reason: "the place does not begin at the root of the disk", Subject: in.Path}
	}
	return filepath.Clean(in.Path), nil
}
