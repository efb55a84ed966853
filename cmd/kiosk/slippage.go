package main

import (
	"fmt"
	"html/template"
	"net/http"
	"strings"

	"github.com/boombuler/barcode/qr"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/words"
)

// slipPage shows the paper of a ticket as a page that any printer of the office can print: for
// the day on which the slip printer is out of order.
type slipPage struct {
	office *kiosk.Office
	slip   func(t kiosk.Ticket, s *kiosk.Snapshot, reprint bool) kiosk.Slip
}

// slipTemplate is one column as wide as the paper. It asks for nothing from elsewhere.
const slipTemplate = `<!DOCTYPE html>
<html lang="{{.Language}}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{{.Number}}</title>
<link rel="stylesheet" href="/slip.css">
<main>
{{range .Lines}}{{if eq .Role "rule"}}<hr>
{{else if eq .Role "qr"}}<svg viewBox="-4 -4 {{.Size}} {{.Size}}" role="img" aria-label="QR"><path d="{{.Path}}"/></svg>
{{else}}<p class="{{.Role}}">{{.Text}}</p>
{{end}}{{end}}</main>
</html>
`

const slipCSS = `body { margin: 0; background: #FAF7F0; color: #000; font-family: "Noto Sans", sans-serif; }
main { width: 72mm; margin: 8mm auto; padding: 6mm; background: #fff; text-align: center; }
p { margin: 1.5mm 0; font-size: 12pt; }
.office { font-size: 11pt; }
.title { font-size: 15pt; font-weight: bold; }
.number { font-size: 56pt; font-weight: bold; line-height: 1.1; }
.small { font-size: 9pt; }
.mark { font-size: 14pt; font-weight: bold; border: .6mm solid #000; padding: 1mm; }
hr { border: 0; border-top: .3mm solid #000; }
svg { width: 32mm; height: 32mm; shape-rendering: crispEdges; }
@media print { body { background: #fff; } main { margin: 0 auto; } @page { margin: 8mm; } }
`

// slipLine is a line of the page.
type slipLine struct {
	Role kiosk.LineRole
	Text string
	Path string // of a QR code
	Size int
}

// ServeHTTP answers with the page of a ticket of today.
func (p *slipPage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s := p.office.Snapshot()
	t, ok := s.Ticket(kiosk.Number(strings.ToUpper(r.PathValue("number"))))
	if !ok {
		http.Error(w, words.For(kiosk.Vietnamese).Refusal(kiosk.CodeUnknownTicket), http.StatusNotFound)
		return
	}
	page := struct {
		Language kiosk.Language
		Number   kiosk.Number
		Lines    []slipLine
	}{t.Language, t.Number, nil}
	for _, l := range p.slip(t, s, t.Slip.Sends > 0).Lines {
		line := slipLine{Role: l.Role, Text: l.Text}
		if l.Role == kiosk.LineQR {
			var err error
			if line.Path, line.Size, err = qrPath(l.Text); err != nil {
				continue // a text too long for a code is on the page in words
			}
		}
		page.Lines = append(page.Lines, line)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = template.Must(template.New("slip").Parse(slipTemplate)).Execute(w, page) // the browser may have gone away
}

// qrPath draws a QR code as the path of an SVG, one unit a module and one rectangle a run, and
// returns the size of the picture with a quiet zone of four modules around it.
func qrPath(text string) (path string, size int, err error) {
	code, err := qr.Encode(text, qr.M, qr.Unicode)
	if err != nil {
		return "", 0, fmt.Errorf("draw QR code: %w", err)
	}
	var b strings.Builder
	n := code.Bounds().Dx()
	dark := func(x, y int) bool { r, _, _, _ := code.At(x, y).RGBA(); return r == 0 }
	for y := range n {
		for x := 0; x < n; x++ {
			run := 0
			for x+run < n && dark(x+run, y) {
				run++
			}
			if run > 0 {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", x, y, run, run)
				x += run
			}
		}
	}
	return b.String(), n + 8, nil
}
