package speech

import (
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// recorded is a good recording of a length.
func recorded(d time.Duration) []byte {
	return encodeWAV(studio{400 * ms, d, 400 * ms, -20, -65}.record().toPCM())
}

// written makes a pack of clips with different lengths.
func written(t *testing.T, dir string, ids ...kiosk.ClipID) {
	t.Helper()
	f, err := writeFolder(dir, manifest{Form: manifestForm, Name: "test", MadeBy: byPerson, Rate: Rate})
	if err != nil {
		t.Fatal(err)
	}
	defer f.close()
	for i, id := range ids {
		if err := f.put(id, recorded(200*ms+time.Duration(i)*50*ms), ""); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.commit(); err != nil {
		t.Fatal(err)
	}
}

// changed rewrites pack.json.
func changed(t *testing.T, dir string, change func(*manifest)) {
	t.Helper()
	name := filepath.Join(dir, manifestName)
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	m, err := parseManifest(b)
	if err != nil {
		t.Fatal(err)
	}
	change(&m)
	if b, err = json.Marshal(m); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func files(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestPackIsReadBack(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ids := []kiosk.ClipID{"ium/digit-1", "vi/digit-1", "vi/number"}
	written(t, dir, ids...)
	p, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(p.Clips(), ids) || len(p.Damaged) != 0 || p.MadeBy != byPerson {
		t.Errorf("read %v, damaged %v, by %s", p.Clips(), p.Damaged, p.MadeBy)
	}
	for i, id := range ids {
		want := 200*ms + time.Duration(i)*50*ms + 2*edge
		if got := length(len(p.clips[id])); (got - want).Abs() > 2*window {
			t.Errorf("%s lasts %v, want %v", id, got, want)
		}
	}
	m, err := os.ReadFile(filepath.Join(dir, manifestName))
	if err != nil || !strings.Contains(string(m), `"ium",`) {
		t.Errorf("its languages are not listed: %v\n%s", err, m)
	}
}

func TestADamagedClipFailsAlone(t *testing.T) {
	t.Parallel()
	for name, harm := range map[string]func(t *testing.T, dir, file string) error{
		"gone": func(_ *testing.T, dir, file string) error { return os.Remove(filepath.Join(dir, file)) },
		"one byte": func(_ *testing.T, dir, file string) error {
			b, err := os.ReadFile(filepath.Join(dir, file))
			if err != nil {
				return err
			}
			b[len(b)/2] ^= 1
			return os.WriteFile(filepath.Join(dir, file), b, 0o600)
		},
		"a pipe": func(_ *testing.T, dir, file string) error {
			return errors.Join(os.Remove(filepath.Join(dir, file)), syscall.Mkfifo(filepath.Join(dir, file), 0o600))
		},
		"a link out of the folder": func(t *testing.T, dir, file string) error {
			other := filepath.Join(t.TempDir(), "x.wav")
			return errors.Join(os.Rename(filepath.Join(dir, file), other), os.Symlink(other, filepath.Join(dir, file)))
		},
		"silence with a right sum": func(t *testing.T, dir, file string) error {
			b := encodeWAV(make([]int16, 5000))
			changed(t, dir, func(m *manifest) {
				m.Clips["vi/digit-2"] = fileClip{File: file, SHA256: digest(b)}
			})
			return os.WriteFile(filepath.Join(dir, file), b, 0o600)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			written(t, dir, "vi/digit-1", "vi/digit-2")
			names := files(t, dir)
			i := slices.IndexFunc(names, func(n string) bool { return strings.HasPrefix(n, "vi_digit-2") })
			if err := harm(t, dir, names[i]); err != nil {
				t.Fatal(err)
			}
			p, err := Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(p.Damaged, []kiosk.ClipID{"vi/digit-2"}) || !slices.Equal(p.Clips(), []kiosk.ClipID{"vi/digit-1"}) {
				t.Errorf("damaged %v, has %v", p.Damaged, p.Clips())
			}
		})
	}
}

func TestADamagedManifestIsRefused(t *testing.T) {
	t.Parallel()
	sum := strings.Repeat("0", 64)
	clip := func(id, file, sha string) string {
		return `{"form":1,"version":"1","name":"x","made_by":"person","languages":[],"rate":22050,"clips":{"` + id + `":{"file":"` + file + `","sha256":"` + sha + `"}}}`
	}
	if _, err := parseManifest([]byte(clip("vi/a", "a.wav", sum))); err != nil {
		t.Fatalf("the good one: %v", err)
	}
	good := clip("vi/a", "a.wav", sum)
	for name, m := range map[string]string{
		"empty":           "",
		"cut":             good[:60],
		"more behind":     good + "{}",
		"unknown key":     strings.Replace(good, `"name"`, `"nick"`, 1),
		"another form":    strings.Replace(good, `"form":1`, `"form":2`, 1),
		"nobody made it":  strings.Replace(good, "person", "ghost", 1),
		"no date":         strings.Replace(good, `"rate"`, `"effective":"2026-02-30","rate"`, 1),
		"two lines":       strings.Replace(good, `"name":"x"`, `"name":"x\ny"`, 1),
		"a rate of 1":     strings.Replace(good, "22050", "1", 1),
		"no clip":         clip("digit", "a.wav", sum),
		"a mark":          clip("|", "a.wav", sum),
		"up":              clip("vi/a", "../a.wav", sum),
		"absolute":        clip("vi/a", "/etc/a.wav", sum),
		"hidden":          clip("vi/a", ".wav", sum),
		"itself":          clip("vi/a", "pack.json", sum),
		"a short sum":     clip("vi/a", "a.wav", sum[1:]),
		"a path as clip":  clip("../a", "a.wav", sum),
		"larger than all": good[:len(good)-1] + strings.Repeat(" ", maxManifestBytes) + "}",
	} {
		if _, err := parseManifest([]byte(m)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, manifestName), []byte(good[:60]), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); err == nil {
		t.Error("a cut pack.json was opened")
	}
	if _, err := writeFolder(dir, manifest{}); err == nil {
		t.Error("a cut pack.json would be written over")
	}
	if _, err := Open(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
}

func TestAPackLargerThanMemoryIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f, err := writeFolder(dir, manifest{Form: manifestForm, MadeBy: byPerson, Rate: Rate})
	if err != nil {
		t.Fatal(err)
	}
	defer f.close()
	long := encodeWAV(studio{0, 9900 * ms, 0, -20, -65}.record().toPCM())
	if err := f.put("vi/a", long, ""); err != nil {
		t.Fatal(err)
	}
	for i := range MaxMemory/(2*Rate*99/10) + 2 {
		f.Clips[kiosk.ClipID("vi/a"+strings.Repeat("a", i%50)+strings.Repeat("b", i/50))] = f.Clips["vi/a"]
	}
	if err := f.commit(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "more than") {
		t.Errorf("opened: %v", err)
	}
}

// Whoever opens a pack while it is written finds the old clip or the new one.
func TestReplacingAClipIsOneStep(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	written(t, dir, "vi/digit-1", "vi/digit-2")
	old, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	before := files(t, dir)
	f, err := writeFolder(dir, manifest{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.close()
	if err := f.put("vi/digit-1", recorded(800*ms), ""); err != nil {
		t.Fatal(err)
	}
	// The power fails before the commit.
	p, err := Open(dir)
	if err != nil || len(p.Damaged) > 0 || !maps.EqualFunc(p.clips, old.clips, slices.Equal) {
		t.Errorf("before the commit: %v, damaged %v", err, p.Damaged)
	}
	if err := os.WriteFile(filepath.Join(dir, "left.wav.part"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := f.commit(); err != nil {
		t.Fatal(err)
	}
	p, err = Open(dir)
	if err != nil || len(p.clips["vi/digit-1"]) <= len(old.clips["vi/digit-1"]) {
		t.Errorf("after it: %v", err)
	}
	if after := files(t, dir); len(after) != len(before) || slices.Equal(after, before) {
		t.Errorf("files %q, before %q", after, before)
	}
	if err := f.put("../../etc/x", recorded(ms), ""); err == nil {
		t.Error("a path was taken for a clip")
	}
}

func TestJoin(t *testing.T) {
	t.Parallel()
	tone := func(v int16, n int) []int16 {
		return slices.Repeat([]int16{v}, n)
	}
	clips := map[kiosk.ClipID][]int16{"vi/a": tone(1, 100), "vi/b": tone(2, 200), "en/a": tone(3, 300)}
	find := func(id kiosk.ClipID) []int16 { return clips[id] }
	gap := func(d time.Duration) []int16 { return make([]int16, samples(d-edge)) }
	got, missing, err := join([][]kiosk.ClipID{
		{"vi/a", "vi/b", "|", "vi/a", "+", "vi/b"},
		{"en/a", "|", "en/none", "en/a"},
		{"en/a"},
	}, find)
	want := slices.Concat(clips["vi/a"], gap(100*ms), clips["vi/b"], gap(350*ms), clips["vi/a"], clips["vi/b"], gap(600*ms), clips["en/a"])
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%d samples, want %d; %v", len(got), len(want), err)
	}
	if !slices.Equal(missing, []kiosk.ClipID{"en/none"}) {
		t.Errorf("missing %v", missing)
	}
	clips["vi/long"] = tone(1, samples(9*time.Second))
	if _, _, err := join([][]kiosk.ClipID{slices.Repeat([]kiosk.ClipID{"vi/long"}, 11)}, find); err == nil {
		t.Error("99 seconds were joined")
	}
}

func FuzzManifest(f *testing.F) {
	f.Add([]byte(`{"form":1,"version":"1","name":"x","made_by":"person","languages":["vi"],"rate":22050,"effective":"2026-11-24","clips":{"vi/a":{"file":"a.wav","sha256":"00"}}}`))
	f.Add([]byte(`{"form":1,"made_by":"espeak-ng","rate":8000,"clips":null}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := parseManifest(b)
		if err != nil {
			return
		}
		for id, c := range m.Clips {
			if !id.Valid() || id.Mark() || strings.Contains(c.File, "/") {
				t.Errorf("clip %q in %q", id, c.File)
			}
		}
		again, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parseManifest(again); err != nil && len(again) <= maxManifestBytes {
			t.Errorf("what was read cannot be read again: %v", err)
		}
	})
}
