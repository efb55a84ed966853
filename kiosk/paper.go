package kiosk

import (
	"context"
	"time"
)

// ConfirmPaper answers "can you read this?". After a yes slips count again; a no that nobody
// asked for puts the question.
func (o *Office) ConfirmPaper(ctx context.Context, readable bool, by string) error {
	return o.paper(ctx, by, PaperChecked{Readable: readable})
}

// askPaper puts the question.
func (o *Office) askPaper(ctx context.Context) error {
	return o.paper(ctx, byGateway, PaperChecked{Asked: true})
}

func (o *Office) paper(ctx context.Context, by string, f PaperChecked) error {
	now, err := o.begin(ctx)
	if err != nil {
		return err
	}
	defer o.end()
	switch {
	case f.Asked && o.box.PaperCheck:
		return nil // a cover that flutters asks one question
	case f.Readable && !o.box.PaperCheck:
		return nil // answered already
	case !f.Readable && !o.box.PaperCheck:
		f.Asked = true // nobody asked, but who cannot read a slip is right to say so
	}
	box := o.box
	box.PaperCheck = !f.Readable
	c := Change{Box: &box}
	o.record(&c, now, by, f)
	if err := o.commit(ctx, c); err != nil {
		return err
	}
	o.paperFault(now)
	return nil
}

func (o *Office) paperFault(now time.Time) {
	if o.box.PaperCheck {
		o.faults.raise(FaultPaperCheck, "answer at the screen, or: kioskctl paper yes|no", o.clock.at, now)
	} else {
		o.faults.clear(FaultPaperCheck, o.clock.at)
	}
}

// setPrinter takes over what the printer says of itself.
func (o *Office) setPrinter(s PrinterStatus) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.printer == s {
		return
	}
	o.printer = s
	o.printerFaults(o.readClock())
	o.views.stale()
}

// printerFaults turns the printer's status into declared faults.
func (o *Office) printerFaults(now time.Time) {
	s := o.printer
	set := func(code FaultCode, on bool, hint string) {
		if on {
			o.faults.raise(code, hint, o.clock.at, now)
		} else {
			o.faults.clear(code, o.clock.at)
		}
	}
	for _, code := range []FaultCode{FaultPrinterAbsent, FaultPrinterOffline, FaultPaperOut, FaultCoverOpen, FaultCutterJam, FaultPrinterNoise} {
		set(code, s.Code == code, s.Hint)
	}
	set(FaultPaperLow, s.Paper == PaperLow, "put a new roll beside the printer")
	set(FaultPrinterMute, s.State == DeviceReady && !s.Confirms, "this printer cannot confirm a slip; a model that can is safer")
}
