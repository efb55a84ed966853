// Package enrol makes a box known to its province, once: a code on paper becomes a key on the
// box and a certificate of the hub's own authority. The wire is EST (RFC 7030, as RFC 8951 reads
// it) with mutual TLS after it, so that any EST client can be enrolled and openssl and curl are
// enough to look at it. Both ends live here.
//
// # At the hub
//
// An [Authority] is the hub's key and certificate in a folder. A [Registrar] decides by it: it
// makes claim codes, answers EST, tells who stands behind a request and ends gateways. What it
// knows is kept in a [Store].
//
//   - A claim code works once, for one site, and carries the fingerprint of the authority: the
//     one thing that is typed by hand brings the secret and the trust (RFC 7030, 4.1.1).
//   - A site has at most one living gateway. A box is replaced by a claim that names the old one;
//     redeeming it ends that one in the same transaction.
//   - A gateway has one certificate. Renewing makes a new one, and the old one stays good until
//     the new one is first used: the answer may be lost on the line as often as it likes. Whoever
//     renews by the old one after that holds a copy of the box, and is refused.
//   - Renewing works however long a certificate has ended: communes are cut off for weeks. What
//     ends a gateway is [Registrar.Revoke] and nothing else.
//
// # At the box
//
// An [Enrolment] is a folder: the sealed key, the authority, the certificate and the hub's
// address. The key is made there and leaves only as a signature. The process may be killed at any
// line: the same code resumes with the same key, and the hub answers with the same certificate.
//
// # Time
//
// Boxes have no clock that outlives a power cut. A certificate that our authority has signed is
// itself a witness that its beginning has passed, so that only ends are held against the clock:
// at the box against the latest of the wall clock, the last second that was sure and the
// program's build, at the hub with an hour's tolerance. A box that wakes in 1970 reaches its hub
// and can take the time from it.
package enrol
