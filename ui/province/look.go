package province

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// Site is a one-stop office as the configuration names it.
type Site struct {
	Code    kiosk.SiteCode
	Name    string // empty: its code
	Commune string // empty: of none
}

// Gateway is a box as the hub knows it.
type Gateway struct {
	ID   string
	Site kiosk.SiteCode
	Seen time.Time      // the last contact; zero: never
	Last kiosk.Position // of its newest epoch
	// Told is when it last told its state; zero: never, and the fields to KeySource mean nothing.
	Told      time.Time
	Facts     uint64 // that wait at the box, with Pages and Bytes
	Pages     int
	Bytes     int64
	Parked    int // pages that the hub refused for good
	Oldest    time.Duration
	Faults    []Fault
	Version   string
	ClockSure bool
	ClockOff  time.Duration // the box's clock less the hub's
	KeySource string        // chip, passphrase or file
	Until     time.Time     // of its certificate; zero: unknown
	Revoked   time.Time     // zero: living
	// Aside is how many of its facts lie in quarantine; Forked of them claim the place of another
	// one, and Forged are notes that its own log is not the one that came here.
	Aside, Forked, Forged int
	Cloned                time.Time // when two boxes were last known to speak as this one; zero: never
}

// Fault is a fault that stands at a box.
type Fault struct {
	Code     kiosk.FaultCode
	Severity kiosk.Severity
	Since    time.Time
}

// Aside is a fact in quarantine. What it says is not shown: nobody understood it, so nobody knows
// whom it names.
type Aside struct {
	Gateway string
	At      kiosk.Position
	Why     string
	Kept    time.Time
}

// Held is what the hub holds of a person.
type Held struct {
	Dossiers []Dossier
	Aside    []Aside // that name the person
}

// The values of Aside.Why that have words of their own.
const (
	AsideFork   = "fork"
	AsideForged = "log-forged"
)

// What is counted. The values are the hub's.
const (
	Issued    = "issued"
	Called    = "called"
	Served    = "served"
	NoShow    = "no-show"
	Cancelled = "cancelled"
	Lapsed    = "lapsed"
	Dossiers  = "dossiers"
)

// Count is how often something happened at a site on a day.
type Count struct {
	Day     kiosk.Day
	Site    kiosk.SiteCode
	Service kiosk.ServiceCode
	What    string
	N       int
}

// Applicant is who applies. It masks itself wherever it is printed or logged; templates take its
// fields.
type Applicant struct{ Name, Number string }

// Format masks the applicant under every verb.
func (Applicant) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte("[applicant]")) }

// Dossier is a dossier as the hub holds it.
type Dossier struct {
	kiosk.Dossier // with its pages where one dossier was asked for; without its sealed Subject
	Site          kiosk.SiteCode
	Gateway       string
	Day           kiosk.Day
	At            time.Time
	Bytes         int64
	Missing       int       // pages that are not here yet
	Complete      time.Time // zero: not yet
	// Statement is the hub's signed word that it holds all of it; Signed, that the signature was
	// checked just now.
	Statement string
	Signed    bool
	Erased    time.Time // zero: not
	ErasedBy  string    // the order's reference
	Applicant *Applicant
}

// The events of a dossier that have words of their own.
const (
	EventReceived  = "received"
	EventConfirmed = "confirmed" // the box knows that the province holds all of it
	EventForgotten = "forgotten" // the box has destroyed its copy
	EventParked    = "parked"    // a page is refused for good
)

// Event is a fact about a dossier. What is one of the Event constants, or the fact's type.
type Event struct {
	Time time.Time
	At   kiosk.Position
	What string
}

// ErrNotFound is the error of a [Hub] for what it does not hold.
var ErrNotFound = errors.New("not found")

// Hub is what the pages need of the hub's stores. Lists of dossiers are the newest first, without
// pages and without applicants.
type Hub interface {
	Gateways(ctx context.Context) ([]Gateway, error)
	Aside(ctx context.Context, gateway string, n int) ([]Aside, error)
	Counts(ctx context.Context, first, last kiosk.Day) ([]Count, error)
	Dossier(ctx context.Context, id kiosk.DossierID) (Dossier, error)
	// Coded finds the dossiers that bear an official code, of whichever site; who was here first
	// comes first.
	Coded(ctx context.Context, code kiosk.DossierCode) ([]Dossier, error)
	// Visit finds the dossiers that were received on a ticket.
	Visit(ctx context.Context, site kiosk.SiteCode, day kiosk.Day, number kiosk.Number) ([]Dossier, error)
	// Of finds the dossiers of the person with a number.
	Of(ctx context.Context, number string) ([]Dossier, error)
	History(ctx context.Context, id kiosk.DossierID) ([]Event, error)
	// Page opens the bytes of a page. They are those of the hash if they end without an error.
	Page(ctx context.Context, id kiosk.DossierID, page kiosk.Hash) (io.ReadCloser, error)
	// Held says what Export hands out and Erase reaches; ErrNotFound where it is nothing.
	Held(ctx context.Context, number string) (Held, error)
	// Export returns everything about a person, to be written as JSON.
	Export(ctx context.Context, number string) (any, error)
	// Erase destroys what makes readable what is held of a person, and returns how many dossiers
	// and facts put aside that were. With an error beside it they are erased all the same.
	Erase(ctx context.Context, number, order string) (int, error)
}

// Entry is an entry of the log of who looked at what, and why. Seq, At and Hash are the log's.
type Entry struct {
	Seq     int64
	At      time.Time
	Who     string // "staff/o1", "hub/root"
	What    string
	About   string // a dossier, a gateway or an account; never a person
	Purpose string
	Hash    string
}

// ErrBroken is the error of a log that is not as it was written.
var ErrBroken = errors.New("the log was changed")

// Log keeps entries, chained by their hashes.
type Log interface {
	// Audit returns once the entry is durable.
	Audit(ctx context.Context, e Entry) error
	// Audits returns at most n entries before a place, the newest first; 0 means from the end.
	Audits(ctx context.Context, before int64, n int) ([]Entry, error)
	// VerifyAudit computes the chain again and returns how many entries it has. Where it does not
	// hold, the error wraps ErrBroken.
	VerifyAudit(ctx context.Context) (n int64, err error)
}

// The deeds in the log, beside what happens to accounts.
const (
	deedSearch    = "search"
	deedDossier   = "dossier"
	deedRefused   = "refused" // a dossier of a site that the account is not bound to
	deedPage      = "page"
	deedExport    = "export"
	deedEraseLook = "erase-look" // how many dossiers an erasure would reach
	deedErase     = "erase"
	deedRight     = "right"
)
