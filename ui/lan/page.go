package lan

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"html/template"
	"net/http"

	"github.com/motcua/gateway/ui/words"
)

// pageStyle is the look of the house in the few lines that a refusal needs: it must be readable
// where no other file of the box is served.
const pageStyle = `body{margin:0;background:#FAF7F0;color:#1a1a1a;font:1.25rem/1.5 "Segoe UI",system-ui,sans-serif}` +
	`main{max-width:36rem;margin:15vh auto 0;padding:0 1.5rem}h1{font-size:2rem}` +
	`a{display:inline-block;margin:1rem 1rem 0 0;padding:.75rem 1.5rem;background:#9B1C1C;color:#FAF7F0;text-decoration:none}` +
	`a:focus-visible{outline:.25rem solid #1a1a1a;outline-offset:.2rem}`

// pageText has its style inside, allowed by its hash alone.
const pageText = `<!doctype html>
<html lang="{{.Language}}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{.Title}}</title><style>` + pageStyle + `</style>
<main role="alert"><h1>{{.Title}}</h1><p>{{.Message}}</p>
<p>{{if .SignIn}}<a href="/sign-in">{{.SignIn}}</a>{{end}}<a href="/">{{.Again}}</a></p></main></html>
`

func pagePolicy() string {
	sum := sha256.Sum256([]byte(pageStyle))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

// writePage answers with the page of a refusal.
func writePage(rw http.ResponseWriter, p *Problem, w words.Words) {
	l := w.Lan()
	data := struct{ Language, Title, Message, SignIn, Again string }{string(w.Language), l.Title, p.Message, "", l.Again}
	if p.Status == http.StatusUnauthorized {
		data.SignIn = l.SignIn
	}
	var b bytes.Buffer
	t, err := template.New("refusal").Parse(pageText)
	if err == nil {
		err = t.Execute(&b, data)
	}
	if err != nil { // the page is a constant and tested
		http.Error(rw, p.Message, p.Status)
		return
	}
	h := rw.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", pagePolicy())
	rw.WriteHeader(p.Status)
	_, _ = b.WriteTo(rw) // a browser that went away needs no page
}
