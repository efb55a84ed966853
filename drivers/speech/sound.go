package speech

import (
	"math"
	"time"
)

// Rate is the one rate of everything in memory, in samples a second. It is that of espeak-ng
// and half of a compact disc's: voices need no more.
const Rate = 22050

// sound is one channel at [Rate]; 1 is full scale.
type sound []float32

// length returns how long n samples last.
func length(n int) time.Duration { return time.Duration(n) * time.Second / Rate }

// samples returns how many samples d lasts.
func samples(d time.Duration) int { return int(d * Rate / time.Second) }

// toPCM returns the sound as 16 bit samples.
func (s sound) toPCM() []int16 {
	out := make([]int16, len(s))
	for i, v := range s {
		out[i] = int16(math.Round(float64(max(-1, min(v, 1))) * math.MaxInt16))
	}
	return out
}

// kernelZeros and kernelSteps set the low-pass of resampled: zero crossings on each side, and
// table entries for each of them.
const (
	kernelZeros = 16
	kernelSteps = 256
)

// kernel returns one half of a sinc under a Hann window, from its middle outwards.
func kernel() []float64 {
	k := make([]float64, kernelZeros*kernelSteps+2)
	k[0] = 1
	for i := 1; i < kernelZeros*kernelSteps; i++ {
		x := float64(i) / kernelSteps
		k[i] = math.Sin(math.Pi*x) / (math.Pi * x) * (0.5 + 0.5*math.Cos(math.Pi*x/kernelZeros))
	}
	return k
}

// resampled brings s from a rate to [Rate]. What the lower of the two rates cannot carry is
// filtered out first, so that it does not come back as a whistle.
func resampled(s sound, from int) sound {
	if from == Rate || len(s) == 0 {
		return s
	}
	step := float64(from) / Rate
	cutoff := min(1, 1/step)
	reach := kernelZeros / cutoff
	k := kernel()
	out := make(sound, int(float64(len(s))/step))
	for i := range out {
		middle := float64(i) * step
		var sum float64
		for j := max(0, int(math.Ceil(middle-reach))); j < len(s) && float64(j) <= middle+reach; j++ {
			at := math.Abs(float64(j)-middle) * cutoff * kernelSteps
			n := int(at)
			sum += float64(s[j]) * (k[n] + (k[n+1]-k[n])*(at-float64(n)))
		}
		out[i] = float32(sum * cutoff)
	}
	return out
}
