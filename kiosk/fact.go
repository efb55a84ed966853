package kiosk

import "time"

// Seq numbers the facts of one epoch from 1, without a gap.
type Seq uint64

// Epoch numbers the lives of a store: a restored or replaced database begins a new one, so
// that a (epoch, seq) pair is never used twice.
type Epoch uint32

// Position is the place of a fact in the order of all facts of this gateway.
type Position struct {
	Epoch Epoch
	Seq   Seq
}

// Order returns one number that rises with the position, across epochs too. It has room for
// 16 million epochs of 10¹² facts.
func (p Position) Order() uint64 { return uint64(p.Epoch)<<40 | uint64(p.Seq) }

// Next returns the position that follows in the same epoch.
func (p Position) Next() Position { return Position{p.Epoch, p.Seq + 1} }

// Before reports whether p comes before q in the order of all facts.
func (p Position) Before(q Position) bool {
	return p.Epoch < q.Epoch || p.Epoch == q.Epoch && p.Seq < q.Seq
}

// Record is a fact with its place, its time and who did it. It is its own outbox entry.
type Record struct {
	Position
	Site SiteCode
	Day  Day
	// At is in whole seconds; it is worth something only if AtSure.
	At     time.Time
	AtSure bool
	// By names the actor: "touch/main", "counter/3", "staff/o2", "kioskctl", "gateway". Nothing
	// personal: an officer's code says something only to who keeps the office's list.
	By string
	// Key is the key of the step that made the fact, where its maker gave one: the same key is
	// the same step. It stands on the first fact of a step only.
	Key string
	// Late is how long before At the step was pressed, in whole seconds: its page kept it while
	// the gateway could not be reached, and says so itself. 0 where it came at once. It stands
	// where Key stands.
	Late time.Duration
	Fact Fact
}

// byGateway is Record.By of what the box did by itself.
const byGateway = "gateway"

// Fact is what happened, once. The set of types is closed; package sync/wire knows how each
// travels and kiosk/boltstore how each is kept.
type Fact interface{ isFact() }

// TicketIssued is the birth of a ticket, with all that it was born with.
type TicketIssued struct{ Ticket Ticket }

// Verb is what was done with a ticket.
type Verb string

// The verbs that move a ticket from one state to another, or call it again.
const (
	VerbCall   Verb = "call"   // Waiting → Called; a chosen number from Held and NoShow too
	VerbRecall Verb = "recall" // Called, NoShow → Called, announced again
	VerbServe  Verb = "serve"  // Called → Serving
	VerbFinish Verb = "finish" // Called, Serving → Served
	VerbNoShow Verb = "noshow" // Called → NoShow
	VerbHold   Verb = "hold"   // Called, Serving → Held
	VerbResume Verb = "resume" // Held, NoShow → Waiting, in its old place
	VerbCancel Verb = "cancel" // any that is not final → Cancelled
	VerbReturn Verb = "return" // Called → Waiting, in its old place: the counter is not free after all
	VerbLapse  Verb = "lapse"  // any that is not final → Lapsed, at close
)

// The verbs of a [Step] that have facts of their own.
const (
	VerbSend  Verb = "send"  // TicketSent
	VerbUndo  Verb = "undo"  // StepUndone
	VerbRaise Verb = "raise" // PriorityMoved, to an officer's
	VerbLower Verb = "lower" // PriorityMoved, to none
)

// TicketMoved is a verb done to a ticket.
type TicketMoved struct {
	Service ServiceCode
	Number  Number
	Verb    Verb
	State   TicketState // after it
	Counter CounterCode // whose verb it was, where there is one
	Why     CallReason  // for VerbCall
}

// CallReason is why a ticket was the next one.
type CallReason string

// The reasons, in the order in which they are looked at.
const (
	ReasonLongestWait CallReason = "longest-wait" // it waited longer than the guard allows
	ReasonPriority    CallReason = "priority"     // it has priority and it was priority's turn
	ReasonOrder       CallReason = "order"        // it was issued first
	ReasonSent        CallReason = "sent"         // it was sent here to be the next one
	ReasonChosen      CallReason = "chosen"       // the officer chose the number
)

