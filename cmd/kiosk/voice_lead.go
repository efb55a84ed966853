package main

import (
	"context"

	"github.com/motcua/gateway/drivers/speech"
	"github.com/motcua/gateway/kiosk"
)

// leadVoice is the voice as the lead records it.
type leadVoice struct{ *speaker }

// Check says what is wrong with a recording.
func (leadVoice) Check(wav []byte) []kiosk.Flaw { return speech.Check(wav).Flaws }

// Keep makes a recording the office's own clip.
func (v leadVoice) Keep(id kiosk.ClipID, wav []byte) ([]kiosk.Flaw, error) {
	take, err := v.Voice.Keep(id, wav)
	return take.Flaws, err
}

// Clip returns one clip as it is heard.
func (v leadVoice) Clip(id kiosk.ClipID) ([]byte, error) {
	wav, _, err := v.Voice.WAV([][]kiosk.ClipID{{id}})
	return wav, err
}

// Active reports whether numbers are called in a language: those that are written always, the
// others once somebody has recorded and chosen them.
func (v leadVoice) Active(l kiosk.Language) bool { return l.Valid() || v.speaks(l) }

// SetActive lets every call be repeated in a language from now on, or no longer. One that is written
// is not repeated to everybody: who chose it hears it.
func (v leadVoice) SetActive(ctx context.Context, l kiosk.Language, on bool) error {
	if l.Valid() || v.speaks(l) == on {
		return nil
	}
	return v.choose(ctx, l, on)
}
