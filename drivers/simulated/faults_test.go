package simulated

import (
	"strings"
	"testing"
	"time"

	"github.com/motcua/gateway/drivers/simulated/paper"
	"github.com/motcua/gateway/drivers/simulated/thermal"
)

func TestConfirmations(t *testing.T) {
	atDesk(t, PrinterConfig{}, func(d *desk) {
		d.send(job(3) + processID + inOrder)
		d.expect("both", printed+"\x00")
		d.count(1)
		d.clean()
	})
}

func TestMuteMachineNeverAnswers(t *testing.T) {
	atDesk(t, PrinterConfig{Machine: model(t, "pos-5890")}, func(d *desk) {
		d.send(askPrinter + "\x1da\xff" + job(3) + inOrder)
		d.expect("all", "")
		if s := d.count(1)[0]; s.End != paper.EndTorn || s.Dots.W != 384 {
			t.Errorf("%s, %d dots wide", s.End, s.Dots.W)
		}
		d.clean()
	})
}

func TestPaperOutStopsTheSlipAndANewRollGoesOn(t *testing.T) {
	atDesk(t, PrinterConfig{}, func(d *desk) {
		d.send("\x1da\x0e")
		d.expect("on enabling", "\x14\x00\x00\x0f")
		d.PaperOutAfter(70) // in the third line of ten
		d.send(job(10) + processID)
		d.expect("at the end of the roll", "\x1c\x00\x0f\x0f")
		d.count(0)
		d.send(askOffline + askPaper + inOrder)
		d.expect("real time only", "\x32\x7e")
		d.NewRoll()
		d.expect("then the rest", "\x14\x00\x00\x0f"+printed+"\x00")
		s := d.count(2)
		// Three lines were finished on the old roll, which was pulled out with them.
		if s[0].End != paper.EndTorn || s[0].Dots.H != 96+90 {
			t.Errorf("old roll: %s, %d dots", s[0].End, s[0].Dots.H)
		}
		if s[1].End != paper.EndCut || s[1].Dots.H != 7*30+96 {
			t.Errorf("new roll: %s, %d dots", s[1].End, s[1].Dots.H)
		}
		d.clean()
	})
}

// TestPaperEndsWithinARaster: the sensor sits a centimetre before the head, no more.
func TestPaperEndsWithinARaster(t *testing.T) {
	atDesk(t, PrinterConfig{}, func(d *desk) {
		d.PaperOutAfter(100)
		d.send("\x1dv0\x00\x01\x00\x2c\x01" + strings.Repeat("\xff", 300) + "\x1dVA\x00")
		d.NewRoll()
		s := d.count(2)
		if h := s[0].Dots.H; h != 96+100+grace {
			t.Errorf("old roll: %d dots", h)
		}
		if h := s[1].Dots.H; h != 300-100-grace+96 {
			t.Errorf("new roll: %d dots", h)
		}
	})
}

// TestQuestionsDoNotFillTheBuffer: an hour without paper, asked four things every second.
func TestQuestionsDoNotFillTheBuffer(t *testing.T) {
	atDesk(t, PrinterConfig{}, func(d *desk) {
		d.PaperOut()
		d.send(job(1) + processID)
		for range 3600 {
			pass(second)
			d.send(askPrinter + askOffline + askError + askPaper)
			d.expect("waiting", "\x1e\x32\x12\x7e")
		}
		d.NewRoll()
		d.expect("and then", printed)
		d.clean()
	})
}

// TestQuestionWithinARaster: the bytes of DLE EOT are answered and printed too.
func TestQuestionWithinARaster(t *testing.T) {
	atDesk(t, PrinterConfig{}, func(d *desk) {
		d.send("\x1dv0\x00\x03\x00\x01\x00" + askPrinter + "\x1dVA\x00")
		d.expect("amid data", "\x16")
		if row := d.count(1)[0].Dots.Row(96); string(row[:3]) != askPrinter {
			t.Errorf("% X", row[:3])
		}
	})
}

