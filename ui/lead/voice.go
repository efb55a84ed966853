package lead

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/staff"
	"github.com/motcua/gateway/ui/lan"
	"github.com/motcua/gateway/ui/words"
)

// wavType is the type under which the page sends a recording.
const wavType = "audio/wav"

// maxTake bounds a recording, in bytes: 20 s of 16 bit at 48 kHz.
const maxTake = 2 << 20

// voicePage is the page on which a voice is recorded.
type voicePage struct {
	Language  kiosk.Language
	Languages []spoken
	Prompts   []promptRow
	Recorded  int
	Progress  string
	Now       *promptRow // what is to be read now; nil where a language has no prompts
	Next      string     // address of the prompt after it
	Active    bool
	Heard     bool // it is only heard: the lead switches it on and off
}

type spoken struct {
	Tag  kiosk.Language
	Name string
	Here bool
}

type promptRow struct {
	kiosk.Prompt
	Kept bool
	Here bool
	Path string // of its page
	Clip string // of its sound
}

func languages() []kiosk.Language {
	return append(kiosk.Languages(), words.HeardLanguages()...)
}

// voice shows the prompts of a language and one of them to be read: the one that was asked for,
// or the first that is still missing.
func (p *Pages) voice(w http.ResponseWriter, r *http.Request, s staff.Session) error {
	if p.o.Voice == nil {
		return &lan.Problem{Code: lan.CodeNoPage}
	}
	l, err := language(r.URL.Query().Get("language"))
	if err != nil {
		return err
	}
	body := voicePage{Language: l, Active: p.o.Voice.Active(l), Heard: !l.Valid()}
	for _, tag := range languages() {
		body.Languages = append(body.Languages, spoken{tag, words.SpokenName(tag), tag == l})
	}
	asked, now := r.URL.Query().Get("prompt"), -1
	for i, prompt := range words.Prompts(l) {
		q := url.Values{"language": {string(l)}, "prompt": {string(prompt.ID)}}.Encode()
		row := promptRow{Prompt: prompt, Kept: p.o.Voice.Source(prompt.ID) == "person", Path: "/lead/voice?" + q, Clip: "/lead/voice/clip?" + q}
		if row.Kept {
			body.Recorded++
		}
		if string(prompt.ID) == asked || asked == "" && now < 0 && !row.Kept {
			now = i
		}
		body.Prompts = append(body.Prompts, row)
	}
	if now < 0 && len(body.Prompts) > 0 {
		now = 0
	}
	if now >= 0 {
		body.Prompts[now].Here = true
		body.Now = &body.Prompts[now]
		body.Next = body.Prompts[(now+1)%len(body.Prompts)].Path
	}
	body.Progress = p.w.Voice.Of(body.Recorded, len(body.Prompts))
	return p.write(w, r, s, http.StatusOK, "voice", frame{Title: p.w.Voice.Title, Body: body})
}

// language is one that can be recorded; Vietnamese where none is named.
func language(tag string) (kiosk.Language, error) {
	if tag == "" {
		return kiosk.Vietnamese, nil
	}
	if !slices.Contains(languages(), kiosk.Language(tag)) {
		return "", &kiosk.Refusal{Code: kiosk.CodeUnknownLanguage, Subject: tag}
	}
	return kiosk.Language(tag), nil
}

// prompt is the clip that a request is about; only what a voice needs can be recorded or heard.
func prompt(r *http.Request) (kiosk.ClipID, error) {
	l, err := language(r.URL.Query().Get("language"))
	if err != nil {
		return "", err
	}
	id := kiosk.ClipID(r.URL.Query().Get("prompt"))
	if !slices.ContainsFunc(words.Prompts(l), func(p kiosk.Prompt) bool { return p.ID == id }) {
		return "", &kiosk.Refusal{Code: kiosk.CodeBadRequest, Subject: string(id)}
	}
	return id, nil
}

