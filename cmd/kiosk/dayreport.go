package main

import (
	"context"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/report"
)

// dayReports are the reports of days as the technician has them.
type dayReports struct {
	live   *report.Live
	office *kiosk.Office
}

// of counts a day. What single officers did is the lead's to know: who takes it out at the box's
// socket all the same is written down before they have it.
func (d dayReports) of(ctx context.Context, day kiosk.Day, officers bool) (any, error) {
	if officers {
		moved := kiosk.StaffMoved{What: kiosk.StaffExported, Detail: "report " + day.String() + " officers"}
		if err := d.office.RecordStaff(ctx, moved, "kioskctl"); err != nil {
			return nil, err
		}
	}
	r, err := d.live.Of(ctx, day, d.office.Time())
	if err != nil || officers {
		return r, err
	}
	return r.WithoutOfficers(), nil
}
