package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
)

// options are the command line.
type options struct {
	config  string
	state   string
	demo    bool
	screens []string // what to show on; empty for none
	listen  string
	lan     string // empty: nothing is served to the office's network
	log     string
	version bool
}

// errUsage is a command line that nobody can obey.
type errUsage string

func (e errUsage) Error() string { return string(e) }

// parseOptions reads the command line.
func parseOptions(args []string) (*options, error) {
	o := &options{}
	set := flag.NewFlagSet("kiosk", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.StringVar(&o.config, "config", "", "")
	set.StringVar(&o.state, "state", "/var/lib/kiosk", "")
	set.BoolVar(&o.demo, "demo", false, "")
	screens := set.String("screen", knownScreens()[0], "")
	set.StringVar(&o.listen, "listen", "127.0.0.1:8080", "")
	set.StringVar(&o.lan, "lan", "", "")
	set.StringVar(&o.log, "log", "text", "")
	set.BoolVar(&o.version, "version", false, "")
	if err := set.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil, err
		}
		return nil, errUsage(err.Error())
	}
	if set.NArg() > 0 {
		return nil, errUsage(fmt.Sprintf("there is nothing to do with %q; everything is a flag", set.Arg(0)))
	}
	if o.lan != "" {
		if _, port, err := net.SplitHostPort(o.lan); err != nil || port == "" {
			return nil, errUsage(fmt.Sprintf("-lan %s: want HOST:PORT such as 10.0.0.2:443 or :443", o.lan))
		}
	}
	if o.log != "text" && o.log != "json" {
		return nil, errUsage(fmt.Sprintf("-log %s: want text or json", o.log))
	}
	if o.state == "" {
		return nil, errUsage("-state is empty: want the folder in which the gateway keeps its state")
	}
	if err := checkLoopback(o.listen); err != nil {
		return nil, err
	}
	var err error
	o.screens, err = parseScreens(*screens)
	return o, err
}

// parseScreens reads -screen: names separated by commas, or none.
func parseScreens(text string) ([]string, error) {
	if text == "none" {
		return nil, nil
	}
	var out []string
	for name := range strings.SplitSeq(text, ",") {
		switch {
		case slices.Contains(out, name):
			return nil, errUsage(fmt.Sprintf("-screen %s: %s stands there twice", text, name))
		case name == "none" || !slices.Contains([]string{"web", "panel", "window"}, name):
			return nil, errUsage(fmt.Sprintf("-screen %s: want web, panel, window or none; web,panel is both", text))
		case !slices.Contains(knownScreens(), name):
			return nil, errUsage(fmt.Sprintf("-screen %s: this is the build %s, which has %s; %s", text, buildName, strings.Join(knownScreens(), ", "), buildFor(name)))
		}
		out = append(out, name)
	}
	return out, nil
}

// buildFor says which build has a screen.
func buildFor(screen string) string {
	if screen == "window" {
		return "a window needs: CGO_ENABLED=1 go build -tags window ./cmd/kiosk"
	}
	return screen + " needs: CGO_ENABLED=0 go build -tags noos ./cmd/kiosk"
}

// checkLoopback refuses to listen where others than this machine could connect: what is
// served there asks for no login.
func checkLoopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return errUsage(fmt.Sprintf("-listen %s: want HOST:PORT such as 127.0.0.1:8080", addr))
	}
	ip, err := netip.ParseAddr(host)
	if host == "localhost" || err == nil && ip.IsLoopback() {
		return nil
	}
	return errUsage(fmt.Sprintf("-listen %s: it is plain HTTP without a login, so only an address of this machine will do: 127.0.0.1, [::1] or localhost", addr))
}

const usage = `usage: kiosk [-config FILE] [-state DIR] [-demo] [-screen web|panel|window|none]
             [-listen 127.0.0.1:8080] [-lan HOST:PORT]

  -config FILE   the office, a TOML file; without it the built-in sample office
  -state DIR     where the gateway keeps its state (/var/lib/kiosk)
  -demo          keep the office open at any hour, and simulate every device that -config does not name
  -screen NAME   what to show on: web (a browser, at /screen), panel (framebuffer and touch), web,panel
                 for both, window (full screen under cage or X), or none; a build has some of them
  -listen ADDR   plain HTTP on this machine: /counter /board /lead /screen /slip/NUMBER /healthz /metrics
  -lan ADDR      HTTPS with logins for the office's network: /counter /board /lead /r/CODE /screen
  -log text|json how to log, on stderr
  -version       say which program this is
`
