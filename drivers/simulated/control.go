package simulated

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Commander is a simulated device that obeys lines: what a hand would do to it.
type Commander interface {
	// Command obeys words and returns an answer of one line, often empty.
	Command(ctx context.Context, words []string) (string, error)
}

var _ Commander = (*Printer)(nil)

// Control is a Unix socket on which a script outside commands the simulated devices. A
// request is a line that begins with a device's name, the answer a line that begins with
// "ok" or "error":
//
//	printer paper-out
//	ok
//	printer slips
//	ok 3
//
// A connection takes any number of requests, each at most 4 kB.
type Control struct {
	Path    string               // of the socket; any length
	Devices map[string]Commander // by name, as in "printer"
	Log     *slog.Logger         // nil discards
}

const (
	maxRequest     = 4096
	maxSocketPath  = 107 // sun_path, less its NUL
	maxConnections = 16
)

// Run listens until ctx ends, then removes the socket and returns nil. A socket that a dead
// process left behind is replaced; one that answers is an error.
func (c *Control) Run(ctx context.Context) error {
	l, err := c.listen()
	if err != nil {
		return fmt.Errorf("simulated control: %w", err)
	}
	return c.serveAll(ctx, l)
}

// serveAll serves every connection of l until ctx ends.
func (c *Control) serveAll(ctx context.Context, l net.Listener) error {
	log := c.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	release := context.AfterFunc(ctx, func() { _ = l.Close() })
	defer release()
	defer os.Remove(c.Path)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer stop()
	defer l.Close()
	room := make(chan struct{}, maxConnections)
	for {
		room <- struct{}{}
		conn, err := l.Accept()
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("simulated control: accept: %w", err)
		}
		wg.Go(func() {
			defer func() { <-room }()
			c.serve(ctx, conn, log)
		})
	}
}

// listen makes the socket, through /proc/self/fd where its path is longer than a socket's
// may be.
func (c *Control) listen() (net.Listener, error) {
	dir, err := unix.Open(filepath.Dir(c.Path), unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("open folder of socket: %w", err)
	}
	defer unix.Close(dir)
	path := c.Path
	if len(path) > maxSocketPath {
		path = fmt.Sprintf("/proc/self/fd/%d/%s", dir, filepath.Base(c.Path))
	}
	if at, err := os.Lstat(path); err == nil {
		if at.Mode()&fs.ModeSocket == 0 {
			return nil, fmt.Errorf("%s: there is a file of that name", c.Path)
		}
		if conn, err := net.Dial("unix", path); err == nil {
			_ = conn.Close()
			return nil, fmt.Errorf("%s: somebody listens there", c.Path)
		}
		if err := os.Remove(path); err != nil {
			return nil, fmt.Errorf("remove old socket: %w", err)
		}
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	l.SetUnlinkOnClose(false) // its path may go through a descriptor that is closed by then
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("protect socket: %w", err), l.Close())
	}
	return l, nil
}

func (c *Control) serve(ctx context.Context, conn net.Conn, log *slog.Logger) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	defer conn.Close()
	lines := bufio.NewScanner(conn)
	lines.Buffer(make([]byte, 0, 256), maxRequest)
	for lines.Scan() {
		answer := c.obey(ctx, lines.Text())
		log.Debug("simulated control", "request", lines.Text(), "answer", answer)
		if err := conn.SetWriteDeadline(time.Now().Add(time.Second)); err != nil {
			return
		}
		if _, err := fmt.Fprintln(conn, answer); err != nil {
			return
		}
	}
}

// obey answers one request.
func (c *Control) obey(ctx context.Context, request string) string {
	words := strings.Fields(request)
	if len(words) < 2 {
		return "error want: DEVICE VERB …"
	}
	device, ok := c.Devices[words[0]]
	if !ok {
		names := make([]string, 0, len(c.Devices))
		for name := range c.Devices {
			names = append(names, name)
		}
		slices.Sort(names)
		return fmt.Sprintf("error no device %q; there are: %s", words[0], strings.Join(names, ", "))
	}
	answer, err := device.Command(ctx, words[1:])
	if err != nil {
		return "error " + oneLine(err.Error())
	}
	return strings.TrimRight("ok "+oneLine(answer), " ")
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
