package look

import "fyne.io/fyne/v2"

// plan is how tiles of one size arrange themselves.
type plan struct {
	stacked bool    // the pictogram above the words, not beside them
	icon    float32 // the pictogram's share of its full size
	limit   float32 // the size of the names
}

// sideBySide is how much wider than high a tile is that has its pictogram on the left when
// both ways would do.
const sideBySide = 2

// choosePlan finds the way in which the names of tiles of one size stand best: at their full
// size if any way allows it, else as large as they can, with the pictograms giving way.
func choosePlan(tiles []*Tile, size fyne.Size) plan {
	stacked := size.Width < sideBySide*size.Height
	var best plan
	for _, p := range []plan{
		{stacked: stacked, icon: 1}, {stacked: stacked, icon: 0.88}, {stacked: stacked, icon: 0.76}, {stacked: stacked, icon: 0.65},
		{stacked: !stacked, icon: 1}, {stacked: !stacked, icon: 0.8},
	} {
		full := true
		for _, t := range tiles {
			limit := t.nameLimit(size)
			_, fits := t.fitName(t.face(size, p), limit)
			full = full && fits >= min(limit, t.kit.Name)*0.97
			if p.limit == 0 || fits < p.limit {
				p.limit = fits
			}
		}
		if full {
			return p
		}
		if p.limit > best.limit {
			best = p
		}
	}
	return best
}

// nameLimit is the size of a name that has all the room it wants: the kit's, and a little more
// on a large tile.
func (t *Tile) nameLimit(size fyne.Size) float32 {
	if t.spec.Keypad {
		return round(max(t.kit.Name, size.Height*0.5))
	}
	if t.spec.Other {
		return t.kit.Name
	}
	return round(max(t.kit.Name, min(t.kit.Name*1.25, size.Height*0.13)))
}
