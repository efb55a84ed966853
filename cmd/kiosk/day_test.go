//go:build !noos

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk/control"
)

// The tests of the day run once, in the build without a tag: no screen takes part, and a day has
// its length.

// A day of an office, lived by the real program: 300 citizens in three languages, six counters,
// three boards, two kills, an hour without network between counters and gateway, a lunch break.
// In the evening every ticket is in one final state, every press that was answered stands in the
// log once, and the report is what a checker written apart has counted from the log.

const dayDate = "2026-11-25" // a Wednesday without an entry in the calendar

// daySpeeds are how many seconds of the office a real one is. A machine that is too busy for the
// first day lives a slower one.
func daySpeeds() []float64 { return []float64{600, 250, 100} }

// day is all that takes part.
type day struct {
	t        *testing.T
	speed    float64
	slower   bool // it can be lived once more, more slowly
	gateway  *dayGateway
	clock    *dayClock
	cable    *dayCable
	random   *rand.Rand
	officers map[string]*dayOfficer
	boards   []*dayBoard
	citizens []*dayCitizen
	lead     *dayOfficer
	rater    *dayRater

	mu  sync.Mutex
	web string // where the gateway serves now
	// overtaken is the counter at which the box went on while its officer had no network.
	overtaken string
}

func TestADay(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	if text := os.Getenv("KIOSK_DAY_SEED"); text != "" {
		if _, err := fmt.Sscan(text, &seed); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("KIOSK_DAY_SEED=%d", seed)
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
	defer cancel()
	for i, speed := range daySpeeds() {
		d := &day{
			t: t, speed: speed, slower: i+1 < len(daySpeeds()), gateway: newDayOffice(t), clock: &dayClock{},
			random: rand.New(rand.NewPCG(seed, 1)), officers: map[string]*dayOfficer{},
		}
		err := d.pass(ctx)
		if i+1 < len(daySpeeds()) && errors.Is(err, errDayTooFast) {
			t.Logf("%.0f times as fast: %v", speed, err)
			continue
		}
		if err != nil {
			t.Error(err)
		}
		return
	}
}

// pass lets a whole day pass, and judges it.
func (d *day) pass(ctx context.Context) error {
	d.citizens = dayCitizens(d.random)
	defer func() {
		if err := d.gateway.stop(true); err != nil {
			d.t.Error(err)
		}
		if d.cable != nil {
			d.cable.close()
		}
		d.judgeLog()
	}()
	if err := d.prepare(ctx); err != nil {
		return err
	}
	began := time.Now()
	if err := d.live(ctx); err != nil {
		return err
	}
	d.t.Logf("the day took %.1f s, %.0f times as fast as life", time.Since(began).Seconds(), d.speed)
	d.judge(ctx)
	return nil
}

// judgeLog looks for what no gateway may say.
func (d *day) judgeLog() {
	log := d.gateway.log.String()
	for _, bad := range []string{"DATA RACE", "panic:", "level=ERROR"} {
		if i := strings.Index(log, bad); i >= 0 {
			d.t.Errorf("the gateway's log says %s:\n%s", bad, log[max(0, i-500):min(len(log), i+4000)])
		}
	}
	if d.t.Failed() {
		d.t.Logf("the end of the gateway's log:\n%s", log[max(0, len(log)-3000):])
	}
}

// at notes where the gateway serves.
func (d *day) at(s control.Status) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.web = s.Web
}

func (d *day) address() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.web
}

// resume starts the gateway at a moment of the office and goes on with its clock.
func (d *day) resume(ctx context.Context, at time.Time) error {
	status, err := d.gateway.launch(ctx, at, d.speed)
	if err != nil {
		return err
	}
	d.at(status)
	d.clock.start(status.Now, d.speed)
	d.cable.lead(strings.TrimPrefix(status.Web, "http://"))
	return nil
}

// kill ends the gateway without a word at a moment of the office, and starts it again so much
// later.
func (d *day) kill(ctx context.Context, at time.Time, outage time.Duration) error {
	if err := d.clock.until(ctx, at); err != nil {
		return err
	}
	var status control.Status
	asked := time.Now()
	if err := d.gateway.client.Do(ctx, http.MethodGet, "/v1/status", nil, &status); err != nil {
		return fmt.Errorf("before the kill: %w", err)
	}
	if err := d.gateway.stop(true); err != nil {
		return err
	}
	// Its clock may have come so far: the next life must not begin before that.
	end := status.Now.Add(time.Duration(float64(time.Since(asked))*d.speed) + time.Second)
	d.clock.start(end, 0)
	d.t.Logf("killed at %s with %d waiting, back after %v", end.Format("15:04:05"), status.Waiting, outage)
	return d.resume(ctx, end.Add(outage))
}

