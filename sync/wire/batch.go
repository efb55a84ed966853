package wire

import (
	"fmt"
	"io"
)

// AppendBatch appends events as a JSON batch of CloudEvents. It fails with ErrTooLarge beyond
// MaxEvents or MaxBatchBytes, and for an event with data that is not JSON.
func AppendBatch(b []byte, events []Event) ([]byte, error) {
	if len(events) > MaxEvents {
		return nil, fmt.Errorf("batch of %d events, at most %d: %w", len(events), MaxEvents, ErrTooLarge)
	}
	before := len(b)
	b = append(b, '[')
	for i := range events {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = AppendEvent(b, &events[i]); err != nil {
			return nil, err
		}
	}
	if b = append(b, ']'); len(b)-before > MaxBatchBytes {
		return nil, fmt.Errorf("batch of %d bytes, at most %d: %w", len(b)-before, MaxBatchBytes, ErrTooLarge)
	}
	return b, nil
}

// WriteBatch writes what AppendBatch appends.
func WriteBatch(w io.Writer, events []Event) error {
	b, err := AppendBatch(nil, events)
	if err != nil {
		return err
	}
	if _, err := w.Write(b); err != nil {
		return fmt.Errorf("write batch: %w", err)
	}
	return nil
}

// ParseBatch reads a batch. Where something is wrong with it, events are the good ones before it,
// bad is the index of the first that is not, from 0, and err wraps ErrSyntax or ErrTooLarge.
// Without an error bad is -1. The events share no memory with b, but their texts do with each
// other: who keeps one for long clones it.
func ParseBatch(b []byte) (events []Event, bad int, err error) {
	if len(b) > MaxBatchBytes {
		return nil, 0, fmt.Errorf("batch of %d bytes, at most %d: %w", len(b), MaxBatchBytes, ErrTooLarge)
	}
	rest := skipSpace(string(b)) // the only copy: the events are pieces of it
	if len(rest) == 0 || rest[0] != '[' {
		return nil, 0, fmt.Errorf("batch: want an array of events: %w", ErrSyntax)
	}
	rest = skipSpace(rest[1:])
	events = make([]Event, 0, min(MaxEvents, len(b)/typicalEvent+1))
	for first := true; len(rest) > 0; first = false {
		if first && rest[0] == ']' {
			return atEnd(events, rest[1:])
		}
		if len(events) == MaxEvents {
			return events, MaxEvents, fmt.Errorf("batch of more than %d events: %w", MaxEvents, ErrTooLarge)
		}
		value, after, ok := cutValue(rest)
		if !ok {
			break
		}
		var e Event
		if err := e.read(value); err != nil {
			return events, len(events), err
		}
		events = append(events, e)
		after = skipSpace(after)
		if len(after) == 0 {
			break
		}
		switch after[0] {
		case ',':
			rest = skipSpace(after[1:])
		case ']':
			return atEnd(events, after[1:])
		default:
			return events, len(events), fmt.Errorf("batch: want a comma between events: %w", ErrSyntax)
		}
	}
	return events, len(events), fmt.Errorf("batch: cut off: %w", ErrSyntax)
}

// typicalEvent is about as long as the shortest facts are, in bytes.
const typicalEvent = 400

// atEnd refuses what stands behind a batch.
func atEnd(events []Event, rest string) ([]Event, int, error) {
	if len(skipSpace(rest)) > 0 {
		return events, len(events), fmt.Errorf("batch: something behind its end: %w", ErrSyntax)
	}
	return events, -1, nil
}
