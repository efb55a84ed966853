// Package touch is the touchscreen of the hall, made of Fyne objects. It knows no window:
// cmd/kiosk gives it one, or the embedded driver's stage.
//
//	look/    the pieces of every screen: colours, sizes, tiles, pictograms
//	screen/  the screens, each a function of a snapshot
//	stage/   paints them without a window system, and takes touches
//	web/     a browser as the stage's glass
//	panel/   a framebuffer and a touch controller as the stage's glass
//
// Here is only the [Bridge] over which snapshots reach the screens.
package touch
