package files_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/motcua/gateway/kiosk"
)

// TestSyncs looks at the system calls of a hub that keeps pages: before anything is acknowledged,
// each file that was given a name had been synced before, and the folder of the name was after,
// and so was the folder of each new folder.
func TestSyncs(t *testing.T) {
	t.Parallel()
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("no strace here: build/test installs it")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	keys, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(order{Dir: t.TempDir(), Keys: keys.String(), Dossier: kiosk.NewDossierID(time.Now()), Seed: 1, Until: 4})
	if err != nil {
		t.Fatal(err)
	}
	log := filepath.Join(t.TempDir(), "calls")
	cmd := exec.CommandContext(t.Context(), strace, "-f", "-y", "-s", "4096", "-o", log, "-e", "trace=fsync,fdatasync,/^rename,/^mkdir,write", self)
	cmd.Env = append(os.Environ(), childEnv+"="+string(text))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	calls, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	acks, err := judge(string(calls))
	if err != nil || acks < 4 {
		t.Errorf("%d acknowledgements, %v", acks, err)
	}

	// The judge can find something.
	const file, name, folder, ack = "1 fsync(3</d/tmp/A>) = 0\n", "1 rename(\"/d/tmp/A\", \"/d/pages/x/B\" <unfinished ...>\n", "2 fsync(4</d/pages/x> <unfinished ...>\n", "1 write(1<pipe:[1]>, \"finish 1 2\\n\", 11) = 11\n"
	const made = "1 mkdirat(AT_FDCWD</d>, \"/d/pages/x\", 0700) = 0\n"
	for calls, fine := range map[string]bool{
		file + name + folder + ack: true, name + folder + ack: false, file + name + ack: false, file + folder + name + ack: false,
		made + file + name + folder + ack: false, made + strings.Replace(folder, "pages/x", "pages", 1) + file + name + folder + ack: true,
	} {
		if n, err := judge(calls); (err == nil) != fine || fine && n != 1 {
			t.Errorf("judged %v of\n%s", err, calls)
		}
	}
}

var (
	syncCall   = regexp.MustCompile(`f(?:data)?sync\(\d+<([^>]+)>`)
	renameCall = regexp.MustCompile(`rename\w*\((?:[^",]*, )?"([^"]+)", (?:[^",]*, )?"([^"]+)"`)
	mkdirCall  = regexp.MustCompile(`mkdir\w*\((?:[^",]*, )?"([^"]+)".* = 0`)
	ackCall    = regexp.MustCompile(`write\(1<[^>]*>, "(?:append|finish) `)
)

// judge reads a trace and returns how many acknowledgements are in it, or the first one that came
// too early.
func judge(calls string) (acks int, err error) {
	synced := map[string]bool{} // files, since they were made
	owed := map[string]string{} // folders that have to be synced, and why
	for line := range strings.Lines(calls) {
		if m := syncCall.FindStringSubmatch(line); m != nil {
			synced[m[1]] = true
			delete(owed, m[1])
		} else if m := renameCall.FindStringSubmatch(line); m != nil {
			if !synced[m[1]] {
				return acks, fmt.Errorf("%s got a name before it was synced", m[1])
			}
			owed[filepath.Dir(m[2])] = m[2]
		} else if m := mkdirCall.FindStringSubmatch(line); m != nil {
			owed[filepath.Dir(m[1])] = m[1]
		} else if ackCall.MatchString(line) {
			for folder, why := range owed {
				return acks, fmt.Errorf("acknowledged while %s is not synced, which has %s", folder, why)
			}
			acks++
		}
	}
	return acks, nil
}
