package escpos_test

import (
	"bytes"
	"encoding/hex"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/motcua/gateway/drivers/escpos"
	"github.com/motcua/gateway/drivers/simulated/thermal"
	"github.com/motcua/gateway/kiosk"
)

var update = flag.Bool("update", false, "write the golden files of testdata anew")

// TestGolden: the bytes of the sample, for each way to encode. A change here is a change on
// paper: look at the pictures before -update.
func TestGolden(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"epson-tm-80", "epson-tm-180", "epson-tm-t88iii", "xprinter-80", "custom-vkp80", "generic-80", "pos-5890"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := hex.Dump(encoder(t, name).Encode(sample()).Data)
			file := filepath.Join("testdata", name+".hex")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("the bytes are not those of %s", file)
			}
		})
	}
}

// TestMixed: a Chinese line is drawn as dots on a slip whose other lines are characters.
func TestMixed(t *testing.T) {
	t.Parallel()
	fonts := chinese(t)
	if fonts == nil {
		t.Skip("needs fonts-droid-fallback")
	}
	p, err := escpos.Lookup("epson-tm-80")
	if err != nil {
		t.Fatal(err)
	}
	e, err := escpos.NewEncoder(p, fonts...)
	if err != nil {
		t.Fatal(err)
	}
	slip := kiosk.Slip{Lines: []kiosk.SlipLine{
		line(kiosk.LineBody, "Chứng thực"), line(kiosk.LineBody, "公证认证"), line(kiosk.LineNumber, "B007"),
	}}
	out := e.Encode(slip)
	if out.Hint() != "" {
		t.Errorf("hint %q", out.Hint())
	}
	if n := bytes.Count(out.Data, []byte("\x1dv0")); n != 1 {
		t.Errorf("%d pictures, want one", n)
	}
	if !bytes.Contains(out.Data, []byte("B007\n")) {
		t.Error("the number is not in the printer's own characters")
	}
	if a := thermal.Render(machine(t, "tm-t20"), out.Data).Anomalies; len(a) > 0 {
		t.Errorf("the printer found odd: %q", a)
	}
}

func machine(t *testing.T, name string) thermal.Machine {
	t.Helper()
	m, err := thermal.MachineNamed(name)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestMissing: what no font has is seen on the paper, and told.
func TestMissing(t *testing.T) {
	t.Parallel()
	for way, kind := range ways() {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			e := encoder(t, kind[1])
			out := e.Encode(kiosk.Slip{Lines: []kiosk.SlipLine{line(kiosk.LineBody, "Xin chào 您好")}})
			if !slices.Equal(out.Missing, []rune("好您")) || !strings.Contains(out.Hint(), "U+60A8") {
				t.Errorf("missing %q, hint %q", out.Missing, out.Hint())
			}
			boxes := e.Encode(kiosk.Slip{Lines: []kiosk.SlipLine{line(kiosk.LineBody, "Xin chào □□")}})
			if !bytes.Equal(out.Data, boxes.Data) {
				t.Error("nothing visible stands for what is missing")
			}
			if boxes.Hint() != "" {
				t.Errorf("hint %q", boxes.Hint())
			}
		})
	}
}

// TestControlCharacters: a name with ESC in it is a name.
func TestControlCharacters(t *testing.T) {
	t.Parallel()
	for way, kind := range ways() {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			e := encoder(t, kind[1])
			hostile := "Nguyễn\x1b@\x1dV\x00\x10\x14\x08\x01\x00 \u202eVăn\u0000\xff\xfe"
			plain := "Nguyễn□@□V□□□□□□ Văn□□"
			for _, role := range []kiosk.LineRole{kiosk.LineBody, kiosk.LineTitle, kiosk.LineNumber, kiosk.LineMark} {
				a := e.Encode(kiosk.Slip{Lines: []kiosk.SlipLine{line(role, hostile)}})
				b := e.Encode(kiosk.Slip{Lines: []kiosk.SlipLine{line(role, plain)}})
				// Two bad bytes in a row count as one bad place.
				c := e.Encode(kiosk.Slip{Lines: []kiosk.SlipLine{line(role, strings.TrimSuffix(plain, "□"))}})
				if !bytes.Equal(a.Data, b.Data) && !bytes.Equal(a.Data, c.Data) {
					t.Errorf("%s: not printed as text", role)
				}
			}
		})
	}
}

