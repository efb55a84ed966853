// Package simulated is an office with no hardware: devices that are programs, over real ptys
// and sockets, for the demo and for tests. To the drivers under test they are devices like
// any other; no driver's code is used here.
//
// Printer is an ESC/POS slip printer. It stands behind a pty with a stable name (a symlink,
// as udev would make one), or a TCP port, or any io.ReadWriter; takes bytes at a baud rate
// into a 4 KB buffer with flow control; moves paper at a real printer's speed; answers
// DLE EOT, GS a, GS r and GS ( H; and writes each slip that was cut off as a PNG file:
//
//	p, err := simulated.NewPrinter(simulated.PrinterConfig{
//		Link: "/run/demo/kiosk-printer", // what [printer] port= names
//		Out:  "/run/demo/slips",         // slip-0001.png, slip-0002.png …
//		Baud: 38400, Speed: 1, Log: log,
//	})
//	…
//	err = p.Run(ctx)
//
// A hand does the rest, by methods or by lines on a Control socket: it takes the paper away,
// opens the cover, jams the cutter, pulls the cable in mid-slip.
//
// The command set lives in the thermal package, whose Render runs the same firmware over a
// byte slice, without a line, a clock or a goroutine; the paper in the paper package.
package simulated