func TestPaperLow(t *testing.T) {
	atDesk(t, PrinterConfig{}, func(d *desk) {
		d.PaperLow()
		d.send(askPaper + job(1) + inOrder)
		d.expect("low paper prints", "\x1e\x03")
		d.count(1)
		d.send("\x1bc4\x03" + job(1))
		d.count(1)
		d.send(askOffline)
		d.expect("ESC c 4 stops it", "\x32")
		d.NewRoll()
		d.count(2)
	})
}

func TestCoverOpen(t *testing.T) {
	atDesk(t, PrinterConfig{}, func(d *desk) {
		d.send("\x1da\x02")
		d.expect("on enabling", "\x14\x00\x00\x0f")
		d.OpenCover()
		d.send(job(1) + processID + askPrinter)
		d.expect("open", "\x3c\x00\x00\x0f\x1e")
		d.count(0)
		d.CloseCover()
		d.expect("closed", "\x14\x00\x00\x0f"+printed)
		d.HoldFeed(true)
		d.HoldFeed(false)
		d.expect("feed", "\x5c\x00\x00\x0f\x14\x00\x00\x0f")
		d.count(1)
	})
}

func TestESCAtEndsAutomaticStatus(t *testing.T) {
	atDesk(t, PrinterConfig{}, func(d *desk) {
		d.send("\x1da\x02\x1b@")
		d.answers()
		d.OpenCover()
		d.expect("after ESC @", "")
	})
}

func TestCutterJam(t *testing.T) {
	atDesk(t, PrinterConfig{}, func(d *desk) {
		d.send("\x1da\x04")
		d.answers()
		d.JamCutter()
		d.send(job(1) + processID)
		d.expect("jammed", "\x1c\x08\x00\x0f")
		d.send(askError + "\x10\x05\x01" + askOffline)
		d.expect("DLE ENQ 1 does not help while it is stuck", "\x1a\x52")
		d.count(0)
		d.ClearCutter()
		d.expect("cleared", "\x14\x00\x00\x0f"+printed)
		d.count(1)
	})
}

func TestClearBuffersForgetsTheSlip(t *testing.T) {
	atDesk(t, PrinterConfig{}, func(d *desk) {
		d.OpenCover()
		d.send(job(5) + processID)
		d.send("\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08")
		d.expect("cleared", "\x37\x25\x00")
		d.CloseCover()
		d.send(job(1) + inOrder)
		d.expect("the next job", "\x00")
		if h := d.count(1)[0].Dots.H; h != 96+30 { // nothing of the first job
			t.Errorf("%d dots", h)
		}
		d.JamCutter()
		d.send(job(1) + processID)
		d.ClearCutter()
		d.expect("after a jam", printed)
		d.clean()
	})
}

func TestStallAndPowerCycle(t *testing.T) {
	atDesk(t, PrinterConfig{}, func(d *desk) {
		d.send("\x1b!\x30\x1da\x0e")
		d.answers()
		d.Stall(true)
		d.send(askPrinter + "\x1b!\x30" + "lost")
		d.expect("hung", "")
		d.PowerCycle()
		d.send("\n\x1b@" + job(1))
		d.PaperLow()
		d.expect("GS a is forgotten, DLE EOT was only late", "\x16")
		d.count(1)
	})
}

func TestPowerCycleForgetsWhatWasBuffered(t *testing.T) {
	atDesk(t, PrinterConfig{}, func(d *desk) {
		d.send("half a line")
		d.OpenCover()
		d.send(job(3) + processID)
		d.PowerCycle()
		d.CloseCover()
		d.send(job(1))
		if h := d.count(1)[0].Dots.H; h != 96+30 {
			t.Errorf("%d dots", h)
		}
		d.expect("nothing of the first job", "")
		d.JamCutter()
		d.PowerCycle()
		d.send(askError)
		d.expect("a stuck blade shows at once", "\x1a")
	})
}

