package kiosk_test

import (
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
)

func TestRate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.issue(kiosktest.Certify, "")
	rate := func(level kiosk.RatingLevel, reason kiosk.RatingReason) error {
		_, err := w.Rate(ctx, "A001", level, reason, "touch/main")
		return err
	}
	refused(t, rate(kiosk.RatingGood, ""), kiosk.CodeWrongState)
	w.call(kiosktest.Counter2)
	w.move(kiosk.VerbFinish, "A001")
	refused(t, rate("splendid", ""), kiosk.CodeBadRating)
	refused(t, rate(kiosk.RatingGood, kiosk.RatingWait), kiosk.CodeBadRating)
	refused(t, rate(kiosk.RatingBad, "his hat"), kiosk.CodeBadRating)
	if err := rate(kiosk.RatingBad, kiosk.RatingWait); err != nil {
		t.Fatal(err)
	}
	w.restart()
	refused(t, rate(kiosk.RatingGood, ""), kiosk.CodeRatedAlready)
	if _, err := w.Rate(ctx, "Z999", kiosk.RatingGood, "", ""); err == nil {
		t.Error("nobody's ticket was rated")
	}
}

// TestAnOutageIsAFact: the report has to know how long nobody could be served.
func TestAnOutageIsAFact(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.runOnce() // opens the hall
	w.issue(kiosktest.Certify, "")
	from := w.wall
	w.pass(30 * time.Second)
	w.restart()
	w.outages()
	w.pass(time.Hour)
	w.restart()
	w.outages(kiosk.OutageSeen{From: from, To: w.wall})
}

// TestTheLogIsSealed once for every day that is over, however it ended.
func TestTheLogIsSealed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.runOnce()
	w.issue(kiosktest.Certify, "")
	if err := w.CloseHall(ctx, "lead"); err != nil {
		t.Fatal(err)
	}
	before, err := w.Head(ctx)
	if err != nil {
		t.Fatal(err)
	}
	w.runOnce()
	w.restart()
	w.goOn(kiosktest.Culture.At(9 * 60))
	if err := w.OpenHall(ctx, "lead"); err != nil {
		t.Fatal(err)
	}
	w.issue(kiosktest.Certify, "")
	w.goOn((kiosktest.Culture + 1).At(9 * 60))
	w.issue(kiosktest.Certify, "") // the day turns while the hall is still open by hand
	var seals []kiosk.LogSealed
	records, err := w.Records(ctx, kiosk.Position{}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		if f, ok := r.Fact.(kiosk.LogSealed); ok {
			seals = append(seals, f)
		}
	}
	if len(seals) != 2 || seals[0].Day != kiosktest.Monday || seals[1].Day != kiosktest.Culture {
		t.Fatalf("seals %+v", seals)
	}
	if seals[0].At != before.Last || len(seals[0].Hash) != 64 {
		t.Errorf("sealed %+v, the log ended at %v", seals[0], before.Last)
	}
	if _, err := w.VerifyLog(ctx); err != nil {
		t.Errorf("verify: %v", err)
	}
}

// TestADayWithoutTicketsIsSealed, too: the power went before its end, and staff have left facts.
func TestADayWithoutTicketsIsSealed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.runOnce()
	w.goOn(kiosktest.At(24 * time.Hour))
	w.restart()
	records, err := w.DayRecords(ctx, kiosktest.Monday+1)
	if err != nil {
		t.Fatal(err)
	}
	if len(records) == 0 {
		t.Fatal("no seal")
	}
	if f, ok := records[0].Fact.(kiosk.LogSealed); !ok || f.Day != kiosktest.Monday {
		t.Errorf("the new day begins with %+v", records[0].Fact)
	}
}

func TestStaffFactsAreKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.RecordStaff(ctx, kiosk.StaffMoved{Officer: "o1", What: kiosk.StaffExported, Detail: "report\n2026-11-23"}, "staff/o1"); err != nil {
		t.Fatal(err)
	}
	records, _ := w.DayRecords(ctx, kiosktest.Monday)
	if f := records[len(records)-1].Fact.(kiosk.StaffMoved); f.Detail != "report 2026-11-23" {
		t.Errorf("kept %+v", f)
	}
}
