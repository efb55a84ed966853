// Package stick holds the tests of package ferry from a box to a real hub and back. They lie apart
// from it for the reason that package door gives.
package stick
