// Package report counts an office's day from its facts alone: how many came, how long they
// waited, how long they were served, and what of the day was nobody's waiting time.
//
// A [Tally] is a fold over the records of one day: [New], [Tally.Add] in the order of the log,
// [Tally.Report] whenever somebody looks. It reads no clock and does no I/O. Whoever recounts
// a day from the exported audit log by the rules on this page gets the same numbers.
//
// # What is counted
//
// A visit is one ticket. A leg is one part of it: the first begins with TicketIssued in the
// queue of its service, every TicketSent ends the leg and begins the next one in the queue To.
// A [StepUndone] takes the last standing step of its ticket out of the count, as if it had
// never been made, together with a rating that was given since; that it happened is counted
// under Undone, for the service of the number, the hour of its issue and the counter of the
// step. Steps are TicketMoved, TicketSent and PriorityMoved.
//
// Every leg has one outcome: sent (a transfer ended it), served, cancelled, no-show (the ticket
// is NoShow, or lapsed out of NoShow), lapsed (out of any other state) or open. The outcome of
// a visit is that of its last leg. A press that the gateway itself withdrew is among the
// cancelled.
//
// A call stands unless it was undone or taken back by a VerbReturn, which takes back the leg's
// last standing call.
//
//   - The wait of a leg lasts from joining its queue (TicketIssued, TicketSent; a transfer for
//     later joins at once) to its first standing call, less the time without power and without
//     service. A leg that was never called has none.
//   - The handling of a leg that was served or sent is the sum of its stretches at a counter,
//     less the time without power. A stretch lasts from VerbServe to VerbFinish, TicketSent or
//     VerbHold; where the finish or the transfer came out of Called, from the last VerbCall or
//     VerbRecall. What was held without serving has no stretch; a leg without one no handling.
//   - Time without power is every OutageSeen, also one that was noted only when the date was sure;
//     time in which a broken disk kept nothing is waited like any other. Time without service is
//     the breaks between the sessions of that day's hours, except while the hall was open by hand,
//     and what lies between a closing by hand and the next opening. Where both overlap, it counts once. All of it
//     stands in Excluded. A HallMoved whose clock was unsure neither begins nor ends a stretch,
//     and a stretch that it should have ended is left out.
//   - A duration counts only if its readings were sure and no fact between them was recorded by
//     an unsure clock or is a ClockConfirmed: the clock may have been set. What does not count is
//     numbered under Unsure.
//   - A step that came late, Record.Late, is counted at its arrival like any other, and numbered
//     under Late, whether it stands or was undone: when it was pressed is a browser's word.
//
// Durations are whole seconds. The median and the 90th percentile are by nearest rank: of n
// values in order the one at place ⌈p·n/100⌉, from 1. A value is above a limit when it is
// greater.
//
// # Where it is counted
//
// Every leg is counted in the total, at the service whose queue it joined and in the hour, at
// UTC+7, in which it joined ([UnknownHour] where the clock was unsure), and at the counter of
// its last standing call, if it has one. Issued counts visits at the service of the number.
// Recalls count with their leg, and at the counter whose verb they were. An officer's row has
// the legs that were served or sent at a counter while the officer sat there, by the last
// CounterMoved of that counter.
//
// # Ratings
//
// See [Ratings]: no group smaller than the office's RatingGroup is shown, nor can one be
// computed from those that are. Nothing is shown before the hall has closed, and officers see
// the day's groups from the next day on, [Report.Groups].
package report