func TestUpsideDownRollPrintsBlankAndConfirms(t *testing.T) {
	atDesk(t, PrinterConfig{}, func(d *desk) {
		d.RollUpsideDown(true)
		d.send(job(3) + processID)
		d.expect("confirmed", printed)
		if s := d.count(1)[0]; s.Dots.Ink() != 0 || s.Dots.H != 96+90 {
			t.Errorf("%d dots of ink on %d", s.Dots.Ink(), s.Dots.H)
		}
		d.RollUpsideDown(false)
		d.send(job(1))
		if d.count(2)[1].Dots.Ink() == 0 {
			t.Error("still blank")
		}
	})
}

func TestAnswerLate(t *testing.T) {
	atDesk(t, PrinterConfig{}, func(d *desk) {
		d.AnswerLate(3 * second)
		d.send(askPrinter + job(1) + processID)
		pass(3*second - time.Millisecond)
		d.expect("just before", "")
		pass(time.Millisecond)
		d.expect("then", "\x16"+printed)
	})
}

func TestScramble(t *testing.T) {
	atDesk(t, PrinterConfig{}, func(d *desk) {
		d.send(job(3))
		d.Scramble(true)
		d.send(strings.Repeat("A012\n", 3))
		d.Scramble(false)
		d.send("\x1b@\n\x1dVA\x00")
		s := d.count(2)
		alike := true
		for y := 96; y < 96+90; y++ {
			alike = alike && y < s[1].Dots.H && string(s[0].Dots.Row(y)) == string(s[1].Dots.Row(y))
		}
		if alike {
			t.Error("the slip is not garbled")
		}
	})
}

func TestNoise(t *testing.T) {
	atDesk(t, PrinterConfig{}, func(d *desk) {
		d.Noise(true)
		pass(second)
		n := len(d.answers())
		if n < 100 || n > 600 {
			t.Errorf("%d bytes of noise in a second", n)
		}
		d.send(job(1) + processID)
		pass(second)
		if got := d.answers(); !strings.Contains(got, printed) {
			t.Errorf("the answer is not among % X", got)
		}
		d.Noise(false)
		pass(second)
		d.answers()
		pass(second)
		d.expect("silence", "")
	})
}

func TestUnplugAfter(t *testing.T) {
	atDesk(t, PrinterConfig{}, func(d *desk) {
		d.UnplugAfter(7)
		d.send(askPrinter + askOffline + askPaper)
		d.expect("questions do not count", "\x16\x12\x12")
		d.send("A\nB\nC\nD\n") // the seventh byte is D
		if _, err := d.line.Write([]byte("x")); err == nil {
			t.Error("the line is still there")
		}
		d.answers()
		if rows := d.Preview().Dots.H; rows != 96+90 {
			t.Errorf("%d dots were printed", rows)
		}
	})
}

func TestEndlessPaperIsTorn(t *testing.T) {
	atDesk(t, PrinterConfig{}, func(d *desk) {
		d.send("A\n" + strings.Repeat("\x1bJ\xff", 70))
		if s := d.count(1)[0]; s.End != paper.EndTorn || s.Dots.H != paper.MaxLength {
			t.Errorf("%s, %d dots", s.End, s.Dots.H)
		}
		if a := strings.Join(d.Anomalies(), ""); !strings.Contains(a, "no cut within") {
			t.Errorf("anomalies %q", a)
		}
	})
}

func TestSlipsAreBounded(t *testing.T) {
	atDesk(t, PrinterConfig{Machine: thermal.Machine{Name: "narrow", Width: 8, DotsPerInch: 203, LineSpacing: 1, Cutter: true}}, func(d *desk) {
		for range maxSlips + 3 {
			d.send("\x1bJ\x01\x1dV\x00")
		}
		d.count(maxSlips)
		if got, err := d.Command(t.Context(), []string{"slips"}); err != nil || got != "67" {
			t.Errorf("slips: %s, %v", got, err)
		}
	})
}
