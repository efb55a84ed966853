//go:build race

package lan

// slower is how much slower a machine may be under the race detector.
const slower = 5
