// Package look is the family look of the touchscreen: its colours, sizes, letters, pictograms
// and the few pieces that every screen is made of. It knows Fyne and nothing of the office.
//
// A public hall, seen by a grandmother from a metre away: calm, large, unmistakable. The
// ground is paper, the type is ink, one lacquer red says what to press next and one jade says
// that something is done. Colour is never the only sign: a tile also differs by its place, its
// pictogram and its words.
//
// # Making a screen
//
// A [Kit] belongs to one display. It holds the sizes for that display ([Metrics]) and makes
// the pieces:
//
//	kit := look.NewKit(look.Options{Size: size, WidthMM: 336})
//	page := kit.Page(
//		look.Fixed(kit.Masthead("Trung tâm Phục vụ hành chính công", "Đặc khu Cô Tô")),
//		look.Fixed(kit.Title("Xin chọn việc cần làm")),
//		look.Weighted(1, kit.Grid(2, tiles...)),
//		look.Fixed(kit.Tile(look.TileSpec{Kind: look.Primary, Icon: look.IconGuide, Name: "…"})),
//	)
//	window.SetPadded(false)
//	window.SetContent(page)
//
// Everything that can be pressed is a [Tile]. A page is built anew for each snapshot; a finger
// that rests on a tile meanwhile keeps its press, because the kit remembers the tile's Key and
// not the object.
//
// # Units
//
// Lengths are Fyne units. Under the embedded driver one unit is one pixel, because the
// canvas's scale is 1; in a window the canvas's size is given in the same units, so the
// relation to millimetres (Size.Width / WidthMM) holds there as well.
//
// # Caveats
//
// All calls belong to Fyne's main goroutine: a Kit has no locks. Screens consist of this
// package's pieces, [fyne.Container] and canvas primitives only, because [VisibleText] and the
// painter of ui/touch/stage look into nothing else.
package look
