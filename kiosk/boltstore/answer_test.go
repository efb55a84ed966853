package boltstore_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/motcua/gateway/kiosk/boltstore"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

// A kill spares the page cache, so TestKill cannot tell a commit that waits for the disk from
// one that does not. The kernel can: between the last write to each file and the answer there
// has to be an fdatasync of that file that succeeded.
func TestSyncedBeforeTheAnswer(t *testing.T) {
	t.Parallel()
	if found := unsynced(t, order{Answers: 12}); len(found) > 0 {
		t.Errorf("answered before the disk had it:\n%s", strings.Join(found, "\n"))
	}
}

// And a store that does not wait is found out.
func TestUnsyncedIsFoundOut(t *testing.T) {
	t.Parallel()
	if found := unsynced(t, order{Answers: 12, Unsynced: true}); len(found) != 12 {
		t.Errorf("%d of 12 answers without an fdatasync were noticed", len(found))
	}
}

// answer is the child: it issues tickets and says so.
func answer(o order, ack *os.File) error {
	open := boltstore.Open
	if o.Unsynced {
		open = boltstore.OpenUnsynced
	}
	ctx := context.Background()
	s, err := open(ctx, boltstore.Options{Dir: o.Dir})
	if err != nil {
		return err
	}
	var t noTest
	c := kiosktest.NewClerk(&t, s, kiosktest.Site, kiosktest.Monday)
	for range o.Answers {
		ticket, ch := c.Issue(kiosktest.Certify, "A")
		if err := s.Commit(ctx, ch); err != nil {
			return err
		}
		if _, err := fmt.Fprintf(ack, "answer %s\n", ticket.Number); err != nil {
			return err
		}
	}
	return s.Close()
}

// noTest lets a child use helpers of tests; they fail it by a panic.
type noTest struct{ testing.TB }

func (*noTest) Helper() {}

// unsynced runs a child under strace and returns the answers that came too early.
func unsynced(t *testing.T, o order) []string {
	t.Helper()
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not installed")
	}
	if o.Dir, err = filepath.EvalSymlinks(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	log := filepath.Join(t.TempDir(), "strace")
	cmd := exec.Command(strace, "-f", "-qq", "-y", "-o", log, "-e", "trace=write,pwrite64,fdatasync", "-e", "signal=none", os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+string(text))
	cmd.ExtraFiles = []*os.File{w}
	var out strings.Builder
	cmd.Stderr = &out
	err = cmd.Start()
	w.Close()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, r); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		if strings.Contains(out.String(), "ptrace(PTRACE") {
			t.Skipf("strace may not trace here: %s", &out)
		}
		t.Fatalf("%v\n%s", err, &out)
	}
	f, err := os.Open(log)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	calls, err := parseTrace(f)
	if err != nil {
		t.Fatal(err)
	}
	return early(t, calls, o)
}

// call is a system call of a trace; begin and end are lines of it.
type call struct {
	name, file, text string
	begin, end       int
	ok               bool
}

var callLine = regexp.MustCompile(`^(write|pwrite64|fdatasync)\(\d+<([^>]*)>`)

// parseTrace reads the log of strace -f -y. A call that another thread's line interrupts is
// written in two parts.
func parseTrace(r io.Reader) ([]call, error) {
	var calls []call
	pending := map[string]call{}
	in := bufio.NewScanner(r)
	in.Buffer(nil, 1<<20)
	for n := 1; in.Scan(); n++ {
		pid, text, _ := strings.Cut(in.Text(), " ")
		text = strings.TrimSpace(text)
		c := call{text: text, begin: n}
		if strings.HasPrefix(text, "<... ") {
			c = pending[pid]
			c.text += text
			delete(pending, pid)
		}
		if strings.HasSuffix(text, "<unfinished ...>") {
			pending[pid] = c
			continue
		}
		m := callLine.FindStringSubmatch(c.text)
		if m == nil {
			continue
		}
		c.name, c.file, c.end = m[1], m[2], n
		_, result, _ := strings.Cut(text[strings.LastIndex(text, ")"):], "= ")
		c.ok = result != "" && !strings.HasPrefix(result, "-")
		calls = append(calls, c)
	}
	return calls, in.Err()
}

// early returns the answers before which a file was written and not synced.
func early(t *testing.T, calls []call, o order) []string {
	t.Helper()
	var found []string
	answers := 0
	for _, a := range calls {
		if !strings.Contains(a.text, `"answer A`) {
			continue
		}
		answers++
		for _, name := range []string{boltstore.DBName, boltstore.NumbersName} {
			if !synced(calls, filepath.Join(o.Dir, name), a.begin) {
				found = append(found, fmt.Sprintf("%s: %s not synced", a.text, name))
			}
		}
	}
	if answers != o.Answers {
		t.Fatalf("%d answers in the trace, want %d", answers, o.Answers)
	}
	return found
}

// synced reports whether a file was written before a line of the trace, and synced with
// success between the last time it was and that line.
func synced(calls []call, file string, line int) bool {
	written := 0
	for _, c := range calls {
		if c.file == file && c.name == "pwrite64" && c.begin < line {
			written = max(written, c.end)
		}
	}
	for _, c := range calls {
		if c.file == file && c.name == "fdatasync" && c.ok && c.begin > written && c.end < line {
			return written > 0
		}
	}
	return false
}
