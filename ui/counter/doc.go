// Package counter is the officers' page: an officer signs in, calls, serves and sends on, by
// mouse or by keyboard alone, and sees what waits and what is wrong with the box.
//
// # Whose word counts
//
// The box's. A page shows a [State], full each time, and asks for steps by a key that is born
// with the press and with what was seen ([kiosk.Seen]): a step that arrives twice is one step, a
// step that was decided on something else is refused and decided anew. The page keeps a press in
// the browser's storage until the box has answered, so that neither a pulled cable nor a restart
// loses one. Times are the box's; the browser's clock is not looked at.
//
// # A number of one's choice
//
// A page shows the first few who wait. Any other number of the day is typed and looked up, and then
// called, raised, lowered or sent on as one in the list is; on a row of the list the key M does the
// second and third at once. Digits alone will do where they name one ticket, and what an input
// method for Vietnamese makes of a number is read as that number; where several may be meant the
// officer chooses.
//
// # Before the key
//
// Where the box's key waits for its passphrase, [Unlock] stands in the place of all these pages: a
// lead types it there, without an account, because the accounts are what the key opens.
//
// # Without scripts
//
// Every step is a plain form as well, with a key in it. The page does not load itself again then:
// that would be a deed each time and keep an officer signed in who went home.
package counter
