//go:build race

package main

import "time"

// defaultFlood is how many streams one machine asks for: fewer under the race detector, where each
// costs the gateway five times as much. build/test asks for all of them without it.
const defaultFlood = "2000"

// hostilePatience is how long a hostile configuration may be read: some five times what the slowest
// one takes on a quiet machine under the race detector.
const hostilePatience = time.Minute
