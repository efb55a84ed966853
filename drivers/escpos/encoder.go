package escpos

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/image/font/opentype"

	"github.com/motcua/gateway/kiosk"
)

// Encoder turns slips into the bytes of one kind of printer. It keeps the letters that it has
// drawn, and belongs to one goroutine.
type Encoder struct {
	profile  Profile
	cellFace *typeface
	regular  *typeface
	bold     *typeface
	pages    map[rune]pageCode
	cells    map[rune]*bitmap
}

// NewEncoder returns an encoder for printers of profile p. The fallback fonts draw what the
// built-in ones lack, such as Chinese; they are tried in order.
func NewEncoder(p Profile, fallback ...*opentype.Font) (*Encoder, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	e := &Encoder{profile: p, cells: make(map[rune]*bitmap)}
	var err error
	if e.cellFace, err = loadCellFace(); err != nil {
		return nil, err
	}
	if e.regular, err = loadRegularFace(fallback); err != nil {
		return nil, err
	}
	if e.bold, err = loadBoldFace(fallback); err != nil {
		return nil, err
	}
	if p.TCVN3 != (CodePages{}) {
		e.pages = tcvnPages()
	}
	return e, nil
}

// Encoded is a slip as bytes, from the reset of the printer to the cut.
type Encoded struct {
	Data []byte
	// Rows is how many dots of paper the slip takes, the feed to the cutter included.
	Rows int
	// Longest is the length in bytes of the longest command's data.
	Longest int
	// Missing are characters that no font has; □ or ? stands for them on the paper.
	Missing []rune
	// Cut is true when lines or characters over the bounds of a slip were left out.
	Cut bool
	// QRTooLong is true when a QR code could not hold its text and was left out.
	QRTooLong bool

	// breaks are offsets in Data between two commands, where a question to the printer can be
	// put in without becoming part of a picture.
	breaks []int
}

// Hint says for the technician what of the slip is not on the paper as it was meant; it is
// empty when nothing is amiss.
func (e Encoded) Hint() string {
	var parts []string
	if len(e.Missing) > 0 {
		var list []string
		for _, r := range e.Missing[:min(len(e.Missing), 8)] {
			list = append(list, fmt.Sprintf("U+%04X", r))
		}
		parts = append(parts, "no font for "+strings.Join(list, " ")+", install fonts-droid-fallback")
	}
	if e.Cut {
		parts = append(parts, "the slip was too long and was shortened")
	}
	if e.QRTooLong {
		parts = append(parts, "the text of the QR code was too long, the code was left out")
	}
	return strings.Join(parts, "; ")
}

// Encode returns the bytes of slip. It takes any text: see [Encoded] for what it had to change.
func (e *Encoder) Encode(slip kiosk.Slip) Encoded {
	var out Encoded
	lines := slip.Lines
	if len(lines) > maxLines {
		lines, out.Cut = lines[:maxLines], true
	}
	missing := make(map[rune]bool)
	var items []item
	for _, l := range lines {
		switch l.Role {
		case kiosk.LineRule:
			items = append(items, e.rule())
		case kiosk.LineQR:
			text, cut := cleanQR(l.Text)
			if text == "" {
				continue
			}
			if it, ok := e.qr(text); ok && !cut { // half an address is worse than none
				items = append(items, it)
			} else {
				out.QRTooLong = true
			}
		default:
			text, cut := clean(l.Text)
			out.Cut = out.Cut || cut
			items = append(items, e.text(l.Role, e.replaceMissing(text, missing))...)
		}
	}
	s := &stream{profile: e.profile}
	s.begin()
	e.emit(s, items)
	s.end()
	out.Data, out.Rows, out.Longest, out.breaks = s.b, s.rows, s.longest, s.breaks
	for r := range missing {
		out.Missing = append(out.Missing, r)
	}
	slices.Sort(out.Missing)
	return out
}

// replaceMissing puts something visible in the place of characters that no font has.
func (e *Encoder) replaceMissing(text string, missing map[rune]bool) string {
	return strings.Map(func(r rune) rune {
		if r != ' ' && !e.regular.has(r) {
			if r != replacement {
				missing[r] = true
			}
			return replacement
		}
		return r
	}, text)
}

// item is one piece of a slip that is sent as a whole: exactly one of its forms is set.
type item struct {
	gap    int        // dots of white before it
	text   *textLine  // characters of the printer
	raster *rasterBox // dots
	qr     string     // a QR code that the printer draws
}

// emit sends the items. Device text comes in runs that share one set of downloaded glyphs.
func (e *Encoder) emit(s *stream, items []item) {
	plan := e.planGlyphs(items)
	for i, it := range items {
		s.mark()
		s.space(it.gap)
		switch {
		case it.text != nil:
			s.flushFeed()
			if set, ok := plan.starts[i]; ok {
				e.download(s, set, plan.before(i))
			}
			e.textLine(s, it.text, plan.at(i))
		case it.raster != nil:
			s.raster(it.raster)
		default:
			s.flushFeed()
			e.nativeQR(s, it.qr)
		}
	}
	if len(plan.starts) > 0 {
		s.b = append(s.b, esc, '%', 0)
	}
}
