package escpos

import (
	"fmt"
	"strings"

	"github.com/motcua/gateway/drivers/serialport"
)

// Confirm names how a printer says that a slip is out.
type Confirm string

// The ways to confirm. Values stand in configurations.
const (
	// ConfirmProcessID asks for GS ( H function 48: the printer returns the slip's own id
	// when everything before it has been printed.
	ConfirmProcessID Confirm = "process-id"
	// ConfirmInOrder puts GS r 1 behind the slip: it is answered in the order of the buffer,
	// and counts together with a clean status after it.
	ConfirmInOrder Confirm = "in-order"
	// ConfirmNone is a printer that can never confirm.
	ConfirmNone Confirm = "none"
)

// StatusWay names how a printer tells its condition.
type StatusWay string

// The ways to learn a printer's condition. Values stand in configurations.
const (
	StatusAuto StatusWay = "auto" // automatic status back (GS a) and DLE EOT
	StatusPoll StatusWay = "poll" // DLE EOT only
	// StatusTry asks by DLE EOT, and relies on the answers from the first one on; a printer
	// that has never answered is used blind. It is for printers of which nothing is known.
	StatusTry  StatusWay = "try"
	StatusNone StatusWay = "none" // the printer never says anything
)

// Cut names how the paper is cut, and what follows.
type Cut string

// The ways to end a slip.
const (
	CutFeed      Cut = "feed"      // GS V 66: feed to the cutter, then cut
	CutPresenter Cut = "presenter" // ESC i and the presenter of Custom's kiosk printers
	CutNone      Cut = "none"      // no cutter: feed to the tear bar
)

// CodePages are the numbers, for ESC t, of the two TCVN-3 pages; zero means that the printer
// has none.
type CodePages struct {
	Lower, Upper byte
}

// GlyphRange is the range of codes that ESC & may redefine; zero means none.
type GlyphRange struct {
	First, Last byte
}

// Profile is what one kind of printer can do, and where we know it from.
type Profile struct {
	Name   string
	Models string // what a technician reads on the housing
	Source string // where the facts come from, and which of them are unconfirmed

	Width int // printable dots of a line
	DPI   int // dots an inch, both ways
	// Speed is how fast paper moves while printing, in dots a second, as the slowest of
	// Models does it; deadlines are computed from it.
	Speed int

	TCVN3  CodePages
	Glyphs GlyphRange
	// RasterScale says that GS v 0 takes m=3, which prints each dot as two by two.
	RasterScale bool
	NativeQR    bool // GS ( k, model 2
	// MotionUnits says that GS P is understood, so that feeds are counted in dots.
	MotionUnits bool
	Smoothing   bool // GS b rounds the steps of enlarged characters

	Cut Cut
	// TearFeed is how many dots a printer without a cutter feeds after the slip.
	TearFeed int

	Status  StatusWay
	Confirm Confirm
	// ClearBuffer says that DLE DC4 (function 8) empties the printer's buffers at once.
	ClearBuffer bool
	// Flow is how the printer stops a serial line. It is none throughout the table: paper is
	// faster than any serial line, so a buffer of 4 KB fills only when the printer has
	// stopped, and then the slip is lost anyway; but with RTS/CTS set and a cable of three
	// wires nothing would ever print.
	Flow serialport.Flow

	// Avoid48 marks printers that print gibberish when the height of a raster band is a
	// multiple of 48 rows.
	Avoid48 bool
}

// columns returns how many characters of font A fit on a line.
func (p Profile) columns() int { return p.Width / cellWidth }

// codes returns how many characters ESC & can define.
func (g GlyphRange) codes() int {
	if g.First == 0 || g.Last < g.First {
		return 0
	}
	return int(g.Last-g.First) + 1
}

// Lookup returns the profile with that name. The error of an unknown name lists the known ones.
func Lookup(name string) (Profile, error) {
	all := Profiles()
	names := make([]string, 0, len(all))
	for _, p := range all {
		if p.Name == name {
			return p, nil
		}
		names = append(names, p.Name)
	}
	return Profile{}, fmt.Errorf("look up printer profile %q: unknown, known are %s", name, strings.Join(names, ", "))
}

// Validate says what is wrong with p, as a sentence for the technician who overrode a field.
func (p Profile) Validate() error {
	switch {
	case p.Width < 8*cellWidth || p.Width > 1664:
		return fmt.Errorf("printer profile %s: width of %d dots is not between %d and 1664", p.Name, p.Width, 8*cellWidth)
	case p.DPI < 100 || p.DPI > 600:
		return fmt.Errorf("printer profile %s: %d dots an inch are not between 100 and 600", p.Name, p.DPI)
	case p.Speed < 100:
		return fmt.Errorf("printer profile %s: speed of %d dots a second is below 100", p.Name, p.Speed)
	case p.Glyphs != (GlyphRange{}) && (p.Glyphs.First < 32 || p.Glyphs.Last > 126 || p.Glyphs.codes() < 64):
		return fmt.Errorf("printer profile %s: glyph codes %d to %d are not 64 or more within 32 to 126", p.Name, p.Glyphs.First, p.Glyphs.Last)
	case p.Confirm != ConfirmProcessID && p.Confirm != ConfirmInOrder && p.Confirm != ConfirmNone:
		return fmt.Errorf("printer profile %s: confirm %q is not %q, %q or %q", p.Name, p.Confirm, ConfirmProcessID, ConfirmInOrder, ConfirmNone)
	case p.Status != StatusAuto && p.Status != StatusPoll && p.Status != StatusTry && p.Status != StatusNone:
		return fmt.Errorf("printer profile %s: status %q is not %q, %q, %q or %q", p.Name, p.Status, StatusAuto, StatusPoll, StatusTry, StatusNone)
	case p.Confirm != ConfirmNone && p.Status != StatusAuto && p.Status != StatusPoll:
		return fmt.Errorf("printer profile %s: confirm %q needs a printer that surely tells its status (%q or %q)", p.Name, p.Confirm, StatusAuto, StatusPoll)
	case p.Cut != CutFeed && p.Cut != CutPresenter && p.Cut != CutNone:
		return fmt.Errorf("printer profile %s: cut %q is not %q, %q or %q", p.Name, p.Cut, CutFeed, CutPresenter, CutNone)
	}
	return nil
}

// confirms reports whether a slip of this printer can ever be known to be out.
func (p Profile) confirms() bool { return p.Confirm != ConfirmNone }

// silent is p without any word from the printer: what is left of a profile on a device that
// can only be written to.
func (p Profile) silent() Profile {
	p.Status, p.Confirm = StatusNone, ConfirmNone
	return p
}
