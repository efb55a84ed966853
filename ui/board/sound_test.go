package board_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/ui/board"
)

const (
	lowTone, highTone = 440, 880
	toneLasts         = 1500 * time.Millisecond
)

// tone is a WAV file of one tone, so that an ear without a language tells two calls apart.
func tone(hz float64) []byte {
	const rate = 22050
	n := int(toneLasts.Seconds() * rate)
	var b bytes.Buffer
	b.WriteString("RIFF")
	_ = binary.Write(&b, binary.LittleEndian, uint32(36+2*n)) // a buffer takes everything
	b.WriteString("WAVEfmt ")
	_ = binary.Write(&b, binary.LittleEndian, []uint32{16, 1 | 1<<16, rate, 2 * rate, 2 | 16<<16})
	b.WriteString("data")
	_ = binary.Write(&b, binary.LittleEndian, uint32(2*n))
	for i := range n {
		_ = binary.Write(&b, binary.LittleEndian, int16(12000*math.Sin(2*math.Pi*hz*float64(i)/rate)))
	}
	return b.Bytes()
}

// speaking gives the first number a low tone and the others a high one.
func speaking(c *board.Config) {
	freeRide(c)
	c.Sound = func(a kiosk.Announcement) ([]byte, time.Duration, error) {
		if a.Number == "A001" {
			return tone(lowTone), toneLasts, nil
		}
		return tone(highTone), toneLasts, nil
	}
}

// loudspeaker is a sound server of the test's own with a sink that nobody hears.
type loudspeaker struct {
	t   *testing.T
	env []string
}

func newLoudspeaker(t *testing.T) *loudspeaker {
	t.Helper()
	for _, p := range []string{"pulseaudio", "parec", "pactl", "sox"} {
		if _, err := exec.LookPath(p); err != nil {
			t.Skip(p + " is not installed")
		}
	}
	dir, err := os.MkdirTemp("", "b") // the name of a socket is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	socket := filepath.Join(dir, "s")
	l := &loudspeaker{t: t, env: append(os.Environ(), "HOME="+dir, "XDG_RUNTIME_DIR="+dir, "PULSE_RUNTIME_PATH="+dir, "PULSE_STATE_PATH="+dir, "PULSE_SERVER=unix:"+socket, "PULSE_LATENCY_MSEC=300", "PULSE_COOKIE="+filepath.Join(dir, "cookie"))}
	l.run("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm", "--realtime=no", "--high-priority=no",
		"-L", "module-null-sink sink_name=hall", "-L", "module-native-protocol-unix auth-anonymous=1 socket="+socket)
	end := time.Now().Add(10 * time.Second)
	for {
		cmd := exec.Command("pactl", "set-default-sink", "hall")
		cmd.Env = l.env
		if cmd.Run() == nil {
			return l
		}
		if time.Now().After(end) {
			t.Fatal("the sound server does not answer")
		}
		<-time.After(50 * time.Millisecond)
	}
}

// run starts a program that ends with the test, or by what it returns.
func (l *loudspeaker) run(name string, args ...string) (end func()) {
	l.t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = l.env
	if err := cmd.Start(); err != nil {
		l.t.Fatal(err)
	}
	ended := false
	end = func() {
		if !ended {
			ended = true
			_ = cmd.Process.Signal(os.Interrupt)
			_ = cmd.Wait() // how a program ends that was told to is no news
		}
	}
	l.t.Cleanup(end)
	return end
}

// heard is a stretch of sound, by sox's own reading of the recording.
type heard struct {
	steps    []float64 // how high it sounds every 50 ms, in hertz
	from, to time.Duration
}

// hz is how high most of it sounds: a busy machine crackles now and then.
func (h heard) hz() float64 {
	steps := slices.Sorted(slices.Values(h.steps))
	return steps[len(steps)/2]
}

// read lets sox turn a recording, which may be going on, into plain samples and finds the stretches
// in it. It also tells how long the recording is.
func (l *loudspeaker) read(file string) (_ []heard, until time.Duration) {
	l.t.Helper()
	const rate, step = 8000, 400 // 50 ms
	raw, err := exec.Command("sox", "-t", "raw", "-r", "44100", "-e", "signed", "-b", "16", "-c", "1", file, "-t", "raw", "-r", "8000", "-e", "signed", "-b", "16", "-c", "1", "-").Output()
	if err != nil {
		l.t.Fatal(err)
	}
	var out []heard
	on := false
	for i := 0; i+2*step <= len(raw); i += 2 * step {
		var sum float64
		crossings, was := 0, int16(0)
		for k := 0; k < 2*step; k += 2 {
			s := int16(binary.LittleEndian.Uint16(raw[i+k:]))
			sum += float64(s) * float64(s)
			if was < 0 && s >= 0 {
				crossings++
			}
			was = s
		}
		at := time.Duration(i/2) * time.Second / rate
		loud := math.Sqrt(sum/step) > 500
		if loud && !on {
			out = append(out, heard{from: at})
		}
		if loud {
			last := &out[len(out)-1]
			last.to = at + 50*time.Millisecond
			last.steps = append(last.steps, float64(crossings)*rate/step)
		}
		on = loud
	}
	return out, time.Duration(len(raw)/2) * time.Second / rate
}

