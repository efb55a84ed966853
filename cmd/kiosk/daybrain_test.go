//go:build !noos

package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// dayBrain is what an officer decides: what to press, and when.
type dayBrain struct {
	plan     dayPlan
	rest     time.Time // nothing is called before: a word with a colleague, or nobody was there
	sideAt   time.Time // the next look at who was held, at no-shows and priorities
	lunch    [2]time.Time
	leaveAt  time.Time
	left     bool
	services []string // where citizens are sent on to

	gone    []dayAnswer    // steps that were overtaken, and decided anew
	refused map[string]int // by code
	offline int            // presses that were made without the box
}

// dayPlan is what is to become of the number in hand.
type dayPlan struct {
	number, state string
	moves         int
	verb          string
	at            time.Time
}

// work is an officer's day. It returns when they have gone home.
func (o *dayOfficer) work(ctx context.Context) error {
	for {
		o.drain(ctx)
		next, err := o.think(ctx)
		if err != nil || o.problem != nil {
			return fmt.Errorf("counter %s: %w", o.counter, errors.Join(err, o.problem))
		}
		if o.brain.left {
			return nil
		}
		wait := o.clock.really(next.Sub(o.clock.now()))
		if len(o.queue) > 0 {
			wait = min(wait, time.Until(o.retryAt))
		}
		timer := time.NewTimer(min(max(wait, time.Millisecond), 100*time.Millisecond))
		select {
		case <-ctx.Done():
			timer.Stop()
			return fmt.Errorf("counter %s has %d steps unanswered: %w", o.counter, len(o.queue), ctx.Err())
		case <-o.news:
			timer.Stop()
		case <-timer.C:
		}
	}
}

// projected is the page with the kept steps done, as the page's script shows it.
func (o *dayOfficer) projected() (dayPage, bool) {
	p, linked := o.seen()
	for _, e := range o.queue {
		if p.Hand == nil || e.Number != p.Hand.Number || e.Moves != p.Hand.Moves {
			continue
		}
		switch e.Verb {
		case "serve":
			hand := *p.Hand
			hand.State, hand.Moves = "serving", hand.Moves+1
			p.Hand = &hand
		case "finish", "noshow", "hold", "send":
			p.Hand = nil
		}
	}
	return p, linked
}

// press makes a step out of what is seen now, and sends it.
func (o *dayOfficer) press(ctx context.Context, e dayPress) {
	p, linked := o.projected()
	e.Key, e.Counter, e.Day, e.at = fmt.Sprintf("%s-%016x", o.counter, o.random.Uint64()), o.counter, p.Day, o.clock.now()
	if p.Hand != nil {
		e.Hand = p.Hand.Number
	}
	if e.offline = !linked; e.offline {
		o.brain.offline++
	}
	o.queue = append(o.queue, e)
	o.drain(ctx)
}

// think does what is due and says when to look again.
func (o *dayOfficer) think(ctx context.Context) (time.Time, error) {
	p, linked := o.projected()
	now, b := o.clock.now(), &o.brain
	soon := now.Add(time.Minute)
	if !linked && p.Hand == nil || linked && len(o.queue) > 0 {
		return soon, nil // nobody to serve and nothing to ask; or an answer comes first
	}
	if p.Hand != nil {
		return o.serve(ctx, p, linked, now), nil
	}
	switch {
	case now.After(b.leaveAt) && (p.Waiting.Count == 0 || now.After(b.leaveAt.Add(15*time.Minute))):
		if err := o.signOut(ctx); err == nil {
			b.left = true
		}
		return now, nil // the cable, or the box: again
	case !now.Before(b.lunch[0]) && now.Before(b.lunch[1]):
		if p.Seat.State != "paused" {
			_ = o.sit(ctx, "pause", b.lunch[1].Format("15:04")) // again, if it did not arrive
			return now.Add(30 * time.Second), nil
		}
		return b.lunch[1], nil
	case p.Seat.State != "open":
		do := "open"
		if p.Seat.State == "paused" {
			do = "resume"
		}
		_ = o.sit(ctx, do, "") // again, if it did not arrive
		return now.Add(30 * time.Second), nil
	case now.Before(b.rest):
		return b.rest, nil
	case !now.Before(b.sideAt):
		b.sideAt = now.Add(time.Duration(4+o.random.IntN(8)) * time.Minute)
		o.aside(ctx, p, now)
		return now, nil
	case slices.ContainsFunc(p.Waiting.Rows, func(r dayRowSeen) bool { return r.Due <= now.Unix() }):
		o.press(ctx, dayPress{Verb: "call"})
		return now, nil
	}
	return soon, nil
}

// serve goes on with the number in hand.
func (o *dayOfficer) serve(ctx context.Context, p dayPage, linked bool, now time.Time) time.Time {
	b, hand := &o.brain, p.Hand
	if b.plan.number != hand.Number || b.plan.moves != hand.Moves || b.plan.state != hand.State {
		b.plan = o.decide(*hand, now)
	}
	if now.Before(b.plan.at) {
		return b.plan.at
	}
	e := dayPress{Verb: b.plan.verb, Number: hand.Number, Moves: hand.Moves}
	switch {
	case e.Verb == "recall" && !linked:
		e.Verb = "serve" // a recall is not kept: nobody would hear it
	case e.Verb == "send":
		o.whereTo(&e)
	}
	o.press(ctx, e)
	return now
}

