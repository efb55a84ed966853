package hub

import (
	"slices"
	"time"
)

// Instances are the runs of a gateway's program that the hub has heard of lately. A run has a name
// that was drawn when it began, and of one box one run speaks at a time: once the next one has
// spoken, the one before never does again. Where it does, and does it again, two boxes live with
// one identity: a card was copied. The zero value has heard nobody.
type Instances struct {
	Heard []Instance `json:"heard"` // the one that spoke last at the end
	// Cloned is when two were last seen to live at once; zero: never. It stays: what was copied is
	// the gateway's key, and only another gateway has another key.
	Cloned time.Time `json:"cloned,omitzero"`
}

// Instance is a run of a gateway's program.
type Instance struct {
	Name string    `json:"name"`
	Left time.Time `json:"left,omitzero"` // when another one spoke after it
	Back int       `json:"back,omitzero"` // how often it has spoken again after another one
}

const (
	// returns is how often an instance comes back before two boxes are told of. A report that a
	// killed process has left in a slow line comes in behind the next process's first: so one run
	// comes back once, and the next one, seemingly, too; where the same happens to that one at its
	// own end, that is twice. Boxes that report every minute reach this one in three or four.
	returns = 3
	// recently is how long a run that has fallen silent is remembered: some of the gateways'
	// reports, so that a bad line may swallow a few.
	recently = 10 * time.Minute
	// mostInstances bounds the list. A box that starts again and again fills it with names that
	// never come back.
	mostInstances = 8
	maxInstance   = 64 // bytes of a name
)

// Hear takes in that a run has spoken, and reports whether anything has changed by it. A gateway
// that does not tell its run, by an empty name, is none of two.
func (v *Instances) Hear(name string, now time.Time) (changed bool) {
	n := len(v.Heard)
	if name == "" || len(name) > maxInstance || n > 0 && v.Heard[n-1].Name == name {
		return false
	}
	if n > 0 {
		v.Heard[n-1].Left = now
	}
	v.Heard = slices.DeleteFunc(v.Heard, func(i Instance) bool { return now.Sub(i.Left) > recently })
	speaks := Instance{Name: name}
	if i := slices.IndexFunc(v.Heard, func(i Instance) bool { return i.Name == name }); i >= 0 {
		speaks.Back = v.Heard[i].Back + 1
		v.Heard = slices.Delete(v.Heard, i, i+1)
	}
	v.Heard = append(v.Heard, speaks)
	v.Heard = slices.Delete(v.Heard, 0, max(0, len(v.Heard)-mostInstances))
	if speaks.Back >= returns {
		v.Cloned = now
	}
	return true
}
