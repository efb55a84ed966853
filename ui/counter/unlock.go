package counter

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/lan"
	"github.com/motcua/gateway/ui/words"
)

// UnlockPath is the page on which a lead opens the box.
const UnlockPath = "/unlock"

// maxUnlock bounds the form, in bytes: 128 characters of a passphrase, each of three runes of four
// bytes that a form writes as twelve, and its hidden fields.
const maxUnlock = 8 << 10

// lockedAgain is when a browser may ask again for what waits for the key.
const lockedAgain = 10 * time.Second

// BoxKey is the box's key while it waits for its passphrase.
type BoxKey interface {
	// Fresh reports that no passphrase was ever set: there is nothing to type yet.
	Fresh() bool
	// Unlock returns when the box is open, also where it was already. It refuses with
	// kiosk.CodeWrongPassphrase, and with kiosk.CodeLocked after too many wrong ones.
	Unlock(ctx context.Context, passphrase, from string) error
}

// UnlockConfig is what the page is made of.
type UnlockConfig struct {
	Office interface{ Snapshot() *kiosk.Snapshot }
	Key    BoxKey
	Shield lan.Shield
}

// Unlock is the officers' page while the box's key is locked: the one form that needs no account.
type Unlock struct {
	c      UnlockConfig
	forms  *lan.Forms
	assets *lan.Assets
	page   *template.Template
	words  words.UnlockWords
	vi     words.Words
}

// unlockView is what the page shows. What was typed is never among it.
type unlockView struct {
	Words  words.UnlockWords
	Office string
	Date   string
	Alert  string
	Token  string
	Next   string
	Fresh  bool
}

// NewUnlock reads what is built in.
func NewUnlock(c UnlockConfig) (*Unlock, error) {
	u := &Unlock{c: c, words: words.Unlock(), vi: words.For(kiosk.Vietnamese)}
	files, err := fs.Sub(static, "static")
	if err == nil {
		u.assets, err = lan.NewAssets("/counter/static/", files)
	}
	if err == nil {
		u.page, err = template.New("unlock.html").Funcs(template.FuncMap{"asset": u.assets.Path}).ParseFS(pages, "unlock.html")
	}
	if err == nil {
		u.forms, err = lan.NewForms("unlock")
	}
	if err != nil {
		return nil, fmt.Errorf("unlock page: %w", err)
	}
	return u, nil
}

// Routes adds the page and, for all the others, the way there.
func (u *Unlock) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET "+UnlockPath, u.ask)
	mux.HandleFunc("POST "+UnlockPath, u.unlock)
	mux.Handle("GET /counter/static/", u.assets)
	mux.HandleFunc("/", u.Locked)
}

// Unlocked leads from the page to where one signs in, once the box is open.
func Unlocked(mux *http.ServeMux) {
	mux.HandleFunc(UnlockPath, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, signInAfter(r.URL.Query().Get("next")), http.StatusSeeOther)
	})
}

// Locked answers for everything that waits for the key: an officer's page leads to where the
// passphrase is typed, a script, a stream and a citizen's telephone are told to come again.
func (u *Unlock) Locked(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet || !lan.WantsPage(r) || !ofOfficers(r.URL.Path) {
		u.c.Shield.Refuse(w, r, &lan.Problem{
			Status: http.StatusServiceUnavailable, Code: kiosk.CodeKeyLocked, Message: u.vi.Refusal(kiosk.CodeKeyLocked), Wait: lockedAgain,
		})
		return
	}
	to := UnlockPath
	if next := lan.SafeNext(r.URL.RequestURI()); next != "/" {
		to += "?" + url.Values{"next": {next}}.Encode()
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// ofOfficers reports whether an address is of those who sign in; citizens' telephones have theirs.
func ofOfficers(path string) bool {
	for _, p := range []string{"/sign-in", "/counter", "/lead", "/report", "/screen"} {
		if path == p || strings.HasPrefix(path, p+"/") {
			return true
		}
	}
	return false
}

func signInAfter(next string) string {
	if next = lan.SafeNext(next); next == "/" {
		return "/sign-in"
	}
	return "/sign-in?" + url.Values{"next": {next}}.Encode()
}

func (u *Unlock) ask(w http.ResponseWriter, r *http.Request) {
	u.render(w, r, http.StatusOK, unlockView{Next: lan.SafeNext(r.URL.Query().Get("next"))})
}

// unlock takes a passphrase. Whatever it is, it is looked at as a whole and in one way, so that no
// answer comes sooner than another.
func (u *Unlock) unlock(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxUnlock)
	if err := u.read(r); err != nil {
		u.c.Shield.Refuse(w, r, err)
		return
	}
	next := r.PostForm.Get("next")
	err := u.c.Key.Unlock(r.Context(), r.PostForm.Get("passphrase"), lan.RemoteIP(r).String())
	if err == nil {
		http.Redirect(w, r, signInAfter(next), http.StatusSeeOther)
		return
	}
	if _, ok := errors.AsType[*kiosk.Refusal](err); !ok {
		u.c.Shield.Refuse(w, r, err)
		return
	}
	problem := lan.ProblemOf(err, u.vi)
	v := unlockView{Alert: problem.Message, Next: lan.SafeNext(next)}
	if problem.Wait > 0 {
		v.Alert = u.words.Wait(problem.Wait)
		w.Header().Set("Retry-After", strconv.Itoa(int((problem.Wait+time.Second-1)/time.Second)))
	}
	u.render(w, r, problem.Status, v)
}

// read takes the form as this page sends it, and nothing else.
func (u *Unlock) read(r *http.Request) error {
	if err := u.forms.Check(r); err != nil {
		return err
	}
	if !isForm(r) || len(r.PostForm["passphrase"]) != 1 || len(r.PostForm["next"]) > 1 || len(r.PostForm) > 3 {
		return bad("want one passphrase")
	}
	return nil
}

func (u *Unlock) render(w http.ResponseWriter, r *http.Request, status int, v unlockView) {
	var err error
	if v.Token, err = u.forms.Token(w, r); err != nil {
		u.c.Shield.Refuse(w, r, err)
		return
	}
	s := u.c.Office.Snapshot()
	v.Words, v.Office, v.Fresh = u.words, s.Setup.Name.In(kiosk.Vietnamese), u.c.Key.Fresh()
	if s.Clock.ShowTime {
		v.Date = u.vi.Date(s.Day)
	}
	var b bytes.Buffer
	if err := u.page.Execute(&b, v); err != nil {
		u.c.Shield.Refuse(w, r, fmt.Errorf("unlock page: %w", err))
		return
	}
	write(w, status, &b)
}
