//go:build race

package main

// defaultFlood is how many streams one machine asks for: fewer under the race detector, where each
// costs the gateway five times as much.
const defaultFlood = "2000"
