package words_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/words"
)

// aloud reads clips as they would be heard: what each prompt says, "," for the pause of a phrase.
func aloud(t *testing.T, clips []kiosk.ClipID) string {
	t.Helper()
	texts := map[kiosk.ClipID]string{kiosk.ClipPause: ",", kiosk.ClipClose: "_"}
	for _, l := range append(kiosk.Languages(), words.HeardLanguages()...) {
		for _, p := range words.Prompts(l) {
			texts[p.ID] = p.Text
			if p.Meaning {
				texts[p.ID] = string(l) + ":" + p.Text
			}
		}
	}
	var parts []string
	for _, c := range clips {
		if texts[c] == "" {
			t.Fatalf("nobody is asked to read %q", c)
		}
		parts = append(parts, texts[c])
	}
	return strings.ReplaceAll(strings.Join(parts, " "), " _ ", "_")
}

func TestCall(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		number   kiosk.Number
		counter  kiosk.CounterCode
		language kiosk.Language
		want     string
	}{
		{"A012", "3", kiosk.Vietnamese, "Mời công dân có số A không một hai , đến quầy số ba"},
		{"A012", "3", kiosk.English, "Number A zero one two , please go to counter three"},
		{"A012", "3", kiosk.Chinese, "请 A 零 一 二 号 , 到 三 号窗口办理"},
		{"GD1000", "21", kiosk.Vietnamese, "Mời công dân có số Gờ Dê một không không không , đến quầy số hai_mươi_mốt"},
		{"B007", "32", kiosk.English, "Number B zero zero seven , please go to counter thirty_two"},
		{"B007", "12", kiosk.Chinese, "请 B 零 零 七 号 , 到 十_二 号窗口办理"},
		{"B007", "B2-x", kiosk.Vietnamese, "Mời công dân có số Bê không không bảy , đến quầy số Bê hai Ích"},
		{"B007", "03", kiosk.Vietnamese, "Mời công dân có số Bê không không bảy , đến quầy số không ba"},
		{"B007", "+5", kiosk.English, "Number B zero zero seven , please go to counter five"},
		{"A012", "12", "tyz", "tyz:Mời công dân có số A tyz:không tyz:một tyz:hai , tyz:đến quầy số tyz:một tyz:hai"},
		{"", "", kiosk.Vietnamese, "Mời công dân có số , đến quầy số"},
	} {
		got := aloud(t, words.Call(kiosk.Ticket{Number: c.number}, c.counter, c.language))
		if got != c.want {
			t.Errorf("%s to %s in %s: %q, want %q", c.number, c.counter, c.language, got, c.want)
		}
	}
}

func TestCountersAreCountedAsPeopleCount(t *testing.T) {
	t.Parallel()
	heard := func(n int, l kiosk.Language) string {
		s := aloud(t, words.Call(kiosk.Ticket{}, kiosk.CounterCode(strconv.Itoa(n)), l))
		for _, before := range []string{"đến quầy số ", "please go to counter ", "到 "} {
			if _, after, ok := strings.Cut(s, before); ok {
				s = after
			}
		}
		return strings.TrimSuffix(s, " 号窗口办理")
	}
	for n, want := range map[int][3]string{
		1: {"một", "one", "一"}, 4: {"bốn", "four", "四"}, 5: {"năm", "five", "五"},
		10: {"mười", "ten", "十"}, 11: {"mười_một", "eleven", "十_一"}, 14: {"mười_bốn", "fourteen", "十_四"},
		15: {"mười_lăm", "fifteen", "十_五"}, 20: {"hai_mươi", "twenty", "二_十"},
		21: {"hai_mươi_mốt", "twenty_one", "二_十_一"}, 24: {"hai_mươi_tư", "twenty_four", "二_十_四"},
		25: {"hai_mươi_lăm", "twenty_five", "二_十_五"}, 40: {"bốn_mươi", "forty", "四_十"},
		55: {"năm_mươi_lăm", "fifty_five", "五_十_五"}, 99: {"chín_mươi_chín", "ninety_nine", "九_十_九"},
		100: {"một không không", "one zero zero", "一 零 零"},
	} {
		for i, l := range []kiosk.Language{kiosk.Vietnamese, kiosk.English, kiosk.Chinese} {
			if got := heard(n, l); got != want[i] {
				t.Errorf("%d in %s: %q, want %q", n, l, got, want[i])
			}
		}
	}
	// No two counters sound alike.
	for _, l := range append(kiosk.Languages(), "ium") {
		seen := map[string]int{}
		for n := 1; n <= 120; n++ {
			if other, ok := seen[heard(n, l)]; ok {
				t.Errorf("%d and %d sound alike in %s", n, other, l)
			}
			seen[heard(n, l)] = n
		}
	}
}

