// Package enroltest holds what tests of enrolment share: a store in memory, and the suite that
// every store has to pass.
package enroltest
