// Package touch is the touchscreen of the hall, made of Fyne objects. It knows no window:
// cmd/kiosk gives it one, or the embedded driver's stage.
//
//	look/    the pieces of every screen: colours, sizes, tiles, pictograms
//	screen/  the screens, each a function of its model
//	stage/   paints them without a window system, and takes touches
//	web/     a browser as the stage's glass
//	panel/   a framebuffer and a touch controller as the stage's glass
//
// A [Session] is one citizen's visit, a state machine that knows neither Fyne nor the office. A
// [Terminal] ties it to both: presses in, work to the office through a [Desk], scenes over the
// [Bridge] to the window.
//
// # Staff mode
//
// From the page about help, behind a PIN ([Staff]), an officer calls, serves and finishes for any
// counter, prints slips again and, as a lead, opens and closes the hall: the office goes on when
// its PCs or its network do not. A citizen's visit ends where it begins, and it ends by itself a
// minute after the last touch. Each press there has a key of its own, goes with what the page
// showed, and is repeated with the same key where an answer was lost.
//
//	t := touch.New(touch.Config{Desk: office, Size: size, WidthMM: 336, Han: font, Do: fyne.Do})
//	app.Settings().SetTheme(t.Theme())
//	t.SetWindow(window)
//	go t.Run(ctx)
package touch
