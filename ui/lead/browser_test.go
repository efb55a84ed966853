package lead

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/kiosk/report"
	"github.com/motcua/gateway/ui/browsertest"
	"github.com/motcua/gateway/ui/words"
)

// browser is a headless Chromium in which the lead is signed in.
func (d *desk) browser(t *testing.T) (ctx context.Context, url string) {
	t.Helper()
	server := httptest.NewServer(d.handler)
	t.Cleanup(server.Close)
	first := browsertest.Chromium(t, chromedp.Flag("use-fake-device-for-media-stream", true), chromedp.Flag("use-fake-ui-for-media-stream", true))
	if _, err := chromedp.Call(first, network.SetCookie, network.SetCookieParams{Name: "kiosk", Value: "hoa", URL: server.URL}); err != nil {
		t.Fatalf("log in: %v", err)
	}
	ctx, done := context.WithTimeout(first, time.Minute)
	t.Cleanup(done)
	return ctx, server.URL
}

// css finds elements of a page.
type css = chromedp.CSS

// sheet prints the A4 page of Monday as the lead would.
func sheet(t *testing.T, ctx context.Context, url string) []byte {
	t.Helper()
	err := chromedp.Do(ctx,
		chromedp.Navigate(url+"/lead/report?day="+kiosktest.Monday.String()),
		chromedp.Click(css(`button[value="sheet"]`)), chromedp.WaitVisible(css(".a4")))
	if err != nil {
		t.Fatalf("open the sheet: %v", err)
	}
	pdf, err := chromedp.Run(ctx, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize()))
	if err != nil {
		t.Fatalf("print: %v", err)
	}
	return pdf
}

func TestTheSheetIsOneA4Page(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("pdfinfo"); err != nil {
		t.Skip("no pdfinfo is installed (Debian: poppler-utils)")
	}
	for name, change := range map[string]func(*kiosk.Setup){"small": func(*kiosk.Setup) {}, "sample": sampled(t), "large": enlarged} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, change)
			d.busyDay(120)
			head, err := d.Head(t.Context())
			d.must(err)
			d.nextMorning()
			ctx, url := d.browser(t)
			pdf := sheet(t, ctx, url)
			file := filepath.Join(t.TempDir(), "sheet.pdf")
			if dir := os.Getenv("LEAD_PICTURES"); dir != "" {
				file = filepath.Join(dir, "sheet-"+name+".pdf")
			}
			d.must(os.WriteFile(file, pdf, 0o600))
			info, err := exec.Command("pdfinfo", file).Output()
			d.must(err)
			if !regexp.MustCompile(`(?m)^Pages:\s+1$`).Match(info) || !strings.Contains(string(info), "(A4)") {
				t.Errorf("not one A4 page:\n%s", info)
			}
			said, err := exec.Command("pdftotext", "-layout", file, "-").Output()
			d.must(err)
			seal := fmt.Sprintf("Chốt tại ghi chép %d-%d, SHA-256 %x", head.Last.Epoch, head.Last.Seq, head.Hash)
			says := []string{"BÁO CÁO NGÀY LÀM VIỆC", "Phụ trách bộ phận", "bước gửi sau khi mất mạng", seal}
			if name == "sample" { // the sample office is on it whole
				says = append(says, "Thời gian chờ theo giờ đến", "Số lượt theo giờ đến và kết quả")
				for _, v := range d.Setup().Services {
					says = append(says, v.Name.In(kiosk.Vietnamese))
				}
				shown, err := chromedp.Run(ctx, chromedp.Evaluate[string](shares))
				d.must(err)
				if want := d.shares(); shown != want {
					t.Errorf("the tables show\n%s\nwant\n%s", shown, want)
				}
			}
			page := strings.Join(strings.Fields(string(said)), " ")
			for _, want := range says {
				if !strings.Contains(page, want) {
					t.Errorf("the page does not say %q:\n%s", want, said)
				}
			}
			// What does not fit would be cut off by the page's edge.
			spills, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`(() => { const a = document.querySelector(".a4"); return a.scrollHeight > a.clientHeight + 1 || a.scrollWidth > a.clientWidth + 1 })()`))
			d.must(err)
			if spills {
				t.Error("something is cut off at the page's edge")
			}
			if n := len(d.staffFacts(d.Snapshot().Day)); n != 2 {
				t.Errorf("%d facts of staff, want the sign-in and the export", n)
			}
		})
	}
}

// shares reads the rows of the sheet's tables: of what, and the parts of its waiting and handling that
// were above the limits.
const shares = `[...document.querySelectorAll(".a4 tbody tr")].map((r) => [0, r.cells.length - 4, r.cells.length - 1].map((i) => r.cells[i].textContent).join(" ")).join("\n")`

