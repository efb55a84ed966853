// Package rating asks citizens in a browser how their visit was: on their own telephone by the
// code on the slip, and on a tablet at the counter. The touchscreen's question is ui/touch's.
//
// # The code on the slip
//
// A [Codes] makes a ticket's token, fourteen characters that name the number and prove by an
// HMAC that this box printed it today. Nothing is kept for it. It opens one page, which rates one
// ticket once, and it dies with the day.
//
// # What is shown
//
// The number and the question. Never who served, never who came, never what others said. A
// wrong code and one of yesterday get the same answer in the same time.
package rating
