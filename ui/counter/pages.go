package counter

import (
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/staff"
	"github.com/motcua/gateway/ui/lan"
	"github.com/motcua/gateway/ui/words"
)

//go:embed static
var static embed.FS

//go:embed page.html signin.html unlock.html
var pages embed.FS

// Office is what the page needs of [kiosk.Office].
type Office interface {
	Snapshot() *kiosk.Snapshot
	Changed() <-chan struct{}
	Time() time.Time
	Step(ctx context.Context, s kiosk.Step) (kiosk.Stepped, error)
	SeatOfficer(ctx context.Context, code kiosk.CounterCode, officer kiosk.OfficerCode, by string) error
	OpenCounter(ctx context.Context, code kiosk.CounterCode, by string) error
	ResumeCounter(ctx context.Context, code kiosk.CounterCode, by string) error
	PauseCounter(ctx context.Context, code kiosk.CounterCode, until time.Time, reason, by string) error
	CloseCounter(ctx context.Context, code kiosk.CounterCode, by string) error
	AnswerHelp(ctx context.Context, by string) error
}

// Gate is what the page needs of [lan.Gate].
type Gate interface {
	Officer(h func(http.ResponseWriter, *http.Request, staff.Session), roles ...kiosk.Role) http.Handler
	// Look is the session of a request that the page made by itself: it keeps nobody signed in.
	Look(r *http.Request) (staff.Session, error)
	CSRF(s staff.Session) string
	SignIn(w http.ResponseWriter, r *http.Request, in staff.SignIn) (staff.Session, error)
	SignOut(w http.ResponseWriter, r *http.Request) error
}

// Staff tells who sits where; [staff.Book] does.
type Staff interface {
	AtCounter(c kiosk.CounterCode) (staff.Session, bool)
}

var (
	_ Office = (*kiosk.Office)(nil)
	_ Gate   = (*lan.Gate)(nil)
	_ Staff  = (*staff.Book)(nil)
)

// Config is what the pages are made of.
type Config struct {
	Office Office
	Gate   Gate
	Staff  Staff
	Shield lan.Shield
	// NFC brings text into Unicode's composed form: golang.org/x/text's norm.NFC.String.
	NFC func(string) string
	// Lead is where a lead's link goes, "/lead"; empty: no link. Boards is where an officer's goes,
	// to let a television in.
	Lead, Boards string
}

// Pages serves the officers' pages.
type Pages struct {
	c      Config
	assets *lan.Assets
	page   *template.Template
	signin *template.Template
	words  words.CounterWords
	vi     words.Words
	boot   string // of this run of the program: versions of a state count within it
}

// New reads what is built in.
func New(c Config) (*Pages, error) {
	if c.NFC == nil {
		return nil, errors.New("counter pages without NFC")
	}
	files, err := fs.Sub(static, "static")
	if err != nil {
		return nil, fmt.Errorf("counter pages: %w", err)
	}
	p := &Pages{c: c, words: words.Counter(), vi: words.For(kiosk.Vietnamese), boot: rand.Text()}
	if p.assets, err = lan.NewAssets("/counter/static/", files); err != nil {
		return nil, fmt.Errorf("counter pages: %w", err)
	}
	funcs := template.FuncMap{"asset": p.assets.Path, "put": put, "verb": p.verb}
	for name, to := range map[string]**template.Template{"page.html": &p.page, "signin.html": &p.signin} {
		if *to, err = template.New(name).Funcs(funcs).ParseFS(pages, name); err != nil {
			return nil, fmt.Errorf("counter pages: %w", err)
		}
	}
	return p, nil
}

// Routes adds the pages to mux.
func (p *Pages) Routes(mux *http.ServeMux) {
	officers := func(h func(http.ResponseWriter, *http.Request, staff.Session)) http.Handler {
		return p.c.Gate.Officer(h, kiosk.RoleOfficer, kiosk.RoleLead)
	}
	mux.HandleFunc("GET /sign-in", p.askSignIn)
	mux.HandleFunc("POST /sign-in", p.signIn)
	mux.Handle("POST /sign-out", p.c.Gate.Officer(p.signOut))
	mux.Handle("GET /counter", officers(p.show))
	mux.Handle("GET /counter/stream", officers(p.stream))
	mux.Handle("GET /counter/find", officers(p.find))
	mux.Handle("GET /counter/session", officers(p.session))
	mux.Handle("POST /counter/step", officers(p.step))
	mux.Handle("POST /counter/seat", officers(p.seat))
	mux.Handle("GET /counter/static/", p.assets)
}

// counterOf is the counter that a request is about: that of the session, or of a lead any. An
// officer cannot step for another one.
func (p *Pages) counterOf(s staff.Session, asked kiosk.CounterCode) (kiosk.CounterCode, error) {
	if asked == "" {
		asked = s.Counter
	}
	if asked != s.Counter && s.Officer.Role != kiosk.RoleLead {
		return "", &kiosk.Refusal{Code: kiosk.CodeNotAllowed, Subject: string(asked)}
	}
	if _, ok := p.c.Office.Snapshot().Setup.Counter(asked); !ok {
		return "", &kiosk.Refusal{Code: kiosk.CodeUnknownCounter, Subject: string(asked)}
	}
	return asked, nil
}
