package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"

	"github.com/motcua/gateway/kiosk/control"
)

// session is one command on its way.
type session struct {
	*command
	names  []string // what stands for the words in capitals
	client *control.Client
	in     io.Reader
	lines  *bufio.Reader // of in, until the context ends
	out    io.Writer
	slow   bool // an answer takes as long as it takes
}

// ask makes a verb of a request and of the way to show its answer to a person.
func ask[T any](form func(*session) (request, error), show func(*session, T) string) func(context.Context, *session) error {
	return func(ctx context.Context, s *session) error {
		r, err := form(s)
		if err != nil {
			return err
		}
		var raw json.RawMessage
		if err := s.do(ctx, r, &raw); err != nil {
			return err
		}
		if s.json {
			return s.printJSON(raw)
		}
		var answer T
		if err := json.Unmarshal(raw, &answer); err != nil {
			return fmt.Errorf("read answer: %w", err)
		}
		_, err = io.WriteString(s.out, show(s, answer))
		return err
	}
}

// slowly makes a verb wait as long as it takes: sticks are slow.
func slowly(do func(context.Context, *session) error) func(context.Context, *session) error {
	return func(ctx context.Context, s *session) error {
		s.slow = true
		return do(ctx, s)
	}
}

func (s *session) do(ctx context.Context, r request, out any) error {
	if !s.slow {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, patience)
		defer cancel()
	}
	return s.tell(s.client.Do(ctx, r.method, r.path, r.body, out))
}

// tell says of an error at the folder what a technician can do about it.
func (s *session) tell(err error) error {
	switch {
	case errors.Is(err, control.ErrNotRunning):
		return fmt.Errorf("no kiosk is running on the state folder %s", s.state)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("the state folder %s is closed to you: run kioskctl as root or as the user that runs kiosk (%w)", s.state, err)
	}
	return err
}

func (s *session) printJSON(raw json.RawMessage) error {
	var b bytes.Buffer
	if err := json.Indent(&b, raw, "", "  "); err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	b.WriteByte('\n')
	_, err := b.WriteTo(s.out)
	return err
}

// outbox shows every fact that waits, page by page.
func outbox(ctx context.Context, s *session) error {
	facts := []control.Fact{}
	for path := "/v1/outbox"; ; {
		var page []control.Fact
		r := request{http.MethodGet, path, nil}
		if err := s.do(ctx, r, &page); err != nil {
			return err
		}
		facts = append(facts, page...)
		if len(page) < control.OutboxPage {
			break
		}
		last := page[len(page)-1]
		path = fmt.Sprintf("/v1/outbox?epoch=%d&seq=%d", last.Epoch, last.Seq)
	}
	if !s.json {
		var line control.Uplink
		text := showFacts(facts)
		err := s.do(ctx, request{http.MethodGet, "/v1/line", nil}, &line)
		if _, locked := errors.AsType[*control.Problem](err); err == nil {
			text = showLine(s, line) + text
		} else if !locked {
			return err
		}
		_, err = io.WriteString(s.out, text)
		return err
	}
	raw, err := json.Marshal(facts)
	if err != nil {
		return fmt.Errorf("encode facts: %w", err)
	}
	return s.printJSON(raw)
}
