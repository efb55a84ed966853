package rating_test

import (
	"bytes"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/ui/rating"
)

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

func codes(t testing.TB) *rating.Codes {
	t.Helper()
	c, err := rating.NewCodes(bytes.Repeat([]byte{7}, 32), kiosktest.Site)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func coded(prefix string, seq uint32, day kiosk.Day) kiosk.Ticket {
	return kiosk.Ticket{Site: kiosktest.Site, Day: day, Seq: seq, Number: kiosk.FormatNumber(prefix, seq)}
}

// A ticket's token leads back to it and to no other; with one character changed, one more or
// one less it leads nowhere, and so it does on any other day, at another site and at another box.
func TestATokenLeadsBack(t *testing.T) {
	t.Parallel()
	c := codes(t)
	otherSite, err := rating.NewCodes(bytes.Repeat([]byte{7}, 32), "khac")
	if err != nil {
		t.Fatal(err)
	}
	otherBox, err := rating.NewCodes(bytes.Repeat([]byte{8}, 32), kiosktest.Site)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		prefix := rapid.StringMatching(`[A-Z]{1,3}`).Draw(t, "prefix")
		day := kiosktest.Monday.Add(rapid.IntRange(-400, 4000).Draw(t, "day"))
		ticket := coded(prefix, rapid.Uint32Range(1, 16383).Draw(t, "seq"), day)
		token := c.Token(ticket)
		if len(token) != rating.TokenLength || strings.Trim(token, alphabet) != "" {
			t.Fatalf("token %q of %s", token, ticket.Number)
		}
		sloppy := strings.NewReplacer("0", rapid.SampledFrom([]string{"0", "o", "O"}).Draw(t, "zero"),
			"1", rapid.SampledFrom([]string{"1", "i", "I", "l", "L"}).Draw(t, "one")).Replace(token)
		for _, typed := range []string{token, strings.ToLower(token), token[:7] + "-" + token[7:], " " + token[:5] + " " + token[5:], sloppy} {
			if n, rest, ok := c.Ticket(typed, day); !ok || n != ticket.Number || rest != "" {
				t.Fatalf("%q leads to %q, %q, %v; want %s", typed, n, rest, ok, ticket.Number)
			}
		}
		if n, rest, ok := c.Ticket(token+"\nA", day); !ok || n != ticket.Number || rest != "\nA" {
			t.Fatalf("with more behind: %q, %q, %v", n, rest, ok)
		}
		at := rapid.IntRange(0, len(token)-1).Draw(t, "at")
		other := rapid.SampledFrom([]rune(alphabet+"U*ü\x00/")).Draw(t, "other")
		for _, wrong := range []string{token[:at] + string(other) + token[at+1:], token[:at] + token[at+1:], "", token + strings.Repeat("-", 200)} {
			if n, _, ok := c.Ticket(wrong, day); ok && wrong != token {
				t.Fatalf("%q leads to %s", wrong, n)
			}
		}
		for name, f := range map[string]func() (kiosk.Number, string, bool){
			"the next day": func() (kiosk.Number, string, bool) { return c.Ticket(token, day.Add(1)) },
			"a year later": func() (kiosk.Number, string, bool) { return c.Ticket(token, day.Add(365)) },
			"another site": func() (kiosk.Number, string, bool) { return otherSite.Ticket(token, day) },
			"another box":  func() (kiosk.Number, string, bool) { return otherBox.Ticket(token, day) },
		} {
			if n, _, ok := f(); ok {
				t.Fatalf("%s: %q leads to %s", name, token, n)
			}
		}
	})
}

func TestTokensDiffer(t *testing.T) {
	t.Parallel()
	c, seen := codes(t), map[string]kiosk.Number{}
	for _, prefix := range []string{"A", "B", "AA", "AB", "ZZZ"} {
		for seq := range uint32(2000) {
			ticket := coded(prefix, seq+1, kiosktest.Monday)
			token := c.Token(ticket)
			if before, twice := seen[token]; twice {
				t.Fatalf("%s and %s have the token %s", before, ticket.Number, token)
			}
			seen[token] = ticket.Number
		}
	}
}

func TestNoTokenForWhatItCannotName(t *testing.T) {
	t.Parallel()
	c := codes(t)
	elsewhere := coded("A", 1, kiosktest.Monday)
	elsewhere.Site = "khac"
	for name, ticket := range map[string]kiosk.Ticket{
		"the zero ticket": {}, "too many": coded("A", 16384, kiosktest.Monday), "number 0": coded("A", 0, kiosktest.Monday),
		"four letters": coded("ABCD", 1, kiosktest.Monday), "no letter": coded("", 1, kiosktest.Monday),
		"small letters": coded("a", 1, kiosktest.Monday), "another site": elsewhere,
	} {
		if token := c.Token(ticket); token != "" {
			t.Errorf("%s has the token %q", name, token)
		}
	}
	if _, err := rating.NewCodes(make([]byte, 31), kiosktest.Site); err == nil {
		t.Error("a short key was taken")
	}
}

// Golden: a slip that was printed before an update can be rated after it.
func TestTokensStayTheSame(t *testing.T) {
	t.Parallel()
	c := codes(t)
	for number, want := range map[kiosk.Number]string{"A001": goldenA001, "ZZ1234": goldenZZ1234} {
		ticket := kiosk.Ticket{Site: kiosktest.Site, Day: kiosktest.Monday, Number: number}
		if got := c.Token(ticket); got != want {
			t.Errorf("%s: token %s, want %s", number, got, want)
		}
	}
}

const (
	goldenA001   = "0PS0023EYERQYP"
	goldenZZ1234 = "K682D5QMNNPRN6"
)

func FuzzTicket(f *testing.F) {
	c := codes(f)
	token := c.Token(coded("A", 1, kiosktest.Monday))
	f.Add(token)
	f.Add(token + "\nA001 - 23/11/2026")
	f.Add(strings.ToLower(token[:7]) + "-" + token[7:])
	f.Add("0000-0000ỒỒỒỒ\xff")
	f.Fuzz(func(t *testing.T, typed string) {
		n, rest, ok := c.Ticket(typed, kiosktest.Monday)
		if !ok {
			if n != "" || rest != "" {
				t.Errorf("%q is wrong and leads to %q, %q", typed, n, rest)
			}
			return
		}
		// What is right is the token of its number, however it was written.
		made := c.Token(kiosk.Ticket{Site: kiosktest.Site, Day: kiosktest.Monday, Number: n})
		written := strings.NewReplacer("-", "", " ", "").Replace(strings.TrimSuffix(typed, rest))
		written = strings.NewReplacer("O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(written))
		if made != written {
			t.Errorf("%q leads to %s, whose token is %s", typed, n, made)
		}
	})
}
