package secret_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/secret"
)

func TestHashAndVerify(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h := secret.NewHasher(open(t, t.TempDir()))
	other := secret.NewHasher(open(t, t.TempDir()))
	const phrase = "cà phê sữa đá"
	kept, err := h.Hash(ctx, phrase)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(kept, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("kept %q", kept)
	}
	verify := func(h *secret.Hasher, kept, s string, want bool) {
		t.Helper()
		ok, outdated, err := h.Verify(ctx, kept, s)
		if ok != want || outdated || err != nil {
			t.Errorf("%q: %v, %v, %v; want %v", s, ok, outdated, err, want)
		}
	}
	verify(h, kept, phrase, true)
	verify(h, kept, "ca\u0300 phe\u0302 su\u031b\u0303a \u0111a\u0301", true) // as some input methods give it
	verify(h, kept, "ca phe sua da", false)
	verify(h, kept, "", false)
	verify(h, kept, strings.Repeat("x", 1<<16), false)
	verify(h, kept, "\xff\xfe", false)
	verify(other, kept, phrase, false) // another box's pepper
	verify(h, h.Decoy(), phrase, false)
	if again, err := h.Hash(ctx, phrase); err != nil || again == kept {
		t.Errorf("hashed twice it is the same, or %v", err)
	}
	pin, err := h.Hash(ctx, "471902")
	if err != nil {
		t.Fatal(err)
	}
	verify(h, pin, "４７１９０２", true) // digits of double width
}

func TestNothingIsHashedThatCannotBeTyped(t *testing.T) {
	t.Parallel()
	h := secret.NewHasher(open(t, t.TempDir()))
	for _, s := range []string{strings.Repeat("x", 129), "\xff234567890"} {
		if kept, err := h.Hash(t.Context(), s); err == nil {
			t.Errorf("%q is kept as %q", s, kept)
		}
	}
}

// TestOutdated: what was hashed at lower costs is right still, and to be made again.
func TestOutdated(t *testing.T) {
	t.Parallel()
	h := secret.NewHasher(open(t, t.TempDir()))
	kept, err := secret.HashAt(h, t.Context(), "471902", 8<<10, 1)
	if err != nil {
		t.Fatal(err)
	}
	ok, outdated, err := h.Verify(t.Context(), kept, "471902")
	if !ok || !outdated || err != nil {
		t.Errorf("%v, %v, %v", ok, outdated, err)
	}
	ok, outdated, err = h.Verify(t.Context(), kept, "471903")
	if ok || outdated || err != nil {
		t.Errorf("%v, %v, %v", ok, outdated, err)
	}
}

func TestForgedHashes(t *testing.T) {
	t.Parallel()
	h := secret.NewHasher(open(t, t.TempDir()))
	const salt, sum = "c29tZXNhbHQxMjM0NTY3OA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	costs := func(s string) string { return "$argon2id$v=19$" + s + "$" + salt + "$" + sum }
	if _, _, err := h.Verify(t.Context(), costs("m=64,t=1,p=1"), "x"); err != nil {
		t.Fatalf("the pattern of this test is no hash: %v", err)
	}
	for _, kept := range []string{
		"", "$", "$$$$$", "471902",
		costs("m=4194304,t=1,p=1"), costs("m=65535,t=1,p=1"), costs("m=32769,t=1,p=1"), // memory
		costs("m=64,t=7,p=1"), costs("m=64,t=0,p=1"), costs("m=64,t=4294967295,p=1"), // time
		costs("m=64,t=1,p=0"), costs("m=64,t=1,p=5"), costs("m=64,t=1,p=257"), costs("m=7,t=1,p=1"), // threads
		costs("m=064,t=1,p=1"), costs("m=+64,t=1,p=1"), costs("t=1,m=64,p=1"), costs("m=64,t=1"), costs("m=64,t=1,p=1,x=1"),
		"$argon2i$v=19$m=64,t=1,p=1$" + salt + "$" + sum,
		"$argon2id$v=16$m=64,t=1,p=1$" + salt + "$" + sum,
		"$argon2id$v=19$m=64,t=1,p=1$$" + sum,
		"$argon2id$v=19$m=64,t=1,p=1$" + salt + "$",
		"$argon2id$v=19$m=64,t=1,p=1$" + salt + "$AAAA",
		"$argon2id$v=19$m=64,t=1,p=1$" + salt + "\n$" + sum,
		"$argon2id$v=19$m=64,t=1,p=1$" + salt + "$" + sum + "$",
		costs("m=64,t=1,p=1") + strings.Repeat("A", 1<<20),
	} {
		if ok, _, err := h.Verify(t.Context(), kept, "x"); ok || !errors.Is(err, secret.ErrHash) {
			t.Errorf("%.80q: %v, %v", kept, ok, err)
		}
	}
}