// SlipMoved is a step of a ticket's paper.
type SlipMoved struct {
	Service ServiceCode
	Number  Number
	State   SlipState
	// Asked is true when a person asked for the paper, false when the gateway went on by itself.
	Asked bool
	// ByCitizen is true when that person was the citizen at the screen.
	ByCitizen bool
}

// HallMoved is an opening or a closing of the hall.
type HallMoved struct {
	Open bool
	// ByHand is true when a lead did it, false when the hours did.
	ByHand bool
}

// CounterMoved is a change of a counter's own state, other than by a call.
type CounterMoved struct {
	Counter CounterCode
	State   CounterState
	Until   time.Time // of a pause; zero if it is open-ended
	Reason  string    // of a pause, as typed by the officer; at most 80 runes
	// Officer sits there from now on; empty where nobody signed in.
	Officer OfficerCode
}

// ClockConfirmed is an officer's word for the date.
type ClockConfirmed struct {
	Day Day
	// Was is the date that the box's clock showed.
	Was Day
}

// FaultMoved is the raising or clearing of a fault.
type FaultMoved struct {
	Code   FaultCode
	Raised bool
	Hint   string
}

// PaperChecked is a person's answer to "can you read this?" on the test slip of a new roll,
// or, with Asked, that the question stands.
type PaperChecked struct {
	Asked    bool
	Readable bool
}

// NumbersConfirmed is a word for the last number of a service that this box did not give itself: a
// person's, who has seen the paper, or the province's, as far as it has heard.
type NumbersConfirmed struct {
	Service ServiceCode
	Last    uint32
}

// HelpMoved is somebody at the screen asking for an officer, or the officer's coming.
type HelpMoved struct{ Waiting bool }

// TicketSent is a transfer: the present part of the visit ends and another one begins, in the
// queue of a service, for a counter, or both.
type TicketSent struct {
	Service ServiceCode // of the number
	Number  Number
	Counter CounterCode // whose verb it was, where there is one
	To      ServiceCode // whose queue it joins
	For     CounterCode // the only counter that may call it; empty: any that serves To
	Place   Place
	// After is when it is due, for PlaceAfter.
	After time.Time
}

// Place is where in a queue a transfer puts a ticket. The values are stable.
type Place string

// The places. The head of a queue is a queue of its own, in the order of the transfers: who was put
// there and waits keeps the place, or two officers in turn could hold a third citizen back for ever.
const (
	PlaceFirst Place = "first" // before everybody who was not put there before
	PlaceLast  Place = "last"  // behind everybody
	PlaceAfter Place = "after" // not before a moment, then as PlaceFirst at the time of the transfer
)

// StepUndone takes the last step with a ticket back, within a minute of the monotonic clock, or of a
// sure one where the power was off since. It is a fact of its own: what was undone stays written.
type StepUndone struct {
	Service ServiceCode
	Number  Number
	Counter CounterCode // whose step it was
	Verb    Verb        // what is undone
	// Ticket is the ticket as it stood before that step. Its slip is not taken back.
	Ticket Ticket
}

// PriorityMoved is an officer's word for or against the priority of a ticket.
type PriorityMoved struct {
	Service  ServiceCode
	Number   Number
	Counter  CounterCode
	Was, Now Priority
}

// TicketRated is the citizen's word on a visit, once a ticket. It carries nothing of the
// citizen but the number, which is nobody's name.
type TicketRated struct {
	Service ServiceCode
	Number  Number
	Counter CounterCode // that finished it
	Level   RatingLevel
	Reason  RatingReason // of a bad one, chosen from a list; may be empty
}

// OutageSeen says that the box had no power, or its program did not run, while the hall should
// have been served. Waiting times leave it out. A box that wakes with an unsure clock notes it once
// the date is sure; had it run in between without a time, the length and the beginning are right,
// and its parts stand together. A broken disk is no outage: FaultMoved tells of it.
type OutageSeen struct{ From, To time.Time }

