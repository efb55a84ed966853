package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// webClient is a browser without a picture, on a machine with an address of its own.
type webClient struct {
	http          *http.Client
	site, counter string
	csrf          string
	page          webPage
	presses       int
}

// newKey is the key of a press.
func (c *webClient) newKey() string {
	c.presses++
	return fmt.Sprintf("press-%s-%d", c.counter, c.presses)
}

// webTicket and webPage are what the officers' page is sent, as far as these tests look.
type webTicket struct {
	Number string `json:"n"`
	State  string `json:"st"`
	Moves  int    `json:"m"`
}

type webPage struct {
	Day  int        `json:"day"`
	Hand *webTicket `json:"hand"`
}

// webPress is a press as the page's script sends it.
type webPress struct {
	Key     string `json:"key"`
	Counter string `json:"counter"`
	Verb    string `json:"verb"`
	Number  string `json:"number"`
	Day     int    `json:"day"`
	Hand    string `json:"hand"`
	Moves   int    `json:"moves"`
}

// webAnswer is what the gateway says to it.
type webAnswer struct {
	Status int     `json:"-"`
	Number string  `json:"number"`
	State  string  `json:"state"`
	Again  bool    `json:"again"`
	Code   string  `json:"code"`
	Page   webPage `json:"page"`
}

// webDialer dials from an address of this machine: all of 127.0.0.0/8 are.
func webDialer(from string) *net.Dialer {
	return &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: patience}
}

func newWebClient(t *testing.T, site, from string) *webClient {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{
		DialContext: webDialer(from).DialContext, ForceAttemptHTTP2: true,
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, // the gateway's own certificate
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &webClient{site: site, http: &http.Client{
		Jar: jar, Transport: transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// post sends a form as a page's script does, and returns the answer's status and body.
func (c *webClient) post(ctx context.Context, path, kind, accept string, body io.Reader) (int, []byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.site+path, body)
	if err != nil {
		return 0, nil, err
	}
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Accept", accept)
	if kind == "application/json" {
		r.Header.Set("X-CSRF", c.csrf)
	}
	a, err := c.http.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer a.Body.Close()
	text, err := io.ReadAll(io.LimitReader(a.Body, 1<<20))
	return a.StatusCode, text, err
}

func (c *webClient) form(ctx context.Context, path, accept string, form url.Values) (int, []byte, error) {
	return c.post(ctx, path, "application/x-www-form-urlencoded", accept, strings.NewReader(form.Encode()))
}

// guess tries to sign in.
func (c *webClient) guess(ctx context.Context, login, pin, counter string) (int, []byte, error) {
	return c.form(ctx, "/sign-in", "application/json", url.Values{"login": {login}, "secret": {pin}, "counter": {counter}})
}

func (c *webClient) signIn(ctx context.Context, login, pin, counter string) error {
	status, body, err := c.guess(ctx, login, pin, counter)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("%d %s", status, body)
	}
	var hello struct {
		CSRF string  `json:"csrf"`
		Page webPage `json:"page"`
	}
	if err == nil {
		err = json.Unmarshal(body, &hello)
	}
	if err != nil {
		return fmt.Errorf("sign %s in: %w", login, err)
	}
	c.csrf, c.counter, c.page = hello.CSRF, counter, hello.Page
	return nil
}

// step sends one press; what the page shows afterwards is kept.
func (c *webClient) step(ctx context.Context, key, verb string) (webAnswer, error) {
	p := webPress{Key: key, Counter: c.counter, Verb: verb, Day: c.page.Day}
	if h := c.page.Hand; h != nil {
		p.Hand, p.Number, p.Moves = h.Number, h.Number, h.Moves
	}
	return c.send(ctx, p)
}

func (c *webClient) send(ctx context.Context, p webPress) (webAnswer, error) {
	var out webAnswer
	body, err := json.Marshal(p)
	if err != nil {
		return out, err
	}
	status, text, err := c.post(ctx, "/counter/step", "application/json", "application/json", bytes.NewReader(body))
	if err != nil {
		return out, err
	}
	out.Status = status
	if err := json.Unmarshal(text, &out); err != nil {
		return out, fmt.Errorf("%d %s: %w", status, text, err)
	}
	if status == http.StatusOK {
		c.page = out.Page
	}
	return out, nil
}

// get asks for a page and returns its status.
func (c *webClient) get(ctx context.Context, path string) (int, string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.site+path, nil)
	if err != nil {
		return 0, "", err
	}
	r.Header.Set("Accept", "text/html")
	a, err := c.http.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer a.Body.Close()
	text, err := io.ReadAll(io.LimitReader(a.Body, 1<<20))
	return a.StatusCode, string(text), err
}

// stream opens a stream of events; the caller closes its body.
func (c *webClient) stream(ctx context.Context, path string) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.site+path, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", "text/event-stream")
	return c.http.Do(r)
}

// webCable is a way to the gateway from another machine: it dials from an address of its own.
// Once it is deaf, what the gateway answers is lost on the way.
type webCable struct {
	listener net.Listener
	to, from string
	deaf     atomic.Bool
	all      sync.WaitGroup

	mu     sync.Mutex
	open   map[net.Conn]bool
	closed bool
}

func newWebCable(t *testing.T, to, from string) *webCable {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &webCable{listener: l, to: to, from: from, open: map[net.Conn]bool{}}
	c.all.Go(func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			c.all.Go(func() { c.join(in) })
		}
	})
	t.Cleanup(c.close)
	return c
}

func (c *webCable) site() string { return "https://" + c.listener.Addr().String() }

func (c *webCable) close() {
	_ = c.listener.Close()
	c.mu.Lock()
	c.closed = true
	for conn := range c.open {
		_ = conn.Close()
	}
	c.mu.Unlock()
	c.all.Wait()
}

func (c *webCable) keep(conn net.Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		_ = conn.Close()
		return false
	}
	c.open[conn] = true
	return true
}

func (c *webCable) forget(conn net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.open, conn)
	_ = conn.Close()
}

// mute passes on what is written to it, until the cable is deaf.
type mute struct {
	net.Conn
	c *webCable
}

func (m mute) Write(p []byte) (int, error) {
	if m.c.deaf.Load() {
		return len(p), nil
	}
	return m.Conn.Write(p)
}

func (c *webCable) join(in net.Conn) {
	if !c.keep(in) {
		return
	}
	defer c.forget(in)
	d := webDialer(c.from)
	d.Timeout = 5 * time.Second
	out, err := d.Dial("tcp", c.to)
	if err != nil || !c.keep(out) {
		return
	}
	defer c.forget(out)
	var both sync.WaitGroup
	pipe := func(to io.Writer, from net.Conn) {
		_, _ = io.Copy(to, from)
		_ = in.Close() // one side is gone, and so is the other
		_ = out.Close()
	}
	both.Go(func() { pipe(out, in) })
	both.Go(func() { pipe(mute{in, c}, out) })
	both.Wait()
}
