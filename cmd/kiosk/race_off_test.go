//go:build !race

package main

// defaultFlood is how many streams one machine asks for.
const defaultFlood = "10000"
