package speech_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/motcua/gateway/drivers"
	"github.com/motcua/gateway/drivers/speech"
	"github.com/motcua/gateway/kiosk"
)

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
