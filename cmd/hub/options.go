package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

// options are the command line.
type options struct {
	config  string
	state   string
	listen  string
	status  string
	page    string
	log     string
	version bool
	json    bool
	flags   map[string]string // of verbs, as given
	words   []string          // a verb and its names; none: serve
}

// errUsage is a command line that nobody can obey.
type errUsage string

func (e errUsage) Error() string { return string(e) }

// parseOptions takes flags from before, between and after the words.
func parseOptions(args []string) (*options, error) {
	o := &options{flags: map[string]string{}}
	set := flag.NewFlagSet("hub", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.StringVar(&o.config, "config", "", "")
	set.StringVar(&o.state, "state", "/var/lib/hub", "")
	set.StringVar(&o.listen, "listen", "", "")
	set.StringVar(&o.status, "status", "", "")
	set.StringVar(&o.page, "page", "", "")
	set.StringVar(&o.log, "log", "text", "")
	set.BoolVar(&o.version, "version", false, "")
	set.BoolVar(&o.json, "json", false, "")
	for _, name := range []string{"by", "replaces", "why", "purpose", "order", "out", "role", "name", "sites"} {
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
		o.words = append(o.words, set.Arg(0))
		args = set.Args()[1:]
	}
	set.Visit(func(f *flag.Flag) {
		if !strings.Contains(" config state log version ", " "+f.Name+" ") {
			o.flags[f.Name] = f.Value.String()
		}
	})
	if o.log != "text" && o.log != "json" {
		return nil, errUsage(fmt.Sprintf("-log %s: want text or json", o.log))
	}
	if o.state == "" {
		return nil, errUsage("-state is empty: want the folder in which the hub keeps its keys")
	}
	if len(o.words) == 0 {
		for name := range o.flags {
			if name != "listen" && name != "status" && name != "page" {
				return nil, errUsage("serving takes no -" + name)
			}
		}
	}
	return o, nil
}

// by is who gives a verb, for the record.
func (o *options) by() string {
	for _, name := range []string{o.flags["by"], os.Getenv("SUDO_USER"), os.Getenv("USER")} {
		if name != "" {
			return name
		}
	}
	return "unknown"
}

func usage() string {
	var b strings.Builder
	b.WriteString(`usage: hub [-config FILE] [-state DIR] [-listen HOST:PORT] [-status HOST:PORT] [-page HOST:PORT]
       hub [-config FILE] [-state DIR] VERB …

  -config FILE   a TOML file; without it SQLite and the pages' files in DIR
  -state DIR     where the hub keeps its keys, and what it has no other place for (/var/lib/hub)
  -listen ADDR   where gateways connect, with TLS of the hub's own authority (127.0.0.1:8443)
  -status ADDR   plain HTTP on this machine: /healthz /metrics (127.0.0.1:8444)
  -page ADDR     the province's page for browsers, HTTPS with logins; without it there is none
  -log text|json how to log, on stderr
  -version       say which program this is

Several hubs over one PostgreSQL and S3 are given the same DIR/hub.key and DIR/authority.

verbs, which work on the same database, beside a hub that serves or without one:
`)
	for _, v := range verbs() {
		fmt.Fprintf(&b, "  %-46s %s\n", v.name+" "+v.takes, v.does)
	}
	return b.String()
}
