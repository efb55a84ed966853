package speech_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
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

	"github.com/motcua/gateway/drivers"
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

func TestNoSound(t *testing.T) {
	t.Parallel()
	env, _ := hall(t)
	a := kiosk.Announcement{Number: "1", Counter: "1"}
	for name, c := range map[string]struct {
		config speech.Config
		state  kiosk.DeviceState
		code   kiosk.FaultCode
		hint   string
	}{
		"no aplay":        {speech.Config{Player: "no-aplay-here"}, kiosk.DeviceAbsent, kiosk.FaultVoiceAbsent, "no program no-aplay-here"},
		"no such device":  {speech.Config{Device: "garden", Env: env}, kiosk.DeviceAbsent, kiosk.FaultVoiceAbsent, "garden"},
		"device is taken": {speech.Config{Player: script(t, "echo 'aplay: main:831: audio open error: Device or resource busy' >&2; exit 1")}, kiosk.DeviceFaulty, kiosk.FaultVoiceFaulty, "busy"},
		"fails mutely":    {speech.Config{Player: script(t, "exit 3")}, kiosk.DeviceFaulty, kiosk.FaultVoiceFaulty, "exit status 3"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := spoken(t, a, c.config)
			if s := v.Status(); s.State != kiosk.DeviceAbsent {
				t.Errorf("before the first look: %+v", s)
			}
			running(t, v)
			err := v.Say(t.Context(), a, [][]kiosk.ClipID{{"vi/digit-1"}})
			if err == nil || drivers.Absent(err) != (c.state == kiosk.DeviceAbsent) || !strings.Contains(err.Error(), c.hint) {
				t.Errorf("Say: %v", err)
			}
			if s := v.Status(); s.State != c.state || s.Code != c.code || !strings.Contains(s.Hint, c.hint) {
				t.Errorf("status %+v", s)
			}
		})
	}
}

// loud is a player that takes the probe quietly and does something else with an announcement.
func loud(t *testing.T, body string) string {
	t.Helper()
	return script(t, `n=$(wc -c)
[ $n -lt 2000 ] && exit 0
`+body)
}

func TestAPlayerThatDoesNotEnd(t *testing.T) {
	t.Parallel()
	a := kiosk.Announcement{Number: "1", Counter: "1"}
	v := spoken(t, a, speech.Config{Player: loud(t, "exec sleep 60")})
	v.SetPatience(300 * time.Millisecond)
	running(t, v)
	err := v.Say(t.Context(), a, [][]kiosk.ClipID{{"vi/digit-1"}})
	if err == nil || drivers.Absent(err) || !strings.Contains(err.Error(), "not over after") {
		t.Errorf("Say: %v", err)
	}
	<-faulty(t, v)
}

// faulty is closed when the voice says that it is.
func faulty(t *testing.T, v *speech.Voice) <-chan struct{} {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		for v.Status().State != kiosk.DeviceFaulty {
			select {
			case <-v.Changed():
			case <-t.Context().Done():
				return
			}
		}
	}()
	return done
}

// Who silences an announcement ends its player, and only that: the next one is heard.
func TestSilencing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	begun, next := filepath.Join(dir, "begun"), filepath.Join(dir, "next")
	if err := os.WriteFile(begun, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	// The first one says its process id and stays; the one after it is done at once.
	player := loud(t, "[ -s "+begun+" ] && { touch "+next+"; exit 0; }; echo $$ >"+begun+"; exec sleep 60")
	a := kiosk.Announcement{Number: "1", Counter: "1"}
	v := spoken(t, a, speech.Config{Player: player})
	running(t, v)
	clips := [][]kiosk.ClipID{{"vi/digit-1"}}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	said := make(chan error, 1)
	go func() { said <- v.Say(ctx, a, clips) }()
	pid := ""
	for tick := time.NewTicker(5 * time.Millisecond); pid == ""; <-tick.C {
		b, err := os.ReadFile(begun)
		if err != nil {
			t.Fatal(err)
		}
		pid = strings.TrimSpace(string(b))
	}
	cancel()
	if err := <-said; !errors.Is(err, context.Canceled) {
		t.Errorf("silenced: %v", err)
	}
	if _, err := os.Stat("/proc/" + pid); err == nil {
		t.Errorf("player %s still runs", pid)
	}
	if err := v.Say(t.Context(), a, clips); err != nil {
		t.Errorf("the next one: %v", err)
	}
	if _, err := os.Stat(next); err != nil {
		t.Error("the next one was not played")
	}
	if s := v.Status(); s.State != kiosk.DeviceReady {
		t.Errorf("status %+v", s)
	}
}

