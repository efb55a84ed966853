package speech_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/motcua/gateway/drivers/speech"
	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/words"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// script makes a program of the shell.
func script(t *testing.T, body string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(name, []byte("#!/bin/sh\n"+body+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return name
}

func run(t *testing.T, program string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), program, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", program, args, err, out)
	}
	return string(out)
}

// hall is a sound card that writes what it plays to a file.
func hall(t *testing.T) (env []string, heard string) {
	t.Helper()
	dir := t.TempDir()
	heard = filepath.Join(dir, "heard.wav")
	conf := filepath.Join(dir, "asound.conf")
	text := fmt.Sprintf("pcm.none { type null }\npcm.hall { type file slave.pcm none file %q format wav }\n", heard)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return []string{"ALSA_CONFIG_PATH=" + conf}, heard
}

// recording is a person at a microphone: espeak-ng at 48 kHz in stereo with silence around.
func recording(t *testing.T, text string) []byte {
	t.Helper()
	dir := t.TempDir()
	said, name := filepath.Join(dir, "a.wav"), filepath.Join(dir, "b.wav")
	run(t, "espeak-ng", "-v", "vi", "-w", said, text)
	run(t, "sox", "-D", said, "-r", "48000", "-c", "2", name, "vol", "0.4", "pad", "0.4", "0.4")
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// running lets a voice run until the test is over.
func running(t *testing.T, v *speech.Voice) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- v.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("Run: %v", err)
		}
	})
}

// spoken returns a voice with the clips of an announcement.
func spoken(t *testing.T, a kiosk.Announcement, c speech.Config) *speech.Voice {
	t.Helper()
	dir := t.TempDir()
	if err := speech.MakeEspeak(t.Context(), dir, few(a), speech.Espeak{}); err != nil {
		t.Fatal(err)
	}
	c.Packs, c.Log = append(c.Packs, dir), quiet()
	return speech.New(c)
}

// pcm returns the samples of a WAV that the voice wrote.
func pcm(t *testing.T, wav []byte) []int16 {
	t.Helper()
	i := bytes.Index(wav, []byte("data"))
	if i < 0 {
		t.Fatal("no samples")
	}
	s := make([]int16, (len(wav)-i-8)/2)
	for j := range s {
		s[j] = int16(binary.LittleEndian.Uint16(wav[i+8+2*j:]))
	}
	return s
}

// bare cuts the digital silence off.
func bare(s []int16) []int16 {
	sounds := func(v int16) bool { return v != 0 }
	from := slices.IndexFunc(s, sounds)
	if from < 0 {
		return nil
	}
	to := len(s)
	for s[to-1] == 0 {
		to--
	}
	return s[from:to]
}

// alike is the correlation of two sounds that begin together, 1 for the same.
func alike(a, b []int16) float64 {
	var ab, aa, bb float64
	for i := range max(len(a), len(b)) {
		var x, y float64
		if i < len(a) {
			x = float64(a[i])
		}
		if i < len(b) {
			y = float64(b[i])
		}
		ab, aa, bb = ab+x*y, aa+x*x, bb+y*y
	}
	return ab / math.Sqrt(aa*bb)
}

// inOrder checks that a sound is the clips in their order, with the right pauses between.
func inOrder(t *testing.T, v *speech.Voice, heard []int16, clips [][]kiosk.ClipID) {
	t.Helper()
	single := map[kiosk.ClipID][]int16{}
	for _, id := range slices.Concat(clips...) {
		if !id.Mark() {
			wav, _, err := v.WAV([][]kiosk.ClipID{{id}})
			if err != nil {
				t.Fatal(err)
			}
			single[id] = bare(pcm(t, wav))
		}
	}
	at, pause := 0, 0
	for n, language := range clips {
		if n > 0 {
			pause = 600
		}
		for _, id := range language {
			if id == kiosk.ClipPause {
				pause = 350
				continue
			}
			zeros := slices.IndexFunc(heard[at:], func(v int16) bool { return v != 0 })
			if zeros < 0 {
				t.Fatalf("nothing is heard where %s should be", id)
			}
			// The clips' own edges make it more or less by 20 ms, as they are all silent or not.
			if gap := zeros * 1000 / speech.Rate; at > 0 && (gap < pause-21 || gap > pause+21) {
				t.Errorf("before %s it is silent for %d ms, want %d", id, gap, pause)
			}
			at += zeros
			for other, sound := range single {
				r := alike(heard[at:min(at+len(sound), len(heard))], sound)
				if (other == id) != (r > 0.99) {
					t.Errorf("at %d ms, the turn of %s, it sounds like %s by %.2f", at*1000/speech.Rate, id, other, r)
				}
			}
			at, pause = at+len(single[id]), 100
		}
	}
	if rest := bare(heard[at:]); rest != nil {
		t.Errorf("%d samples are heard after the end", len(rest))
	}
}

