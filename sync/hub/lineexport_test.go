package hub

// OpenBatch is openBatch, for tests.
var OpenBatch = openBatch
