package uplink

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/motcua/gateway/sync/wire"
)

// conn is one HTTP/2 connection to the hub.
type conn struct {
	http  *http.ClientConn
	base  *url.URL
	pace  *pacer
	first gate // of facts over pages
	clock func(hub time.Time, within time.Duration)
	sent  atomic.Int64 // bytes of bodies that were given to the connection
	acked atomic.Int64
	heard atomic.Int64 // Unix seconds of the last answer
	// told is what of sent and acked the state knows; under its lock.
	told struct{ sent, acked int64 }
}

// dial opens the connection. It is the only one: what is under way at once can be bounded only
// where nothing else is.
func (u *Uplink) dial(ctx context.Context, id Identity) (*conn, error) {
	base, err := url.Parse(id.Hub)
	if err != nil || base.Scheme != "https" || base.Host == "" {
		return nil, fmt.Errorf("the hub's address is no https address: %q", id.Hub)
	}
	address := base.Host
	if base.Port() == "" {
		address = net.JoinHostPort(base.Hostname(), "443")
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP2(true)
	dial := u.cfg.Dial
	if dial == nil {
		dial = (&net.Dialer{KeepAlive: 15 * time.Second}).DialContext
	}
	transport := &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			c, err := dial(ctx, network, address)
			if err == nil {
				boundUnsent(c)
			}
			return c, err
		},
		TLSClientConfig:     id.TLS.Clone(),
		TLSHandshakeTimeout: dialTimeout,
		Protocols:           protocols,
		DisableCompression:  true,
		// Ours have some hundreds of bytes; seven uploads at once would hold seven times the default 10 MB.
		MaxResponseHeaderBytes: 64 << 10,
		HTTP2: &http.HTTP2Config{
			SendPingTimeout: pingAfter, PingTimeout: pingTimeout, WriteByteTimeout: pingAfter + pingTimeout,
			MaxReceiveBufferPerStream: 1 << 20,
		},
	}
	ctx, cancel := context.WithTimeout(ctx, dialTimeout+5*time.Second)
	defer cancel()
	cc, err := transport.NewClientConn(ctx, base.Scheme, address)
	if err != nil {
		return nil, fmt.Errorf("connect to the hub: %w", err)
	}
	clock := u.cfg.Clock
	if clock == nil {
		clock = func(time.Time, time.Duration) {}
	}
	return &conn{http: cc, base: base, pace: newPacer(u.rate), clock: clock}, nil
}

// close ends the connection. Requests that are under way end with an error.
func (c *conn) close() error {
	if err := c.http.Close(); err != nil {
		return fmt.Errorf("close the line: %w", err)
	}
	return nil
}

// send makes a request and returns its answer, whose body the caller closes. An answer that is a
// refusal is an error, a *wire.Problem.
func (c *conn) send(ctx context.Context, method, path string, header http.Header, body io.Reader, size int64) (*http.Response, error) {
	at, err := c.base.Parse(path)
	if err != nil {
		return nil, fmt.Errorf("address of a request: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, method, at.String(), body)
	if err != nil {
		return nil, fmt.Errorf("make a request: %w", err)
	}
	r.ContentLength = size
	for k, v := range header {
		r.Header[k] = v
	}
	r.Header["User-Agent"] = []string{"gateway"} // short: it goes with every request
	began := time.Now()
	a, err := c.http.RoundTrip(r)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, at.Path, err)
	}
	c.heard.Store(time.Now().Unix())
	if date, err := http.ParseTime(a.Header.Get("Date")); err == nil {
		c.clock(date, time.Since(began))
	}
	switch {
	case a.ProtoMajor != 2:
		return nil, errors.Join(errors.New("the hub speaks no HTTP/2: is a middle box in between?"), a.Body.Close())
	case a.StatusCode >= 300:
		return nil, errors.Join(wire.ReadProblem(a), a.Body.Close())
	}
	return a, nil
}

// tell makes a request whose answer is all in its header.
func (c *conn) tell(ctx context.Context, method, path string, header http.Header, body io.Reader, size int64) (http.Header, error) {
	a, err := c.send(ctx, method, path, header, body, size)
	if err != nil {
		return nil, err
	}
	if err := a.Body.Close(); err != nil {
		return nil, fmt.Errorf("read the hub's answer: %w", err)
	}
	return a.Header, nil
}

// question is a small request with a JSON answer.
type question struct {
	method, path string
	header       http.Header
	body         []byte
	first        bool // pages wait until it is on its way
	out          any  // nil: the answer is of no interest
	most         int64
}

// ask puts a question. At most q.most bytes of the answer are read.
func (c *conn) ask(ctx context.Context, q question) error {
	ctx, cancel := context.WithTimeout(ctx, smallTimeout+time.Duration(len(q.body))*time.Second/slowestLine)
	defer cancel()
	if q.first {
		leave := c.first.enter()
		defer leave()
		ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) { leave() }})
	}
	c.sent.Add(int64(len(q.body)))
	c.pace.beside(len(q.body))
	began := time.Now()
	a, err := c.send(ctx, q.method, q.path, q.header, bytes.NewReader(q.body), int64(len(q.body)))
	if err != nil {
		return err
	}
	c.pace.asked(time.Since(began))
	return errors.Join(readJSON(a, q.out, q.most), a.Body.Close())
}

// get asks for what lies at a path. A box that was put back often has many epochs, and a mark of each.
func (c *conn) get(ctx context.Context, path string, out any) error {
	return c.ask(ctx, question{method: http.MethodGet, path: path, out: out, most: wire.MaxFeedBytes})
}

// readJSON reads an answer of at most most bytes.
func readJSON(a *http.Response, out any, most int64) error {
	b, err := io.ReadAll(io.LimitReader(a.Body, most+1))
	switch {
	case err != nil:
		return fmt.Errorf("read the hub's answer: %w", err)
	case int64(len(b)) > most:
		return lie("an answer of more than %d bytes", most)
	case out == nil:
		return nil
	}
	if err := json.Unmarshal(b, out); err != nil {
		return lie("an answer that is no JSON of this kind: %v", err)
	}
	return nil
}

// contentType is the header of a body.
func contentType(t string) http.Header { return http.Header{"Content-Type": {t}} }
