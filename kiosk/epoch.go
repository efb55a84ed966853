package kiosk

import "time"

// MaxEpoch is the last epoch that has room in Position.Order.
const MaxEpoch = 1<<24 - 1

// EpochAt is the epoch of a box that cannot know how far it, or another one under its name, has
// come before: the minutes since 2026. 24 bits of them last until 2057.
func EpochAt(now time.Time) Epoch {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	minutes := int64(now.Sub(start) / time.Minute)
	return Epoch(min(max(minutes, 1), MaxEpoch/2))
}
