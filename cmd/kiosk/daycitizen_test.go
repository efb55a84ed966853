//go:build !noos

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/motcua/gateway/kiosk/control"
)

// dayCitizen is somebody who comes for a number.
type dayCitizen struct {
	at    time.Time
	issue control.Issue
	shut  string // the refusal that is expected, because the hall gives no numbers then
	got   string // the number
	tries int
}

// dayTime is a time of the day, "09:40".
func dayTime(clock string) time.Time {
	at, err := time.Parse(time.RFC3339, dayDate+"T"+clock+":00+07:00")
	if err != nil {
		return time.Time{}
	}
	return at
}

// dayCitizens are three hundred who find the hall open, most of them in the first two hours of
// the morning, and a few who come too early, at lunch or too late.
func dayCitizens(random *rand.Rand) []*dayCitizen {
	var all []*dayCitizen
	for _, v := range []struct {
		from, to string
		many     int
	}{
		{"07:31", "08:00", 40}, {"08:00", "08:30", 38}, {"08:30", "09:30", 56}, {"09:30", "10:30", 34}, {"10:30", "11:15", 14},
		{"13:31", "14:00", 34}, {"14:00", "15:00", 46}, {"15:00", "16:00", 28}, {"16:00", "16:30", 10},
	} {
		from := dayTime(v.from)
		length := dayTime(v.to).Sub(from)
		for range v.many {
			all = append(all, someCitizen(random, from.Add(time.Duration(random.Float64()*float64(length)))))
		}
	}
	for clock, code := range map[string]string{"07:28": "hall-closed", "12:05": "hall-closed", "12:40": "hall-closed", "16:50": "last-ticket", "16:52": "last-ticket", "17:10": "hall-closed"} {
		c := someCitizen(random, dayTime(clock))
		c.shut = code
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b *dayCitizen) int { return a.at.Compare(b.at) })
	for i, c := range all {
		c.issue.Key = fmt.Sprintf("citizen-%d", i)
	}
	return all
}

func someCitizen(random *rand.Rand, at time.Time) *dayCitizen {
	c := &dayCitizen{at: at.Truncate(time.Second)}
	services, shares := dayServices()
	for pick, i := random.IntN(100), 0; ; i++ {
		if pick -= shares[i]; pick < 0 {
			c.issue.Service = services[i]
			break
		}
	}
	switch pick := random.IntN(100); {
	case pick < 12:
		c.issue.Language = "en"
	case pick < 22:
		c.issue.Language = "zh"
	default:
		c.issue.Language = "vi"
	}
	switch pick := random.IntN(100); {
	case pick < 8:
		c.issue.Priority = "declared"
	case pick < 11:
		c.issue.Priority = "card"
	case pick < 13:
		c.issue.Priority = "officer"
	}
	return c
}

// errDayTooFast means that this machine is too busy for a day of that speed: citizens stand before
// the screen for so long that the hall closes meanwhile.
var errDayTooFast = errors.New("the machine is too busy for so fast a day")

// dayLate is how late a citizen may get the number, outages apart, of the office's time.
const dayLate = 12 * time.Minute

