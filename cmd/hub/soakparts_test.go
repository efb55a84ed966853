//go:build soak

package main_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/motcua/gateway/kiosk/control"
	"github.com/motcua/gateway/sync/hubtest/line"
)

// did counts what has happened.
func (s *soak) did(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count[what]++
}

func (s *soak) counted() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	for i, what := range slices.Sorted(maps.Keys(s.count)) {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s %d", what, s.count[what])
	}
	return b.String()
}

// given notes what somebody was given: it may never be lost.
func (s *soak) given(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answered = append(s.answered, name)
}

// between is a length by chance.
func between(r *rand.Rand, least, most time.Duration) time.Duration {
	return least + time.Duration(r.Int64N(int64(most-least)))
}

// ask asks the gateway. False: it was killed, and nobody knows what became of it, or it refused.
func (s *soak) ask(ctx context.Context, path string, in, out any) (done bool, err error) {
	err = s.client.Do(ctx, "POST", path, in, out)
	var p *control.Problem
	switch {
	case err == nil:
		return true, nil
	case errors.As(err, &p) && p.Status >= 500:
		return false, fmt.Errorf("%s: %w", path, err)
	case errors.As(err, &p):
		s.did("refused")
	default: // it was killed
		s.did("unanswered")
		pause(ctx, 100*time.Millisecond)
	}
	return false, nil
}

// citizens take tickets. One who got no answer presses once more, with the same key.
func (s *soak) citizens(ctx context.Context, r *rand.Rand) error {
	var services []control.Service
	if err := s.client.Do(ctx, "GET", "/v1/services", nil, &services); err != nil {
		return err
	}
	for n := 0; pause(ctx, between(r, 50*time.Millisecond, 400*time.Millisecond)); n++ {
		in := control.Issue{Service: services[r.IntN(len(services))].Code, Key: fmt.Sprintf("soak-%d", n)}
		for tries := 0; tries < 200 && ctx.Err() == nil; tries++ {
			var t control.Ticket
			done, err := s.ask(ctx, "/v1/tickets", in, &t)
			if err != nil {
				return err
			}
			if done {
				s.given(t.Number)
				s.did("tickets")
				break
			}
		}
	}
	return nil
}

// officers call, serve and finish at all counters.
func (s *soak) officers(ctx context.Context, r *rand.Rand) error {
	var counters []control.Counter
	if err := s.client.Do(ctx, "GET", "/v1/counters", nil, &counters); err != nil {
		return err
	}
	for _, c := range counters {
		if _, err := s.ask(ctx, "/v1/counters/"+c.Code+"/open", nil, new(control.Counter)); err != nil {
			return err
		}
	}
	for pause(ctx, between(r, 100*time.Millisecond, 500*time.Millisecond)) {
		var call control.Call
		done, err := s.ask(ctx, "/v1/counters/"+counters[r.IntN(len(counters))].Code+"/call", nil, &call)
		if err != nil {
			return err
		}
		if !done {
			continue
		}
		for _, step := range []string{"serve", "finish"} {
			if done, err = s.ask(ctx, "/v1/tickets/"+call.Ticket.Number+"/"+step, nil, new(control.Ticket)); err != nil {
				return err
			}
		}
		if done {
			s.did("visits")
		}
	}
	return nil
}

// papers receives dossiers of 5 to 20 pages. A machine so busy that none was scanned before the
// storm is over gets one after it: without any there is nothing to be lost.
func (s *soak) papers(ctx context.Context, r *rand.Rand) error {
	scanned := 0
	for tries := 0; tries < 600 && (scanned == 0 || ctx.Err() == nil); tries++ {
		var d control.Dossier
		done, err := s.ask(context.WithoutCancel(ctx), "/v1/dossiers/generate", control.Generate{Pages: 5 + r.IntN(16)}, &d)
		if err != nil {
			return err
		}
		if done {
			s.given(d.ID)
			s.did("dossiers")
			scanned++
			pause(ctx, between(r, 2*time.Second, 6*time.Second))
		}
	}
	return nil
}

