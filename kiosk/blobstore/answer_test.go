package blobstore_test

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A kill spares the page cache, so TestKill cannot tell a page that waits for the disk from one
// that does not. The kernel can: each step has to be on the disk before the next one counts on it,
// and all of them before the answer.
func TestSyncedBeforeTheAnswer(t *testing.T) {
	t.Parallel()
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not installed")
	}
	b := newBox(t)
	if b.dir, err = filepath.EvalSymlinks(b.dir); err != nil {
		t.Fatal(err)
	}
	o, err := json.Marshal(order{Dir: b.dir, Day: november, Pages: 4})
	if err != nil {
		t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	log := filepath.Join(t.TempDir(), "strace")
	cmd := exec.Command(strace, "-f", "-qq", "-y", "-s", "200", "-o", log, "-e", "trace=write,pwrite64,fsync,/^rename,/^unlink,rmdir", "-e", "signal=none", os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+string(o))
	cmd.ExtraFiles = []*os.File{w}
	var out strings.Builder
	cmd.Stderr = &out
	err = cmd.Start()
	w.Close()
	if err != nil {
		t.Fatal(err)
	}
	answers, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		if strings.Contains(out.String(), "ptrace(PTRACE") {
			t.Skipf("strace may not trace here: %s", &out)
		}
		t.Fatalf("%v\n%s", err, &out)
	}
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	trace := whole(string(text))
	lines := strings.Split(strings.TrimSpace(string(answers)), "\n")
	if len(lines) != 6 {
		t.Fatalf("answers %q", answers)
	}
	blobs, keys := regexp.QuoteMeta(filepath.Join(b.dir, "blobs")), regexp.QuoteMeta(filepath.Join(b.dir, "keys"))
	inTime := func(steps ...string) {
		t.Helper()
		if missing := inOrder(trace, steps); missing != "" {
			t.Errorf("answered before the disk had it: no %s in its place\n%s", missing, strings.Join(trace, "\n"))
		}
		// The test can fail: the same steps with the answer first are not to be found.
		if wrong := append(steps[len(steps)-1:], steps[:len(steps)-1]...); inOrder(trace, wrong) == "" {
			t.Error("any order is fine to this test")
		}
	}
	var ids []string
	for _, line := range lines[:4] {
		words := strings.Fields(line)
		id, hash := words[1], words[2]
		ids = append(ids, id)
		inTime(
			`fsync\(\d+<`+blobs+`/\.new/dossier-\d+/key\.new-\d+>\) += 0`,
			`fsync\(\d+<`+blobs+`/\.new/dossier-\d+>\) += 0`,
			`rename.*"`+blobs+`/`+id+`".* = 0`,
			`fsync\(\d+<`+blobs+`>\) += 0`,
			`write\(\d+<`+blobs+`/\.new/page\.new-\d+>`,
			`fsync\(\d+<`+blobs+`/\.new/page\.new-\d+>\) += 0`,
			`rename.*"`+blobs+`/`+id+`/`+hash+`".* = 0`,
			`fsync\(\d+<`+blobs+`/`+id+`>\) += 0`,
			`write\(3<.*"answer `+id+` `+hash,
		)
	}
	gone := blobs + `/` + ids[3] + `\.forgotten`
	inTime(
		`rename.*"`+blobs+`/`+ids[3]+`".*"`+gone+`".* = 0`,
		`fsync\(\d+<`+blobs+`>\) += 0`,
		`fsync\(\d+<`+keys+`/2026-11-2\.key\.new-\d+>\) += 0`,
		`fsync\(\d+<`+keys+`>\) += 0`,
		`pwrite64\(\d+<`+gone+`/key>, "\\0\\0`,
		`fsync\(\d+<`+gone+`/key>\) += 0`,
		`unlink.*"`+gone+`/key"`,
		`(unlink|rmdir).*"`+gone+`"`,
		`fsync\(\d+<`+blobs+`>\) += 0`,
		`write\(3<.*"forgot `,
	)
	// No old key goes before the living have their new ones.
	for _, id := range ids[:3] {
		inTime(
			`write\(3<.*"forgot `,
			`fsync\(\d+<`+blobs+`/\.new/`+id+`\.key\.new-\d+>\) += 0`,
			`rename.*"`+blobs+`/`+id+`/key".* = 0`,
			`fsync\(\d+<`+blobs+`/`+id+`>\) += 0`,
			`pwrite64\(\d+<`+keys+`/2026-11-1\.key>, "\\0\\0`,
			`fsync\(\d+<`+keys+`/2026-11-1\.key>\) += 0`,
			`unlink.*"`+keys+`/2026-11-1\.key"`,
			`fsync\(\d+<`+keys+`>\) += 0`,
			`write\(3<.*"rewrapped`,
		)
	}
}

// inOrder returns the first step that does not come after the one before it, "" if all do.
func inOrder(trace, steps []string) string {
	at := 0
	for _, step := range steps {
		want := regexp.MustCompile(step)
		for ; at < len(trace) && !want.MatchString(trace[at]); at++ {
		}
		if at == len(trace) {
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
