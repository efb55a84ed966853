package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	_ "modernc.org/sqlite"

	"github.com/motcua/gateway/sync/wire"
)

// What scripts about the line to the province have beside the others.

// cmdCapture runs a program and keeps the first line of what it says: capture VARIABLE PROGRAM …
func cmdCapture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: capture VARIABLE PROGRAM …")
	}
	ts.Check(ts.Exec(args[1], args[2:]...))
	line, _, _ := strings.Cut(ts.ReadFile("stdout"), "\n")
	if line = strings.TrimSpace(line); line == "" {
		ts.Fatalf("%s says nothing", args[1])
	}
	ts.Setenv(args[0], line)
}

// cmdPort puts a free port into a variable: port VARIABLE. It lies below those that the system
// gives away by itself, so that nobody gets it while a hub is being started again.
func cmdPort(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: port VARIABLE")
	}
	for range 100 {
		port := 20000 + rand.IntN(10000)
		l, err := net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			ts.Check(l.Close())
			ts.Setenv(args[0], fmt.Sprint(port))
			return
		}
	}
	ts.Fatalf("no port is free")
}

// cmdListening waits until a port takes connections: listening PORT
func cmdListening(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: listening PORT")
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		c, err := (&net.Dialer{}).DialContext(ctx, "tcp4", net.JoinHostPort("127.0.0.1", args[0]))
		if err == nil {
			ts.Check(c.Close())
			return
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			ts.Fatalf("nobody listens at port %s: %v", args[0], errors.Join(err, ctx.Err()))
		}
	}
}

// cmdMistype changes one character of what a person copies by hand: mistype VARIABLE TEXT
func cmdMistype(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: mistype VARIABLE TEXT")
	}
	text := []byte(args[1])
	at := len(text) - 2
	switch text[at] {
	case 'A':
		text[at] = 'B'
	default:
		text[at] = 'A'
	}
	ts.Setenv(args[0], string(text))
}

// cmdField puts a field of the JSON that was printed last into a variable: field VARIABLE NAME
func cmdField(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: field VARIABLE NAME")
	}
	var v map[string]any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &v))
	text, ok := v[args[1]].(string)
	if !ok || text == "" {
		ts.Fatalf("no text %q in %v", args[1], v)
	}
	ts.Setenv(args[0], text)
}

// cmdBare wants no file in a folder or below it: bare DIR
func cmdBare(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: bare DIR")
	}
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			err = fmt.Errorf("%s is still there", path)
		}
		return err
	}))
}

// cmdIssued wants so many tickets at the hub, each once whichever box and epoch told of it, and
// the hub's own count of the day to say the same: issued STATE N
func cmdIssued(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: issued STATE N")
	}
	want, err := strconv.Atoi(args[1])
	ts.Check(err)
	db, err := sql.Open("sqlite", "file:"+filepath.Join(ts.MkAbs(args[0]), "hub.db")+"?mode=ro&_pragma=busy_timeout(5000)")
	ts.Check(err)
	defer db.Close()
	var rows, counted int
	ts.Check(db.QueryRow(`SELECT count(*) FROM events WHERE type = $1`, wire.TypeTicketIssued).Scan(&rows))
	ts.Check(db.QueryRow(`SELECT coalesce(sum(n), 0) FROM tallies WHERE what = 'issued'`).Scan(&counted))
	if rows != want || counted != want {
		ts.Fatalf("the hub holds %d tickets and counts %d, want %d", rows, counted, want)
	}
}
