// Command kiosk is the gateway: the queue machine of a commune's one-stop office.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/motcua/gateway/cmd/internal/buildinfo"
	"github.com/motcua/gateway/kiosk/boltstore"
)

// The exit statuses. They are promised.
const (
	exitStopped = 0
	exitFailed  = 1 // the reason stands on stderr
	exitUsage   = 2 // the command line or the configuration is wrong
)

func main() {
	// A window system wants the process's first thread; nothing else minds.
	runtime.LockOSThread()
	w := world{stdout: os.Stdout, stderr: os.Stderr, now: time.Now, openStore: boltstore.Open}
	os.Exit(start(os.Args[1:], w))
}

// start runs the gateway until a signal comes. A second one ends it at once.
func start(args []string, w world) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	opt, err := parseOptions(args)
	if err == nil && opt.version {
		fmt.Fprintf(w.stdout, "kiosk %s (build %s)\n", buildinfo.Version(), buildName)
		return exitStopped
	}
	if err == nil {
		err = run(ctx, opt, w)
	}
	return explain(err, w)
}

// explain tells a person why the gateway has ended.
func explain(err error, w world) int {
	switch {
	case err == nil:
		return exitStopped
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(w.stdout, usage)
		return exitStopped
	}
	if u, ok := errors.AsType[errUsage](err); ok {
		fmt.Fprintf(w.stderr, "kiosk: %s\nkiosk -h lists the flags\n", u)
		return exitUsage
	}
	if bad, ok := errors.AsType[*configError](err); ok {
		fmt.Fprintf(w.stderr, "kiosk: the configuration is wrong:\n%s\n", bad)
		return exitUsage
	}
	if unread, ok := errors.AsType[*configUnread](err); ok {
		fmt.Fprintf(w.stderr, "kiosk: %v\n", unread)
		return exitUsage
	}
	fmt.Fprintf(w.stderr, "kiosk: %s\n", strings.ReplaceAll(err.Error(), "\n", "\nkiosk: "))
	return exitFailed
}
