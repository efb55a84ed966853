package uplink

// unsentMost bounds what the kernel holds that the network has not taken yet. Without it the
// kernel takes megabytes ahead, and a fact waits behind them.
const unsentMost = 8 << 10
