// Package web shows the touchscreen in a browser: as the demo's glass, for tests, and for a
// technician who helps from afar. Any browser on a PC or a phone will do; nothing is
// installed, nothing is loaded from elsewhere.
//
//	GET  /screen          the page
//	GET  /screen/events   server-sent events: one line of JSON for each change (see [Event])
//	POST /screen/touch    a finger (see [Touch])
//	GET  /screen/text     what a person can read, as JSON (see [Word])
//	GET  /screen.png      what a person can see
//
// # One session
//
// The screen has one finger, so one viewer controls it and the others look on. Control is a
// lease: the first viewer gets it; it is free again when its holder goes away, or after
// [LeaseIdle] without a touch, and then belongs to whoever touches next. A script needs no
// event stream: its touches carry no viewer, and it holds the lease like anybody else.
//
// # For scripts
//
//	curl localhost:8080/screen/text
//	curl -H 'Content-Type: application/json' -d '{"phase":"tap","x":540,"y":700}' localhost:8080/screen/touch
//	curl 'localhost:8080/screen/text?after=17'
//
// The answer to a touch has the number of the newest frame once the touch was dealt with and
// painted; /screen/text?after=N waits for a newer one. The header X-Frame numbers every
// answer.
//
// # Hostile browsers
//
// Everything that arrives is checked and bounded: the names by which the box is addressed
// (against DNS rebinding), the origin of a touch, sizes, coordinates, the numbers of viewers
// and of requests that wait. Who may see the screen at all is decided in front of this
// package. A viewer that reads slowly gets fewer frames and never delays the screen.
package web