// What comes out of aplay is what was to be said: its length, its clips in their order, its
// pauses; measured on the file by sox and by comparing with each single clip.
func TestAnAnnouncementIsHeardInOrder(t *testing.T) {
	t.Parallel()
	env, heard := hall(t)
	a := kiosk.Announcement{Number: "A1", Counter: "3", Language: kiosk.Chinese}
	v := spoken(t, a, speech.Config{Device: "hall", Env: env})
	running(t, v)
	clips := words.Announcement(a)
	_, want, err := v.WAV(clips)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := v.Say(t.Context(), a, clips); err != nil {
		t.Fatal(err)
	}
	if d := time.Since(began); d < want {
		t.Errorf("over after %v, but it lasts %v", d, want)
	}
	if s := v.Status(); s.State != kiosk.DeviceReady || s.Code != "" || len(s.Missing)+len(s.Damaged) > 0 {
		t.Errorf("status %+v", s)
	}

	seconds, err := strconv.ParseFloat(strings.TrimSpace(run(t, "sox", "--i", "-D", heard)), 64)
	if err != nil || math.Abs(seconds-want.Seconds()) > 0.05 {
		t.Errorf("sox hears %.3f s, want %v (%v)", seconds, want, err)
	}
	b, err := os.ReadFile(heard)
	if err != nil {
		t.Fatal(err)
	}
	inOrder(t, v, pcm(t, b), clips)
	// sox cuts at every pause of a quarter of a second: two phrases in each language.
	part := filepath.Join(t.TempDir(), "part.wav")
	run(t, "sox", heard, part, "silence", "1", "0.02", "0.2%", "1", "0.25", "0.2%", ":", "newfile", ":", "restart")
	parts, err := filepath.Glob(filepath.Join(filepath.Dir(part), "part*.wav"))
	if err != nil {
		t.Fatal(err)
	}
	phrases := 0
	for _, p := range parts {
		// sox leaves an empty file behind the last silence.
		if d, err := strconv.ParseFloat(strings.TrimSpace(run(t, "sox", "--i", "-D", p)), 64); err == nil && d > 0.1 {
			phrases++
		}
	}
	if phrases != 4 {
		t.Errorf("sox hears %d phrases, want 4", phrases)
	}
	stat := run(t, "sox", heard, "-n", "stat")
	for line := range strings.Lines(stat) {
		if s, ok := strings.CutPrefix(line, "Maximum amplitude:"); ok {
			if m, err := strconv.ParseFloat(strings.TrimSpace(s), 64); err != nil || m < 0.1 || m > 0.95 {
				t.Errorf("the highest sample is %v: %v", m, err)
			}
		}
	}
}

func TestCallsAtOnceAreHeardOneAfterTheOther(t *testing.T) {
	t.Parallel()
	env, _ := hall(t)
	a := kiosk.Announcement{Number: "1", Counter: "1"}
	v := spoken(t, a, speech.Config{Device: "hall", Env: env})
	running(t, v)
	clips := [][]kiosk.ClipID{{"vi/digit-1"}}
	_, d, err := v.WAV(clips)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	errs := make(chan error)
	for range 3 {
		go func() { errs <- v.Say(t.Context(), a, clips) }()
	}
	for range 3 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if all := time.Since(began); all < 3*d {
		t.Errorf("three of %v were over after %v", d, all)
	}
}