func (p *Pages) clip(w http.ResponseWriter, r *http.Request, _ staff.Session) error {
	id, err := prompt(r)
	if err != nil || p.o.Voice == nil {
		return errors.Join(err, &lan.Problem{Code: lan.CodeNoPage})
	}
	wav, err := p.o.Voice.Clip(id)
	if err != nil {
		return &lan.Problem{Code: lan.CodeNoPage, Cause: err}
	}
	w.Header().Set("Content-Type", wavType)
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(wav)
	return nil
}

// verdict answers the page's script.
type verdict struct {
	OK   bool     `json:"ok"`
	Says []string `json:"says"`
}

func (p *Pages) verdict(w http.ResponseWriter, flaws []kiosk.Flaw, fine string) error {
	v := verdict{OK: len(flaws) == 0}
	for _, f := range flaws {
		v.Says = append(v.Says, p.office.Flaw(f))
	}
	if v.OK {
		v.Says = []string{fine}
	}
	lan.WriteJSON(w, http.StatusOK, v)
	return nil
}

// take reads a recording.
func (p *Pages) take(r *http.Request) (kiosk.ClipID, []byte, error) {
	id, err := prompt(r)
	switch {
	case err != nil:
		return "", nil, err
	case p.o.Voice == nil:
		return "", nil, &lan.Problem{Code: lan.CodeNoPage}
	case r.Header.Get("Content-Type") != wavType:
		return "", nil, &kiosk.Refusal{Code: kiosk.CodeBadRequest}
	}
	wav, err := io.ReadAll(r.Body)
	return id, wav, err
}

// checkTake says what is wrong with a recording and keeps nothing.
func (p *Pages) checkTake(w http.ResponseWriter, r *http.Request, _ staff.Session) error {
	_, wav, err := p.take(r)
	if err != nil {
		return err
	}
	return p.verdict(w, p.o.Voice.Check(wav), p.w.Voice.Fine)
}

// keepTake makes a recording the office's own. That somebody did so is a fact before it is done.
func (p *Pages) keepTake(w http.ResponseWriter, r *http.Request, s staff.Session) error {
	id, wav, err := p.take(r)
	if err != nil {
		return err
	}
	if flaws := p.o.Voice.Check(wav); len(flaws) > 0 {
		return p.verdict(w, flaws, "")
	}
	moved := kiosk.StaffMoved{Officer: s.Officer.Code, What: kiosk.StaffVoice, Detail: string(id)}
	if err := p.o.Office.RecordStaff(r.Context(), moved, s.Officer.By()); err != nil {
		return err
	}
	flaws, err := p.o.Voice.Keep(id, wav)
	if err != nil {
		return err
	}
	return p.verdict(w, flaws, p.w.Voice.Kept)
}

// activate lets numbers be called in a language that was recorded, or no longer.
func (p *Pages) activate(w http.ResponseWriter, r *http.Request, s staff.Session) error {
	if _, err := keyOf(r); err != nil {
		return err
	}
	l, err := language(r.PostForm.Get("language"))
	if err != nil || p.o.Voice == nil {
		return errors.Join(err, &kiosk.Refusal{Code: kiosk.CodeBadRequest})
	}
	on := r.PostForm.Get("do") != "rest"
	if !on && l.Valid() {
		return &kiosk.Refusal{Code: kiosk.CodeBadRequest, Subject: string(l), Hint: "a written language is always called"}
	}
	to := "/lead/voice?" + url.Values{"language": {string(l)}, "done": {""}}.Encode()
	return p.form(w, r, to, func() error {
		if p.o.Voice.Active(l) == on {
			return nil
		}
		moved := kiosk.StaffMoved{Officer: s.Officer.Code, What: kiosk.StaffVoice, Detail: string(l)}
		if !on {
			moved.Detail += " off"
		}
		if err := p.o.Office.RecordStaff(r.Context(), moved, s.Officer.By()); err != nil {
			return err
		}
		return p.o.Voice.SetActive(r.Context(), l, on)
	})
}
