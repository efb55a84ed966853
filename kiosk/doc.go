// Package kiosk holds the nouns and rules of a commune's one-stop office: tickets, queues and
// counters in front, dossiers and receipts behind. It does no I/O. What it needs of the world
// it asks for through small interfaces: a [Store] that keeps, a [Printer] that prints, a clock.
//
// # How a use-case works
//
// [Office] is the only writer. Every exported verb of it (IssueTicket, CallNext, Finish, …) is
// one transaction: it reads the time once, checks the rules, forms one or more facts, derives
// the new values of what the facts touch, and hands both to the Store as one [Change]. Only
// when the Store has made that durable does anybody see it: the new [Snapshot] is built after
// the commit, and the verb returns after it.
//
// # Steps
//
// What people do with a ticket once it is issued is a [Step]: one press, with a key that is born
// with it and with what was seen when it was made. The same key is the same step, however often it
// arrives and whatever failed in between; a step that was decided on something that is no longer
// so is refused, and the person decides anew. Within a minute the last one can be taken back, as a
// fact of its own.
//
// # Facts
//
// A [Record] is a [Fact] with its place (epoch, sequence) and time. State is nothing but facts
// applied in order: [Replay] gives the same tickets as the ones kept, and tests hold it to that.
// The facts are the audit log as well: the store chains each to the one before it by a hash, and
// [Office.VerifyLog] computes the chain again.
//
// # The line to the province
//
// What waits for the province is the facts behind the position that it has acknowledged, and the
// pages of dossiers as blobs: an [Outbox] keeps both. A dossier is filed with its header as a fact,
// confirmed once the province has signed for every page, and forgotten when its time is over. The
// store forgets only what was acknowledged.
//
// # Refusals
//
// A verb that the rules forbid returns a [*Refusal]: a code for the program; the sentence for
// the person is found by that code in package ui/words. Other errors are faults of the box.
package kiosk
