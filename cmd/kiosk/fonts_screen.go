//go:build noos || window

package main

import (
	"log/slog"
	"os"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/touch/look"
)

// chineseFont returns what the office shows of the first font for Chinese that is installed, or
// nil: the common characters, and those in the office's own names. Screen and paper share it.
func chineseFont(s *kiosk.Setup, log *slog.Logger) []byte {
	for _, path := range look.HanFontPaths() {
		full, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		small, err := look.Subset(full, append(look.CommonHan(), lettersOf(s)...))
		if err != nil {
			log.Warn("the font for Chinese cannot be read", "path", path, logErr, err)
			continue
		}
		return small
	}
	return nil
}

// lettersOf returns the letters of the office's own Chinese names.
func lettersOf(s *kiosk.Setup) []rune {
	texts := []kiosk.Text{s.Name, s.Site.Name}
	for _, v := range s.Sectors {
		texts = append(texts, v.Name)
	}
	for _, v := range s.Services {
		texts = append(texts, v.Name, v.Where)
	}
	for _, v := range s.Hours.Calendar {
		texts = append(texts, v.Name)
	}
	var out []rune
	for _, t := range texts {
		out = append(out, []rune(t[kiosk.Chinese])...)
	}
	return out
}
