package hub

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// committer gathers the batches of many gateways into transactions. One that comes alone is
// committed at once; those that come while a transaction is under way make up the next one, and
// share its fsync.
type committer struct {
	store   Store
	sign    SignFunc
	queue   chan *job
	stopped chan struct{} // nothing is taken over any more
	ended   chan struct{} // nor answered
	metrics *metrics
	log     *slog.Logger
}

// job is a batch on its way. done has room for its outcome: nobody waits for whoever has gone.
type job struct {
	batch Batch
	bytes int
	leave func()
	done  chan outcome
}

// answer ends a job. The places come first: who reads the answer may send the next batch at once.
func (j *job) answer(o outcome) {
	j.leave()
	j.done <- o
}

type outcome struct {
	appended Appended
	err      error
}

// The bounds of a transaction: what is gained by more is small, and what is lost when it fails
// grows. While one is committed the next are read and checked: larger ones would have both wait
// for each other.
const (
	mostBatches = 64
	mostEvents  = 2000
	mostBytes   = 8 << 20
	// commitTime bounds a transaction. PostgreSQL may hang where its machine does.
	commitTime = 15 * time.Second
)

var errStopping = errors.New("the hub is stopping")

func newCommitter(store Store, sign SignFunc, l Limits, m *metrics, log *slog.Logger) *committer {
	// As many wait as may be under way, which the entry bounds; what a stick brings waits for room.
	c := &committer{store: store, sign: sign, queue: make(chan *job, l.Batches), stopped: make(chan struct{}), ended: make(chan struct{}), metrics: m, log: log}
	m.queue(func() float64 { return float64(len(c.queue)) })
	return c
}

// commit makes a batch durable. An error other than a *Gap means that nobody knows: the gateway
// sends it again. leave is called when the batch has its outcome, be there still somebody who waits
// for it or not.
func (c *committer) commit(ctx context.Context, b Batch, leave func()) (Appended, error) {
	j := &job{batch: b, leave: leave, done: make(chan outcome, 1)}
	for i := range b.Events {
		j.bytes += len(b.Events[i].JSON)
	}
	if err := c.enqueue(ctx, j); err != nil {
		leave()
		return Appended{}, err
	}
	select {
	case o := <-j.done:
		return o.appended, o.err
	case <-ctx.Done():
		return Appended{}, ctx.Err()
	case <-c.ended:
	}
	select {
	case o := <-j.done:
		return o.appended, o.err
	default: // it came into the queue a moment too late
		leave()
		return Appended{}, errStopping
	}
}

func (c *committer) enqueue(ctx context.Context, j *job) error {
	select {
	case <-c.stopped: // first: the queue may have room although nobody empties it
		return errStopping
	default:
	}
	select {
	case c.queue <- j:
		return nil
	case <-c.stopped:
		return errStopping
	case <-ctx.Done():
		return ctx.Err()
	}
}

// run commits until ctx ends. What waits then was not taken over, and is told so.
func (c *committer) run(ctx context.Context) {
	for {
		select {
		case j := <-c.queue:
			c.append(c.gather(j))
		case <-ctx.Done():
			close(c.stopped)
			c.drain()
			close(c.ended)
			return
		}
	}
}

// drain answers those who came too late to be committed.
func (c *committer) drain() {
	for {
		select {
		case j := <-c.queue:
			j.answer(outcome{err: errStopping})
		default:
			return
		}
	}
}

// gather takes what else waits already, within the bounds. It waits for nobody.
func (c *committer) gather(first *job) []*job {
	group, events, bytes := []*job{first}, len(first.batch.Events), first.bytes
	for len(group) < mostBatches && events < mostEvents && bytes < mostBytes {
		select {
		case j := <-c.queue:
			group, events, bytes = append(group, j), events+len(j.batch.Events), bytes+j.bytes
		default:
			return group
		}
	}
	return group
}

// append commits a group. Where that fails, each is tried alone once: a batch that the database
// cannot take must not be the end of others.
func (c *committer) append(group []*job) {
	ctx, cancel := context.WithTimeout(context.Background(), commitTime)
	defer cancel()
	err := c.try(ctx, group)
	if err == nil {
		return
	}
	c.log.Error("commit failed", "batches", len(group), LogError, err)
	for _, j := range group {
		alone := err
		if len(group) > 1 && ctx.Err() == nil {
			alone = c.try(ctx, []*job{j})
		}
		if alone != nil {
			j.answer(outcome{err: alone})
		}
	}
}

// try commits jobs in one transaction and answers them, unless it fails as a whole.
func (c *committer) try(ctx context.Context, group []*job) error {
	batches := make([]Batch, len(group))
	for i, j := range group {
		batches[i] = j.batch
	}
	began := time.Now()
	answers, errs, err := c.store.Append(ctx, batches, c.sign)
	if err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	c.metrics.committed(len(group), time.Since(began))
	for i, j := range group {
		j.answer(outcome{answers[i], errs[i]})
	}
	return nil
}
