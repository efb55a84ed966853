package speech_test

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/motcua/gateway/drivers/speech"
	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/words"
)

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
