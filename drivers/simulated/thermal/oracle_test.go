package thermal

import (
	"bytes"
	"flag"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/motcua/gateway/drivers/simulated/paper"
)

var update = flag.Bool("update", false, "write the golden pictures anew")

// tool returns a program's path or skips the test.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not installed", name)
	}
	return path
}

// picture writes the only slip of stream as a PNG file and returns its path.
func picture(t *testing.T, m Machine, stream string, enlarge int) string {
	t.Helper()
	r := Render(m, []byte(stream))
	if len(r.Slips) != 1 || len(r.Anomalies) > 0 {
		t.Fatalf("%d slips, anomalies %q", len(r.Slips), r.Anomalies)
	}
	s := r.Slips[0]
	large := paper.NewBitmap(s.Dots.W*enlarge, s.Dots.H*enlarge)
	large.Draw(s.Dots, 0, 0, enlarge, enlarge)
	s.Dots, s.Margin = large, s.Margin*enlarge
	path := filepath.Join(t.TempDir(), "slip.png")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := s.WritePNG(f); err != nil {
		t.Fatal(err)
	}
	return path
}

func qrCode(size, level byte, data string) string {
	n := len(data) + 3
	return "\x1d(k\x04\x001A2\x00\x1d(k\x03\x001C" + string([]byte{size}) + "\x1d(k\x03\x001E" + string([]byte{level}) +
		"\x1d(k" + string([]byte{byte(n), byte(n >> 8)}) + "1P0" + data + "\x1d(k\x03\x001Q0"
}

// scan reads the codes of a picture with a program that nobody here wrote.
func scan(t *testing.T, path string) string {
	t.Helper()
	out, err := exec.Command(tool(t, "zbarimg"), "--quiet", "--nodbus", path).Output()
	if err != nil {
		t.Fatalf("zbarimg: %v", err)
	}
	return strings.TrimSpace(string(out))
}

func TestQRIsRead(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"tm-t20", "xprinter-80"} {
		for _, level := range []byte("0123") {
			for _, data := range []string{"0123456789", "A012|2026-11-23", "Số A012, quầy 3: đặc khu Cô Tô"} {
				path := picture(t, machine(t, name), "\x1ba\x01"+qrCode(5, level, data)+"\x1dVA\x20", 1)
				if got := scan(t, path); got != "QR-Code:"+data {
					t.Errorf("%s, level %c: %q, want %q", name, level, got, data)
				}
			}
		}
	}
}

func TestBarcodesAreRead(t *testing.T) {
	t.Parallel()
	for stream, want := range map[string]string{
		"\x1dkI\x08{BA01234":                 "CODE-128:A01234",
		"\x1dkI\x06{C\x0c\x22\x38\x4e":       "CODE-128:12345678",
		"\x1dk\x04*A01*\x00":                 "CODE-39:A01",
		"\x1dkC\x0c893456789012":             "EAN-13:8934567890120",
		"\x1dH\x02\x1dh\x40\x1dkF\x06123456": "I2/5:123456",
	} {
		path := picture(t, machine(t, "tm-t20"), "\x1ba\x01"+stream+"\x1dVA\x20", 1)
		if got := scan(t, path); got != want {
			t.Errorf("% X: %q, want %q", stream, got, want)
		}
	}
}

func TestOddSymbols(t *testing.T) {
	t.Parallel()
	m := machine(t, "tm-t20")
	for stream, part := range map[string]string{
		"\x1d(k\x03\x001Q0":                               "no symbol",
		"\x1d(k\x04\x001A1\x00":                           "out of range",
		"\x1d(k\x03\x001C\x11":                            "out of range",
		"\x1d(k\x03\x001E9":                               "out of range",
		"\x1d(k\x03\x001Z0":                               "unknown function",
		"\x1d(k\x02\x001C":                                "0 parameters",
		"\x1d(k\x01\x001":                                 "1 bytes",
		"\x1d(k\x03\x000A0":                               "symbol not known",
		"\x1d(k\x03\x001P0":                               "0 bytes of data",
		qrCode(16, '3', strings.Repeat("x", 100)):         "wider than the print area",
		qrCode(3, '3', strings.Repeat("x", 3000)):         "GS ( k 49:",
		"A" + qrCode(3, '0', "1"):                         "GS ( k within a line",
		"\x1dk\x09":                                       "unknown system",
		"\x1dkA\x0b01234567890":                           "not simulated",
		"\x1dkI\x03abc":                                   "without a code set",
		"\x1dkI\x03{Cz":                                   "beyond 99",
		"\x1dkI\x04{1ab":                                  "not simulated",
		"\x1dkC\x0289":                                    "GS k 67",
		"\x1dw\x09":                                       "GS w 9",
		"\x1dk\x04" + strings.Repeat("A", 300):            "no NUL",
		"\x1dw\x06\x1dkI\x42{B" + strings.Repeat("A", 64): "wider than the print area",
	} {
		odd(t, m, stream, part)
	}
	odd(t, machine(t, "tm-t88iii"), qrCode(3, '0', "1"), "symbol not known")
}

