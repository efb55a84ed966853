// Package kiosktest holds what tests of an office share: a small office's setup, a store in
// memory, the suite that every [kiosk.Store] passes, a store that fails on command, a
// clerk who forms changes by hand, and a journal of what is logged.
//
// The store in memory is the plainest reading of what [kiosk.Store] promises. The suite runs
// on it and on the one on disk: where the two differ, one of them is wrong.
package kiosktest
