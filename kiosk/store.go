package kiosk

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Store keeps the office. Implementations: kiosk/boltstore and, for tests, the one in
// kiosk/kiosktest; both pass the suite there.
//
// One Office owns a Store; its methods may be called from several goroutines.
type Store interface {
	// Load returns what is kept of a site: its present day, and what outlives days. A site that
	// was never kept gives a Kept with Day 0 and no error.
	Load(ctx context.Context, site SiteCode) (Kept, error)
	// Commit makes c durable, all of it or nothing, before it returns nil. The second file of
	// last numbers is part of it: where that fails, but the database did not, the error wraps
	// ErrNumbersFile and c is kept; the caller stops issuing. A change that is wrong in itself
	// (a gap in its positions, a context that has ended) is refused and breaks nothing. After
	// any other error c is not kept, and the store answers everything with ErrStoreBroken until
	// Reopen succeeds: a failed fsync is never retried on the same handle.
	Commit(ctx context.Context, c Change) error
	// Reopen closes and opens what is beneath and checks it. Load tells what is really there.
	Reopen(ctx context.Context) error
	// Records returns at most n records after pos, oldest first. They are copies.
	Records(ctx context.Context, after Position, n int) ([]Record, error)
	// Tickets returns the tickets of a day in the order of their issue. They are copies.
	Tickets(ctx context.Context, site SiteCode, day Day) ([]Ticket, error)
	// Archive answers for what has happened, in the same order as Records.
	Archive
	// Outbox tells what of it the province does not hold yet.
	Outbox
}

// Archive is the side of a store that answers for what has happened: the audit log is the facts
// themselves, each chained to the one before it by a hash.
type Archive interface {
	// DayRecords returns the facts of a day in their order. They are copies.
	DayRecords(ctx context.Context, site SiteCode, day Day) ([]Record, error)
	// Days lists the days of a site that have facts, the oldest first.
	Days(ctx context.Context, site SiteCode) ([]Day, error)
	// Head returns the chain as it ends now.
	Head(ctx context.Context) (ChainHead, error)
	// VerifyChain computes the chain again from the first fact that is kept, on the hash of the
	// last one that was pruned, and compares. A *ChainBreak is the first fact that is not what it
	// was when it was written.
	VerifyChain(ctx context.Context) (ChainHead, error)
}

// ChainHead is the end of the audit log: the hash covers the fact at Last and, through the
// hashes within it, every one before.
type ChainHead struct {
	Last  Position
	Facts uint64 // how many it covers, those that were pruned included
	Hash  [32]byte
}

// ChainBreak is an audit log that was changed, and where.
type ChainBreak struct {
	At  Position
	Why string
}

// Error names the place.
func (b *ChainBreak) Error() string {
	return fmt.Sprintf("audit log broken at %d-%d: %s", b.At.Epoch, b.At.Seq, b.Why)
}

// Shelf keeps small values of one kind that outlive days and are no facts: accounts, sessions,
// paired boards. Each kind has a shelf of its own; what lies in a value is its owner's business.
type Shelf interface {
	// Read returns every item whose key begins with prefix, in the order of the keys. They are
	// copies.
	Read(ctx context.Context, prefix string) ([]Item, error)
	// Write makes all items durable at once, or none, before it returns nil.
	Write(ctx context.Context, items ...Item) error
}

// Item is a value on a shelf. A nil Value takes the key away. A key is 1 to 200 bytes without
// NUL, a value at most 64 KiB.
type Item struct {
	Key   string
	Value []byte
}

// The errors of a store.
var (
	// ErrNumbersFile means that the database kept the change but the file of last numbers did not.
	ErrNumbersFile = errors.New("numbers file failed")
	// ErrStoreBroken means that an earlier write failed and the store takes no more.
	ErrStoreBroken = errors.New("store broken by an earlier failure")
)