// StaffMoved is what happened to an officer's account or session, or what somebody did with
// data that is not a step of the queue: the part of the audit log that no ticket shows.
type StaffMoved struct {
	Officer OfficerCode // whose account; empty where nobody is known by what was typed
	What    StaffEvent
	Counter CounterCode // for a session
	Detail  string      // what was exported, which board; never a name, at most 80 runes
}

// LogSealed writes the head of the audit log down, once a day, so that the province holds it:
// who later rewrites an earlier fact would have to rewrite the province too.
type LogSealed struct {
	Day  Day      // that was closed
	At   Position // of the last fact that the hash covers
	Hash string   // SHA-256, 64 hexadecimal digits
}

// DossierReceived is a dossier received at a counter: its header, which travels before its pages.
type DossierReceived struct{ Dossier Dossier }

// DossierSettled is the province's word that it holds a dossier with every page, or the end of
// the box's own copy.
type DossierSettled struct {
	ID    DossierID
	State DossierState // DossierConfirmed or DossierForgotten
	Why   ForgetReason // of DossierForgotten
	// Manifest is what the province has signed for, with DossierConfirmed.
	Manifest Hash
}

// ForgetReason is why the box's copy of a dossier was destroyed. The values are stable.
type ForgetReason string

// The reasons.
const (
	ForgetOnTime  ForgetReason = "on-time" // confirmed, and kept as long as the office wants
	ForgetSubject ForgetReason = "subject" // the person asked, and the province agreed
)

// BlobMoved is a blob that was parked because the province refused it for good, or let go again
// by a person.
type BlobMoved struct {
	Dossier DossierID
	Hash    Hash
	State   BlobState
	Why     string // a code of the hub's, at most 48 bytes
}

// EpochBegun is the first fact of a new epoch where one had to be begun by hand: this store is an
// older copy of one that had gone further, or a spare box goes on for a lost one.
type EpochBegun struct {
	After Position // the last fact that this store had
	Mark  Position // the last fact that the province had of it; zero: unknown
	Why   EpochReason
}

// EpochReason is why an epoch was begun. The values are stable.
type EpochReason string

// The reasons.
const (
	EpochRestored EpochReason = "restored" // from a backup, by a person
	EpochOlder    EpochReason = "older"    // the province knows more of this box than it does itself
)

// LineMoved is a change in who this box is to the province, or what came down from it: enrolment,
// renewal, a pack. It holds no secret.
type LineMoved struct {
	What   LineEvent
	Detail string // the gateway's name, the pack's name and version; at most 80 runes
}

// LineEvent is what a LineMoved tells. The values are stable.
type LineEvent string

// The events.
const (
	LineEnrolled LineEvent = "enrolled"
	LineLeft     LineEvent = "left"
	LineRenewed  LineEvent = "renewed"
	LineRefused  LineEvent = "refused" // revoked, or not known any more
	LinePack     LineEvent = "pack"    // a pack was taken over
	LineFerry    LineEvent = "ferry"   // facts or pages left the box on a stick
	LineBackup   LineEvent = "backup"  // a sealed backup left the box
)

func (TicketIssued) isFact()     {}
func (TicketMoved) isFact()      {}
func (SlipMoved) isFact()        {}
func (HallMoved) isFact()        {}
func (CounterMoved) isFact()     {}
func (ClockConfirmed) isFact()   {}
func (FaultMoved) isFact()       {}
func (PaperChecked) isFact()     {}
func (NumbersConfirmed) isFact() {}
func (HelpMoved) isFact()        {}
func (TicketSent) isFact()       {}
func (StepUndone) isFact()       {}
func (PriorityMoved) isFact()    {}
func (TicketRated) isFact()      {}
func (OutageSeen) isFact()       {}
func (StaffMoved) isFact()       {}
func (LogSealed) isFact()        {}
func (DossierReceived) isFact()  {}
func (DossierSettled) isFact()   {}
func (BlobMoved) isFact()        {}
func (EpochBegun) isFact()       {}
func (LineMoved) isFact()        {}
