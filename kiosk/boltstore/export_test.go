package boltstore

import "testing"

// WithNumbersRoom makes the second file turn over after a few tickets.
func WithNumbersRoom(o Options, slots int) Options {
	o.numbersRoom = slots
	return o
}

// CheckFolder is the check that runs after every test.
func CheckFolder(t testing.TB, dir string) { checkFolder(t, dir) }

// The names of the files, for tests that take them away.
const (
	DBName      = dbName
	NumbersName = numbersName
)