func TestPacksStandInOrder(t *testing.T) {
	t.Parallel()
	own := filepath.Join(t.TempDir(), "own")
	a := kiosk.Announcement{Number: "A1", Counter: "1"}
	today := kiosk.Day(2026_11_24)
	v := spoken(t, a, speech.Config{Packs: []string{own}, Today: func() kiosk.Day { return today }})
	clips := words.Announcement(a)
	_, before, err := v.WAV(clips)
	if err != nil || v.Source("vi/digit-1") != "espeak-ng" || v.Source("vi/digit-7") != "" {
		t.Fatal(err, v.Source("vi/digit-1"))
	}
	// A bad recording changes nothing, a good one is heard at once.
	if take, err := v.Keep("vi/digit-1", []byte("?")); err != nil || len(take.Flaws) != 1 {
		t.Errorf("a bad recording: %v, %v", take.Flaws, err)
	}
	if _, err := v.Keep("../x", recording(t, "một")); err == nil {
		t.Error("a path was taken for a clip")
	}
	if v.Source("vi/digit-1") != "espeak-ng" {
		t.Error("a bad recording is heard")
	}
	take, err := v.Keep("vi/digit-1", recording(t, "một hai ba bốn"))
	if err != nil || len(take.Flaws) > 0 {
		t.Fatal(take.Flaws, err)
	}
	_, after, err := v.WAV(clips)
	if err != nil || after < before+time.Second || v.Source("vi/digit-1") != "person" || v.Source("vi/number") != "espeak-ng" {
		t.Errorf("%v, then %v; from %s: %v", before, after, v.Source("vi/digit-1"), err)
	}
	// It is still there for the next start, and when it is not the next pack speaks.
	v.Reload()
	if _, d, err := v.WAV(clips); err != nil || d != after {
		t.Errorf("after a start %v, want %v: %v", d, after, err)
	}
	clip, err := filepath.Glob(filepath.Join(own, "*.wav"))
	if err != nil || len(clip) != 1 {
		t.Fatal(clip, err)
	}
	if err := os.WriteFile(clip[0], []byte("?"), 0o600); err != nil {
		t.Fatal(err)
	}
	v.Reload()
	if _, d, err := v.WAV(clips); err != nil || d != before {
		t.Errorf("with a damaged clip %v, want %v: %v", d, before, err)
	}
	if s := v.Status(); !slices.Equal(s.Damaged, []kiosk.ClipID{"vi/digit-1"}) {
		t.Errorf("status %+v", s)
	}
}

func TestAPackWaitsForItsDay(t *testing.T) {
	t.Parallel()
	own := t.TempDir()
	today := kiosk.Day(2026_11_24)
	v := speech.New(speech.Config{Packs: []string{own}, Today: func() kiosk.Day { return today }, Log: quiet()})
	if take, err := v.Keep("vi/digit-1", recording(t, "một")); err != nil || len(take.Flaws) > 0 {
		t.Fatal(take.Flaws, err)
	}
	name := filepath.Join(own, "pack.json")
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	b = bytes.Replace(b, []byte(`"rate"`), []byte(`"effective": "2026-12-01", "rate"`), 1)
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	v.Reload()
	if v.Source("vi/digit-1") != "" {
		t.Error("heard before its day")
	}
	today = 2026_12_01
	if v.Source("vi/digit-1") == "" {
		t.Error("not heard on its day")
	}
}

func TestALanguageThatLacksAClipIsLeftOut(t *testing.T) {
	t.Parallel()
	a := kiosk.Announcement{Number: "A1", Counter: "1"}
	v := spoken(t, a, speech.Config{})
	_, alone, err := v.WAV(words.Announcement(a))
	if err != nil {
		t.Fatal(err)
	}
	_, d, err := v.WAV(words.Announcement(a, "tyz"))
	if err != nil || d != alone {
		t.Errorf("%v, want %v: %v", d, alone, err)
	}
	want := []kiosk.ClipID{"tyz/number", "tyz/digit-1", "tyz/to-counter"}
	if s := v.Status(); !slices.Equal(s.Missing, want) {
		t.Errorf("missing %v, want %v", s.Missing, want)
	}
	if _, _, err := v.WAV([][]kiosk.ClipID{{"tyz/number"}}); !errors.Is(err, speech.ErrNoClips) {
		t.Errorf("no language: %v", err)
	}
	if err := v.Say(t.Context(), a, nil); !errors.Is(err, speech.ErrNoClips) {
		t.Errorf("nothing to say: %v", err)
	}
}

func TestNoPackIsNoVoice(t *testing.T) {
	t.Parallel()
	env, _ := hall(t)
	v := speech.New(speech.Config{Packs: []string{filepath.Join(t.TempDir(), "none")}, Device: "hall", Env: env, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	running(t, v)
	ready := make(chan struct{})
	go func() {
		defer close(ready)
		for !strings.Contains(v.Status().Hint, "no voice pack") {
			select {
			case <-v.Changed():
			case <-t.Context().Done():
				return
			}
		}
	}()
	<-ready
	if s := v.Status(); s.State != kiosk.DeviceAbsent || s.Code != kiosk.FaultVoiceAbsent {
		t.Errorf("status %+v", s)
	}
}
