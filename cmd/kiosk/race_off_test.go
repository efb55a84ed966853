//go:build !race

package main

import "time"

// defaultFlood is how many streams one machine asks for.
const defaultFlood = "10000"

// hostilePatience is how long a hostile configuration may be read: some seven times what the slowest
// one takes on a quiet machine.
const hostilePatience = 10 * time.Second
