package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/secret"
	"github.com/motcua/gateway/sync/enrol"
	"github.com/motcua/gateway/sync/wire"
)

// TestMain lets the scripts run the real program, and a box that is enrolled with it.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"hub": main, "box": box})
}

// patience bounds every wait of a script; nothing comes near it when all is well.
const patience = 30 * time.Second

func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("USER", "tester")
			for _, name := range []string{"LINE", "STATUS"} {
				l, err := net.Listen("tcp", "127.0.0.1:0")
				if err != nil {
					return err
				}
				e.Setenv(name, l.Addr().String())
				if err := l.Close(); err != nil {
					return err
				}
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status": cmdStatus,
			"await":  cmdAwait,
			"keep":   cmdKeep,
		},
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}

// cmdStatus runs a program and wants this exit status: status 2 hub -bogus
func cmdStatus(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N PROGRAM …")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// cmdAwait waits until an address answers: await http://…
func cmdAwait(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: await URL")
	}
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		resp, err := http.Get(args[0])
		if err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case <-again.C:
		case <-deadline.C:
			ts.Fatalf("%s never answered: %v", args[0], err)
		}
	}
}

// cmdKeep puts the trimmed output of the program before into a variable: keep CODE
func cmdKeep(ts *testscript.TestScript, _ bool, args []string) {
	ts.Setenv(args[0], strings.TrimSpace(ts.ReadFile("stdout")))
}

// box is a gateway reduced to what these scripts need: box DIR enrol URL CODE, box DIR send, box DIR marks.
func box() {
	if err := boxed(os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, "box:", err)
		os.Exit(1)
	}
}

func boxed(dir, verb string, args []string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	key, err := secret.OpenKey(dir)
	if err != nil {
		return err
	}
	e, err := enrol.Open(enrol.Config{Dir: filepath.Join(dir, "line"), Sealer: key, Time: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	if verb == "enrol" {
		st, err := e.Enrol(ctx, args[0], args[1])
		fmt.Println(st.Gateway)
		return err
	}
	st := e.Status()
	tls, ok := e.ClientTLS()
	if !ok {
		return errors.New("not enrolled")
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: tls, ForceAttemptHTTP2: true}}
	url := "https://" + strings.TrimPrefix(st.Hub, "https://")
	var req *http.Request
	switch verb {
	case "send":
		b, err := someFacts(st.Gateway, st.Site)
		if err != nil {
			return err
		}
		req, err = http.NewRequestWithContext(ctx, http.MethodPost, url+wire.PathEvents, bytes.NewReader(b))
		if err != nil {
			return err
		}
		req.Header.Set("Content-Type", wire.TypeBatch)
	default:
		if req, err = http.NewRequestWithContext(ctx, http.MethodGet, url+"/v1/"+verb, nil); err != nil {
			return err
		}
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 400 {
		return wire.ReadProblem(resp)
	}
	_, err = io.Copy(os.Stdout, resp.Body)
	return err
}

// someFacts are a ticket and a dossier of two pages that were not sent yet.
func someFacts(g wire.GatewayID, site kiosk.SiteCode) ([]byte, error) {
	at := time.Date(2026, 11, 26, 8, 0, 0, 0, kiosk.ICT())
	facts := []kiosk.Fact{
		kiosk.TicketIssued{Ticket: kiosk.Ticket{Site: site, Day: 20261126, Service: "S", Seq: 1, Number: "A001", State: kiosk.Waiting, Language: kiosk.Vietnamese}},
		kiosk.DossierReceived{Dossier: kiosk.Dossier{ID: kiosk.NewDossierID(at), Procedure: "2.000815", Code: "H49.22-261126-0001", Pages: []kiosk.Page{
			{Component: "don", Hash: kiosk.HashOf([]byte("1")), Size: 1, Media: "image/jpeg"}, {Component: "don", Hash: kiosk.HashOf([]byte("2")), Size: 1, Media: "image/jpeg"},
		}}},
	}
	var events []wire.Event
	for i, f := range facts {
		var who *wire.Subject
		if _, ok := f.(kiosk.DossierReceived); ok {
			who = &wire.Subject{Name: "Nguyễn Thị Mai", Number: "034190012345"}
		}
		e, err := wire.Encode(g, kiosk.Outgoing{Record: kiosk.Record{
			Position: kiosk.Position{Epoch: 1, Seq: kiosk.Seq(i + 1)}, Site: site, Day: 20261126, At: at, AtSure: true, By: "touch/main", Fact: f,
		}}, who)
		if err != nil {
			return nil, err
		}
		events = append(events, e)
	}
	return wire.AppendBatch(nil, events)
}
