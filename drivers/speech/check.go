package speech

import (
	"time"

	"github.com/motcua/gateway/kiosk"
)

// What a recording has to be, in dBFS and seconds.
const (
	quietVoice   = -38.0                  // a voice below it is too far away
	smallestRise = 8.0                    // between the room and the loudest: less is no voice at all
	loudRoom     = -38.0                  // a room above it is heard in the hall
	smallestGap  = 15.0                   // between the room and the voice
	clippedRun   = 3                      // neighbours at full scale: a wave whose top is cut off
	clippedRuns  = 4                      // so many of them are heard
	shortest     = 120 * time.Millisecond // "hai" said fast
	longest      = 5 * time.Second        // the longest prompt takes two
	margin       = 60 * time.Millisecond  // of silence before and after the voice
)

// A Take is a recording that was checked.
type Take struct {
	// Voice is the level of the voice, Room that of what is heard besides, Peak that of the
	// highest sample, all in dBFS.
	Voice, Room, Peak float64
	// Length is that of the voice without the silence around it.
	Length time.Duration
	// Flaws are what is wrong with it; none means that it can be kept.
	Flaws []kiosk.Flaw
	// WAV is the trimmed clip, where nothing is wrong.
	WAV []byte
}

// Check looks at a recording as it came from a browser: WAV of 16 bit PCM, one or two
// channels, 8 to 48 kHz, at most [MaxClipLength] and [MaxClipBytes].
func Check(wav []byte) Take {
	raw, rate, err := readWAV(wav)
	if err != nil {
		return Take{Voice: silence, Room: silence, Peak: silence, Flaws: []kiosk.Flaw{kiosk.FlawUnreadable}}
	}
	s := resampled(raw, rate)
	m := measured(s)
	from, to := m.bounds()
	t := Take{Room: m.floor, Peak: peak(s), Voice: silence, Length: time.Duration(to-from) * window}
	if to == from || m.top-m.floor < smallestRise || m.top < loudRoom-12 {
		t.Length, t.Flaws = 0, []kiosk.Flaw{kiosk.FlawSilent}
		return t
	}
	w := samples(window)
	t.Voice = rms(s[from*w : to*w])
	add := func(bad bool, f kiosk.Flaw) {
		if bad {
			t.Flaws = append(t.Flaws, f)
		}
	}
	before, after := time.Duration(from)*window, length(len(s)-to*w)
	add(before < margin, kiosk.FlawCutStart)
	add(after < margin, kiosk.FlawCutEnd)
	add(t.Length < shortest, kiosk.FlawShort)
	add(t.Length > longest, kiosk.FlawLong)
	add(clipped(raw), kiosk.FlawClipped)
	add(t.Voice < quietVoice, kiosk.FlawQuiet)
	// A voice that fills the recording hides the room: that it is cut has been said.
	cut := before < margin || after < margin
	add(!cut && (t.Room > loudRoom || t.Voice-t.Room < smallestGap), kiosk.FlawNoisy)
	if len(t.Flaws) == 0 {
		t.WAV = encodeWAV(faded(trimmed(s, m)).toPCM())
	}
	return t
}

// clipped reports whether the tops of waves are cut off. It wants the samples as they were
// recorded: another rate's filter makes the flat tops ripple.
func clipped(s sound) bool {
	runs, run := 0, 0
	for _, v := range s {
		if v < 0.985 && v > -0.985 {
			run = 0
			continue
		}
		if run++; run == clippedRun {
			runs++
		}
	}
	return runs >= clippedRuns
}
