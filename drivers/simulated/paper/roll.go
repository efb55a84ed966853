package paper

import "time"

// End says how a slip came off the roll.
type End string

// The ways in which paper ends.
const (
	EndCut  End = "cut"  // by the cutter
	EndTorn End = "torn" // by a hand at the tear bar, or taken out with an old roll
)

// Slip is one piece of paper that came out of the printer.
type Slip struct {
	// Dots is the printable area as the head saw it, without the paper's margins.
	Dots *Bitmap
	// Margin is the unprintable strip on each side, in dots.
	Margin int
	// End says how the piece was separated from the roll.
	End End
	// At is when.
	At time.Time
}

// MaxLength bounds a piece of paper: 2 m. A host that never cuts gets its paper torn off
// here, so that a simulated printer's memory stays bounded.
const MaxLength = 16_000

// Roll is the paper between the supply and the cutter's blade: what was printed since the
// last separation. It is not safe for concurrent use.
type Roll struct {
	width  int // printable dots
	margin int
	gap    int // dots between the print head and the blade
	blank  bool
	rows   []byte
	stride int
	white  []byte // a row
}

// NewRoll returns a fresh roll of width printable dots with margin dots of bare paper on
// each side, in a printer whose blade sits gap dots behind the head.
func NewRoll(width, margin, gap int) *Roll {
	r := &Roll{width: width, margin: margin, gap: gap, stride: (width + 7) / 8}
	r.white = make([]byte, r.stride)
	r.lead()
	return r
}

// lead is the paper that already stands between the head and the blade.
func (r *Roll) lead() { r.rows = make([]byte, r.gap*r.stride) }

// UpsideDown turns the coated side away from the head: rows pass and stay blank.
func (r *Roll) UpsideDown(yes bool) { r.blank = yes }

// Len is the length of the piece in dots, counted from the blade to the head.
func (r *Roll) Len() int {
	if r.stride == 0 {
		return 0
	}
	return len(r.rows) / r.stride
}

// Advance lets one dot row pass the head with the given dots burnt in; nil is a white row.
// Dots beyond the width are lost.
func (r *Roll) Advance(dots []byte) {
	at := len(r.rows)
	r.rows = append(r.rows, r.white...)
	if r.blank || len(dots) == 0 {
		return
	}
	row := r.rows[at:]
	copy(row, dots)
	if spare := r.stride*8 - r.width; spare > 0 {
		row[r.stride-1] &= 0xFF << spare
	}
}

// Printed reports whether there is ink on the piece.
func (r *Roll) Printed() bool {
	for _, b := range r.rows {
		if b != 0 {
			return true
		}
	}
	return false
}

// Full reports whether the piece has reached MaxLength.
func (r *Roll) Full() bool { return r.Len() >= MaxLength }

// Cut separates the piece at the blade, or at the tear bar in its place; the gap's worth of
// paper next to the head stays in the printer with whatever is on it. It returns nil when
// nothing had come past the blade.
func (r *Roll) Cut(end End, at time.Time) *Slip {
	n := r.Len() - r.gap
	if n <= 0 {
		return nil
	}
	s := r.piece(n, end, at)
	r.rows = append([]byte(nil), r.rows[n*r.stride:]...)
	return s
}

// Remove takes out everything up to the head, as when the old roll is pulled out. It returns
// nil for paper without ink.
func (r *Roll) Remove(at time.Time) *Slip {
	defer r.lead()
	if !r.Printed() {
		return nil
	}
	return r.piece(r.Len(), EndTorn, at)
}

// Preview returns what a look through the window would show: the piece so far, not yet
// separated. Its End is empty.
func (r *Roll) Preview(at time.Time) *Slip { return r.piece(r.Len(), "", at) }

func (r *Roll) piece(rows int, end End, at time.Time) *Slip {
	b := NewBitmap(r.width, rows)
	copy(b.bits, r.rows[:rows*r.stride])
	return &Slip{Dots: b, Margin: r.margin, End: end, At: at}
}
