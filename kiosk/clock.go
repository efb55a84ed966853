package kiosk

// ClockReason is why the clock cannot be trusted.
type ClockReason string

// The reasons (DESIGN: a Pi has no clock that survives a power cut).
const (
	ClockBehind ClockReason = "behind" // earlier than the last second that was sure
	ClockAhead  ClockReason = "ahead"  // more than 30 days later than it, at start
	ClockJumped ClockReason = "jumped" // 5 minutes against the monotonic clock, while running
)
