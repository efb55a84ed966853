// Package control is the way in for a person with a keyboard: the API that kioskctl and the
// serial console speak to a running gateway. It is HTTP with JSON over a Unix socket in the
// state folder, so that who may open the folder may speak, and nobody else.
//
// # Requests
//
//	GET  /v1/status                      Status
//	GET  /v1/services                    []Service
//	GET  /v1/tickets                     []Ticket, of the present day in the order of issue
//	POST /v1/tickets                     Issue → Ticket
//	GET  /v1/tickets/NUMBER              Ticket
//	POST /v1/tickets/NUMBER/VERB         recall serve finish noshow hold resume cancel reprint → Ticket
//	GET  /v1/tickets/NUMBER/slip         Slip
//	GET  /v1/counters                    []Counter
//	POST /v1/counters/CODE/call          Call
//	POST /v1/counters/CODE/VERB          open close resume; pause with Pause → Counter
//	POST /v1/hall/VERB                   open close → Hall
//	GET  /v1/devices                     []Device
//	POST /v1/devices/NAME/test           Device, once the test slip is printed
//	POST /v1/paper                       Paper → Status
//	POST /v1/numbers                     Numbers → Status
//	POST /v1/help/done                   Status
//	GET  /v1/faults                      []Fault
//	GET  /v1/outbox?epoch=E&seq=S        []Fact after that place, at most [OutboxPage]
//	POST /v1/clock                       Clock → Status
//	GET  /v1/line                        Uplink: how it stands with the province
//	GET  /v1/line/parked                 []Parked, at most [ParkedMost]
//	POST /v1/line/enrol                  Enrol → Uplink
//	POST /v1/line/VERB                   leave release → Uplink
//	GET  /v1/dossiers                    []Dossier
//	POST /v1/dossiers/generate           Generate → Dossier; in a demonstration alone
//	POST /v1/ferry/VERB                  export accept with Place → Trip
//	POST /v1/backup                      Place → Backup
//	GET  /v1/key                         Key
//	POST /v1/key/VERB                    unlock set change with Passphrase → Key
//
// A SERVICE is its code or its prefix. Field names are stable: others script against them.
// Lists are arrays, empty ones too, and times are RFC 3339 at +07:00.
//
// # Refusals
//
// What is not done answers with a [Problem] and an HTTP status: 400 for a request that makes no
// sense, 404 for a service, counter, ticket or device that is not there, 409 where the office's
// rules forbid it now, 503 where the box cannot, which is worth another try.
package control
