package main

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/motcua/gateway/kiosk/control"
)

// webLoudspeaker is a sound server of the test's own, with a sink that nobody hears.
type webLoudspeaker struct {
	t   *testing.T
	env []string
}

func newLoudspeaker(t *testing.T) *webLoudspeaker {
	t.Helper()
	for _, p := range []string{"pulseaudio", "parec", "pactl", "sox", "espeak-ng", "aplay"} {
		if _, err := exec.LookPath(p); err != nil {
			t.Skip(p + " is not installed; build/test installs it")
		}
	}
	dir, err := os.MkdirTemp("", "s") // the name of a socket is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	socket := filepath.Join(dir, "s")
	l := &webLoudspeaker{t: t, env: append(os.Environ(), "HOME="+dir, "XDG_RUNTIME_DIR="+dir, "PULSE_RUNTIME_PATH="+dir, "PULSE_STATE_PATH="+dir,
		"PULSE_SERVER=unix:"+socket, "PULSE_LATENCY_MSEC=300", "PULSE_COOKIE="+filepath.Join(dir, "cookie"))}
	l.run(t, "pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm", "--realtime=no", "--high-priority=no",
		"-L", "module-null-sink sink_name=hall", "-L", "module-native-protocol-unix auth-anonymous=1 socket="+socket)
	webEventually(t, "the sound server answers", func() bool {
		cmd := exec.Command("pactl", "set-default-sink", "hall")
		cmd.Env = l.env
		return cmd.Run() == nil
	})
	return l
}

// run starts a program that ends with the test, or by what it returns.
func (l *webLoudspeaker) run(t *testing.T, name string, args ...string) (end func()) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = l.env
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := false
	end = func() {
		if !ended {
			ended = true
			_ = cmd.Process.Signal(os.Interrupt)
			_ = cmd.Wait() // how a program ends that was told to is no news
		}
	}
	t.Cleanup(end)
	return end
}