// TestUnnormalised: text that comes taken apart into letters and marks prints the same.
func TestUnnormalised(t *testing.T) {
	t.Parallel()
	e := encoder(t, "xprinter-80")
	a := e.Encode(kiosk.Slip{Lines: []kiosk.SlipLine{line(kiosk.LineBody, "Tie\u0302\u0301ng Vie\u0323\u0302t")}})
	b := e.Encode(kiosk.Slip{Lines: []kiosk.SlipLine{line(kiosk.LineBody, "Tiếng Việt")}})
	if !bytes.Equal(a.Data, b.Data) {
		t.Error("prints differently")
	}
}

// alphabet is a slip with all letters, more than the codes that a printer can redefine.
func alphabet() kiosk.Slip {
	var s kiosk.Slip
	s.Lines = append(s.Lines, line(kiosk.LineBody, "0123456789 ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
	all := accented()
	for len(all) > 0 {
		n := min(20, len(all))
		s.Lines = append(s.Lines, line(kiosk.LineBody, string(all[:n])))
		all = all[n:]
	}
	s.Lines = append(s.Lines, line(kiosk.LineBody, "!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~ ABCXYZabcxyz"))
	return s
}

// TestMoreGlyphsThanCodes: a slip with every letter and every sign is sent with several sets of
// glyphs, and each line prints as it does alone.
func TestMoreGlyphsThanCodes(t *testing.T) {
	t.Parallel()
	for _, kind := range [][2]string{{"xprinter-80", "xprinter-80"}, {"tm-t20", "epson-tm-80"}} {
		e := encoder(t, kind[1])
		m := machine(t, kind[0])
		out := e.Encode(alphabet())
		got := thermal.Render(m, out.Data)
		if len(got.Anomalies) > 0 || len(got.Slips) != 1 {
			t.Fatalf("%d slips, odd: %q", len(got.Slips), got.Anomalies)
		}
		all := strips(got.Slips[0].Dots)
		if len(all) != len(alphabet().Lines) {
			t.Fatalf("%d lines printed, want %d", len(all), len(alphabet().Lines))
		}
		for i, l := range alphabet().Lines {
			alone := thermal.Render(m, e.Encode(kiosk.Slip{Lines: []kiosk.SlipLine{l}}).Data)
			want := strips(alone.Slips[0].Dots)
			if len(want) != 1 || want[0].Dy() != all[i].Dy() {
				t.Errorf("%q prints differently", l.Text)
				continue
			}
			for y := range want[0].Dy() {
				if !bytes.Equal(got.Slips[0].Dots.Row(all[i].Min.Y+y), alone.Slips[0].Dots.Row(want[0].Min.Y+y)) {
					t.Errorf("%q prints differently in row %d", l.Text, y)
					break
				}
			}
		}
	}
}

// TestTooMuch: what is over the bounds is left out and told.
func TestTooMuch(t *testing.T) {
	t.Parallel()
	e := encoder(t, "generic-58")
	long := e.Encode(kiosk.Slip{Lines: []kiosk.SlipLine{line(kiosk.LineBody, strings.Repeat("dài ", 1000))}})
	if !long.Cut || long.Hint() == "" {
		t.Errorf("%+v", long.Hint())
	}
	code := e.Encode(kiosk.Slip{Lines: []kiosk.SlipLine{line(kiosk.LineQR, strings.Repeat("x", 3000))}})
	if !code.QRTooLong || code.Hint() == "" {
		t.Errorf("%+v", code.Hint())
	}
	many := e.Encode(kiosk.Slip{Lines: slices.Repeat([]kiosk.SlipLine{line(kiosk.LineBody, "dòng")}, 500)})
	if !many.Cut || len(many.Data) > 40_000 {
		t.Errorf("%d bytes, hint %q", len(many.Data), many.Hint())
	}
}

// TestLongWords: nothing is ever off the paper.
func TestLongWords(t *testing.T) {
	t.Parallel()
	for way, kind := range ways() {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			var slip kiosk.Slip
			for _, role := range []kiosk.LineRole{kiosk.LineOffice, kiosk.LineTitle, kiosk.LineNumber, kiosk.LineBody, kiosk.LineSmall, kiosk.LineMark} {
				slip.Lines = append(slip.Lines, line(role, strings.Repeat("Ườ", 60)))
			}
			picture(t, kind, slip) // the printer reports dots beyond the paper
		})
	}
}

