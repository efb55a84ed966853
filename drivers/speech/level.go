package speech

import (
	"math"
	"slices"
	"time"
)

// window is the piece of sound whose level is looked at as one.
const window = 10 * time.Millisecond

// Levels are in dB below full scale (dBFS): 0 is the loudest, -60 as good as nothing.
const silence = -96.0

// rms returns the level of s.
func rms(s sound) float64 {
	var sum float64
	for _, v := range s {
		sum += float64(v) * float64(v)
	}
	if sum == 0 {
		return silence
	}
	return max(silence, 10*math.Log10(sum/float64(len(s))))
}

// peak returns the level of the highest sample.
func peak(s sound) float64 {
	var high float64
	for _, v := range s {
		high = max(high, math.Abs(float64(v)))
	}
	if high == 0 {
		return silence
	}
	return max(silence, 20*math.Log10(high))
}

// measure is what a sound's windows tell.
type measure struct {
	levels []float64
	floor  float64 // the room: the quietest 60 ms
	top    float64 // the loudest window but for single knocks
	voice  float64 // the level from which a window is taken for speech
}

func measured(s sound) measure {
	w := samples(window)
	m := measure{floor: silence, top: silence}
	for i := 0; i+w <= len(s); i += w {
		m.levels = append(m.levels, rms(s[i:i+w]))
	}
	if len(m.levels) == 0 {
		return m
	}
	// A browser may hand out zeros until its microphone is open. They are not the room.
	live := m.levels
	for len(live) > 1 && live[0] <= silence {
		live = live[1:]
	}
	sorted := slices.Sorted(slices.Values(live))
	m.floor = sorted[min(5, len(sorted)/10)]
	m.top = sorted[len(sorted)-1-min(2, len(sorted)/10)]
	// A voice stands out of the room, and soft consonants are 40 dB below loud vowels. Where
	// the voice fills the whole recording, what is not far below the loudest counts.
	m.voice = max(-60, min(max(m.floor+10, m.top-45), m.top-8))
	return m
}

// below returns the measure with everything counting as speech that is not so many dB below
// the loudest.
func (m measure) below(db float64) measure {
	m.voice = max(-60, m.top-db)
	return m
}

// spoken reports whether window i is part of the voice. A single loud one is a knock.
func (m measure) spoken(i int) bool {
	loud := func(i int) bool { return i >= 0 && i < len(m.levels) && m.levels[i] >= m.voice }
	return loud(i) && (loud(i-1) || loud(i+1))
}

// bounds returns the first window of the voice and the one behind its last; equal if there is
// none.
func (m measure) bounds() (from, to int) {
	for i := range m.levels {
		if m.spoken(i) {
			if to == 0 {
				from = i
			}
			to = i + 1
		}
	}
	return from, to
}

// edge is what stays of the silence before and after the voice: soft consonants are below any
// threshold.
const edge = 20 * time.Millisecond

// trimmed cuts what m does not take for speech off both ends; nothing is left where nobody
// speaks.
func trimmed(s sound, m measure) sound {
	from, to := m.bounds()
	if from == to {
		return nil
	}
	w, e := samples(window), samples(edge)
	return s[max(0, from*w-e):min(len(s), to*w+e)]
}

const (
	commonLevel = -20.0 // of the voice in every clip, dBFS
	highestPeak = -1.0  // of any sample
	mostGain    = 30.0  // dB: beyond it, it is noise that would be made loud
)

// levelled brings the voice to the common level, as far as its peaks allow.
func levelled(s sound) sound {
	m := measured(s).below(20) // the syllables
	var power, n float64
	for i, l := range m.levels {
		if m.spoken(i) {
			power += math.Pow(10, l/10)
			n++
		}
	}
	if n == 0 {
		return slices.Clone(s)
	}
	gain := min(commonLevel-10*math.Log10(power/n), highestPeak-peak(s), mostGain)
	factor := float32(math.Pow(10, gain/20))
	out := make(sound, len(s))
	for i, v := range s {
		out[i] = v * factor
	}
	return out
}

// fade is how long a clip takes to come and to go: an edge would be heard as a click.
const fade = 5 * time.Millisecond

// faded softens both ends of s in place.
func faded(s sound) sound {
	n := min(samples(fade), len(s)/2)
	for i := range n {
		factor := float32(0.5 - 0.5*math.Cos(math.Pi*float64(i)/float64(n)))
		s[i] *= factor
		s[len(s)-1-i] *= factor
	}
	return s
}

// ready makes a sound a clip that can stand beside any other. A clip holds hardly any silence
// by which to know the room: it was checked when it was recorded.
func ready(s sound) []int16 { return faded(levelled(trimmed(s, measured(s).below(40)))).toPCM() }
