// Command hub is the province's receiving end of the gateways' line, and the verbs of those who
// look after it.
package main

import (
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
	"github.com/motcua/gateway/sync/wire"
)

// The exit statuses. They are promised.
const (
	exitDone   = 0
	exitFailed = 1 // refused or failed; the reason stands on stderr
	exitUsage  = 2 // the command line or the configuration is wrong
)

func main() {
	os.Exit(start(os.Args[1:], world{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, now: time.Now}))
}

// world is what a hub needs of the outside.
type world struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	now            func() time.Time
}

// start serves until a signal comes, or does what a verb says. A second signal ends it at once.
func start(args []string, w world) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	opt, err := parseOptions(args)
	switch {
	case err != nil:
	case opt.version:
		fmt.Fprintf(w.stdout, "hub %s\n", buildinfo.Version())
	case len(opt.words) > 0:
		err = obey(ctx, opt, w)
	default:
		err = run(ctx, opt, w)
	}
	return explain(err, w)
}

// explain tells a person why it has ended.
func explain(err error, w world) int {
	if err == nil {
		return exitDone
	}
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(w.stdout, usage())
		return exitDone
	}
	if u, ok := errors.AsType[errUsage](err); ok {
		fmt.Fprintf(w.stderr, "hub: %s\nhub -h lists what there is\n", u)
		return exitUsage
	}
	if bad, ok := errors.AsType[*configError](err); ok {
		fmt.Fprintf(w.stderr, "hub: the configuration is wrong:\n%s\n", bad)
		return exitUsage
	}
	if p, ok := errors.AsType[*wire.Problem](err); ok {
		fmt.Fprintf(w.stderr, "hub: %s: %s", p.Code, p.Title)
		if p.Detail != "" {
			fmt.Fprintf(w.stderr, " (%s)", p.Detail)
		}
		fmt.Fprintln(w.stderr)
		return exitFailed
	}
	fmt.Fprintf(w.stderr, "hub: %s\n", strings.ReplaceAll(err.Error(), "\n", "\nhub: "))
	return exitFailed
}