func FuzzPHC(f *testing.F) {
	h := secret.NewHasher(open(f, f.TempDir()))
	f.Add(h.Decoy())
	f.Add("$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA")
	f.Fuzz(func(t *testing.T, s string) {
		back, memory, err := secret.ParsePHC(s)
		if err != nil {
			return
		}
		if back != s || memory > 32<<10 {
			t.Errorf("%q came back as %q, %d KiB", s, back, memory)
		}
	})
}

// TestManyWrongOnesTakeTurns: what a crowd of wrong PINs may take is time, not memory, and who
// waits can leave.
func TestManyWrongOnesTakeTurns(t *testing.T) {
	h := secret.NewHasher(open(t, t.TempDir()))
	kept := h.Decoy()
	ctx, cancel := context.WithTimeout(t.Context(), 400*time.Millisecond)
	defer cancel()
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	var wg sync.WaitGroup
	var mu sync.Mutex
	peak, ended := uint64(0), 0
	for i := range 1000 {
		wg.Go(func() {
			_, _, err := h.Verify(ctx, kept, fmt.Sprint("47190", i))
			var m runtime.MemStats
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				runtime.ReadMemStats(&m)
				peak = max(peak, m.HeapInuse)
				return
			}
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("error %v", err)
			}
			ended++
		})
	}
	wg.Wait()
	runtime.ReadMemStats(&after)
	if ended == 0 || ended == 1000 {
		t.Errorf("%d of 1000 were told to leave", ended)
	}
	if grown := int64(peak) - int64(before.HeapInuse); grown > 100<<20 {
		t.Errorf("the heap grew by %d MiB", grown>>20)
	}
	t.Logf("%d hashes in 0.4 s, heap at most %d MiB", 1000-ended, peak>>20)
}

func TestDigest(t *testing.T) {
	t.Parallel()
	h := secret.NewHasher(open(t, t.TempDir()))
	if h.Digest("pin", "471902") != h.Digest("pin", "４７１９０２") {
		t.Error("two ways of typing differ")
	}
	if h.Digest("pin", "471902") == h.Digest("login", "471902") || h.Digest("pin", "471902") == h.Digest("pin", "471903") {
		t.Error("different things are the same")
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	h := secret.NewHasher(open(t, t.TempDir()))
	for _, c := range []struct {
		secret, login string
		pin, ok       bool
	}{
		{"471902", "lan", true, true},
		{"４７１９０２", "lan", true, true},
		{"471902471935", "lan", true, true},
		{"47190", "lan", true, false},
		{"4719024719350", "lan", true, false},
		{"000000", "lan", true, false},
		{"123456", "lan", true, false},
		{"890123", "lan", true, false},
		{"654321", "lan", true, false},
		{"109876", "lan", true, false},
		{"121212", "lan", true, false},
		{"123123", "lan", true, false},
		{"112211", "lan", true, false},
		{"471902", "471902", true, false},
		{"lúa chín vàng", "lan", false, true},
		{"lu\u0301a chi\u0301n va\u0300ng", "lan", false, true},
		{"ngắn quá", "lan", false, false},
		{"", "lan", false, false},
		{"abcdefghijkl", "lan", false, false},
		{"aaaaaaaaaaaa", "lan", false, false},
		{"matkhaumatkhau", "lan", false, false},
		{"nguyen.thi.lan", "nguyen.thi.lan", false, false},
		{"NGUYEN.THI.LAN1", "nguyen.thi.lan", false, false},
		{"lúa chín\u202evàng", "lan", false, false},
		{"lúa chín\u200bvàng", "lan", false, false},
		{"lúa chín\nvàng", "lan", false, false},
		{"lúa chín \xff vàng", "lan", false, false},
		{strings.Repeat("lúa chín vàng ", 20), "lan", false, false},
		{"\ufdfa", "lan", false, false},
		{"⑪⑫⑬", "lan", true, false},
	} {
		pin, err := h.Check(c.secret, c.login)
		var r *kiosk.Refusal
		if pin != c.pin || (err == nil) != c.ok || !c.ok && (!errors.As(err, &r) || r.Code != kiosk.CodeBadSecret || r.Hint == "" || r.Subject != "") {
			t.Errorf("%q of %q: %v, %v", c.secret, c.login, pin, err)
		}
	}
}

func FuzzCheck(f *testing.F) {
	h := secret.NewHasher(open(f, f.TempDir()))
	f.Add("471902", "lan")
	f.Add("lúa chín vàng", "")
	f.Add("\ufdfa\ufdfa\ufdfa", "x")
	f.Add("\ufdfa", "")
	f.Fuzz(func(t *testing.T, s, login string) {
		pin, err := h.Check(s, login)
		if err == nil && len(s) < 6 {
			t.Errorf("%q is good, pin %v", s, pin)
		}
		if pin && h.Digest("pin", s) == h.Digest("pin", s+"0") {
			t.Error("two PINs have one digest")
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	h := secret.NewHasher(open(b, b.TempDir()))
	kept := h.Decoy()
	for b.Loop() {
		if _, _, err := h.Verify(b.Context(), kept, "471902"); err != nil {
			b.Fatal(err)
		}
	}
}