func TestAnnouncementBeginsInVietnamese(t *testing.T) {
	t.Parallel()
	languages := func(a kiosk.Announcement, also ...kiosk.Language) string {
		var out []string
		for _, clips := range words.Announcement(a, also...) {
			out = append(out, string(clips[0].Language()))
		}
		return strings.Join(out, " ")
	}
	a := kiosk.Announcement{Number: "A012", Counter: "3"}
	for _, c := range []struct {
		own  kiosk.Language
		also []kiosk.Language
		want string
	}{
		{"", nil, "vi"},
		{kiosk.Vietnamese, nil, "vi"},
		{kiosk.Chinese, nil, "vi zh"},
		{kiosk.Chinese, []kiosk.Language{"tyz", "zh", "vi", "tyz"}, "vi zh tyz"},
		{"vi", []kiosk.Language{"ium"}, "vi ium"},
	} {
		a.Language = c.own
		if got := languages(a, c.also...); got != c.want {
			t.Errorf("%q with %q: %q, want %q", c.own, c.also, got, c.want)
		}
	}
}

func TestPromptsAreWhole(t *testing.T) {
	t.Parallel()
	for _, l := range append(kiosk.Languages(), words.HeardLanguages()...) {
		seen := map[kiosk.ClipID]bool{}
		texts := map[string]bool{}
		for _, p := range words.Prompts(l) {
			if !p.ID.Valid() || p.ID.Language() != l || seen[p.ID] {
				t.Errorf("%q of %s is no clip of its own", p.ID, l)
			}
			if p.Text == "" || !norm.NFC.IsNormalString(p.Text) || texts[p.Text] {
				t.Errorf("%s: text %q", p.ID, p.Text)
			}
			if p.Meaning == l.Valid() {
				t.Errorf("%s: meaning %v", p.ID, p.Meaning)
			}
			seen[p.ID], texts[p.Text] = true, true
		}
		if want := map[bool]int{true: 36, false: 12}[l.Valid()]; len(seen) < want {
			t.Errorf("%s has %d prompts", l, len(seen))
		}
		if words.SpokenName(l) == string(l) {
			t.Errorf("%s has no name", l)
		}
		// Whatever can be called can be read, and what is read is called some time.
		for n := range 100 {
			for r := 'A'; r <= 'Z'; r++ {
				for _, c := range words.Call(kiosk.Ticket{Number: kiosk.FormatNumber(string(r), uint32(n))}, kiosk.CounterCode(strconv.Itoa(n)), l) {
					delete(seen, c)
				}
			}
		}
		if len(seen) > 0 {
			t.Errorf("%s: nobody ever hears %v", l, seen)
		}
	}
	if words.SpokenName("hmn") != "hmn" {
		t.Error("an unknown language has another name than its tag")
	}
}

func TestEveryFlawHasItsSentence(t *testing.T) {
	t.Parallel()
	for _, l := range kiosk.Languages() {
		var seen []string
		for _, f := range kiosk.Flaws() {
			s := words.For(l).Flaw(f)
			if s == "" || slices.Contains(seen, s) || !norm.NFC.IsNormalString(s) {
				t.Errorf("%s %s: %q", l, f, s)
			}
			for _, r := range s {
				if !printable(l, r) {
					t.Errorf("%s %s: %q holds %q", l, f, s, r)
				}
			}
			seen = append(seen, s)
		}
	}
}
