// Command kioskctl is the technician's and the lead's tool: it speaks to a running gateway
// through the control socket in its state folder.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/motcua/gateway/cmd/internal/buildinfo"
	"github.com/motcua/gateway/kiosk/control"
)

// The exit statuses. They are promised.
const (
	exitDone    = 0
	exitRefused = 1 // the reason stands on stderr
	exitUsage   = 2
)

// patience is how long an answer may take, but for what writes to a stick. A test slip on a slow
// line is the longest.
const patience = 150 * time.Second

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// errUsage is a command that nobody can obey.
type errUsage string

func (e errUsage) Error() string { return string(e) }

func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	err := obey(ctx, args, stdin, stdout)
	if err == nil {
		return exitDone
	}
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(stdout, usage())
		return exitDone
	}
	if u, ok := errors.AsType[errUsage](err); ok {
		fmt.Fprintf(stderr, "kioskctl: %s\nkioskctl -h lists what there is\n", u)
		return exitUsage
	}
	if p, ok := errors.AsType[*control.Problem](err); ok {
		fmt.Fprintf(stderr, "kioskctl: %s\n  %s\n", p.Reason, p)
		return exitRefused
	}
	fmt.Fprintf(stderr, "kioskctl: %v\n", err)
	return exitRefused
}

// command is one command line, taken apart.
type command struct {
	state    string
	json     bool
	explain  bool
	sound    bool
	officers bool
	version  bool
	flags    map[string]string // the others, as given
	words    []string
}

// parse takes flags from before, between and after the words.
func parse(args []string) (*command, error) {
	c := &command{flags: map[string]string{}}
	set := flag.NewFlagSet("kioskctl", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.StringVar(&c.state, "state", "/var/lib/kiosk", "")
	set.BoolVar(&c.json, "json", false, "")
	set.BoolVar(&c.explain, "explain", false, "")
	set.BoolVar(&c.officers, "officers", false, "")
	set.BoolVar(&c.sound, "sound", false, "")
	set.BoolVar(&c.version, "version", false, "")
	for _, name := range []string{
		"priority", "lang", "key", "until", "reason", "number", "to", "for", "place", "minutes",
		"name", "role", "counters", "counter", "pages", "box",
	} {
		set.String(name, "", "")
	}
	for {
		if err := set.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, errUsage(err.Error())
		}
		if set.NArg() == 0 {
			break
		}
		c.words = append(c.words, set.Arg(0))
		args = set.Args()[1:]
	}
	set.Visit(func(f *flag.Flag) {
		if f.Name != "state" && f.Name != "json" && f.Name != "version" {
			c.flags[f.Name] = f.Value.String()
		}
	})
	return c, nil
}

// obey does what a command line says.
func obey(ctx context.Context, args []string, stdin io.Reader, stdout io.Writer) error {
	c, err := parse(args)
	if err != nil {
		return err
	}
	switch {
	case c.version:
		_, err := fmt.Fprintf(stdout, "kioskctl %s\n", buildinfo.Version())
		return err
	case len(c.words) == 0:
		return errUsage("no verb is given")
	case len(c.words) == 1 && c.words[0] == "help":
		return flag.ErrHelp
	}
	v, names, err := find(c.words)
	if err != nil {
		return err
	}
	for name := range c.flags {
		if !strings.Contains(v.flags, "-"+name) {
			return errUsage(fmt.Sprintf("%s takes no -%s", v.plain(), name))
		}
	}
	return v.do(ctx, &session{
		command: c, names: names, client: control.NewClient(c.state),
		in: stdin, lines: bufio.NewReader(&interruptible{ctx, stdin}), out: stdout,
	})
}
