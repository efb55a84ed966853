package durable_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestOrder looks at the system calls: a file is synced before it has its name, the folder after,
// and only then is anybody told.
func TestOrder(t *testing.T) {
	t.Parallel()
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("no strace here: build/test installs it")
	}
	dir := t.TempDir()
	log := filepath.Join(t.TempDir(), "calls")
	cmd := exec.CommandContext(t.Context(), strace, "-f", "-y", "-o", log, "-e", "trace=fsync,/^rename,/^link,/^unlink,/^mkdir,write", os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+dir+":1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	calls, err := os.ReadFile(log)
	must(t, err)
	d := regexp.QuoteMeta(dir)
	folder := `fsync\(\d+<` + d + `>\) += 0`
	steps := []string{
		`write\(\d+<` + d + `/one\.new-\d+>`, `fsync\(\d+<` + d + `/one\.new-\d+>\) += 0`, `rename.*/one".* = 0`, folder, `"replaced 0`,
		`write\(\d+<` + d + `/fresh-0\.new-\d+>`, `fsync\(\d+<` + d + `/fresh-0\.new-\d+>\) += 0`, `link.*/fresh-0".* = 0`, `unlink.*/fresh-0\.new-\d+".* = 0`, folder, `"created 0`,
		`rename.*/fresh-0".*/second".* = 0`, folder, `"renamed 0`,
		`unlink.*/second".* = 0`, folder, `"removed 0`,
		`mkdir.*/made-0".* = 0`, folder, `"made 0`,
	}
	lines := whole(string(calls))
	if missing := inOrder(lines, steps); missing != "" {
		t.Errorf("no %s in its place\n%s", missing, strings.Join(lines, "\n"))
	}
	// The test can fail: told first, it is not what is wanted.
	if wrong := append([]string{steps[4]}, steps[:4]...); inOrder(lines, wrong) == "" {
		t.Error("any order is fine to this test")
	}
}

// inOrder returns the first step that does not come after the one before it, "" if all do.
func inOrder(lines, steps []string) string {
	at := 0
	for _, step := range steps {
		want := regexp.MustCompile(step)
		for ; at < len(lines) && !want.MatchString(lines[at]); at++ {
		}
		if at == len(lines) {
			return step
		}
	}
	return ""
}

// whole returns the calls of a log of strace -f in the order in which they ended: one that another
// thread's line interrupts is written in two parts.
func whole(log string) []string {
	var out []string
	begun := map[string]string{}
	for line := range strings.Lines(log) {
		pid, text, _ := strings.Cut(strings.TrimSpace(line), " ")
		text = strings.TrimSpace(text)
		if first, ok := strings.CutSuffix(text, "<unfinished ...>"); ok {
			begun[pid] = strings.TrimSpace(first)
			continue
		}
		if strings.HasPrefix(text, "<... ") {
			_, rest, _ := strings.Cut(text, "resumed>")
			text = begun[pid] + rest
		}
		out = append(out, text)
	}
	return out
}
