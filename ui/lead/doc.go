// Package lead serves the pages of who answers for the office: the morning card, the day's
// report with its plots and the A4 page for the file, the accounts, the paired boards, the
// recording of a voice, and the audit log. Every officer may see /report/groups
// and let a board in.
//
// All pages are whole without a script, but for the recording. [Pages.Handler] serves /lead, all
// below /lead/ and /report/groups; who may see what stands there, in one place, and is held by
// the [Gate].
//
// Every form carries the session's token and a key of its own: sent twice, a form is done once,
// and the second answer is that of the first. A report leaves the box only after that was kept as
// a fact, [kiosk.StaffExported].
package lead