// shares is what they should be.
func (d *desk) shares() string {
	d.t.Helper()
	r, err := report.NewLive(d, d.Setup()).Of(context.Background(), kiosktest.Monday, d.Time())
	d.must(err)
	var out []string
	row := func(name string, row report.Row) {
		part := func(s report.Spread) string {
			if s.N == 0 {
				return "–"
			}
			return words.ForLead().Percent(float64(s.Over) / float64(s.N))
		}
		out = append(out, name+" "+part(row.Waiting)+" "+part(row.Handling))
	}
	for _, s := range r.Services {
		v, _ := d.Setup().Service(s.Service)
		row(v.Name.In(kiosk.Vietnamese), s.Row)
	}
	for _, c := range r.Counters {
		row(string(c.Counter), c.Row)
	}
	return strings.Join(out, "\n")
}

// sampled makes the office of the sample configuration: its services and counters.
func sampled(t *testing.T) func(*kiosk.Setup) {
	t.Helper()
	toml, err := os.ReadFile("../../cmd/kiosk/coto.toml")
	if err != nil {
		t.Fatalf("read the sample office: %v", err)
	}
	// The tables of one kind, each with its code and whatever else is asked for, in the file's order.
	tables := func(kind, rest string) [][]string {
		return regexp.MustCompile(`(?m)^\[\[`+kind+`\]\]\ncode = "([^"]+)"\n`+rest).FindAllStringSubmatch(string(toml), -1)
	}
	services, counters := tables("service", `prefix = "(\w)"\n(?:.*\n)*?name = \{ vi = "([^"]+)"`), tables("counter", `serves = \[(.*)\]`)
	if len(services) < 9 || len(counters) < 5 {
		t.Fatalf("%d services and %d counters read", len(services), len(counters))
	}
	return func(s *kiosk.Setup) {
		like := s.Services[0]
		s.Services, s.Counters = nil, nil
		for _, v := range services {
			like.Code, like.Prefix, like.Name = kiosk.ServiceCode(v[1]), v[2], kiosk.Text{kiosk.Vietnamese: v[3]}
			s.Services = append(s.Services, like)
		}
		for _, v := range counters {
			c := kiosk.Counter{Code: kiosk.CounterCode(v[1])}
			for code := range strings.SplitSeq(v[2], ", ") {
				c.Serves = append(c.Serves, kiosk.ServiceCode(strings.Trim(code, `"`)))
			}
			s.Counters = append(s.Counters, c)
		}
	}
}

// enlarged makes the largest office that a commune has: 24 services with long names at 20 counters.
func enlarged(s *kiosk.Setup) {
	for i := range 21 {
		code := kiosk.ServiceCode("dv-" + string(rune('a'+i)))
		v := s.Services[0]
		v.Code, v.Prefix = code, "X"+string(rune('A'+i))
		v.Name = kiosk.Text{kiosk.Vietnamese: "Bảo trợ xã hội, người có công và giảm nghèo bền vững"}
		s.Services = append(s.Services, v)
		for j := range s.Counters {
			s.Counters[j].Serves = append(s.Counters[j].Serves, code)
		}
	}
	for i := range 17 {
		s.Counters = append(s.Counters, kiosk.Counter{Code: kiosk.CounterCode("q" + string(rune('a'+i))), Serves: s.Counters[0].Serves})
	}
}

// A lead records a prompt by the microphone, and what arrives is a sound file of 16 bit.
func TestRecordingInABrowser(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ctx, url := d.browser(t)
	err := chromedp.Do(ctx,
		chromedp.Navigate(url+"/lead/voice?language=ium"),
		chromedp.Click(css("#record")), chromedp.WaitEnabled(css("#stop")),
		chromedp.Poll[chromedp.Void](`new Promise((done) => setTimeout(() => done(true), 600))`),
		chromedp.Click(css("#stop")), chromedp.WaitEnabled(css("#keep")), chromedp.WaitVisible(css("#heard")),
		chromedp.Click(css("#keep")), chromedp.WaitReady(css(`[data-prompt="ium/to-counter"]`)))
	if err != nil {
		t.Fatalf("record: %v", err)
	}
	next, err := chromedp.Run(ctx, chromedp.Text(css(".progress b")))
	d.must(err)
	d.voice.mu.Lock()
	wav := d.voice.kept["ium/number"]
	d.voice.mu.Unlock()
	if next != "1/12" || len(wav) < 10_000 || !bytes.HasPrefix(wav, []byte("RIFF")) {
		t.Fatalf("%s, %d bytes", next, len(wav))
	}
	rate, bits, size := binary.LittleEndian.Uint32(wav[24:]), binary.LittleEndian.Uint16(wav[34:]), binary.LittleEndian.Uint32(wav[40:])
	if rate < 8000 || rate > 48000 || bits != 16 || int(size) != len(wav)-44 {
		t.Errorf("%d Hz, %d bit, %d of %d bytes", rate, bits, size, len(wav))
	}
	if http.DetectContentType(wav) != "audio/wave" || bytes.Count(wav[44:], []byte{0}) == len(wav)-44 {
		t.Error("nothing is heard on it")
	}
}
