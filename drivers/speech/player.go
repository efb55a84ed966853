package speech

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/motcua/gateway/drivers"
)

// player is aplay of alsa-utils on one sound device.
type player struct {
	program string
	device  string
	env     []string
	// patience is how much longer than its sound it may take: to start, and to drain.
	patience time.Duration
}

const playerPatience = 5 * time.Second

// play plays a WAV of length d and returns when it was heard: not before d has passed, though
// a device that is a file or a network takes it faster. It fails with ctx.Err() if ctx ended
// first, and then the player is gone.
func (p player) play(ctx context.Context, wav []byte, d time.Duration) error {
	heard := time.NewTimer(d)
	defer heard.Stop()
	bounded, cancel := context.WithTimeout(ctx, d+p.patience)
	defer cancel()
	// aplay fills its last period with silence: a short one, or else each call ends up to an
	// eighth of a second late. The buffer rides out a busy box.
	cmd := exec.CommandContext(bounded, p.program, "-q", "-D", p.device, "-t", "wav",
		"--buffer-time=500000", "--period-time=20000", "-")
	cmd.Env = append(append(os.Environ(), "LC_ALL=C"), p.env...)
	cmd.Stdin = bytes.NewReader(wav)
	said := &tail{}
	cmd.Stderr = said
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case bounded.Err() != nil:
		return fmt.Errorf("play on %s: not over after %v", p.device, d+p.patience)
	case err != nil:
		return p.failed(err, said.String())
	}
	select {
	case <-heard.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// failed makes sense of how the player ended. It tells what is wrong only in words, which
// LC_ALL keeps English.
func (p player) failed(err error, said string) error {
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("play: no program %s (alsa-utils): %w", p.program, drivers.ErrAbsent)
	}
	for _, gone := range []string{"No such file or directory", "No such device", "cannot find card"} {
		if strings.Contains(said, gone) {
			return fmt.Errorf("play on %s: no sound card: %w", p.device, drivers.ErrAbsent)
		}
	}
	if said == "" {
		return fmt.Errorf("play on %s: %w", p.device, err)
	}
	return fmt.Errorf("play on %s: %s", p.device, said)
}

// tail keeps the last words of a program, on one line: where it says why it gave up.
type tail struct{ b []byte }

const maxTail = 300 // bytes

func (t *tail) Write(b []byte) (int, error) {
	t.b = append(t.b, b[max(0, len(b)-maxTail):]...)
	t.b = t.b[max(0, len(t.b)-maxTail):]
	return len(b), nil
}

func (t *tail) String() string {
	s := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(string(t.b), ""))
	return strings.Join(strings.Fields(s), " ")
}
