package escpos_test

import (
	"cmp"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/image/font/opentype"

	"github.com/motcua/gateway/drivers/escpos"
	"github.com/motcua/gateway/drivers/simulated"
	"github.com/motcua/gateway/drivers/simulated/thermal"
	"github.com/motcua/gateway/kiosk"
)

// patience bounds every wait of these tests; nothing comes near it when all is well.
const patience = 30 * time.Second

// rig is a simulated printer on a pty and the driver that prints on it.
type rig struct {
	device *simulated.Printer
	driver *escpos.Printer
	slips  string // folder of the PNG files
}

// setup says what is unusual about a rig.
type setup struct {
	machine string // tm-t20 if empty
	profile string // epson-tm-80 if empty
	alter   func(*escpos.Profile)
	cfg     simulated.PrinterConfig
	baud    int  // of the driver; 115200 if zero
	paper   int  // millimetres a second; the machine's own if zero
	bare    bool // do not wait until the driver is ready
}

func newRig(t *testing.T, s setup) *rig {
	t.Helper()
	if s.machine == "" {
		s.machine = "tm-t20"
	}
	if s.profile == "" {
		s.profile = "epson-tm-80"
	}
	machine, err := thermal.MachineNamed(s.machine)
	if err != nil {
		t.Fatal(err)
	}
	profile, err := escpos.Lookup(s.profile)
	if err != nil {
		t.Fatal(err)
	}
	if s.alter != nil {
		s.alter(&profile)
	}
	dir := t.TempDir()
	machine.Speed = cmp.Or(s.paper, machine.Speed)
	s.cfg.Machine = machine
	s.cfg.Out = filepath.Join(dir, "slips")
	port := s.cfg.Listen
	if port == "" {
		s.cfg.Link = filepath.Join(dir, "printer")
		port = s.cfg.Link
	}
	device, err := simulated.NewPrinter(s.cfg)
	if err != nil {
		t.Fatal(err)
	}
	run(t, device.Run)
	select {
	case <-device.Ready():
	case <-time.After(patience):
		t.Fatal("the simulated printer does not come up")
	}
	if s.cfg.Listen != "" {
		port = "tcp://" + device.Addr()
	}
	driver, err := escpos.New(escpos.Config{
		Port: port, Baud: cmp.Or(s.baud, 115200), Profile: profile, Fonts: chinese(t),
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	run(t, func(ctx context.Context) error {
		driver.Run(ctx)
		return nil
	})
	r := &rig{device: device, driver: driver, slips: s.cfg.Out}
	if !s.bare {
		r.await(t, kiosk.PrinterStatus.Ready)
	}
	return r
}

// run runs f until the test ends, and waits for it.
func run(t *testing.T, f func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- f(ctx) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(patience):
			t.Error("does not end with its context")
		}
	})
}

// await waits for a status that satisfies want, and returns it.
func (r *rig) await(t *testing.T, want func(kiosk.PrinterStatus) bool) kiosk.PrinterStatus {
	t.Helper()
	late := time.After(patience)
	for {
		s := r.driver.Status()
		if want(s) {
			return s
		}
		select {
		case <-r.driver.Changed():
		case <-late:
			t.Fatalf("status stays %+v", s)
		}
	}
}

func (r *rig) awaitCode(t *testing.T, code kiosk.FaultCode) kiosk.PrinterStatus {
	t.Helper()
	return r.await(t, func(s kiosk.PrinterStatus) bool { return s.Code == code })
}

func (r *rig) print(t *testing.T, slip kiosk.Slip) (kiosk.Outcome, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	return r.driver.Print(ctx, slip)
}

// chinese is the fallback font of Debian's fonts-droid-fallback, or none.
func chinese(t *testing.T) []*opentype.Font {
	t.Helper()
	ttf, err := os.ReadFile("/usr/share/fonts-droid-fallback/truetype/DroidSansFallback.ttf")
	if err != nil {
		return nil
	}
	f, err := opentype.Parse(ttf)
	if err != nil {
		t.Fatal(err)
	}
	return []*opentype.Font{f}
}

func line(role kiosk.LineRole, text string) kiosk.SlipLine {
	return kiosk.SlipLine{Role: role, Text: text}
}

// sample is a slip of eight Vietnamese lines and a QR code, as the budgets count it, in the
// sentences of ui/words.
func sample() kiosk.Slip {
	return kiosk.Slip{Name: "A012", Lines: []kiosk.SlipLine{
		line(kiosk.LineOffice, "Trung tâm Phục vụ hành chính công đặc khu Cô Tô"),
		line(kiosk.LineTitle, "Chứng thực, hộ tịch"),
		line(kiosk.LineNumber, "A012"),
		line(kiosk.LineBody, "Nơi chờ: ghế trước quầy 1 và 2"),
		line(kiosk.LineBody, "Còn 3 người phía trước, chờ khoảng 10-25 phút."),
		line(kiosk.LineBody, "Xin giữ phiếu và nghe gọi số."),
		line(kiosk.LineBody, "Mang theo bản chính để đối chiếu."),
		line(kiosk.LineSmall, "Lấy số lúc 08 giờ 15, Thứ Hai, 23/11/2026"),
		line(kiosk.LineQR, "Trung tâm Phục vụ hành chính công đặc khu Cô Tô\nSố thứ tự A012 - Chứng thực\n23/11/2026"),
	}}
}

// reprinted is the sample with a reprint mark.
func reprinted() kiosk.Slip {
	s := sample()
	s.Lines = append([]kiosk.SlipLine{line(kiosk.LineMark, "IN LẠI")}, s.Lines...)
	return s
}
