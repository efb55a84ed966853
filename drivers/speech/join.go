package speech

import (
	"fmt"
	"slices"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// The pauses of an announcement.
const (
	pauseDigit    = 100 * time.Millisecond // between clips
	pauseClosed   = edge                   // within a number of several words
	pausePhrase   = 350 * time.Millisecond
	pauseLanguage = 600 * time.Millisecond
)

// MaxAnnouncement is the longest announcement: four languages at the slowest.
const MaxAnnouncement = 90 * time.Second

// join puts clips together, language by language, and returns also the clips that find does not
// have (nil). A language that lacks one is left out: half a call is heard as another call.
func join(clips [][]kiosk.ClipID, find func(kiosk.ClipID) []int16) (pcm []int16, missing []kiosk.ClipID, err error) {
	for _, language := range clips {
		lacks := slices.DeleteFunc(slices.Clone(language), func(id kiosk.ClipID) bool {
			return id.Mark() || find(id) != nil
		})
		if len(lacks) > 0 {
			missing = append(missing, lacks...)
			continue
		}
		if pcm, err = phrases(pcm, language, find); err != nil {
			return nil, missing, err
		}
	}
	return pcm, missing, nil
}

// phrases appends one language to what is there.
func phrases(pcm []int16, clips []kiosk.ClipID, find func(kiosk.ClipID) []int16) ([]int16, error) {
	pause := pauseLanguage
	for _, id := range clips {
		switch id {
		case kiosk.ClipPause:
			pause = max(pause, pausePhrase)
			continue
		case kiosk.ClipClose:
			pause = min(pause, pauseClosed)
			continue
		}
		if len(pcm) > 0 {
			// Of the silence at their edges the clips bring along two, one or none: the pause
			// is heard as long as it should be, within one.
			pcm = append(pcm, make([]int16, samples(pause-edge))...)
		}
		pcm = append(pcm, find(id)...)
		if length(len(pcm)) > MaxAnnouncement {
			return nil, fmt.Errorf("an announcement of more than %v", MaxAnnouncement)
		}
		pause = pauseDigit
	}
	return pcm, nil
}
