// Package escpos prints slips in Vietnamese on receipt printers that speak ESC/POS.
//
// Nearly every receipt printer speaks ESC/POS, and nearly none of them speaks it quite alike.
// Three things differ most, and all three are data here, in the table of profiles:
//
//   - How Vietnamese gets on paper. Some printers carry the two TCVN-3 code pages; most take
//     glyphs that the host downloads (ESC &); all take dots (GS v 0). An [Encoder] picks for
//     each line the cheapest way that prints all of it, so a slip costs about half a kilobyte,
//     one and a half, or eleven, rather than the forty of a full picture.
//   - What the printer says of itself: status on request (DLE EOT), status by itself
//     (automatic status back), or nothing at all.
//   - What "printed" means. An answer to DLE EOT overtakes the buffer and says "online", never
//     "printed". Only an answer that the printer gives in the order of the buffer, behind the
//     slip, is a confirmation: a process id (GS ( H) or a status request in the stream (GS r).
//
// The package has two halves. The encoder and the demultiplexer of status bytes are pure: no
// I/O, no clock, total on any input. [Printer] is the thin half around them: one goroutine
// owns the wire, finds the printer, loses it, finds it again, and prints on request.
//
// # Caveats
//
// The profiles were written from manuals and public tables; which facts were never seen on a
// real printer is said beside each. A slip repeats all the settings and glyphs that it needs,
// because a printer forgets them when its power fails, and does not say so.
//
// On a serial line a printer that is switched off and on in the middle of a slip of dots may
// print the rest and answer the question behind it: a torn slip then counts as printed. Slips
// in letters are in the printer within half a second and hardly exposed; USB and TCP see the
// loss.
//
// A printer that sends XOFF when it goes offline cannot be asked why; it shows as one that does
// not answer, unless it reports by itself.
package escpos
