package speech_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/motcua/gateway/drivers"
	"github.com/motcua/gateway/drivers/speech"
	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/words"
)

// prompts are those of the three written languages.
func prompts() []kiosk.Prompt {
	var all []kiosk.Prompt
	for _, l := range kiosk.Languages() {
		all = append(all, words.Prompts(l)...)
	}
	return all
}

// few are the prompts of the announcements in these tests.
func few(a kiosk.Announcement) []kiosk.Prompt {
	said := slices.Concat(words.Announcement(a)...)
	return slices.DeleteFunc(prompts(), func(p kiosk.Prompt) bool { return !slices.Contains(said, p.ID) })
}

func TestEspeakMakesTheWholePack(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "espeak")
	began := time.Now()
	if err := speech.MakeEspeak(t.Context(), dir, prompts(), speech.Espeak{}); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d clips in %v", len(prompts()), time.Since(began))
	p, err := speech.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Damaged) > 0 || len(p.Clips()) != len(prompts()) {
		t.Errorf("%d clips of %d, damaged %v", len(p.Clips()), len(prompts()), p.Damaged)
	}
	again := time.Now()
	if err := speech.MakeEspeak(t.Context(), dir, prompts(), speech.Espeak{Program: "espeak-ng"}); err != nil {
		t.Fatal(err)
	}
	if d := time.Since(again); d > time.Since(began)/3 {
		t.Errorf("what is there already took %v again", d)
	}
}

// counted is a program that leaves a line for each of its calls, and fails from one on.
func counted(t *testing.T, fails int) (program string, calls func() int) {
	t.Helper()
	dir := t.TempDir()
	log := filepath.Join(dir, "calls")
	program = script(t, `echo >>`+log+`
[ $(wc -l <`+log+`) -lt `+string(rune('0'+fails))+` ] || { echo "out of words" >&2; exit 1; }
exec espeak-ng "$@"`)
	return program, func() int {
		b, err := os.ReadFile(log)
		if err != nil {
			t.Fatal(err)
		}
		return len(b)
	}
}

func TestEspeakGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	all := few(kiosk.Announcement{Number: "A012", Counter: "3"})
	program, calls := counted(t, 4)
	if err := speech.MakeEspeak(t.Context(), dir, all, speech.Espeak{Program: program}); err == nil {
		t.Fatal("no error of a program that fails")
	}
	p, err := speech.Open(dir)
	if err != nil || len(p.Clips()) != 3 || calls() != 4 {
		t.Fatalf("after a failure: %v, %d calls", err, calls())
	}
	// A prompt that says something else now is read anew, the rest stays.
	program, calls = counted(t, 9)
	all[0].Text = "Xin mời"
	if err := speech.MakeEspeak(t.Context(), dir, all, speech.Espeak{Program: program}); err != nil {
		t.Fatal(err)
	}
	if p, err = speech.Open(dir); err != nil || len(p.Clips()) != len(all) || calls() != len(all)-2 {
		t.Errorf("then: %v, %d clips, %d calls", err, len(p.Clips()), calls())
	}
}

func TestNoEspeak(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "voice")
	err := speech.MakeEspeak(t.Context(), dir, prompts(), speech.Espeak{Program: "no-espeak-here"})
	if !errors.Is(err, drivers.ErrAbsent) {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("a folder was made for nothing")
	}
}

func TestEspeakThatNeverEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	began := time.Now()
	err := speech.MakeEspeak(ctx, t.TempDir(), prompts(), speech.Espeak{Program: script(t, "exec sleep 30")})
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > 3*time.Second {
		t.Errorf("%v after %v", err, time.Since(began))
	}
	err = speech.MakeEspeak(t.Context(), t.TempDir(), prompts(), speech.Espeak{Program: script(t, "exec cat /dev/zero")})
	if err == nil {
		t.Error("zeros without end were taken for a voice")
	}
}

// An office's own voice is never written over by a program.
func TestEspeakLeavesAPersonsPackAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	v := speech.New(speech.Config{Packs: []string{dir}, Log: quiet()})
	if take, err := v.Keep("vi/digit-1", recording(t, "một")); err != nil || len(take.Flaws) > 0 {
		t.Fatal(err, take.Flaws)
	}
	if err := speech.MakeEspeak(t.Context(), dir, prompts(), speech.Espeak{}); err == nil {
		t.Error("it was written over")
	}
}
