package main

import (
	"log/slog"
	"os"

	"golang.org/x/image/font/opentype"
)

// chineseFontPaths are the places where Debian's fonts-droid-fallback puts its font.
func chineseFontPaths() []string {
	return []string{
		"/usr/share/fonts-droid-fallback/truetype/DroidSansFallback.ttf",
		"/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
	}
}

// chineseFont returns the bytes of the first font for Chinese that is installed, or nil.
func chineseFont() []byte {
	for _, path := range chineseFontPaths() {
		if b, err := os.ReadFile(path); err == nil {
			return b
		}
	}
	return nil
}

// onPaper returns what draws Chinese on paper; nothing where no font is installed. It keeps the
// bytes, which the screen uses as well: the font has 3.5 MB.
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