// come lets the citizens in, one after the other. Who meets a screen without a gateway presses
// again, with the same key. A day that can be lived once more, more slowly, is given up where
// somebody gets a number too late.
func come(ctx context.Context, all []*dayCitizen, clock *dayClock, client *control.Client, slower bool) error {
	for _, c := range all {
		if err := clock.until(ctx, c.at); err != nil {
			return err
		}
		for c.got == "" {
			c.tries++
			var t control.Ticket
			err := client.Do(ctx, http.MethodPost, "/v1/tickets", c.issue, &t)
			if slower && c.tries == 1 && clock.now().Sub(c.at) > dayLate && err == nil {
				return fmt.Errorf("%w: %s instead of %s", errDayTooFast, clock.now().Format("15:04"), c.at.Format("15:04"))
			}
			p, refused := errors.AsType[*control.Problem](err)
			// On a busy machine who comes two minutes before the hall opens comes after it has opened.
			late := clock.now().Sub(c.at) > time.Minute
			switch {
			case err == nil:
				if c.got = t.Number; late {
					c.shut = ""
				}
				continue
			case refused && p.Status < 500 && (p.Code == c.shut || c.shut != "" && late):
				c.got = "-"
				continue
			case refused && p.Status < 500 && clock.now().Sub(c.at) > dayLate:
				return fmt.Errorf("%w: %s instead of %s", errDayTooFast, clock.now().Format("15:04"), c.at.Format("15:04"))
			case refused && p.Status < 500:
				return fmt.Errorf("citizen of %s, expected %q: %w", c.at.Format("15:04:05"), c.shut, p)
			}
			if err := clock.until(ctx, clock.now().Add(5*time.Second)); err != nil {
				return err
			}
		}
		if (c.got == "-") != (c.shut != "") {
			return fmt.Errorf("citizen of %s got %s, expected %q", c.at.Format("15:04:05"), c.got, c.shut)
		}
	}
	return nil
}

// dayRater is who rates visits from a telephone, by the code on the slip.
type dayRater struct {
	clock  *dayClock
	client *control.Client
	site   func() string
	random *rand.Rand
	asked  map[string]bool // numbers that had their chance
	given  map[string]string
}

// rate lets one in three rate soon after the visit, until ctx ends. What a telephone does not
// get through is not tried again: a citizen has better things to do.
func (r *dayRater) rate(ctx context.Context) error {
	r.asked, r.given = map[string]bool{}, map[string]string{}
	for r.clock.until(ctx, r.clock.now().Add(4*time.Minute)) == nil {
		var tickets []control.Ticket
		if r.client.Do(ctx, http.MethodGet, "/v1/tickets", nil, &tickets) != nil {
			continue // the gateway is down
		}
		for _, t := range tickets {
			if t.State != "served" || r.asked[t.Number] {
				continue
			}
			r.asked[t.Number] = true
			if r.random.IntN(3) > 0 {
				continue
			}
			if err := r.one(ctx, t.Number); err != nil {
				return err
			}
		}
	}
	return nil
}

// one rates a visit.
func (r *dayRater) one(ctx context.Context, number string) error {
	var slip control.Slip
	if r.client.Do(ctx, http.MethodGet, "/v1/tickets/"+number+"/slip", nil, &slip) != nil {
		return nil
	}
	code := ""
	for _, l := range slip.Lines {
		if i := strings.Index(strings.ToLower(l.Text), "/r/"); l.Role == "qr" && i >= 0 {
			code, _, _ = strings.Cut(l.Text[i+3:], "\n")
		}
	}
	if code == "" {
		return fmt.Errorf("the slip of %s has no code for a rating: %+v", number, slip.Lines)
	}
	level := []string{"very-good", "very-good", "good", "bad"}[r.random.IntN(4)]
	form := url.Values{"level": {level}}
	if level == "bad" {
		form.Set("reason", []string{"wait", "wait", "unclear", ""}[r.random.IntN(4)])
	}
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, r.site()+"/r/"+code, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	a, err := http.DefaultClient.Do(q)
	if err != nil {
		return nil
	}
	defer a.Body.Close()
	text, err := io.ReadAll(io.LimitReader(a.Body, 1<<16))
	if err == nil && a.StatusCode >= 400 && a.StatusCode < 500 && a.StatusCode != http.StatusConflict {
		return fmt.Errorf("rate %s: %s: %s", number, a.Status, text)
	}
	// A visit whose finish was just undone is not over: the page says that the rating comes after it.
	if err == nil && a.StatusCode == http.StatusOK && a.Request.URL.Query().Get("done") == "1" {
		r.given[number] = level
	}
	return nil
}
