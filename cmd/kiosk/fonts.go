package main

import (
	"log/slog"

	"golang.org/x/image/font/opentype"
)

// onPaper returns what draws Chinese on paper; nothing where no font is installed. It keeps the
// bytes, which the screen uses as well.
func onPaper(han []byte, log *slog.Logger) []*opentype.Font {
	if han == nil {
		return nil
	}
	f, err := opentype.Parse(han)
	if err != nil {
		log.Warn("the font for Chinese cannot be read", logErr, err)
		return nil
	}
	return []*opentype.Font{f}
}
