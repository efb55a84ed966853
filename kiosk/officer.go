package kiosk

// OfficerCode (mã cán bộ) is an officer's code in this office: "o7". It stands in facts where
// a name would be personal data.
type OfficerCode string

// Role is what an officer may do.
type Role string

// The roles. A lead may do what an officer may; a technician sees devices and faults and no
// citizen's ticket.
const (
	RoleOfficer    Role = "officer"
	RoleLead       Role = "lead"
	RoleTechnician Role = "technician"
)

// Valid reports whether r is a known role.
func (r Role) Valid() bool { return r == RoleOfficer || r == RoleLead || r == RoleTechnician }

// StaffEvent is what a StaffMoved tells. The values are stable.
type StaffEvent string

// The events.
const (
	StaffCreated   StaffEvent = "created"
	StaffChanged   StaffEvent = "changed"  // role, counters or name
	StaffSecret    StaffEvent = "secret"   // a new PIN or passphrase
	StaffDisabled  StaffEvent = "disabled" // may not sign in any more
	StaffSignedIn  StaffEvent = "signed-in"
	StaffSignedOut StaffEvent = "signed-out"
	StaffIdle      StaffEvent = "idle"     // signed out because nothing was done for long
	StaffReplaced  StaffEvent = "replaced" // signed out because somebody took the counter over
	StaffRefused   StaffEvent = "refused"  // wrong PIN, the first of a row
	StaffLocked    StaffEvent = "locked"   // too many wrong ones
	StaffMovedAway StaffEvent = "moved"    // a session that came from another machine, ended
	StaffExported  StaffEvent = "exported" // a report or the audit log left the box
	StaffBoard     StaffEvent = "board"    // a board was paired or taken away
	StaffVoice     StaffEvent = "voice"    // a voice was recorded, switched on or off

	StaffUnlocked      StaffEvent = "unlocked"       // the box's key was opened with its passphrase
	StaffUnlockRefused StaffEvent = "unlock-refused" // a wrong passphrase
	StaffUnlockHeld    StaffEvent = "unlock-held"    // one more, and the next has to wait
)

// RatingLevel is how content a citizen was (thang ba mức).
type RatingLevel string

// The levels.
const (
	RatingVeryGood RatingLevel = "very-good" // rất hài lòng
	RatingGood     RatingLevel = "good"      // hài lòng
	RatingBad      RatingLevel = "bad"       // không hài lòng
)

// Valid reports whether l is a known level.
func (l RatingLevel) Valid() bool { return l == RatingVeryGood || l == RatingGood || l == RatingBad }

// RatingReason is why somebody was not content, from a list: free text would hold names.
type RatingReason string

// The reasons.
const (
	RatingWait     RatingReason = "wait"     // waited too long
	RatingAttitude RatingReason = "attitude" // how one was spoken to
	RatingUnclear  RatingReason = "unclear"  // not told clearly what to do
	RatingAgain    RatingReason = "again"    // has to come again
	RatingOther    RatingReason = "other"
)

// Valid reports whether r is a known reason, or none.
func (r RatingReason) Valid() bool {
	switch r {
	case "", RatingWait, RatingAttitude, RatingUnclear, RatingAgain, RatingOther:
		return true
	}
	return false
}