// samplesOf lets sox turn a recording into plain samples.
func samplesOf(t *testing.T, file string) []float64 {
	t.Helper()
	raw, err := exec.Command("sox", file, "-t", "raw", "-r", fmt.Sprint(soundRate), "-e", "signed", "-b", "16", "-c", "1", "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	out := make([]float64, len(raw)/2)
	for i := range out {
		out[i] = float64(int16(binary.LittleEndian.Uint16(raw[2*i:])))
	}
	return out
}

const (
	soundRate = 4000               // samples a second are enough to tell words apart
	soundStep = soundRate / 20     // 50 ms
	soundLoud = 300                // root mean square; silence is far below
	soundPart = soundRate * 3 / 10 // a piece that is looked for
	soundSlip = soundRate / 4      // how far from its place it may be
)

func loudness(s []float64) float64 {
	var sum float64
	for _, v := range s {
		sum += v * v
	}
	return math.Sqrt(sum / float64(max(1, len(s))))
}

// loudEdges returns where the sound begins and ends within s; from is -1 where there is none.
func loudEdges(s []float64) (from, to int) {
	from = -1
	for i := 0; i+soundStep <= len(s); i += soundStep {
		if loudness(s[i:i+soundStep]) < soundLoud {
			continue
		}
		if from < 0 {
			from = i
		}
		to = i + soundStep
	}
	return from, to
}

// alike is 1 where two pieces are the same sound, at whatever volume.
func alike(a, b []float64) float64 {
	var ab, aa, bb float64
	for i := range min(len(a), len(b)) {
		ab, aa, bb = ab+a[i]*b[i], aa+a[i]*a[i], bb+b[i]*b[i]
	}
	if aa == 0 || bb == 0 {
		return 0
	}
	return ab / math.Sqrt(aa*bb)
}

// find returns where in heard a piece of a sound is, at from at the earliest and before to, and
// how much alike the two are.
func find(piece, heard []float64, from, to int) (at int, like float64) {
	for i := max(0, from); i < to && i+len(piece) <= len(heard); i++ {
		if r := alike(piece, heard[i:i+len(piece)]); r > like {
			at, like = i, r
		}
	}
	return at, like
}

// inPlace looks for each loud piece of a sound near its place in a recording, where the sound
// begins at or soon after from, and returns the share of pieces that are there and where the
// sound begins. The recording's clock may drift from piece to piece, not jump.
func inPlace(sound, heard []float64, from, to int) (share float64, begins int) {
	pieces, found := 0, 0
	first, _ := loudEdges(sound)
	at := -1
	for i := first; i+soundPart <= len(sound); i += soundPart {
		piece := sound[i : i+soundPart]
		if loudness(piece) < soundLoud {
			continue
		}
		pieces++
		lo, hi := at+i-soundSlip, at+i+soundSlip
		if at < 0 {
			lo, hi = from, to
		}
		if where, like := find(piece, heard, lo, hi); like > 0.8 {
			found++
			if at < 0 {
				begins = where
			}
			at = where - i
		} else if at < 0 {
			return 0, 0 // it does not even begin
		}
	}
	return float64(found) / float64(max(1, pieces)), begins
}

// boardSpeaks lets a television call two numbers, and hears them in the hall: each as the gateway
// has it, whole, in its order, one after the other.
func boardSpeaks(t *testing.T, chromium context.Context, hall *webLoudspeaker) {
	// The gateway has a sound card that makes no sound, and the voice of espeak-ng.
	box := newWebBox(t, 3, [2]string{`device = "default"`, `device = "null"`})
	box.start(officeMorning())
	tv := newWebTab(t, chromium, "tv")
	pairBoard(box, tv, true)
	for _, counter := range []string{"1", "2", "3"} {
		webAsk[control.Counter](box, http.MethodPost, "/v1/counters/"+counter+"/open", nil)
	}
	call := func(counter, number string) string {
		t.Helper()
		return webAsk[control.Call](box, http.MethodPost, "/v1/counters/"+counter+"/call", control.Choose{Number: number}).Ticket.Number
	}
	// The voice is being made while the office is open already. The first call waits for it.
	trial := call("3", box.issue("dat-dai", 1)[0])
	tv.number(trial)
	webEventually(t, "there is a voice", func() bool {
		return webEval[bool](tv, `(async () => {
			const all = performance.getEntriesByType("resource").map(e => e.name).filter(n => n.includes("/board/say/"));
			return all.length > 0 && (await fetch(all[0])).ok;
		})()`, chromedp.EvalAwaitPromise)
	})
	webAsk[control.Ticket](box, http.MethodPost, "/v1/tickets/"+trial+"/finish", nil)
	tv.until("nobody is called, and it may speak", `document.body.className.startsWith("board quiet") && document.getElementById("mute").hidden`)

	file := filepath.Join(t.TempDir(), "hall.wav")
	end := hall.run(t, "parec", "--device=hall.monitor", "--file-format=wav", fmt.Sprintf("--rate=%d", 44100), "--channels=1", file)
	recorded := func(d time.Duration) {
		t.Helper()
		var from int64 = -1
		webEventually(t, "the recording goes on", func() bool {
			f, err := os.Stat(file)
			if err != nil {
				return false
			}
			if from < 0 {
				from = f.Size()
			}
			return f.Size()-from >= int64(d.Seconds()*44100*2)
		})
	}
	numbers := box.issue("chung-thuc", 27) // no two of A027 and K001 sound alike
	numbers = append(numbers, box.issue("tra-ket-qua", 1)...)
	recorded(300 * time.Millisecond) // of silence before
	first, second := call("1", numbers[26]), call("2", numbers[27])
	tv.number(first)
	tv.number(second)
	sounds := [][]float64{samplesOf(t, tv.soundOf(t, 1)), samplesOf(t, tv.soundOf(t, 2))} // 0 was the trial's
	tv.until("it has been said", `!document.getElementById("call").classList.contains("new")`)
	recorded(1500 * time.Millisecond)
	end()
	judgeSound(t, samplesOf(t, file), sounds)
}

// judgeSound compares what was heard in the hall with what the gateway gave out.
func judgeSound(t *testing.T, heard []float64, sounds [][]float64) {
	t.Helper()
	began, ended := loudEdges(heard)
	if began < 0 {
		t.Fatal("nothing was heard")
	}
	ms := func(samples int) int { return samples * 1000 / soundRate }
	last := 0 // where the call before has ended
	for i, s := range sounds {
		from, to := loudEdges(s)
		search := [2]int{began - soundSlip, began + soundSlip}
		if i > 0 {
			search = [2]int{last, last + 2*soundRate}
		}
		share, at := inPlace(s, heard, search[0], search[1])
		t.Logf("call %d: heard from %d ms on for %d ms, %.0f %% of its pieces in their places", i+1, ms(at), ms(to-from), 100*share)
		if share < 0.75 {
			t.Errorf("call %d: only %.0f %% of what the gateway gave out is heard in its place", i+1, 100*share)
		}
		other, _ := inPlace(sounds[1-i], heard, search[0], search[1])
		t.Logf("and %.0f %% of the other call's", 100*other)
		if other > share-0.1 { // "mời công dân có số" they have in common
			t.Errorf("call %d sounds like the other one by %.0f %%", i+1, 100*other)
		}
		if i > 0 {
			if pause := at - last; pause < soundRate/4 || loudness(heard[last+soundStep:at-soundStep]) > soundLoud {
				t.Errorf("between the calls there are %d ms, of loudness %.0f", ms(pause), loudness(heard[last+soundStep:at-soundStep]))
			}
		}
		last = at + to - from
	}
	if d := ended - last; d < -soundRate/3 || d > soundRate/3 {
		t.Errorf("the sound ends %d ms after the last call", ms(d))
	}
	if began < soundStep {
		t.Error("there was no silence before the first call")
	}
}

// soundOf takes the n-th sound that the board has fetched from the gateway, into a file.
func (b *webTab) soundOf(t *testing.T, n int) string {
	t.Helper()
	script := fmt.Sprintf(`(async () => {
		const all = [...new Set(performance.getEntriesByType("resource").map(e => e.name).filter(n => n.includes("/board/say/")))];
		const bytes = new Uint8Array(await (await fetch(all[%d])).arrayBuffer());
		let text = "";
		for (const b of bytes) text += String.fromCharCode(b);
		return btoa(text);
	})()`, n)
	wav, err := base64.StdEncoding.DecodeString(webEval[string](b, script, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), fmt.Sprintf("sound-%d.wav", n))
	if err := os.WriteFile(file, wav, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
