package board

import (
	"bytes"
	"cmp"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/lan"
	"github.com/motcua/gateway/ui/words"
)

//go:embed page.html static
var files embed.FS

// Calls is the queue of announcements; [kiosk.Announcing] is one.
type Calls interface {
	Now() (current *kiosk.Announcement, waiting []kiosk.Announcement)
	Changed() <-chan struct{}
}

// Screens tells who asks; [lan.Pairing] does.
type Screens interface {
	Visit(w http.ResponseWriter, r *http.Request, kind lan.ScreenKind) (lan.Visit, error)
	Who(r *http.Request, kind lan.ScreenKind) (lan.Visit, error)
	Changed() <-chan struct{}
	Seen(id string)
}

// Config is what a Board is made of. Office, Calls and Screens are required.
type Config struct {
	Office  *kiosk.Office
	Calls   Calls
	Screens Screens
	// Sound is the sound of an announcement as a WAV file. Boards are silent where it is nil.
	Sound func(kiosk.Announcement) (wav []byte, length time.Duration, err error)
	// Free lets a request in without pairing: the demonstration on loopback. It may be nil.
	Free func(*http.Request) bool

	// Beat is how often an idle stream says that it lives; 5 s where it is 0. Silence is after
	// how long without a word the page blanks its number; 10 s.
	Beat, Silence time.Duration
	Words         words.Words // of refusals
	Log           *slog.Logger
}

// Board serves /board and everything below.
type Board struct {
	cfg    Config
	mux    *http.ServeMux
	assets *lan.Assets
	page   []byte
	build  string // changes with the page's files
	sounds sounds
}

// New returns a Board.
func New(cfg Config) (*Board, error) {
	if cfg.Office == nil || cfg.Calls == nil || cfg.Screens == nil {
		return nil, errors.New("a board needs an office, calls and screens")
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	cfg.Beat, cfg.Silence = cmp.Or(cfg.Beat, 5*time.Second), cmp.Or(cfg.Silence, 10*time.Second)
	static, err := fs.Sub(files, "static")
	if err != nil {
		return nil, fmt.Errorf("board's files: %w", err)
	}
	b := &Board{cfg: cfg, mux: http.NewServeMux()}
	if b.assets, err = lan.NewAssets("/board/static", static); err != nil {
		return nil, fmt.Errorf("board's files: %w", err)
	}
	if err := b.render(); err != nil {
		return nil, err
	}
	shield := lan.Shield{Words: cfg.Words, Log: cfg.Log}
	b.mux.HandleFunc("GET /board", b.open)
	b.mux.HandleFunc("GET /board/stream", func(w http.ResponseWriter, r *http.Request) {
		_, in, err := b.who(r)
		if err != nil {
			b.refuse(w, r, err)
			return
		}
		standing := lan.Stranger
		if in {
			standing = lan.LetIn
		}
		shield.Streamed(standing, b.stream).ServeHTTP(w, r)
	})
	b.mux.HandleFunc("GET /board/seen", b.seen)
	b.mux.HandleFunc("GET /board/say/{file}", b.say)
	b.mux.Handle("GET /board/static/", b.assets)
	b.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		code := lan.CodeNoPage
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			code = lan.CodeMethod
		}
		b.refuse(w, r, &lan.Problem{Code: code})
	})
	return b, nil
}

// ServeHTTP serves the board.
func (b *Board) ServeHTTP(w http.ResponseWriter, r *http.Request) { b.mux.ServeHTTP(w, r) }

func (b *Board) refuse(w http.ResponseWriter, r *http.Request, err error) {
	lan.Refuse(w, r, err, b.cfg.Words, b.cfg.Log)
}

// render writes the page, which is the same for all: what it shows comes by the stream.
func (b *Board) render() error {
	text, err := files.ReadFile("page.html")
	if err != nil {
		return fmt.Errorf("board's page: %w", err)
	}
	t, err := template.New("board").Funcs(template.FuncMap{"asset": b.assets.Path}).Parse(string(text))
	if err != nil {
		return fmt.Errorf("board's page: %w", err)
	}
	var out bytes.Buffer
	if b.build, err = b.assets.Path("board.js"); err != nil {
		return err
	}
	if err := t.Execute(&out, struct {
		W       words.Board
		Build   string
		Silence int64
		Beat    int64
	}{words.ForBoard(), b.build, b.cfg.Silence.Milliseconds(), b.cfg.Beat.Milliseconds()}); err != nil {
		return fmt.Errorf("board's page: %w", err)
	}
	b.page = out.Bytes()
	return nil
}

// open answers with the page and gives a new browser its token.
func (b *Board) open(w http.ResponseWriter, r *http.Request) {
	if !b.free(r) {
		if _, err := b.cfg.Screens.Visit(w, r, lan.BoardScreen); err != nil {
			b.refuse(w, r, err)
			return
		}
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(b.page) // a browser that went away needs no page
}

func (b *Board) free(r *http.Request) bool { return b.cfg.Free != nil && b.cfg.Free(r) }

// who tells which screen asks; an empty ID is one that is let in without pairing.
func (b *Board) who(r *http.Request) (lan.Visit, bool, error) {
	if b.free(r) {
		return lan.Visit{}, true, nil
	}
	v, err := b.cfg.Screens.Who(r, lan.BoardScreen)
	return v, err == nil && v.Screen.ID != "", err
}

// paired refuses a browser that is no board of this office.
func (b *Board) paired(w http.ResponseWriter, r *http.Request) (lan.Visit, bool) {
	v, in, err := b.who(r)
	if err == nil && !in {
		err = &lan.Problem{Code: kiosk.CodeNoSession}
	}
	if err != nil {
		b.refuse(w, r, err)
	}
	return v, in
}

// seen is the board's own word that it lives: what is sent down a stream says nothing of a
// television whose plug was pulled.
func (b *Board) seen(w http.ResponseWriter, r *http.Request) {
	v, ok := b.paired(w, r)
	if !ok {
		return
	}
	b.cfg.Screens.Seen(v.Screen.ID)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusNoContent)
}
