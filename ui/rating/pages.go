package rating

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/lan"
	"github.com/motcua/gateway/ui/words"
)

//go:embed static
var static embed.FS

//go:embed phone.html tablet.html faces.html
var pages embed.FS

// Office is what the pages need of [kiosk.Office].
type Office interface {
	Snapshot() *kiosk.Snapshot
	Changed() <-chan struct{}
	Time() time.Time
	Rate(ctx context.Context, n kiosk.Number, level kiosk.RatingLevel, reason kiosk.RatingReason, by string) (kiosk.Ticket, error)
}

// Tablets knows the tablets at the counters; [lan.Pairing] does.
type Tablets interface {
	Visit(w http.ResponseWriter, r *http.Request, kind lan.ScreenKind) (lan.Visit, error)
	Who(r *http.Request, kind lan.ScreenKind) (lan.Visit, error)
	Seen(id string)
}

var (
	_ Office  = (*kiosk.Office)(nil)
	_ Tablets = (*lan.Pairing)(nil)
)

// Config is what the pages are made of.
type Config struct {
	Office  Office
	Codes   *Codes
	Tablets Tablets // nil: the office has none
	Shield  lan.Shield
}

// Pages serves the citizens' pages.
type Pages struct {
	c             Config
	assets        *lan.Assets
	phone, tablet *template.Template
	version       string // of what is built in: a tablet's page that has another loads itself again
}

// New reads what is built in.
func New(c Config) (*Pages, error) {
	files, err := fs.Sub(static, "static")
	if err != nil {
		return nil, fmt.Errorf("rating pages: %w", err)
	}
	p := &Pages{c: c}
	if p.assets, err = lan.NewAssets("/r/static/", files); err != nil {
		return nil, fmt.Errorf("rating pages: %w", err)
	}
	if p.version, err = p.assets.Path("tablet.js"); err != nil {
		return nil, fmt.Errorf("rating pages: %w", err)
	}
	for name, to := range map[string]**template.Template{"phone.html": &p.phone, "tablet.html": &p.tablet} {
		t := template.New(name).Funcs(template.FuncMap{"asset": p.assets.Path})
		if *to, err = t.ParseFS(pages, name, "faces.html"); err != nil {
			return nil, fmt.Errorf("rating pages: %w", err)
		}
	}
	return p, nil
}

// Routes adds the pages to mux.
func (p *Pages) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /r/{token...}", p.show)
	mux.HandleFunc("POST /r/{token...}", p.rate)
	mux.Handle("GET /r/static/", p.assets)
	if p.c.Tablets != nil {
		mux.HandleFunc("GET /r/counter", p.stand)
		mux.HandleFunc("GET /r/counter/stream", p.listen)
		mux.HandleFunc("POST /r/counter", p.rateHere)
	}
}

// choice is a button: a level or a reason with its name.
type choice struct{ Value, Name string }

func levels(w words.Rating) []choice {
	var out []choice
	for _, l := range []kiosk.RatingLevel{kiosk.RatingVeryGood, kiosk.RatingGood, kiosk.RatingBad} {
		out = append(out, choice{string(l), w.Level(l)})
	}
	return out
}

// reasons are those of the list, and to give none.
func reasons(w words.Rating) []choice {
	var out []choice
	for _, why := range []kiosk.RatingReason{kiosk.RatingWait, kiosk.RatingAttitude, kiosk.RatingUnclear, kiosk.RatingAgain, kiosk.RatingOther, ""} {
		out = append(out, choice{string(why), w.Because(why)})
	}
	return out
}

// write answers with a page.
func (p *Pages) write(w http.ResponseWriter, status int, t *template.Template, data any) {
	var b bytes.Buffer
	if err := t.Execute(&b, data); err != nil {
		p.c.Shield.Log.Error("draw a rating page", "err", err)
		http.Error(w, words.For(kiosk.Vietnamese).Rating.Failed, http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = b.WriteTo(w) // a browser that went away needs no page
}
