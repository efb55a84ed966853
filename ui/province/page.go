package province

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// media are the kinds of pages, by what the dossier's header says: nobody here looks into the
// bytes. Pictures are shown; a PDF can carry a program and is only handed out, and so is what is
// of no kind that we know.
var media = map[string]struct {
	ext    string
	inline bool
}{
	"image/jpeg":      {".jpg", true},
	"image/png":       {".png", true},
	"application/pdf": {".pdf", false},
}

// pageTime is how long a page may take on its way: 64 MiB at 2 Mbit/s.
const pageTime = 5 * time.Minute

// page sends the bytes of a page. Should they turn out damaged on the way, the connection is cut:
// half a page must not look like one.
func (p *Pages) page(w http.ResponseWriter, r *http.Request, m me) error {
	d, n, why, err := p.leaf(r, m)
	if err != nil {
		return err
	}
	page := d.Dossier.Pages[n-1]
	body, err := p.o.Hub.Page(r.Context(), d.ID, page.Hash)
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }() // it was read, or nobody wants it any more
	if err := p.audit(r, m, deedPage, fmt.Sprintf("%s %d", d.ID, n), why); err != nil {
		return err
	}
	kind := page.Media
	as, known := media[kind]
	if !known {
		kind = "application/octet-stream"
	}
	attach(w, kind, fmt.Sprintf("%s-%03d%s", d.ID, n, as.ext))
	h := w.Header()
	if as.inline {
		h.Set("Content-Disposition", "inline")
	}
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Content-Length", strconv.FormatInt(page.Size, 10))
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(pageTime)) // one that cannot has its own
	sent, err := io.Copy(w, io.LimitReader(body, page.Size))
	if err == nil && sent == page.Size {
		_, err = body.Read(make([]byte, 1)) // the end is where the hash is checked
	}
	if err != io.EOF || sent != page.Size {
		if r.Context().Err() == nil {
			p.o.Logger.Error("a page is damaged", logDossier, d.ID, logError, err)
		}
		panic(http.ErrAbortHandler)
	}
	return nil
}