// courier carries sticks while the line is up, down and up again: what is on them has come by the
// line in the meantime, or has not, and the word on the way back is old, or is not. Each leg is
// tried until nobody is killed in it.
func (s *soak) courier(ctx context.Context, r *rand.Rand) error {
	kioskctl, hub := filepath.Join(s.bin, "kioskctl"), filepath.Join(s.bin, "hub")
	for n := 0; pause(ctx, between(r, 2*time.Second, 10*time.Second)); n++ {
		stick := s.t.TempDir()
		for _, leg := range [][]string{
			{kioskctl, "-state", s.state, "ferry", "export", stick},
			{hub, "-config", s.config, "-state", s.hubState, "ferry", "import", stick},
			{kioskctl, "-state", s.state, "ferry", "accept", stick},
		} {
			for {
				_, err := verb(ctx, leg[0], leg[1:]...)
				if err == nil {
					break
				}
				s.said(err)
				if !pause(ctx, between(r, 200*time.Millisecond, 2*time.Second)) {
					return nil // the stick is lost on its way
				}
			}
			pause(ctx, between(r, 0, 8*time.Second))
		}
		s.did("trips of a stick")
	}
	return nil
}

// said keeps the latest trouble of a courier, for whoever wonders why no stick has come through.
func (s *soak) said(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count["legs in vain"]++
	s.trouble = err
}

// weather is the line's: cells that change, cuts, resets, stalls, holes. It leaves a good one.
func (s *soak) weather(ctx context.Context, r *rand.Rand) error {
	cells := []line.Profile{line.FourthGeneration(), line.ThirdGeneration(), line.Mountain()}
	for pause(ctx, between(r, time.Second, 8*time.Second)) {
		bad := between(r, 300*time.Millisecond, 4*time.Second)
		switch r.IntN(7) {
		case 0, 1:
			s.line.Cut()
			s.did("cuts")
		case 2:
			s.line.Reset()
			s.did("resets")
		case 3:
			s.line.Stall(line.Up)
			s.did("stalls")
		case 4:
			s.line.Stall(line.Down)
			s.did("stalls")
		case 5:
			s.line.Blackhole()
			s.did("holes")
		case 6:
			if err := s.line.Shape(cells[r.IntN(len(cells))]); err != nil {
				return err
			}
			s.did("cells")
			continue
		}
		pause(ctx, bad)
		if err := s.line.Mend(); err != nil {
			return err
		}
	}
	return s.line.Shape(line.FourthGeneration())
}

// killer kills one process after the other, and starts each again after a while. It leaves all of
// them alive.
func (s *soak) killer(ctx context.Context, r *rand.Rand) error {
	victims := append([]*program{s.gateway, s.gateway}, s.hubs...)
	for pause(ctx, between(r, 2*time.Second, 7*time.Second)) {
		n := r.IntN(len(victims) + 1)
		if n == len(victims) {
			if s.cluster == nil {
				continue
			}
			s.cluster.Kill()
			s.did("kills of PostgreSQL")
			pause(ctx, between(r, 0, 3*time.Second))
			if err := s.cluster.Restart(); err != nil {
				return err
			}
			continue
		}
		victims[n].kill()
		s.did("kills of the " + victims[n].name)
		pause(ctx, between(r, 0, 3*time.Second))
		// Once more before it is quite up: the second life of a process is the hard one.
		if err := victims[n].launch(); err != nil {
			return err
		}
		if r.IntN(3) == 0 && pause(ctx, between(r, 0, 400*time.Millisecond)) {
			victims[n].kill()
			s.did("kills at the start")
			if err := victims[n].launch(); err != nil {
				return err
			}
		}
		if err := victims[n].await(context.WithoutCancel(ctx)); err != nil {
			return err
		}
	}
	return nil
}
