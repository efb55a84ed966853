// Package sqlstore keeps everything of the hub that has a key in a database: SQLite for one
// machine, PostgreSQL where several hub processes stand side by side.
//
// There is one set of statements. They use what both databases have: numbered parameters in the
// order in which they stand, rows of VALUES, ON CONFLICT, RETURNING, integers for time. What
// differs is in [dialect]: types, how a database is opened, and which errors mean "try again".
//
// # Nothing twice, nothing lost
//
// A transaction of [Store.Append] moves the marks of its gateways by compare-and-set, in the
// order of their keys, before it writes anything else; whoever was raced by another process rolls
// back and looks again. Every statement writes its rows in the order of their keys, and the
// tables are written in one order, so that no two transactions wait for each other in a circle.
//
// A box that was replaced has an heir, which may hold its facts out of a backup and gets its marks
// with its dossiers and its feed. What is written in a gateway's name takes hold of its box first:
// it is committed before the box is ended and its heir made, or refused with [hub.ErrRevoked].
//
// # Personal data
//
// Events hold none. Who applied is sealed to a key that each dossier has of its own; that key is
// wrapped by the hub's key, which lies outside the database. A person is found by a keyed hash of
// the number. [Store.Erase] destroys key, sealed text and hash, and what lies in quarantine of the
// person; [Store.Forget] has the database's files written over, for as often as it takes.
package sqlstore
