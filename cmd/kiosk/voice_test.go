package main

import (
	"log/slog"
	"slices"
	"testing"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

// TestTheLeadEndsALanguage: what the lead chose for a language that is only heard goes before the
// configuration, also after a start.
func TestTheLeadEndsALanguage(t *testing.T) {
	t.Parallel()
	shelf, state := kiosktest.NewMemory().Shelf(shelfVoice), t.TempDir()
	start := func() leadVoice {
		t.Helper()
		s, err := newSpeaker(t.Context(), voiceConfig{Also: []string{"ium"}}, state, shelf, nil, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		return leadVoice{s}
	}
	heard := func(v leadVoice, want ...kiosk.Language) {
		t.Helper()
		for _, l := range []kiosk.Language{"ium", "tyz"} {
			if on := slices.Contains(want, l); v.Active(l) != on {
				t.Errorf("%s is active: %v", l, !on)
			}
		}
		if n := len(v.clips(kiosk.Announcement{Number: "A001", Counter: "1", Language: kiosk.Vietnamese})); n != 1+len(want) {
			t.Errorf("a call is said in %d languages, want %d", n, 1+len(want))
		}
	}
	set := func(v leadVoice, l kiosk.Language, on bool) {
		t.Helper()
		if err := v.SetActive(t.Context(), l, on); err != nil {
			t.Fatal(err)
		}
	}
	v := start()
	heard(v, "ium")
	set(v, "tyz", true)
	heard(v, "ium", "tyz")
	heard(start(), "ium", "tyz")
	set(v, "ium", false)
	heard(v, "tyz")
	v = start()
	heard(v, "tyz")
	set(v, "tyz", false)
	set(v, kiosk.Vietnamese, false) // it is always said
	heard(v)
	set(v, "ium", true)
	heard(v, "ium")
	heard(start(), "ium")
}