// live lets the day pass. Everybody who was started has ended when it returns.
func (d *day) live(ctx context.Context) error {
	if err := d.resume(ctx, dayTime("07:26")); err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	hall, closeHall := context.WithCancel(ctx) // streams and boards stay until the evening is over
	var staff, all sync.WaitGroup
	defer all.Wait()
	defer closeHall()
	for _, o := range d.officers {
		all.Go(func() { o.listen(hall) })
		staff.Go(func() {
			if err := o.work(ctx); err != nil {
				cancel(err)
			}
		})
	}
	for i, b := range d.boards {
		site := d.address
		if i == 2 {
			site = d.cable.url // this one hangs on the counters' network
		}
		all.Go(func() { b.watch(hall, site) })
	}
	staff.Go(func() {
		if err := come(ctx, d.citizens, d.clock, d.gateway.client, d.slower); err != nil {
			cancel(err)
		}
	})
	d.rater = &dayRater{clock: d.clock, client: d.gateway.client, site: d.address, random: rand.New(rand.NewPCG(d.random.Uint64(), 3))}
	all.Go(func() {
		if err := d.rater.rate(hall); err != nil {
			cancel(err)
		}
	})
	if err := d.happen(ctx); err != nil {
		cancel(err)
	}
	staff.Wait()
	if err := context.Cause(ctx); err != nil {
		return err
	}
	// The day closes by itself after the time of grace; the lead comes for the report.
	if err := d.clock.until(ctx, dayTime("17:32")); err != nil {
		return err
	}
	return d.lead.signIn(ctx)
}

// happen is what happens to the office.
func (d *day) happen(ctx context.Context) error {
	some := func(from, to string) time.Time {
		return dayTime(from).Add(time.Duration(d.random.Float64() * float64(dayTime(to).Sub(dayTime(from)))))
	}
	if err := d.kill(ctx, some("08:05", "09:15"), 3*time.Minute); err != nil {
		return err
	}
	if err := d.loseNetwork(ctx, dayTime("09:40")); err != nil {
		return err
	}
	return d.kill(ctx, some("14:00", "15:20"), 0)
}

// loseNetwork pulls the counters' cable for an hour. A lead goes on for one of the counters, so
// that its officer will find that the box has gone on.
func (d *day) loseNetwork(ctx context.Context, at time.Time) error {
	if err := d.clock.until(ctx, at); err != nil {
		return err
	}
	for {
		d.cable.cut()
		back := d.clock.now().Add(time.Hour)
		number, err := d.callInstead(ctx)
		if err != nil {
			return err
		}
		if number != "" {
			d.t.Logf("no network from %s on; at counter %s the lead has finished %s", d.clock.now().Format("15:04:05"), d.overtaken, number)
			if err := d.clock.until(ctx, back); err != nil {
				return err
			}
		}
		d.cable.mend()
		if number != "" {
			return nil
		}
		// Nobody was at any counter: an hour of that would show nothing.
		if err := d.clock.until(ctx, d.clock.now().Add(2*time.Minute)); err != nil {
			return err
		}
	}
}

// callInstead finishes, by staff means, what an officer has in hand who cannot know of it, and
// calls the next one to that counter.
func (d *day) callInstead(ctx context.Context) (number string, err error) {
	var counters []control.Counter
	if err := d.gateway.client.Do(ctx, http.MethodGet, "/v1/counters", nil, &counters); err != nil {
		return "", err
	}
	for _, c := range counters {
		page, _ := d.officers[c.Code].seen()
		if c.Ticket == "" || page.Hand == nil || page.Hand.Number != c.Ticket {
			continue
		}
		var t control.Ticket
		err := d.gateway.client.Do(ctx, http.MethodPost, "/v1/tickets/"+c.Ticket+"/finish", nil, &t)
		if _, refused := errors.AsType[*control.Problem](err); refused {
			continue // a press of the officer's had just come through
		}
		if err != nil {
			return "", fmt.Errorf("finish for counter %s: %w", c.Code, err)
		}
		d.overtaken = c.Code
		var call control.Call
		err = d.gateway.client.Do(ctx, http.MethodPost, "/v1/counters/"+c.Code+"/call", control.Choose{}, &call)
		if p, refused := errors.AsType[*control.Problem](err); refused && p.Code == "nobody-waiting" {
			err = nil
		}
		return c.Ticket, err
	}
	return "", nil
}

// get asks the control socket and returns the answer as it came.
func (d *day) get(ctx context.Context, path string) (json.RawMessage, error) {
	var text json.RawMessage
	if err := d.gateway.client.Do(ctx, http.MethodGet, path, nil, &text); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return text, nil
}
