package province

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/staff"
	"github.com/motcua/gateway/ui/lan"
	"github.com/motcua/gateway/ui/words"
)

//go:embed page static
var files embed.FS

// Gate lets people in; *lan.Gate over [Accounts] does.
type Gate interface {
	Officer(h func(w http.ResponseWriter, r *http.Request, s staff.Session), roles ...kiosk.Role) http.Handler
	Look(r *http.Request) (staff.Session, error)
	SignIn(w http.ResponseWriter, r *http.Request, in staff.SignIn) (staff.Session, error)
	SignOut(w http.ResponseWriter, r *http.Request) error
	CSRF(s staff.Session) string
}

var _ Gate = (*lan.Gate)(nil)

// Options are what the pages are made of.
type Options struct {
	// Name is the province's, as it stands above every page; a general one where it is empty.
	Name     string
	Hub      Hub
	Log      Log
	Accounts *Accounts
	Gate     Gate
	// Sites are the offices by name. A gateway of a site that is not among them stands under its code.
	Sites []Site
	// NFC normalises what is typed; nil leaves it as it is.
	NFC func(string) string
	// Silent is after how long without a word a gateway is missed; DefaultSilent where it is 0.
	Silent time.Duration
	Now    func() time.Time // the runtime's where it is nil
	Logger *slog.Logger     // none where it is nil
}

// DefaultSilent is some of the gateways' reports of their health, and a reboot.
const DefaultSilent = 15 * time.Minute

// Pages are the province's pages.
type Pages struct {
	o        Options
	w        words.Province
	vi       words.Words // of faults and dates
	sites    map[kiosk.SiteCode]Site
	assets   *lan.Assets
	pages    map[string]*template.Template
	purposes purposes
	orders   orders
	checked  checked
}

// The keys under which the pages log.
const (
	logError   = "err"
	logPath    = "path"
	logAccount = "account"
	logDossier = "dossier"
)

// New returns the pages. It fails only where options are missing or what is built in is damaged.
func New(o Options) (*Pages, error) {
	if o.Hub == nil || o.Log == nil || o.Accounts == nil || o.Gate == nil {
		return nil, errors.New("province pages: the hub, the log, the accounts and a gate are needed")
	}
	o.Logger = cmp.Or(o.Logger, slog.New(slog.DiscardHandler))
	o.Silent = cmp.Or(o.Silent, DefaultSilent)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.NFC == nil {
		o.NFC = func(s string) string { return s }
	}
	p := &Pages{o: o, w: words.ForProvince(), vi: words.For(kiosk.Vietnamese), sites: map[kiosk.SiteCode]Site{}, pages: map[string]*template.Template{}}
	p.o.Name = cmp.Or(o.Name, p.w.Name)
	for _, s := range o.Sites {
		p.sites[s.Code] = s
	}
	static, err := fs.Sub(files, "static")
	if err != nil {
		return nil, fmt.Errorf("province pages: %w", err)
	}
	if p.assets, err = lan.NewAssets("/province/static/", static); err != nil {
		return nil, fmt.Errorf("province pages: %w", err)
	}
	for _, name := range []string{
		"account", "accounts", "ask", "dossier", "erase", "gateway", "gateways", "log", "numbers", "search", "signin", "sorry", "subject", "view",
	} {
		t, err := template.New("frame.html").Funcs(p.funcs()).ParseFS(files, "page/frame.html", "page/parts.html", "page/"+name+".html")
		if err != nil {
			return nil, fmt.Errorf("province pages: %w", err)
		}
		p.pages[name] = t
	}
	return p, nil
}

// route is a page and who may open it.
type route struct {
	pattern string
	roles   []Role // none: everybody who is signed in
	serve   serve
}

// serve answers a request of a known person; an error becomes the page that says so.
type serve func(w http.ResponseWriter, r *http.Request, me me) error

// me is who asks.
type me struct {
	session staff.Session
	right   Right
}

// by signs what somebody does in the log.
func (m me) by() string { return m.session.Officer.By() }

func (p *Pages) routes() []route {
	var (
		boxes  = []Role{RoleViewer, RoleProvince, RoleAdmin}
		looks  = []Role{RoleViewer, RoleProvince}
		admins = []Role{RoleAdmin}
		log    = []Role{RoleAuditor}
	)
	return []route{
		{"GET /{$}", nil, p.home},
		{"GET /province", nil, p.home},
		{"GET /province/gateways", boxes, p.gateways},
		{"GET /province/gateways/{id}", boxes, p.gateway},
		{"GET /province/numbers", looks, p.numbers},
		{"POST /province/numbers/csv", looks, p.numbersCSV},
		{"GET /province/search", looks, p.search},
		{"POST /province/search", looks, p.find},
		{"GET /province/dossiers/{id}", looks, p.dossier},
		{"POST /province/dossiers/{id}", looks, p.say},
		{"GET /province/dossiers/{id}/view/{n}", looks, p.view},
		{"GET /province/dossiers/{id}/pages/{n}", looks, p.page},
		{"GET /province/log", log, p.log},
		{"POST /province/log", log, p.verify},
		{"GET /province/accounts", admins, p.accounts},
		{"POST /province/accounts", admins, p.addAccount},
		{"GET /province/accounts/{code}", admins, p.account},
		{"POST /province/accounts/{code}", admins, p.changeAccount},
		{"GET /province/subject", admins, p.subject},
		{"POST /province/subject/export", admins, p.export},
		{"POST /province/subject/erase", admins, p.erase},
		{"POST /sign-out", nil, p.signOut},
	}
}

// Handler serves everything on the page's listener.
func (p *Pages) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, route := range p.routes() {
		mux.Handle(route.pattern, p.o.Gate.Officer(p.let(route)))
	}
	mux.Handle("GET /province/gateways/live", p.live())
	mux.HandleFunc("GET /sign-in", p.askSignIn)
	mux.HandleFunc("POST /sign-in", p.signIn)
	mux.Handle("GET /province/static/", p.assets)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		mux.ServeHTTP(w, r)
	})
}

// let serves a route to who has one of its roles.
func (p *Pages) let(v route) func(http.ResponseWriter, *http.Request, staff.Session) {
	return func(w http.ResponseWriter, r *http.Request, s staff.Session) {
		m := me{s, p.o.Accounts.right(s.Officer)}
		var err error
		if v.roles != nil && !slices.Contains(v.roles, m.right.Role) {
			err = &lan.Problem{Code: kiosk.CodeNotAllowed}
		} else {
			err = v.serve(w, r, m)
		}
		if err != nil {
			p.sorry(w, r, m, err)
		}
	}
}

// home leads to what somebody is here for.
func (p *Pages) home(w http.ResponseWriter, r *http.Request, m me) error {
	nav := p.nav(r, m.right.Role)
	if len(nav) == 0 {
		return &lan.Problem{Code: kiosk.CodeNotAllowed, Status: http.StatusForbidden, Message: p.w.NoRight}
	}
	http.Redirect(w, r, nav[0].Path, http.StatusSeeOther)
	return nil
}

// site is an office by its code.
func (p *Pages) site(code kiosk.SiteCode) Site {
	s := p.sites[code]
	s.Code, s.Name = code, cmp.Or(s.Name, string(code))
	return s
}
