package escpos_test

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/image/draw"
	"golang.org/x/text/unicode/norm"

	"github.com/motcua/gateway/drivers/escpos"
	"github.com/motcua/gateway/drivers/simulated/paper"
	"github.com/motcua/gateway/drivers/simulated/thermal"
	"github.com/motcua/gateway/kiosk"
)

// ways are a machine and the profile for it, one for each way to encode.
func ways() map[string][2]string {
	return map[string][2]string{
		"code pages":        {"tm-t20", "epson-tm-80"},
		"downloaded glyphs": {"xprinter-80", "xprinter-80"},
		"dots on 80 mm":     {"clone-80", "generic-80"},
		"dots on 58 mm":     {"pos-5890", "pos-5890"},
		"180 dpi":           {"tm-t88iii", "epson-tm-t88iii"},
	}
}

// picture is the paper of slip, printed by machine from the bytes for profile.
func picture(t *testing.T, kind [2]string, slip kiosk.Slip) *paper.Slip {
	t.Helper()
	p, err := escpos.Lookup(kind[1])
	if err != nil {
		t.Fatal(err)
	}
	e, err := escpos.NewEncoder(p, chinese(t)...)
	if err != nil {
		t.Fatal(err)
	}
	m, err := thermal.MachineNamed(kind[0])
	if err != nil {
		t.Fatal(err)
	}
	out := e.Encode(slip)
	r := thermal.Render(m, out.Data)
	if len(r.Anomalies) > 0 {
		t.Errorf("the printer found odd: %q", r.Anomalies)
	}
	piece := r.Rest
	if len(r.Slips) > 0 {
		piece = &r.Slips[0]
	}
	if piece == nil || len(r.Slips) > 1 {
		t.Fatalf("%d pieces came out", len(r.Slips))
	}
	// Deadlines are computed from the rows: fewer than the paper has would be too short.
	if out.Rows < piece.Dots.H-m.Gap || out.Rows > piece.Dots.H*3/2+200 {
		t.Errorf("%d rows announced, %d printed", out.Rows, piece.Dots.H)
	}
	return piece
}

// strips cuts a picture where three rows or more are white.
func strips(b *paper.Bitmap) []image.Rectangle {
	var all []image.Rectangle
	top, white := -1, 0
	for y := range b.H {
		if strings.Trim(string(b.Row(y)), "\x00") == "" {
			if white++; white >= 3 && top >= 0 {
				all = append(all, image.Rect(0, top, b.W, y-white+1))
				top = -1
			}
			continue
		}
		if top < 0 {
			top = y
		}
		white = 0
	}
	if top >= 0 {
		all = append(all, image.Rect(0, top, b.W, b.H))
	}
	return all
}

// TestReadBack: programs that nobody here wrote read from the paper what was to be printed.
func TestReadBack(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"tesseract", "zbarimg"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip("needs tesseract with vie, and zbarimg: " + err.Error())
		}
	}
	for way, kind := range ways() {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			slip := sample()
			piece := picture(t, kind, slip)
			all := strips(piece.Dots)
			var texts []string
			var number string
			tall := 0
			for _, r := range all {
				switch {
				case r.Dy() < 80:
					texts = append(texts, ocr(t, piece, r, ""))
				case tall == 0:
					number = ocr(t, piece, r, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
					tall++
				default:
					tall++
				}
			}
			if tall != 2 {
				t.Errorf("%d tall strips, want the number and the code", tall)
			}
			for _, l := range slip.Lines {
				switch l.Role {
				case kiosk.LineNumber:
					if number != l.Text {
						t.Errorf("number read as %q, printed %q", number, l.Text)
					}
				case kiosk.LineQR:
					if got := zbar(t, piece); got != l.Text {
						t.Errorf("code read as %q, printed %q", got, l.Text)
					}
				default:
					texts = compare(t, l.Text, texts)
				}
			}
			if len(texts) > 0 {
				t.Errorf("read besides: %q", texts)
			}
		})
	}
}

// compare takes from texts the lines that, together, read most like want, and fails if more
// than one letter in twenty differs.
func compare(t *testing.T, want string, texts []string) []string {
	t.Helper()
	best, lines, read := 1<<30, 0, ""
	for n := 1; n <= min(3, len(texts)); n++ {
		got := strings.Join(texts[:n], " ")
		if d := distance(want, got); d < best {
			best, lines, read = d, n, got
		}
	}
	if letters := len([]rune(want)); best*20 > letters {
		t.Errorf("read %q, printed %q: %d of %d letters differ", read, want, best, letters)
	}
	return texts[lines:]
}

// distance is the edit distance of two texts in NFC.
func distance(a, b string) int {
	x, y := []rune(norm.NFC.String(a)), []rune(norm.NFC.String(b))
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(y)]
}

// ocr reads one strip of the paper. Text of the body's size is enlarged three times, which
// is what tesseract was trained on; larger text less, to the same size.
func ocr(t *testing.T, piece *paper.Slip, r image.Rectangle, alphabet string) string {
	t.Helper()
	src := piece.Image()
	factor, border := min(3, 90/float64(r.Dy())), 12
	if r.Dy() >= 80 {
		factor, border = 32/float64(r.Dy()), 40 // the number: digits as high as a line's
	}
	r = r.Add(piece.Area().Min).Inset(-border)
	dst := image.NewGray(image.Rect(0, 0, int(float64(r.Dx())*factor), int(float64(r.Dy())*factor)))
	draw.Draw(dst, dst.Bounds(), image.White, image.Point{}, draw.Src)
	// The strip alone: a line below must not reach in.
	strip := image.NewGray(r)
	draw.Draw(strip, r, image.White, image.Point{}, draw.Src)
	draw.Draw(strip, r.Inset(border), src, r.Inset(border).Min, draw.Src)
	draw.CatmullRom.Scale(dst, dst.Bounds(), strip, r, draw.Src, nil)
	name := filepath.Join(t.TempDir(), "strip.png")
	write(t, name, dst)
	args := []string{name, "-", "-l", "vie", "--psm", "7"}
	if alphabet != "" {
		args = append(args, "-c", "tessedit_char_whitelist="+alphabet)
	}
	cmd := exec.Command("tesseract", args...)
	cmd.Env = append(os.Environ(), "OMP_THREAD_LIMIT=1") // its threads only wait for each other
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	// At the ends of a line it invents quotation marks from the white.
	return strings.Trim(string(out), " \n\"'^|")
}

func zbar(t *testing.T, piece *paper.Slip) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "slip.png")
	write(t, name, piece.Image())
	out, err := exec.Command("zbarimg", "--quiet", "--raw", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(string(out), "\n")
}

func write(t *testing.T, name string, img image.Image) {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}
