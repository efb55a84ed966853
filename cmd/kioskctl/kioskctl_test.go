package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/motcua/gateway/cmd/internal/buildinfo"
	"github.com/motcua/gateway/kiosk/control"
)

func TestColumns(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"": 0, "A012": 4, "Chứng thực": 10, "Chu\u031b\u0301ng": 5, "副本与签名": 10, "Đất – đai": 9, "10–20": 5,
	} {
		if got := columns(text); got != want {
			t.Errorf("%q: %d columns, want %d", text, got, want)
		}
	}
}

func TestTableLinesUp(t *testing.T) {
	t.Parallel()
	var tab table
	tab.row("CODE", "NAME", "WAITING")
	tab.row("a", "Chứng thực", "1")
	tab.row("bb", "副本", "22")
	want := "CODE  NAME        WAITING\na     Chứng thực  1\nbb    副本        22\n"
	if got := tab.String(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestFlagsBeforeAndAfterWords(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"-state /s -json ticket issue A -lang en",
		"ticket -lang en issue -state /s A -json",
		"ticket issue A --lang=en -json -state=/s",
	} {
		c, err := parse(strings.Fields(line))
		if err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		if c.state != "/s" || !c.json || c.flags["lang"] != "en" || !slices.Equal(c.words, []string{"ticket", "issue", "A"}) {
			t.Errorf("%s: %+v", line, c)
		}
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	for _, v := range verbs() {
		words := strings.Fields(v.words)
		for i, w := range words {
			if isName(w) {
				words[i] = "a1"
			}
		}
		got, names, err := find(words)
		if err != nil || got.words != v.words {
			t.Errorf("%v: %q %v", words, got.words, err)
		}
		if len(names) > 0 && strings.HasSuffix(v.words, "NUMBER") && names[0] != "A1" {
			t.Errorf("%v: the number is %q", words, names[0])
		}
	}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		line   string
		status int
		want   string // on stderr; on stdout where the status is 0
	}{
		{"-h", 0, "ticket issue SERVICE"},
		{"", 2, "no verb is given"},
		{"help", 0, "help done"},
		{"-version", 0, "kioskctl " + buildinfo.Version()},
		{"explode", 2, `there is no verb "explode"`},
		{"ticket", 2, "there is: ticket issue SERVICE"},
		{"ticket serve", 2, "ticket serve NUMBER"},
		{"ticket serve A001 A002", 2, "ticket serve NUMBER"},
		{"paper maybe", 2, "paper yes, paper no"},
		{"status -lang vi", 2, "status takes no -lang"},
		{"ticket serve A001 -explain", 2, "ticket serve takes no -explain"},
		{"-bogus status", 2, "-bogus"},
		{"restore x -box mine", 2, "-box is same or spare"},
		{"numbers confirm A A012", 2, "LAST is the sequence"},
		{"-state /nowhere status", 1, "no kiosk is running on the state folder /nowhere"},
	} {
		var stdout, stderr bytes.Buffer
		status := run(context.Background(), strings.Fields(tt.line), strings.NewReader(""), &stdout, &stderr)
		got := &stderr
		if tt.status == 0 {
			got = &stdout
		}
		if status != tt.status || !strings.Contains(got.String(), tt.want) {
			t.Errorf("kioskctl %s: status %d, %s", tt.line, status, got)
		}
	}
}

func TestFolderClosedToTheCaller(t *testing.T) {
	t.Parallel()
	s := &session{command: &command{state: "/var/lib/kiosk"}}
	err := s.tell(fmt.Errorf("ask kiosk: %w", &fs.PathError{Op: "open", Path: "/var/lib/kiosk", Err: fs.ErrPermission}))
	if !strings.Contains(err.Error(), "as root") || strings.Contains(err.Error(), "no kiosk is running") {
		t.Errorf("%v", err)
	}
}

// Ctrl-C ends the prompt for a passphrase, which nothing else does but a line.
func TestPromptIsInterrupted(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "backup")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	in, typed := io.Pipe()
	defer typed.Close()
	ctx, interrupt := context.WithCancel(t.Context())
	asked := &signalled{r: in, reading: make(chan struct{})}
	ended := make(chan int, 1)
	var out, said bytes.Buffer
	go func() {
		ended <- run(ctx, []string{"-state", t.TempDir(), "restore", file}, asked, &out, &said)
	}()
	<-asked.reading
	interrupt()
	select {
	case status := <-ended:
		if status != exitRefused || !strings.Contains(said.String(), context.Canceled.Error()) {
			t.Errorf("ended with %d, said %q", status, said.String())
		}
	case <-time.After(10 * time.Second):
		t.Error("it still waits for the passphrase")
	}
}

// signalled is an input that tells when somebody begins to read.
type signalled struct {
	r       io.Reader
	reading chan struct{}
	once    sync.Once
}

func (s *signalled) Read(p []byte) (int, error) {
	s.once.Do(func() { close(s.reading) })
	return s.r.Read(p)
}

// A backup that lies in the service's own /tmp is none that a technician can carry away.
func TestSeen(t *testing.T) {
	t.Parallel()
	here := filepath.Join(t.TempDir(), "backup")
	done := func(context.Context, *session) error { return nil }
	if err := seen(done)(t.Context(), &session{names: []string{here}}); err == nil || !strings.Contains(err.Error(), "/tmp of its own") {
		t.Errorf("a file that is not there: %v", err)
	}
	if err := os.WriteFile(here, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := seen(done)(t.Context(), &session{names: []string{here}}); err != nil {
		t.Error(err)
	}
	failed := func(context.Context, *session) error {
		return &control.Problem{Code: "ferry-failed", Hint: "is no folder"}
	}
	if p, ok := errors.AsType[*control.Problem](onStick(failed)(t.Context(), &session{})); !ok || !strings.Contains(p.Hint, "is no folder; ") {
		t.Errorf("a place that the gateway does not find: %+v", p)
	}
}

func TestParkedPages(t *testing.T) {
	t.Parallel()
	if got := showParked(nil, nil); got != "no page was refused\n" {
		t.Errorf("none: %q", got)
	}
	filed := time.Date(2026, 11, 26, 1, 30, 0, 0, time.UTC)
	got := showParked(nil, []control.Parked{{Dossier: "01JD", Page: 3, Bytes: 61_200, Filed: filed, Why: "hash-differs"}})
	want := "DOSSIER  PAGE  SIZE     FILED             WHY\n01JD     3     61.2 kB  2026-11-26 08:30  hash-differs\nonce the cause is gone: kioskctl line release\n"
	if got != want {
		t.Errorf("one:\n%s\nwant\n%s", got, want)
	}
	if got := showParked(nil, make([]control.Parked, control.ParkedMost)); !strings.HasPrefix(got, "the first 500\n") {
		t.Errorf("many: %.40q", got)
	}
}
