package panel

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2/driver/embedded"

	"github.com/motcua/gateway/ui/touch/stage"
)

// cable is a touch controller on a cable: it can be pulled and plugged in again.
type cable struct {
	mu     sync.Mutex
	writer *io.PipeWriter
	tries  int
}

func (c *cable) find() (device, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tries++
	if c.tries == 1 || c.tries == 3 {
		return device{}, errNoTouch // nothing at first, and for a while after it was pulled
	}
	r, w := io.Pipe()
	c.writer = w
	return device{
		ReadCloser: r, name: "event0", multi: true,
		x: axis{0, 1599}, y: axis{0, 959}, decoder: newDecoder(true, 8),
	}, nil
}

// press sends events over the cable.
func (c *cable) press(t *testing.T, events ...[]event) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, err := c.writer.Write(record(8, slices.Concat(events...)...)); err != nil {
		t.Fatal(err)
	}
}

func (c *cable) pull() {
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.writer.CloseWithError(errors.New("no such device"))
}

func TestRunSurvivesUnplugging(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := layouts(800, 480)["rgb565"]
		var c cable
		p := newPanel(Options{Rotation: 180}, l, make([]byte, 480*l.Stride), c.find)
		st := stage.New(p.Size())
		// In Fyne's place: a loop that notes what the finger does.
		var did []string
		var wg sync.WaitGroup
		wg.Go(func() {
			d := st.Driver()
			d.Run(func() {
				for ev := range d.Queue() {
					switch ev := ev.(type) {
					case nil:
						return
					case *embedded.TouchDownEvent:
						did = append(did, fmt.Sprintf("down %.0f,%.0f", ev.Position.X, ev.Position.Y))
					case *embedded.TouchUpEvent:
						did = append(did, fmt.Sprintf("up %.0f,%.0f", ev.Position.X, ev.Position.Y))
					}
				}
			})
		})
		stageCtx, stopStage := context.WithCancel(t.Context())
		wg.Go(func() { _ = st.Run(stageCtx) })
		ctx, cancel := context.WithCancel(t.Context())
		ran := make(chan error, 1)
		go func() { ran <- p.Run(ctx, st.Pointer()) }()

		wait := func() {
			synctest.Wait()
			<-time.After(2 * findEvery)
			synctest.Wait()
		}
		wait()
		c.press(t, packet(one(tracking(1)), at(0, 0)), packet(one(tracking(-1))))
		c.press(t, packet(one(tracking(2)), at(799, 479)))
		synctest.Wait()
		c.pull() // with a finger on the glass
		wait()
		wait()
		c.press(t, packet(one(tracking(1)), at(1599, 959)), packet(one(tracking(-1))))
		synctest.Wait()
		cancel()
		if err := <-ran; !errors.Is(err, context.Canceled) {
			t.Errorf("Run: %v", err)
		}
		stopStage()
		wg.Wait()
		want := "down 799,479 up 799,479 down 400,240 up -1,-1 down 0,0 up 0,0"
		if got := strings.Join(did, " "); got != want {
			t.Errorf("the finger did %s, want %s", got, want)
		}
	})
}

// Files that are no devices: an error, no panic, nothing left open.
func TestOpenRefusesWhatIsNoDevice(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "event0")
	if err := os.WriteFile(file, make([]byte, 4096), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(Options{Framebuffer: file}); err == nil || !strings.Contains(err.Error(), "ioctl") {
		t.Errorf("a file as framebuffer: %v", err)
	}
	if _, err := Open(Options{Framebuffer: filepath.Join(dir, "none")}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no framebuffer: %v", err)
	}
	if _, err := Open(Options{Framebuffer: file, Rotation: 45}); err == nil || !strings.Contains(err.Error(), "rotation") {
		t.Errorf("a slanted panel: %v", err)
	}
	if _, err := findTouch(dir, ""); !errors.Is(err, errNoTouch) {
		t.Errorf("a folder without touchscreens: %v", err)
	}
	if _, err := findTouch(dir, filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a touch device that is not there: %v", err)
	}
	if _, err := findTouch(dir, file); err == nil {
		t.Error("a file as touch device was taken")
	}
}

// The numbers of linux/input.h, by a C compiler.
func TestRequests(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ got, want uintptr }{
		{read('E', 0x40+absMTX, 24), 0x80184575},
		{read('E', 0x20+evAbs, 8), 0x80084523},
		{read('E', 0x09, 4), 0x80044509},
		{read('E', 0x0a, 68), 0x8044450a},
	} {
		if c.got != c.want {
			t.Errorf("%#x, want %#x", c.got, c.want)
		}
	}
}