func TestProfiles(t *testing.T) {
	t.Parallel()
	names := make(map[string]bool)
	for _, p := range escpos.Profiles() {
		if err := p.Validate(); err != nil {
			t.Error(err)
		}
		if names[p.Name] || p.Models == "" || p.Source == "" {
			t.Errorf("%q: twice, or without models or source", p.Name)
		}
		names[p.Name] = true
		if got, err := escpos.Lookup(p.Name); err != nil || got != p {
			t.Errorf("Lookup(%q) = %+v, %v", p.Name, got, err)
		}
	}
	_, err := escpos.Lookup("dot-matrix")
	if err == nil || !strings.Contains(err.Error(), "generic-80") {
		t.Errorf("Lookup of an unknown printer = %v, want the known names", err)
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*escpos.Profile){
		"width":   func(p *escpos.Profile) { p.Width = 5 },
		"dpi":     func(p *escpos.Profile) { p.DPI = 0 },
		"speed":   func(p *escpos.Profile) { p.Speed = 0 },
		"glyphs":  func(p *escpos.Profile) { p.Glyphs = escpos.GlyphRange{First: 10, Last: 200} },
		"confirm": func(p *escpos.Profile) { p.Confirm = "maybe" },
		"status":  func(p *escpos.Profile) { p.Status = "" },
		"blind":   func(p *escpos.Profile) { p.Status, p.Confirm = escpos.StatusNone, escpos.ConfirmInOrder },
		"cut":     func(p *escpos.Profile) { p.Cut = "saw" },
	} {
		p, err := escpos.Lookup("epson-tm-80")
		if err != nil {
			t.Fatal(err)
		}
		spoil(&p)
		if p.Validate() == nil {
			t.Errorf("%s: no error", name)
		}
		if _, err := escpos.NewEncoder(p); err == nil {
			t.Errorf("%s: an encoder for it", name)
		}
	}
}

// FuzzEncode: any text on any printer ends as bounded bytes that act as nothing but a slip.
func FuzzEncode(f *testing.F) {
	f.Add("body", "Chứng thực \x1b@", uint8(0))
	f.Add("number", "A012", uint8(5))
	f.Add("mark", "\x10\x04\x01", uint8(7))
	f.Add("qr", "https://motcua.example/\n", uint8(8))
	f.Add("title", "公证认证 ẵẳ", uint8(10))
	var encoders []*escpos.Encoder
	for _, p := range escpos.Profiles() {
		encoders = append(encoders, encoder(f, p.Name))
	}
	f.Fuzz(func(t *testing.T, role, text string, which uint8) {
		n := int(which) % len(encoders)
		out := encoders[n].Encode(kiosk.Slip{Lines: []kiosk.SlipLine{
			line(kiosk.LineRole(role), text), line(kiosk.LineBody, text), line(kiosk.LineQR, text),
		}})
		if len(out.Data) > 300_000 {
			t.Errorf("%d bytes", len(out.Data))
		}
		for _, command := range []string{"\x10\x04", "\x10\x05", "\x10\x14"} {
			if i := bytes.Index(out.Data, []byte(command)); i >= 0 {
				t.Errorf("% X at %d acts as a real-time command", command, i)
			}
		}
	})
}