// decide is what becomes of a number that was called, or is being served.
func (o *dayOfficer) decide(hand dayRowSeen, now time.Time) dayPlan {
	plan := dayPlan{number: hand.Number, state: hand.State, moves: hand.Moves}
	chance := o.random.IntN(100)
	if hand.State == "serving" {
		took := time.Duration(40+o.random.ExpFloat64()*130) * time.Second
		plan.at = now.Add(min(took, 25*time.Minute))
		switch {
		case chance < 83:
			plan.verb = "finish"
		case chance < 93:
			plan.verb = "send"
		default:
			plan.verb = "hold"
		}
		return plan
	}
	plan.at = now.Add(time.Duration(25+o.random.IntN(50)) * time.Second)
	switch {
	case hand.Calls > 1 && (chance < 50 || hand.Left == 0):
		plan.verb = "noshow"
	case chance < 10 && hand.Left > 0:
		plan.verb = "recall"
	case chance < 14:
		plan.verb = "finish" // a word was enough
	case chance < 16:
		plan.verb = "hold"
	case chance < 18:
		plan.verb = "send"
	default:
		plan.verb = "serve"
	}
	return plan
}

// whereTo chooses where a citizen is sent on to.
func (o *dayOfficer) whereTo(e *dayPress) {
	e.To = o.brain.services[o.random.IntN(len(o.brain.services))]
	e.Place = []string{"first", "last", "after"}[o.random.IntN(3)]
	if e.Place == "after" {
		e.After = 5 + o.random.IntN(10)
	}
	if o.random.IntN(4) == 0 {
		counters := dayCounters()
		for _, c := range byPlace(counters) {
			if slices.Contains(counters[c], e.To) {
				e.For = c
			}
		}
	}
}

// aside looks at who was held, who did not come, and whose priority is to be looked at.
func (o *dayOfficer) aside(ctx context.Context, p dayPage, now time.Time) {
	one := func(rows []dayRowSeen, own bool) (dayRowSeen, bool) {
		rows = slices.DeleteFunc(slices.Clone(rows), func(r dayRowSeen) bool {
			return own && r.Counter != o.counter || r.At > 0 && r.At > now.Add(-10*time.Minute).Unix()
		})
		if len(rows) == 0 {
			return dayRowSeen{}, false
		}
		return rows[o.random.IntN(len(rows))], true
	}
	late := now.After(o.brain.leaveAt.Add(-20 * time.Minute))
	if r, ok := one(p.Held.Rows, o.random.IntN(4) > 0); ok && !late {
		verb := []string{"resume", "call"}[o.random.IntN(2)]
		o.press(ctx, dayPress{Verb: verb, Number: r.Number, Moves: r.Moves})
		return
	}
	if r, ok := one(p.NoShow.Rows, true); ok && o.random.IntN(4) == 0 && !late {
		verb := []string{"recall", "resume"}[o.random.IntN(2)]
		o.press(ctx, dayPress{Verb: verb, Number: r.Number, Moves: r.Moves})
		return
	}
	if len(p.Waiting.Rows) > 0 && o.random.IntN(3) == 0 {
		r := p.Waiting.Rows[o.random.IntN(len(p.Waiting.Rows))]
		verb := "raise"
		if r.Priority != "" {
			verb = "lower"
		}
		o.press(ctx, dayPress{Verb: verb, Number: r.Number, Moves: r.Moves})
	}
}

// answered looks at an answer: now and then a step was a slip of the finger.
func (b *dayBrain) answered(o *dayOfficer, a dayAnswer) {
	if a.Code != "" {
		if b.refused == nil {
			b.refused = map[string]int{}
		}
		b.refused[a.Code]++
		if a.Code == "gone-on" {
			b.gone = append(b.gone, a) // the box's word counts: the page shows it, and the officer decides anew
		}
		b.rest = o.clock.now().Add(20 * time.Second)
		b.plan.at = b.rest
		return
	}
	if a.Press.Verb == "finish" || a.Press.Verb == "noshow" {
		b.rest = o.clock.now().Add(time.Duration(5+o.random.IntN(25)) * time.Second)
	}
	undo := a.Page.Undo
	if a.Press.Verb != "undo" && !a.Again && undo != nil && undo.Number == a.Number && undo.Verb == a.Press.Verb && len(o.queue) == 0 && o.random.IntN(18) == 0 {
		e := dayPress{Verb: "undo", Key: fmt.Sprintf("%s-%016x", o.counter, o.random.Uint64()), Counter: o.counter, Day: a.Page.Day, at: o.clock.now()}
		if a.Page.Hand != nil {
			e.Hand = a.Page.Hand.Number
		}
		o.queue = append(o.queue, e)
	}
}
