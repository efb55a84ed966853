package rating_test

import (
	"bytes"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"github.com/motcua/gateway/drivers/escpos"
	"github.com/motcua/gateway/drivers/simulated/paper"
	"github.com/motcua/gateway/drivers/simulated/thermal"
	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/rating"
	"github.com/motcua/gateway/ui/words"
)

const office = "https://192.168.100.10:8443" // as long as addresses in an office's network get

// coToSlip is a slip with all that a slip may have, with and without the rating.
func coToSlip(t *testing.T, l kiosk.Language) (plain, rated kiosk.Slip, ticket kiosk.Ticket) {
	t.Helper()
	h := open(t)
	h.issue(kiosk.Vietnamese)
	ticket = h.issue(l)
	s := h.Snapshot()
	s.Setup.Name[kiosk.Vietnamese] = "Trung tâm Phục vụ hành chính công đặc khu Cô Tô"
	plain = words.Slip(ticket, s, false)
	return plain, words.AddRating(plain, l, office, h.codes.Token(ticket)), ticket
}

func code(s kiosk.Slip) string {
	return s.Lines[slices.IndexFunc(s.Lines, func(l kiosk.SlipLine) bool { return l.Role == kiosk.LineQR })].Text
}

func TestTheSlipsCode(t *testing.T) {
	t.Parallel()
	for _, l := range kiosk.Languages() {
		plain, rated, ticket := coToSlip(t, l)
		before := slices.Clone(plain.Lines)
		want := office + "/r/" + codes(t).Token(ticket) + "\nA002 - 23/11/2026"
		if got := code(rated); got != want {
			t.Errorf("%s: the code says %q, want %q", l, got, want)
		}
		if len(rated.Lines) != len(plain.Lines)+1 || rated.Name != plain.Name {
			t.Errorf("%s: %d lines of %d", l, len(rated.Lines), len(plain.Lines))
		}
		for name, same := range map[string]kiosk.Slip{
			"no address": words.AddRating(plain, l, "", "X"), "no token": words.AddRating(plain, l, office, ""),
			"no code": words.AddRating(kiosk.Slip{Name: "x"}, l, office, "X"),
		} {
			if slices.ContainsFunc(same.Lines, func(line kiosk.SlipLine) bool { return strings.Contains(line.Text, "/r/") }) {
				t.Errorf("%s: %s and yet a rating", l, name)
			}
		}
		if !slices.Equal(before, plain.Lines) {
			t.Errorf("%s: the slip that was given has changed", l)
		}
	}
}

// TestTheSlipStaysSmall: with the rating, a slip keeps the budget of the wire, its code has no
// smaller dots than before, and zbarimg reads address and number from the paper.
func TestTheSlipStaysSmall(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		machine, profile string
		most             int
	}{{"tm-t20", "epson-tm-80", 1500}, {"xprinter-80", "xprinter-80", 1500}, {"clone-80", "generic-80", 11_000}, {"pos-5890", "pos-5890", 11_000}} {
		t.Run(c.profile, func(t *testing.T) {
			t.Parallel()
			plain, rated, _ := coToSlip(t, kiosk.Vietnamese)
			_, before := printed(t, c.machine, c.profile, plain)
			piece, n := printed(t, c.machine, c.profile, rated)
			t.Logf("budget: slip with the rating's code, %s | %d bytes | without it %d | ≤ %d bytes", c.profile, n, before, c.most)
			if n > c.most {
				t.Errorf("%d bytes, budget %d", n, c.most)
			}
			if got := zbar(t, piece); got != code(rated) {
				t.Errorf("zbarimg reads %q, want %q", got, code(rated))
			}
		})
	}
}

func printed(t *testing.T, machine, profile string, s kiosk.Slip) (*paper.Slip, int) {
	t.Helper()
	p, err := escpos.Lookup(profile)
	if err != nil {
		t.Fatal(err)
	}
	e, err := escpos.NewEncoder(p)
	if err != nil {
		t.Fatal(err)
	}
	m, err := thermal.MachineNamed(machine)
	if err != nil {
		t.Fatal(err)
	}
	data := e.Encode(s).Data
	r := thermal.Render(m, data)
	piece := r.Rest
	if len(r.Slips) > 0 {
		piece = &r.Slips[0]
	}
	if piece == nil {
		t.Fatal("nothing was printed")
	}
	return piece, len(data)
}

func zbar(t *testing.T, piece *paper.Slip) string {
	t.Helper()
	if _, err := exec.LookPath("zbarimg"); err != nil {
		t.Skip("zbarimg is not installed (zbar-tools)")
	}
	var b bytes.Buffer
	if err := png.Encode(&b, piece.Image()); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "slip.png")
	if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("zbarimg", "--quiet", "--raw", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(string(out), "\n")
}

// The rating's own sentences, as ui/words asks of all.
func TestTheWordsAreWhole(t *testing.T) {
	t.Parallel()
	seen := map[string]kiosk.Language{}
	for _, l := range kiosk.Languages() {
		w := words.For(l).RatingPages()
		for _, s := range []string{w.Already, w.NotServed, w.Unknown, w.Idle, w.Counter("1"), w.Pair, w.NoScript, w.Lost, w.Slip} {
			if s == "" || strings.TrimSpace(s) != s || !norm.NFC.IsNormalString(s) {
				t.Errorf("%s: %q is empty, has blank edges or is not NFC", l, s)
			}
			if other, twice := seen[s]; twice {
				t.Errorf("%s and %s say %q", other, l, s)
			}
			seen[s] = l
		}
	}
	for _, r := range words.For(kiosk.Vietnamese).RatingPages().Slip + words.For(kiosk.English).RatingPages().Slip {
		if strings.ContainsRune("–…“”·", r) {
			t.Errorf("paper has no %q", r)
		}
	}
}

func TestAddress(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"https://192.168.1.10": "https://192.168.1.10", "https://motcua.coto.gov.vn/": "https://motcua.coto.gov.vn",
		"HTTPS://Motcua.Coto.gov.vn:8443": "https://motcua.coto.gov.vn:8443", "https://[fd00::1]:8443": "https://[fd00::1]:8443",
	} {
		if got, err := rating.Address(raw); err != nil || got != want {
			t.Errorf("%q: %q, %v; want %q", raw, got, err, want)
		}
	}
	for _, raw := range []string{
		"", "motcua.coto.gov.vn", "http://motcua.coto.gov.vn", "https://", "https://a/b", "https://a?b", "https://a#b", "https://o@a", "ftp://a", "https://a b",
		"https://" + strings.Repeat("a", 60), "https://a\n", "https://một.cửa",
	} {
		if got, err := rating.Address(raw); err == nil {
			t.Errorf("%q is taken as %q", raw, got)
		}
	}
}