func TestTwoCallsAreHeardOneAfterTheOther(t *testing.T) {
	t.Parallel()
	l := newLoudspeaker(t)
	g := newRig(t, speaking)
	g.issue(kiosktest.Certify, "")
	g.issue(kiosktest.Certify, "")
	v := newTV(t, 1280, 720, chromedp.Flag("mute-audio", false), chromedp.Flag("autoplay-policy", "no-user-gesture-required"), chromedp.Env(l.env...))
	do(v, chromedp.Navigate(g.url("/board?sound=1")))
	v.await(`document.body.className === "board quiet" && document.getElementById("mute").hidden`)
	file := filepath.Join(t.TempDir(), "hall.raw")
	end := l.run("parec", "--device=hall.monitor", "--raw", "--format=s16le", "--rate=44100", "--channels=1", file)
	<-time.After(500 * time.Millisecond) // of silence before
	g.call(kiosktest.Counter1)
	g.call(kiosktest.Counter2) // shown a second later: while the first is still being said
	// Until both were heard and a second of silence after them; a busy machine takes its time.
	var calls []heard
	for began := time.Now(); ; <-time.After(500 * time.Millisecond) {
		stretches, until := l.read(file)
		if calls = joined(stretches); len(calls) == 2 && until-calls[1].to > time.Second {
			break
		}
		if time.Since(began) > 40*time.Second {
			t.Fatalf("heard %+v in %v, want two calls", calls, until)
		}
	}
	end()
	for i, want := range []float64{lowTone, highTone} {
		if math.Abs(calls[i].hz()-want) > 25 {
			t.Errorf("call %d sounds at %.0f Hz, want %.0f", i, calls[i].hz(), want)
		}
		// What a busy machine leaves out is silence; it adds nothing.
		sounding := time.Duration(len(calls[i].steps)) * 50 * time.Millisecond
		if sounding < toneLasts/2 || sounding > toneLasts+500*time.Millisecond {
			t.Errorf("call %d sounds for %v, want %v", i, sounding, toneLasts)
		}
	}
	if pause := calls[1].from - calls[0].to; pause < 200*time.Millisecond {
		t.Errorf("between them %v of silence", pause)
	}
}

// joined puts stretches of one pitch together: a sound server that gets too little of a busy
// machine's time breaks a tone in pieces. Crackles at the breaks have no pitch and are left out.
func joined(stretches []heard) (calls []heard) {
	for _, h := range stretches {
		last := len(calls) - 1
		switch {
		case len(h.steps) < 3:
		case last >= 0 && math.Abs(calls[last].hz()-h.hz()) < 25:
			calls[last].steps = append(calls[last].steps, h.steps...)
			calls[last].to = h.to
		default:
			calls = append(calls, h)
		}
	}
	return calls
}

func TestSoundWaitsForOK(t *testing.T) {
	t.Parallel()
	g := newRig(t, func(c *board.Config) { speaking(c); c.Free = nil })
	v := newTV(t, 1280, 720, chromedp.Flag("autoplay-policy", "document-user-activation-required"))
	do(v, chromedp.Navigate(g.url("/board?sound=1"))) // it is not for a board to choose
	v.await(`document.body.className.indexOf("pair") === 0 && document.getElementById("digits").textContent.length === 4`)
	screen, err := g.Pairing.Confirm(t.Context(), v.text("digits"), "Ti vi", "", "staff/o1")
	if err != nil {
		t.Fatal(err)
	}
	v.await(`document.body.className === "board quiet" && document.getElementById("mute").hidden`)
	if err := g.Pairing.SetSound(t.Context(), screen.ID, true, "staff/o1"); err != nil {
		t.Fatal(err)
	}
	v.await(`!document.getElementById("mute").hidden`)
	do(v, chromedp.Navigate(g.url("/board"))) // as in the morning
	v.await(`document.body.className === "board quiet" && !document.getElementById("mute").hidden`)
	if got := v.text("mute"); !strings.Contains(got, "Chưa có tiếng: bấm OK") {
		t.Errorf("the page says %q", got)
	}
	v.picture("mute")
	do(v, chromedp.KeyEvent("\r"))
	v.await(`document.getElementById("mute").hidden`)
	// Switched off and on again it needs no second key, and a call in between is not said late.
	if err := g.Pairing.SetSound(t.Context(), screen.ID, false, "staff/o1"); err != nil {
		t.Fatal(err)
	}
	g.issue(kiosktest.Certify, "")
	g.call(kiosktest.Counter1)
	v.await(`document.getElementById("number").textContent === "A001"`)
	if err := g.Pairing.SetSound(t.Context(), screen.ID, true, "staff/o1"); err != nil {
		t.Fatal(err)
	}
	g.issue(kiosktest.Certify, "")
	second := g.call(kiosktest.Counter2)
	v.await(`performance.getEntriesByType("resource").some(function (e) { return e.name.indexOf("` + g.sound(second) + `") > 0; })`)
	if eval[bool](v, `performance.getEntriesByType("resource").filter(function (e) { return e.name.indexOf("/board/say/") > 0; }).length !== 1`) {
		t.Error("what was called while the sound was off is said afterwards")
	}
	if v.text("mute") == "" || !eval[bool](v, `document.getElementById("mute").hidden`) {
		t.Error("it asks for OK once more")
	}
}
