// Package boltstore keeps an office in a folder, in two files.
//
// DIR/kiosk.db is a bbolt database with all state and all facts. One use-case is one of its
// transactions: state and fact are kept together or not at all, and Commit returns only when
// both are on the disk.
//
// DIR/numbers is small and holds the last number of each service and day a second time, written
// beside every commit that gives a number. It exists for one case: the database is damaged,
// lost, or replaced by an older copy while people in the hall hold paper. The numbers then go
// on after the ones that are out. See numbers.go.
//
// # The audit log
//
// Facts are never changed. Each carries a hash over itself and the one before it, back to the
// first; [Store.VerifyChain] computes them again. The log proves nothing against somebody who
// writes all of it anew, unless its head was told to others: that is what kiosk.LogSealed is for.
// A log that was tampered with is reported and nothing more: the office goes on. See chain.go.
//
// # The outbox
//
// A fact is its own outbox entry: what waits for the province is what lies behind one position that
// [Store.Settle] moves. Pages that wait have a record each, in the order in which they were filed.
// [Store.Prune] takes days away that are over and acknowledged, and keeps the hash on which the
// first fact follows that is left. See outbox.go, settle.go, prune.go.
//
// # When things fail
//
// A write that fails is not retried: the kernel reports a failed fsync once and forgets it, so
// that a second one succeeds without the bytes being on the disk. The store closes its files,
// takes back what the commit may have half written, and refuses with kiosk.ErrStoreBroken until
// Reopen has read everything again.
//
// A damaged database is moved aside to kiosk.db.damaged-TIME, never deleted and never written
// over, and a new one begins with a new epoch. If the second file is gone too, Kept says
// NumbersUnknown until a person has read the last numbers from paper.
//
// What a technician can put right is a [Trouble]: in use, read-only, full, no permission, not a
// folder, newer than this program. Nothing is written over in any of these cases.
//
// # Caveats
//
// One process at a time: the folder is locked. No read transaction outlives a method, and
// everything returned is a copy: a bbolt reader that stays open stops the writer as soon as the
// map must grow. The files belong on a local file system that honours fsync and flock.
package boltstore
