package lead

import (
	"context"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/report"
	"github.com/motcua/gateway/kiosk/staff"
	"github.com/motcua/gateway/ui/lan"
	"github.com/motcua/gateway/ui/words"
)

//go:embed page static
var files embed.FS

// Office is what the pages need of *kiosk.Office.
type Office interface {
	report.Facts
	Setup() *kiosk.Setup
	Snapshot() *kiosk.Snapshot
	Time() time.Time
	OpenHall(ctx context.Context, by string) error
	CloseHall(ctx context.Context, by string) error
	ConfirmNumber(ctx context.Context, code kiosk.ServiceCode, last uint32, by string) error
	RecordStaff(ctx context.Context, f kiosk.StaffMoved, by string) error
	Head(ctx context.Context) (kiosk.ChainHead, error)
	VerifyLog(ctx context.Context) (kiosk.ChainHead, error)
}

// Staff is what the page of accounts needs of *staff.Book, which keeps each deed as a fact.
type Staff interface {
	Officers() []staff.Officer
	Create(ctx context.Context, by string, o staff.Officer, secret string) (staff.Officer, error)
	Change(ctx context.Context, by string, o staff.Officer) (staff.Officer, error)
	Disable(ctx context.Context, by string, code kiosk.OfficerCode) error
	SetSecret(ctx context.Context, by string, code kiosk.OfficerCode, secret string) error
	Unlock(ctx context.Context, by string, code kiosk.OfficerCode) error
}

// Boards pairs screens without a keyboard; *lan.Pairing does, and keeps each deed as a fact.
type Boards interface {
	List() []lan.Screen
	// Confirm pairs the screen that shows these digits, a tablet at a counter. It refuses with
	// kiosk.CodeBadPairing, kiosk.CodeLocked, kiosk.CodeBadName and kiosk.CodeUnknownCounter.
	Confirm(ctx context.Context, digits, name string, counter kiosk.CounterCode, by string) (lan.Screen, error)
	// SetSound lets a board say the numbers, or not.
	SetSound(ctx context.Context, id string, on bool, by string) error
	Forget(ctx context.Context, id, by string) error
}

// absent is after how long a screen that was not seen is missed.
const absent = 15 * time.Second

// Voice checks and keeps recordings.
type Voice interface {
	// Check says what is wrong with a recording.
	Check(wav []byte) []kiosk.Flaw
	// Keep makes a recording without flaws the office's own clip, durably, and returns the flaws of
	// one that was not kept.
	Keep(id kiosk.ClipID, wav []byte) ([]kiosk.Flaw, error)
	// Source is "person" where somebody has lent a voice for the clip.
	Source(id kiosk.ClipID) string
	// Clip returns the clip as it is heard, as WAV.
	Clip(id kiosk.ClipID) ([]byte, error)
	// Active reports whether numbers are called in a language. SetActive makes it so, or no longer,
	// of one that is only heard: each call is repeated in it for everybody.
	Active(l kiosk.Language) bool
	SetActive(ctx context.Context, l kiosk.Language, on bool) error
}

// Gate lets officers in; *lan.Gate is one.
type Gate interface {
	Officer(h func(w http.ResponseWriter, r *http.Request, s staff.Session), roles ...kiosk.Role) http.Handler
	CSRF(s staff.Session) string
}

var (
	_ Gate   = (*lan.Gate)(nil)
	_ Staff  = (*staff.Book)(nil)
	_ Boards = (*lan.Pairing)(nil)
	_ Office = (*kiosk.Office)(nil)
)

// Options are what the pages are made of.
type Options struct {
	Office Office
	Live   *report.Live // the same that metrics read; nil: one of its own
	Staff  Staff
	Boards Boards // nil: no boards
	Voice  Voice  // nil: no voice
	Gate   Gate
	Link   func() words.LineState // nil: no line
	Log    *slog.Logger
}

// Pages are the lead's pages.
type Pages struct {
	o      Options
	live   *report.Live
	w      words.Lead
	office words.Words // of refusals, faults and dates
	assets *lan.Assets
	pages  map[string]*template.Template
	once   once
}

// New returns the pages. It fails only if what is built in is damaged.
func New(o Options) (*Pages, error) {
	p := &Pages{o: o, live: o.Live, w: words.ForLead(), office: words.For(kiosk.Vietnamese), pages: map[string]*template.Template{}}
	if p.o.Log == nil {
		p.o.Log = slog.New(slog.DiscardHandler)
	}
	if p.live == nil {
		p.live = report.NewLive(o.Office, o.Office.Setup())
	}
	static, err := fs.Sub(files, "static")
	if err != nil {
		return nil, fmt.Errorf("lead pages: %w", err)
	}
	if p.assets, err = lan.NewAssets("/lead/static/", static); err != nil {
		return nil, fmt.Errorf("lead pages: %w", err)
	}
	for _, name := range []string{"card", "report", "sheet", "staff", "boards", "voice", "audit", "groups", "sorry"} {
		t, err := template.New("frame.html").Funcs(p.funcs()).ParseFS(files, "page/frame.html", "page/parts.html", "page/"+name+".html")
		if err != nil {
			return nil, fmt.Errorf("lead pages: %w", err)
		}
		p.pages[name] = t
	}
	return p, nil
}

// Handler serves /lead, all below it and /report/groups.
func (p *Pages) Handler() http.Handler {
	mux := http.NewServeMux()
	lead := func(pattern string, h serve) { mux.Handle(pattern, p.o.Gate.Officer(p.page(h), kiosk.RoleLead)) }
	// A technician sees the log, and nothing of citizens.
	box := func(pattern string, h serve) {
		mux.Handle(pattern, p.o.Gate.Officer(p.page(h), kiosk.RoleLead, kiosk.RoleTechnician))
	}
	lead("GET /lead", p.card)
	lead("POST /lead/hall", p.moveHall)
	lead("POST /lead/numbers", p.confirmNumber)
	lead("GET /lead/report", p.report)
	lead("POST /lead/report/export", p.export)
	lead("GET /lead/staff", p.staff)
	lead("POST /lead/staff", p.changeStaff)
	// Whoever stands before a television lets it in; see changeBoards for what else is whose.
	anybody := func(pattern string, h serve) {
		mux.Handle(pattern, p.o.Gate.Officer(p.page(h), kiosk.RoleLead, kiosk.RoleTechnician, kiosk.RoleOfficer))
	}
	anybody("GET /lead/boards", p.boards)
	anybody("POST /lead/boards", p.changeBoards)
	mux.Handle("GET /lead/voice", lan.Recording(p.o.Gate.Officer(p.page(p.voice), kiosk.RoleLead)))
	lead("GET /lead/voice/clip", p.clip)
	lead("POST /lead/voice/check", p.checkTake)
	lead("POST /lead/voice/keep", p.keepTake)
	lead("POST /lead/voice", p.activate)
	box("GET /lead/audit", p.audit)
	box("POST /lead/audit", p.audit)
	mux.Handle("GET /report/groups", p.o.Gate.Officer(p.page(p.groups), kiosk.RoleOfficer))
	mux.Handle("GET /lead/static/", p.assets)
	return bounded(mux)
}

// bounded limits what a request may bring before anybody reads it.
func bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		limit := int64(maxForm)
		if r.Header.Get("Content-Type") == wavType {
			limit = maxTake
		}
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		next.ServeHTTP(w, r)
	})
}

// serve answers a request of a known officer; an error becomes the page that says so.
type serve func(w http.ResponseWriter, r *http.Request, s staff.Session) error
