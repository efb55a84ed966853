package report

import (
	"cmp"
	"slices"

	"github.com/motcua/gateway/kiosk"
)

// span is a stretch of time in seconds, from included, to excluded.
type span struct{ from, to int64 }

// spans are in order and do not touch.
type spans []span

// merged returns stretches in order, joined where they touch.
func merged(in []span) spans {
	in = slices.Clone(in)
	slices.SortFunc(in, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	var out spans
	for _, s := range in {
		switch n := len(out); {
		case s.to <= s.from:
		case n > 0 && s.from <= out[n-1].to:
			out[n-1].to = max(out[n-1].to, s.to)
		default:
			out = append(out, s)
		}
	}
	return out
}

// within returns how many seconds of a stretch lie in s.
func (s spans) within(from, to int64) int64 {
	i, _ := slices.BinarySearchFunc(s, from, func(v span, at int64) int { return cmp.Compare(v.to, at) })
	var sum int64
	for ; i < len(s) && s[i].from < to; i++ {
		sum += max(0, min(to, s[i].to)-max(from, s[i].from))
	}
	return sum
}

// without returns s less what lies in other.
func (s spans) without(other spans) spans {
	var out spans
	for _, v := range s {
		from := v.from
		for _, o := range other {
			if o.to <= from || o.from >= v.to {
				continue
			}
			if o.from > from {
				out = append(out, span{from, o.from})
			}
			from = max(from, o.to)
		}
		if from < v.to {
			out = append(out, span{from, v.to})
		}
	}
	return out
}

// hallMove is an opening or a closing with its time.
type hallMove struct {
	open, byHand bool
	at           moment
}

// hands returns the stretches during which a lead's hand held the hall open, and those during
// which it held it closed until somebody opened it.
func hands(moves []hallMove, end int64) (held, shut []span) {
	var opened, closed *moment
	for _, m := range moves {
		at := m.at
		sure := at.run != 0
		if m.open && closed != nil {
			if sure {
				shut = append(shut, span{closed.at, at.at})
			}
			closed = nil
		}
		if !m.open && opened != nil {
			if sure {
				held = append(held, span{opened.at, at.at})
			}
			opened = nil
		}
		switch {
		case !m.byHand || !sure:
		case m.open && opened == nil:
			opened = &at
		case !m.open && closed == nil:
			closed = &at
		}
	}
	if opened != nil {
		held = append(held, span{opened.at, end})
	}
	return held, shut
}

// breaks returns what lies between the sessions of a day.
func breaks(setup *kiosk.Setup, day kiosk.Day) []span {
	if setup.AlwaysOpen {
		return nil
	}
	sessions, _ := setup.Hours.On(day)
	var out []span
	for i := 1; i < len(sessions); i++ {
		out = append(out, span{day.At(sessions[i-1].To).Unix(), day.At(sessions[i].From).Unix()})
	}
	return out
}

// excluded is the time that is nobody's waiting time.
type excluded struct {
	outages   spans // without power
	pauses    spans // breaks
	shut      spans // closed by hand and opened again
	noService spans // all of it
}

func exclusions(setup *kiosk.Setup, day kiosk.Day, outages []span, moves []hallMove) excluded {
	held, shut := hands(moves, day.Add(2).Midnight().Unix())
	x := excluded{outages: merged(outages), shut: merged(shut)}
	x.pauses = merged(breaks(setup, day)).without(merged(held))
	x.noService = merged(slices.Concat(x.outages, x.pauses, x.shut))
	return x
}
