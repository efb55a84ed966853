package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
)

// maxAnswer bounds what a client reads: a day of 10,000 tickets is 4 MB.
const maxAnswer = 64 << 20

// Client speaks to the gateway of a state folder.
type Client struct{ http *http.Client }

// NewClient returns a client for the gateway that keeps its state in dir. It connects when it
// is used.
func NewClient(dir string) *Client {
	return &Client{http: &http.Client{Transport: &http.Transport{
		DialContext:       func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx, dir) },
		DisableKeepAlives: true,
	}}}
}

// Do sends a request with in as its body, or none where in is nil, and reads the answer into
// out. It returns a *Problem where the gateway refused, and an error that wraps ErrNotRunning
// where there is none.
func (c *Client) Do(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("encode request: %w", err)
		}
		body = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(ctx, method, "http://kiosk"+path, body)
	if err != nil {
		return fmt.Errorf("form request: %w", err)
	}
	a, err := c.http.Do(r)
	if errors.Is(err, ErrNotRunning) {
		return ErrNotRunning
	}
	if err != nil {
		return fmt.Errorf("ask kiosk: %w", err)
	}
	defer a.Body.Close()
	b, err := io.ReadAll(io.LimitReader(a.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	if a.StatusCode != http.StatusOK {
		p := &Problem{Status: a.StatusCode}
		if err := json.Unmarshal(b, p); err != nil || p.Code == "" {
			return fmt.Errorf("read answer: %s", a.Status)
		}
		return p
	}
	if err := json.Unmarshal(b, out); err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	return nil
}
