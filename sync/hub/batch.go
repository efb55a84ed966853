package hub

import (
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/wire"
)

// Batch is facts of one gateway that have passed the envelope's checks: one epoch, places that
// follow each other.
type Batch struct {
	Gateway wire.GatewayID
	Site    kiosk.SiteCode
	Epoch   kiosk.Epoch
	Events  []Event // at least one
}

// Event is a fact as the hub keeps it.
type Event struct {
	Seq   kiosk.Seq
	Type  string
	Day   kiosk.Day // 0: not said
	At    time.Time
	Chain string
	// JSON is the event as it came, without what it says of a person.
	JSON []byte
	// Odd is why the fact goes into quarantine; empty for one that is understood.
	Odd string

	// About is the dossier that the fact tells of; empty: none.
	About kiosk.DossierID

	// What is projected from a fact that is understood.
	Number  *Number  // a number was given
	Dossier *Dossier // a dossier was received
	Seal    *Seal    // the audit log's head was sealed
	Tally   *Tally   // something to count
}

// Number is a number given at a site.
type Number struct {
	Day     kiosk.Day
	Service kiosk.ServiceCode
	Seq     uint32
}

// Tally adds to what is counted at a site on a day.
type Tally struct {
	Day     kiosk.Day
	Service kiosk.ServiceCode
	What    TallyKind
	N       int // -1 where a step was undone
}

// TallyKind is what is counted. The values are stable.
type TallyKind string

// The kinds.
const (
	TallyIssued    TallyKind = "issued"
	TallyCalled    TallyKind = "called" // again too
	TallyServed    TallyKind = "served"
	TallyNoShow    TallyKind = "no-show"
	TallyCancelled TallyKind = "cancelled"
	TallyLapsed    TallyKind = "lapsed"
	TallyDossiers  TallyKind = "dossiers" // of no service
)

// Seal is the head of the gateway's audit log as it stood once a day: a later claim that the log
// said something else can be held against it.
type Seal struct {
	Day  kiosk.Day
	At   kiosk.Position
	Hash string
}

// Dossier is a dossier as its header tells of it.
type Dossier struct {
	Header  kiosk.Dossier // its Subject is empty
	Site    kiosk.SiteCode
	Gateway wire.GatewayID
	Day     kiosk.Day
	At      time.Time
	// Subject is who applies. A store seals it before it writes it.
	Subject *wire.Subject
}

// Appended is what became of a batch.
type Appended struct {
	Mark     wire.Mark
	Accepted int
	Replayed int
	Odd      int
	Forked   bool
}

// Gap is a batch that begins after a place that is missing.
type Gap struct {
	Mark     wire.Mark
	Expected kiosk.Seq
}

// Error names the place.
func (g *Gap) Error() string { return "gap in the facts" }

// Why a fact lies in quarantine, beside what could not be understood. The values are stable.
const (
	OddFork   = "fork"       // it claims the place of another fact: a box was restored unknowingly
	OddForged = "log-forged" // a note: the sealed head is not the log's that came here
)
