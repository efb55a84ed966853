package speech

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// sox runs sox and returns what it wrote to either output.
func sox(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "sox", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("sox %q: %v\n%s", args, err, out)
	}
	return string(out)
}

// synth lets sox write a WAV.
func synth(t *testing.T, rate, channels, bits int, effects ...string) []byte {
	t.Helper()
	name := filepath.Join(t.TempDir(), "x.wav")
	args := []string{"-D", "-n", "-r", fmt.Sprint(rate), "-c", fmt.Sprint(channels), "-b", fmt.Sprint(bits), name}
	sox(t, append(args, effects...)...)
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// pitch counts waves by the crossings of zero.
func pitch(s sound) float64 {
	n := 0
	for i := range s[1:] {
		if s[i] < 0 && s[i+1] >= 0 {
			n++
		}
	}
	return float64(n) * Rate / float64(len(s))
}

func TestEveryRateSoundsTheSame(t *testing.T) {
	t.Parallel()
	for _, rate := range []int{8000, 11025, 12345, 16000, 22050, 32000, 44100, 48000} {
		for _, channels := range []int{1, 2} {
			s, err := decodeWAV(synth(t, rate, channels, 16, "synth", "1", "sine", "1000", "vol", "0.5"))
			if err != nil {
				t.Fatalf("%d Hz, %d channels: %v", rate, channels, err)
			}
			if d := len(s) - Rate; d < -20 || d > 20 {
				t.Errorf("%d Hz: %d samples of one second", rate, len(s))
			}
			middle := s[1000 : len(s)-1000]
			if l := rms(middle); math.Abs(l+9.03) > 0.1 {
				t.Errorf("%d Hz, %d channels: level %.2f dB, want -9.03", rate, channels, l)
			}
			if p := pitch(middle); math.Abs(p-1000) > 2 {
				t.Errorf("%d Hz: pitch %.1f", rate, p)
			}
		}
	}
}

func TestWhatTheRateCannotCarryIsGone(t *testing.T) {
	t.Parallel()
	s, err := decodeWAV(synth(t, 48000, 1, 16, "synth", "1", "sine", "15000", "vol", "0.5"))
	if err != nil {
		t.Fatal(err)
	}
	if l := rms(s[1000 : len(s)-1000]); l > -60 {
		t.Errorf("15 kHz came back at %.1f dB", l)
	}
}

func TestWhatIsNoWAV(t *testing.T) {
	t.Parallel()
	good := encodeWAV(make([]int16, Rate))
	patched := func(at int, b ...byte) []byte {
		w := slices.Clone(good)
		copy(w[at:], b)
		return w
	}
	for name, b := range map[string][]byte{
		"nothing":            nil,
		"letters":            []byte("hello, this is no sound"),
		"only a header":      good[:12],
		"no data":            good[:36],
		"three channels":     patched(22, 3, 0),
		"no channel":         patched(22, 0, 0),
		"a rate of 4 kHz":    patched(24, 0xA0, 0x0F, 0, 0),
		"a rate of 96 kHz":   patched(24, 0x00, 0x77, 1, 0),
		"a-law":              patched(20, 6, 0),
		"data first":         slices.Concat(good[:12], good[36:]),
		"a chunk of 4 GiB":   patched(16, 0xFF, 0xFF, 0xFF, 0xFF),
		"24 bits":            synth(t, 22050, 1, 24, "synth", "0.1", "sine", "500"),
		"eleven seconds":     synth(t, 8000, 1, 16, "synth", "11", "sine", "500"),
		"more than 2 MiB":    make([]byte, MaxClipBytes+1),
		"a truncated format": append(slices.Clone(good[:12]), "fmt \x04\x00\x00\x00\x01\x00\x01\x00"...),
	} {
		if s, err := decodeWAV(b); err == nil {
			t.Errorf("%s: read as %d samples", name, len(s))
		}
	}
	// What writes to a pipe cannot know the length: espeak-ng and sox claim the most there is.
	if s, err := decodeWAV(patched(40, 0xFF, 0xFF, 0xFF, 0x7F)); err != nil || len(s) != Rate {
		t.Errorf("an open end: %d samples, %v", len(s), err)
	}
}

// What is written here is a WAV for a program that nobody here wrote.
func TestSoxReadsWhatWeWrite(t *testing.T) {
	t.Parallel()
	pcm := make([]int16, Rate*3/2)
	for i := range pcm {
		pcm[i] = int16(20000 * math.Sin(float64(i)/10))
	}
	b := encodeWAV(pcm)
	name := filepath.Join(t.TempDir(), "x.wav")
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	for flag, want := range map[string]string{"-D": "1.500000", "-r": "22050", "-c": "1", "-b": "16", "-e": "Signed Integer PCM"} {
		if got := strings.TrimSpace(sox(t, "--i", flag, name)); got != want {
			t.Errorf("sox --i %s says %q, want %q", flag, got, want)
		}
	}
	raw := filepath.Join(t.TempDir(), "x.raw")
	sox(t, name, raw)
	got, err := os.ReadFile(raw)
	if err != nil || !bytes.Equal(got, b[headerWAV:]) {
		t.Errorf("sox reads other samples: %v", err)
	}
}

func FuzzWAV(f *testing.F) {
	f.Add(encodeWAV([]int16{1, -1, 30000, -30000, 5}))
	f.Add([]byte("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00"))
	stereo := encodeWAV(make([]int16, 400))
	binary.LittleEndian.PutUint16(stereo[22:], 2)
	binary.LittleEndian.PutUint32(stereo[24:], 8000)
	f.Add(stereo)
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := decodeWAV(b)
		if err != nil && s != nil {
			t.Error("both a sound and an error")
		}
		if length(len(s)) > MaxClipLength+window {
			t.Errorf("%v of sound", length(len(s)))
		}
		take := Check(b)
		if (len(take.Flaws) == 0) != (take.WAV != nil) {
			t.Errorf("flaws %v, and %d bytes of clip", take.Flaws, len(take.WAV))
		}
		if take.WAV != nil {
			if _, err := decodeWAV(take.WAV); err != nil {
				t.Errorf("a good take is no WAV: %v", err)
			}
		}
		ready(s)
	})
}
