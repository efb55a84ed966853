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
// # Facts
//
// A [Record] is a [Fact] with its place (epoch, sequence) and time. State is nothing but facts
// applied in order: [Replay] gives the same tickets as the ones kept, and tests hold it to that.
//
// # Refusals
//
// A verb that the rules forbid returns a [*Refusal]: a code for the program; the sentence for
// the person is found by that code in package ui/words. Other errors are faults of the box.
package kiosk
