package lead

import (
	"crypto/rand"
	"sync"
)

// keysKept is how many keys are remembered: a form that is older than so many others is dealt
// with by the office's own rules, which take nothing twice either.
const keysKept = 512

// once does each form once. Its zero value is ready.
type once struct {
	mu   sync.Mutex
	done map[string]bool
	keys []string // in the order in which they were done
}

// newKey returns the key of a fresh form.
func newKey() string { return rand.Text() }

// do runs f unless that was done with this key before. A failed f is not done.
func (o *once) do(key string, f func() error) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.done[key] {
		return nil
	}
	if err := f(); err != nil {
		return err
	}
	if o.done == nil {
		o.done = map[string]bool{}
	}
	o.done[key] = true
	o.keys = append(o.keys, key)
	if len(o.keys) > keysKept {
		delete(o.done, o.keys[0])
		o.keys = o.keys[1:]
	}
	return nil
}
