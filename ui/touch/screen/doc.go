// Package screen draws what a citizen sees, and an officer in staff mode: one file a screen, each
// a model and the function that draws it. A model is plain data; two that are equal look the
// same, so whoever holds the last one knows whether anything has to be painted. Nothing here
// keeps state, asks the office or decides: a press goes out as a [Press], and what follows from
// it comes back as another model. Pages whose tiles depend on how things stand are a [List], an
// [Ask] or a [Pad] with its [Item]s.
//
// # Where things stand
//
// Everything that matters is low on the display, within reach from a wheelchair: what can be
// pressed on every page stands in the same two bands at the bottom, choices above, the ways
// back and out below. The services of the first page stand above both bands. So the second tap
// of a double tap on a service falls on bare paper, and never on an answer.
//
// Colour is never the only sign: each tile has its words, its place and most a pictogram.
package screen