// Change is what one use-case makes durable. Tickets, Counters and Hall are new values and
// replace the old ones whole.
type Change struct {
	Site SiteCode
	// Records are the facts, with positions that follow the last one kept without a gap.
	Records  []Record
	Tickets  []Ticket
	Counters []CounterRecord
	Hall     *HallRecord // nil: unchanged
	Box      *BoxRecord  // nil: unchanged
	// Dossiers replace the ones of the same ID. Blobs come with the fact that files them, or
	// replace the one at their place; one that the province has taken meanwhile does not come
	// back. Dropped are taken away where they are.
	Dossiers []DossierRecord
	Blobs    []BlobRecord
	Dropped  []BlobPlace
	// NewEpoch says that the first of Records begins an epoch: its position is of a later epoch
	// than the last one kept, with Seq 1.
	NewEpoch bool
}

// Kept is what Load returns.
type Kept struct {
	// Last is the position of the last record; its Epoch is the store's present one, also when
	// nothing is kept yet.
	Last Position
	// Day is Box.Day where that is set (an officer may have confirmed a date that lies before
	// days already kept), else the newest day of the site, else 0.
	Day Day
	// Tickets of Day, in the order of their issue.
	Tickets  []Ticket
	Counters []CounterRecord // of Day
	Hall     HallRecord      // of Day
	Box      BoxRecord
	// Records are the facts of Day in their order: what was done a moment ago can be undone, and a
	// step that is sent again is known, also after the power was off.
	Records []Record
	// LastNumbers holds the highest sequence of each service and day that the second file
	// knows.
	LastNumbers map[Day]map[ServiceCode]uint32
	// Replaced is true when a new database was begun at this opening in the place of one that
	// was damaged, and set aside, or missing.
	Replaced bool
	// NumbersUnknown is true while a database was replaced, or may be an older copy that was put
	// back, and no second file tells how far the numbers had come. It ends with a BoxRecord that
	// has an UnknownDay and no more NumbersUnknown.
	NumbersUnknown bool
}

// HallRecord is the kept state of the hall on one day.
type HallRecord struct {
	Day Day
	// Hand is what a lead decided for this day; empty: the hours decide.
	Hand HallHand
	// Closed is true once the day was closed and what waited has lapsed. Opening by hand
	// makes it false again.
	Closed bool
	// Opened is true once the hall was open on this day.
	Opened bool
	// HelpSince is when somebody at the screen asked for an officer who has not come yet.
	HelpSince time.Time
	// Sealed is true once the day's audit log was sealed, [LogSealed].
	Sealed bool
}

// HallHand is a lead's decision on the hall.
type HallHand string

// The decisions.
const (
	HandNone   HallHand = ""
	HandOpen   HallHand = "open"
	HandClosed HallHand = "closed"
)

// CounterState is what a counter does. The values are stable.
type CounterState string

// The states of a counter.
const (
	CounterClosed CounterState = "closed" // nobody sits there
	CounterOpen   CounterState = "open"
	CounterPaused CounterState = "paused"
	CounterAbsent CounterState = "absent" // its officer is away without a word
)

func (s CounterState) seated() bool { return s == CounterOpen || s == CounterPaused }

// CounterRecord is the kept state of a counter on one day.
type CounterRecord struct {
	Day     Day
	Counter CounterCode
	State   CounterState
	Until   time.Time   // of a pause
	Reason  string      // of a pause
	Officer OfficerCode // who sits there; empty where nobody signed in
	// SincePriority counts the calls since the last priority ticket, at most
	// QueueRules.PriorityEvery: the credit builds up while none waits.
	SincePriority int
}

// BoxRecord is what outlives days.
type BoxRecord struct {
	// Day is the day that the site works on, or worked on last.
	Day Day
	// LastSeen is the last second at which the clock was sure.
	LastSeen time.Time
	// Confirmed is the date that an officer confirmed while the clock showed another one; 0
	// when the clock stands on its own.
	Confirmed Day
	// Unsure is how long the box has run since LastSeen with a clock that was unsure, in whole
	// seconds.
	Unsure time.Duration
	// PaperCheck is true while "can you read this?" waits for its answer.
	PaperCheck bool
	// NumbersUnknown lists the services of UnknownDay whose last number on paper is to be confirmed.
	// A list of another day is one of a box that may not have served since.
	UnknownDay     Day
	NumbersUnknown []ServiceCode
}
