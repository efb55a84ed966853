package lead

import (
	"fmt"
	"net/http"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/report"
	"github.com/motcua/gateway/kiosk/staff"
)

// groupsPage is what every officer sees.
type groupsPage struct {
	Date     string
	G        report.Groups
	Services []line
	Says     string // why nothing is shown; empty: it is
}

// groups shows the ratings of the last day before today, in groups that tell of nobody.
func (p *Pages) groups(w http.ResponseWriter, r *http.Request, s staff.Session) error {
	today, now := p.o.Office.Snapshot().Day, p.o.Office.Time()
	days, err := p.o.Office.Days(r.Context())
	if err != nil {
		return fmt.Errorf("list days: %w", err)
	}
	body := groupsPage{Says: p.w.Groups.NotYet}
	for i, looked := len(days)-1, 0; i >= 0 && looked < lookBack; i-- {
		if days[i] >= today {
			continue
		}
		looked++
		rep, err := p.live.Of(r.Context(), days[i], now)
		if err != nil {
			return err
		}
		g, ok := rep.Groups(today)
		if !ok || rep.Total.Issued == 0 {
			continue
		}
		body.G, body.Date, body.Says = g, p.office.Date(days[i]), p.noRatings(false, g.Few, g.Given)
		for _, v := range g.Services {
			body.Services = append(body.Services, line{Name: p.serviceName(kiosk.ServiceCode(v.Of)), Rating: v.RatingRow})
		}
		break
	}
	return p.write(w, r, s, http.StatusOK, "groups", frame{Title: p.w.Groups.Title, Body: body})
}
