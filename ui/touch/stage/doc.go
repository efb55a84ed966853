// Package stage is where the screens appear when there is no window system: it stands between
// Fyne's embedded driver on one side and what shows pictures and feels fingers (ui/touch/web,
// ui/touch/panel) on the other.
//
// Fyne's embedded driver paints the whole display anew after every event, into an image whose
// pixel format has no fast paths: 105 ms for a page of ten tiles at 1080×1920 on the build
// machine, 8 MB of garbage a frame, twice for each press. The stage shrinks the window's
// canvas to a pixel, so that this costs next to nothing (1.6 ms), and paints the object tree
// itself: it remembers what it drew, draws only the rectangles that changed, and keeps the
// letters of each text as a mask. A press on a tile costs a few milliseconds, a new page some
// twenty. What it does not know, it leaves to Fyne's painter, at Fyne's price.
//
// Positions are not affected: with a shrunken canvas sizes and touches stay in the same Fyne
// units, of which one is one pixel of the stage.
//
// # Order of starting and stopping
//
//	st := stage.New(image.Pt(1080, 1920))
//	st.To(web.New(web.Options{Stage: st}), panel)
//	app.SetDriverDetails(a, st.Driver())
//	w := a.NewWindow("")
//	st.Attach(w)
//	go st.Run(ctx)   // touches in, frames out
//	a.Run()          // Fyne's loop, on the main goroutine; returns after ctx has ended
//
// When Run's context ends, Fyne's loop ends as well. Whatever calls fyne.Do must have been
// stopped and joined by then, because fyne.Do blocks for ever without a loop.
package stage
