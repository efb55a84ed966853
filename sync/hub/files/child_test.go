package files_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/hub/files"
	"github.com/motcua/gateway/sync/hub/sealed"
)

// childEnv, set in the environment, makes this test binary a hub that is going to be killed. Its
// value is an order as JSON.
const childEnv = "FILES_CHILD"

func TestMain(m *testing.M) {
	if text := os.Getenv(childEnv); text != "" {
		if err := keep(text); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// order is what a child is to do: pages of a seed, from one on, for ever or up to one.
type order struct {
	Dir     string
	Keys    string
	Dossier kiosk.DossierID
	Seed    uint64
	Page    int
	Until   int // 0: for ever
}

// page returns the bytes of the i-th page.
func (o order) page(i int) ([]byte, hub.PageKey, hub.PageState, error) {
	random := rand.NewChaCha8([32]byte(binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(make([]byte, 16), o.Seed), uint64(i))))
	b := make([]byte, 1+random.Uint64()%300_000)
	_, _ = random.Read(b) // never fails
	keys, err := age.ParseX25519Identity(o.Keys)
	if err != nil {
		return nil, hub.PageKey{}, hub.PageState{}, err
	}
	return b, hub.PageKey{Dossier: o.Dossier, Hash: kiosk.HashOf(b)},
		hub.PageState{Size: int64(len(b)), Recipient: keys.Recipient().String(), Identity: o.Keys}, nil
}

func (o order) open() (*sealed.Pages, error) {
	f, err := files.Open(files.Options{Dir: o.Dir, Reserve: -1})
	if err != nil {
		return nil, err
	}
	return sealed.New(f)
}

// keep keeps one page after the other, in pieces, and says on standard output what was
// acknowledged: a line is one write, there whole or not at all.
func keep(text string) error {
	var o order
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		return err
	}
	ctx := context.Background()
	pages, err := o.open()
	if err != nil {
		return err
	}
	for i := o.Page; o.Until == 0 || i < o.Until; i++ {
		b, key, state, err := o.page(i)
		if err != nil {
			return err
		}
		at, err := pages.Offset(ctx, key)
		if err != nil {
			return err
		}
		for {
			end := min(state.Size, at+1+rand.Int64N(100_000))
			if end == state.Size {
				break
			}
			if err := pages.Append(ctx, key, at, b[at:end], state); err != nil {
				return err
			}
			at = end
			fmt.Printf("append %d %d\n", i, at)
		}
		if err := pages.Finish(ctx, key, b[at:], state); err != nil {
			return err
		}
		fmt.Printf("finish %d %d\n", i, at)
		if err := pages.Drop(ctx, key); err != nil {
			return err
		}
	}
	return nil
}

// TestKill kills a hub with SIGKILL at any moment, again and again over one folder. No piece that
// was acknowledged is lost, every page that was acknowledged opens and has its hash, and what is
// left behind is swept.
//
// A kill spares the page cache; that each file and folder is synced before it is acknowledged is
// shown by TestSyncs.
func TestKill(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	keys, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	o := order{Dir: t.TempDir(), Keys: keys.String(), Dossier: kiosk.NewDossierID(time.Now()), Seed: uint64(time.Now().UnixNano())}
	t.Logf("seed %d", o.Seed)
	pages, err := o.open()
	if err != nil {
		t.Fatal(err)
	}
	acked, looked := int64(0), 0
	for range 25 {
		text, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range runAndKill(t, self, string(text), time.Duration(rand.Int64N(int64(200*time.Millisecond)))) {
			var what string
			var page int
			var at int64
			if _, err := fmt.Sscanf(line, "%s %d %d", &what, &page, &at); err != nil {
				t.Fatalf("the child says %q: %v", line, err)
			}
			o.Page, acked = page, at
			if what == "finish" {
				o.Page, acked = page+1, 0
			}
		}
		_, key, _, err := o.page(o.Page)
		if err != nil {
			t.Fatal(err)
		}
		if at, err := pages.Offset(t.Context(), key); err != nil || at < acked {
			// It may have been finished and dropped without having said so.
			if err := o.holds(t.Context(), pages, o.Page); err != nil {
				t.Fatalf("page %d was acknowledged to %d, and %d is left, %v", o.Page, acked, at, err)
			}
		}
		for ; looked < o.Page; looked++ {
			if err := o.holds(t.Context(), pages, looked); err != nil {
				t.Fatalf("page %d: %v", looked, err)
			}
		}
	}
	for i := range o.Page {
		if err := o.holds(t.Context(), pages, i); err != nil {
			t.Fatalf("page %d of %d in the end: %v", i, o.Page, err)
		}
	}
	t.Logf("%d pages acknowledged over 25 kills", o.Page)
	if o.Page < 10 {
		t.Errorf("only %d pages were acknowledged: the test shows nothing", o.Page)
	}
	if _, err := pages.Sweep(t.Context(), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"tmp", "uploads"} {
		left, err := os.ReadDir(o.Dir + "/" + folder)
		if err != nil || len(left) > 0 {
			t.Errorf("%s holds %v, %v", folder, left, err)
		}
	}
}

// holds is nil where a page is kept as it was given.
func (o order) holds(ctx context.Context, pages *sealed.Pages, i int) error {
	want, key, state, err := o.page(i)
	if err != nil {
		return err
	}
	r, err := pages.Open(ctx, key, state)
	if err != nil {
		return err
	}
	got, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		return err
	}
	if !bytes.Equal(got, want) {
		return errors.New("other bytes")
	}
	return nil
}

// runAndKill runs a child, kills it a while after its first word, and returns all that it said.
func runAndKill(t *testing.T, self, text string, delay time.Duration) []string {
	t.Helper()
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), childEnv+"="+text)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var said []string
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			break // half a line was not said
		}
		if said = append(said, strings.TrimSpace(line)); len(said) == 1 {
			kill := time.AfterFunc(delay, func() { _ = cmd.Process.Kill() })
			defer kill.Stop()
		}
	}
	if err := cmd.Wait(); err == nil || stderr.Len() > 0 {
		t.Fatalf("the child ended by itself: %v: %s", err, &stderr)
	}
	return said
}
