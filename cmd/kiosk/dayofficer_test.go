//go:build !noos

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
	"time"
)

// dayOfficer is a browser with an officer before it.
type dayOfficer struct {
	counter, login, pin string
	clock               *dayClock
	site                string // where the browser finds the gateway
	http                *http.Client
	csrf                string

	mu     sync.Mutex
	page   dayPage
	linked bool
	news   chan struct{} // something was heard

	queue   []dayPress // not answered yet, the oldest first
	tries   int        // of the first of the queue
	answers []dayAnswer
	retryAt time.Time // really
	random  *rand.Rand
	brain   dayBrain
	problem error // what no page could have explained
}

func newDayOfficer(counter, login, pin, site string, clock *dayClock, random *rand.Rand) (*dayOfficer, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, fmt.Errorf("cookies: %w", err)
	}
	return &dayOfficer{
		counter: counter, login: login, pin: pin, site: site, clock: clock, random: random,
		http: &http.Client{Jar: jar, Transport: &http.Transport{}}, news: make(chan struct{}, 1),
	}, nil
}

// signIn signs in as the page does that is open already, and takes the seat over if need be.
func (o *dayOfficer) signIn(ctx context.Context) error {
	form := url.Values{"login": {o.login}, "secret": {o.pin}, "counter": {o.counter}, "takeover": {"1"}}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, o.site+"/sign-in", strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/json")
	var hello struct {
		CSRF string  `json:"csrf"`
		Page dayPage `json:"page"`
	}
	status, body, err := o.ask(r)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("%d %s", status, body)
	}
	if err == nil {
		err = json.Unmarshal(body, &hello)
	}
	if err != nil {
		return fmt.Errorf("sign %s in: %w", o.login, err)
	}
	o.csrf = hello.CSRF
	o.take(hello.Page, true)
	return nil
}

// signOut leaves the counter.
func (o *dayOfficer) signOut(ctx context.Context) error {
	form := url.Values{"csrf": {o.csrf}}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, o.site+"/sign-out", strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "text/html")
	once := *o.http
	once.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	a, err := once.Do(r)
	if err != nil {
		return err
	}
	defer a.Body.Close()
	if a.StatusCode != http.StatusSeeOther {
		text, _ := io.ReadAll(io.LimitReader(a.Body, 300))
		return fmt.Errorf("sign %s out: %s: %s", o.login, a.Status, text)
	}
	return nil
}

func (o *dayOfficer) ask(r *http.Request) (int, []byte, error) {
	a, err := o.http.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer a.Body.Close()
	body, err := io.ReadAll(io.LimitReader(a.Body, 1<<20))
	return a.StatusCode, body, err
}

// take shows a page, unless it is older than what is shown.
func (o *dayOfficer) take(p dayPage, streamed bool) {
	o.mu.Lock()
	if p.Boot == o.page.Boot && p.Version >= o.page.Version || streamed && p.Boot != o.page.Boot {
		o.page = p
	}
	o.mu.Unlock()
	o.wake()
}

func (o *dayOfficer) wake() {
	select {
	case o.news <- struct{}{}:
	default:
	}
}

func (o *dayOfficer) link(on bool) {
	o.mu.Lock()
	changed := o.linked != on
	o.linked = on
	o.mu.Unlock()
	if changed {
		o.wake()
	}
}

func (o *dayOfficer) seen() (dayPage, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.page, o.linked
}

// listen keeps the stream open all day.
func (o *dayOfficer) listen(ctx context.Context) {
	for ctx.Err() == nil {
		_ = o.stream(ctx) // a stream that breaks is opened again
		o.link(false)
		timer := time.NewTimer(30 * time.Millisecond) // as a browser waits before it comes back
		select {
		case <-ctx.Done():
			timer.Stop()
		case <-timer.C:
		}
	}
}

func (o *dayOfficer) stream(ctx context.Context) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, o.site+"/counter/stream", nil)
	if err != nil {
		return err
	}
	r.Header.Set("Accept", "text/event-stream")
	a, err := o.http.Do(r)
	if err != nil {
		return err
	}
	defer a.Body.Close()
	if a.StatusCode != http.StatusOK {
		return fmt.Errorf("stream: %s", a.Status)
	}
	return readEvents(a.Body, func(event, data string) error {
		if event != "state" {
			return nil
		}
		var p dayPage
		if err := json.Unmarshal([]byte(data), &p); err != nil {
			return err
		}
		o.take(p, true)
		o.link(true)
		return nil
	})
}

// readEvents reads server-sent events until the connection ends.
func readEvents(from io.Reader, got func(event, data string) error) error {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<20)
	event, data := "", ""
	for lines.Scan() {
		line := lines.Text()
		switch {
		case line == "":
			if data != "" {
				if err := got(event, data); err != nil {
					return err
				}
			}
			event, data = "", ""
		case strings.HasPrefix(line, "event: "):
			event = line[7:]
		case strings.HasPrefix(line, "data: "):
			data += line[6:]
		}
	}
	return lines.Err()
}

// drain sends what is kept, oldest first, until something is not answered.
func (o *dayOfficer) drain(ctx context.Context) {
	for len(o.queue) > 0 && ctx.Err() == nil && !time.Now().Before(o.retryAt) {
		e := o.queue[0]
		o.tries++
		answer, status, err := o.send(ctx, e)
		switch {
		case err != nil || status == http.StatusTooManyRequests || status >= 500:
			o.retryAt = time.Now().Add(20 * time.Millisecond)
			return
		case status == http.StatusUnauthorized:
			if o.signIn(ctx) != nil {
				o.retryAt = time.Now().Add(20 * time.Millisecond)
				return
			}
			continue
		case status != http.StatusOK && answer.Code == "":
			o.problem = fmt.Errorf("%s answered %d without a code to %+v", o.counter, status, e)
		}
		answer.Press, answer.Tries = e, o.tries
		o.queue, o.tries = o.queue[1:], 0
		o.answers = append(o.answers, answer)
		if status == http.StatusOK {
			o.take(answer.Page, false)
		}
		o.brain.answered(o, answer)
	}
}

// send sends one press. One in thirty is given up before its answer can have come, as by a
// browser that loses patience.
func (o *dayOfficer) send(ctx context.Context, e dayPress) (dayAnswer, int, error) {
	var answer dayAnswer
	e.Late = int64(o.clock.now().Sub(e.at) / time.Second)
	body, err := json.Marshal(e)
	if err != nil {
		return answer, 0, err
	}
	patient := 8 * time.Second
	if o.tries == 1 && o.random.IntN(30) == 0 {
		patient = time.Duration(o.random.IntN(6000)) * time.Microsecond
	}
	ctx, cancel := context.WithTimeout(ctx, patient)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, o.site+"/counter/step", bytes.NewReader(body))
	if err != nil {
		return answer, 0, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json")
	r.Header.Set("X-CSRF", o.csrf)
	status, text, err := o.ask(r)
	if err != nil {
		return answer, 0, err
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return answer, 0, fmt.Errorf("answer to a step: %w", err)
	}
	return answer, status, nil
}

// sit pauses or resumes the counter. It needs no key: done twice it is done once.
func (o *dayOfficer) sit(ctx context.Context, do, until string) error {
	in := map[string]string{"do": do, "counter": o.counter}
	if until != "" {
		in["until"], in["reason"] = until, "nghỉ trưa"
	}
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, o.site+"/counter/seat", bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json")
	r.Header.Set("X-CSRF", o.csrf)
	status, text, err := o.ask(r)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("%s at counter %s: %d %s", do, o.counter, status, text)
	}
	return err
}