// spread doubles the distance of lines, which tesseract wants.
const spread = "\x1b3\x3c"

// TestTextIsRead has tesseract read the machine's own Vietnamese font, enlarged three times.
func TestTextIsRead(t *testing.T) {
	t.Parallel()
	program := tool(t, "tesseract")
	lines := []string{
		"Trung tâm phục vụ hành chính công",
		"Chứng thực bản sao, đăng ký hộ tịch",
		"Số phiếu A012 ngày 23/11/2026",
		"Mời ông, bà ngồi chờ ở quầy số 3",
		"Còn 7 người ở phía trước",
	}
	var stream strings.Builder
	stream.WriteString(spread)
	for _, l := range lines {
		stream.WriteString(tcvn(t, l) + "\n")
	}
	path := picture(t, machine(t, "tm-t20"), stream.String()+"\x1dVA\x40", 3)
	out, err := exec.Command(program, path, "-", "-l", "vie", "--psm", "6").Output()
	if err != nil {
		t.Fatalf("tesseract: %v", err)
	}
	var got []string
	for _, l := range strings.Split(string(out), "\n") {
		if l = strings.TrimSpace(l); l != "" {
			got = append(got, l)
		}
	}
	if len(got) != len(lines) {
		t.Fatalf("%d lines, want %d:\n%s", len(got), len(lines), out)
	}
	for i, want := range lines {
		if d := distance([]rune(got[i]), []rune(want)); d*20 > len([]rune(want)) {
			t.Errorf("line %d: %q, want %q (%d letters differ)", i, got[i], want, d)
		}
	}
}

// tcvn encodes text for pages 30 and 31, changing page wherever it must.
func tcvn(t *testing.T, text string) string {
	t.Helper()
	var out strings.Builder
	page := byte(0)
	for _, r := range text {
		if r < 0x80 {
			out.WriteRune(r)
			continue
		}
		n, table := byte(30), PageTCVN3Small.upper()
		at := strings.IndexRune(string(table), r)
		if at < 0 {
			n, table = 31, PageTCVN3Capital.upper()
			at = strings.IndexRune(string(table), r)
		}
		if at < 0 {
			t.Fatalf("no code for %q", r)
		}
		if n != page {
			page = n
			out.Write([]byte{codeESC, 't', n})
		}
		out.WriteByte(byte(0x80 + len([]rune(string(table)[:at]))))
	}
	return out.String()
}

// distance is the number of letters to change, add or take away.
func distance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		before := row[0]
		row[0] = i + 1
		for j, y := range b {
			cost := before
			if x != y {
				cost++
			}
			before = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// demoSlip is a slip as an office prints it.
func demoSlip(t *testing.T) string {
	return "\x1b@\x1ba\x01" + tcvn(t, "UBND ĐẶC KHU CÔ TÔ\n") +
		"\x1bM\x01" + tcvn(t, "Trung tâm phục vụ hành chính công\n") + "\x1bM\x00\x1bJ\x10" +
		"\x1bE\x01" + tcvn(t, "Chứng thực, hộ tịch\n") + "\x1bE\x00\x1bJ\x08" +
		"\x1d!\x44A012\n\x1d!\x00\x1bJ\x10" +
		tcvn(t, "Mời ông, bà chờ gọi số ở quầy 3\n") + tcvn(t, "Phía trước còn 7 người\n") +
		"\x1bt\x00" + strings.Repeat("\xc4", 32) + "\n" + qrCode(6, '1', "A012 2026-11-23") + "\x1bJ\x10" +
		"\x1bM\x01" + tcvn(t, "23/11/2026 08:15  máy chính\n") + "\x1bM\x00\x1dVA\x20"
}

func TestGoldenSlip(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"tm-t20"} {
		got := picture(t, machine(t, name), demoSlip(t), 1)
		golden := filepath.Join("testdata", name+".png")
		b, err := os.ReadFile(got)
		if err != nil {
			t.Fatal(err)
		}
		if *update {
			if err := os.WriteFile(golden, b, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(pixels(t, b), pixels(t, want)) {
			t.Errorf("%s differs from %s: look at both, then run with -update", got, golden)
		}
	}
}

// pixels is what is compared: the compressor may change with Go's version.
func pixels(t *testing.T, file []byte) []byte {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	p, ok := img.(*image.Paletted)
	if !ok {
		t.Fatalf("%T, want one bit a dot", img)
	}
	return p.Pix
}
