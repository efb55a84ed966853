package uplink

import (
	"context"
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/wire"
)

// Identity is who this box is to its hub.
type Identity struct {
	Gateway wire.GatewayID
	Site    kiosk.SiteCode
	Hub     string      // "https://hub.example:8443"
	TLS     *tls.Config // with the box's certificate and the hub's authority
}

// Enrolment knows who this box is; package enrol keeps it.
type Enrolment interface {
	// Identity returns it; false before the box was enrolled.
	Identity() (Identity, bool)
	// Changed is closed when Identity has changed.
	Changed() <-chan struct{}
	// Renew asks for a new certificate; the hub has said that ours has ended.
	Renew(ctx context.Context) error
}

// Office is what the line tells the office.
type Office interface {
	// Changed is closed when a fact may have been kept.
	Changed() <-chan struct{}
	Time() time.Time

	ConfirmDossier(ctx context.Context, id kiosk.DossierID, manifest kiosk.Hash, statement string) error
	// ForgetDossier destroys the box's copy, pages and key included. One that is not kept is no
	// error.
	ForgetDossier(ctx context.Context, id kiosk.DossierID, why kiosk.ForgetReason) error
	// ParkBlob puts a page aside. One that does not wait is no error.
	ParkBlob(ctx context.Context, place kiosk.BlobPlace, why string) error

	// BeginEpoch says that the hub knows more of this box than it does itself.
	BeginEpoch(ctx context.Context, mark kiosk.Position) error
	// HearNumbers is the hub's word for the numbers of a day: what has reached it.
	HearNumbers(ctx context.Context, heard kiosk.NumbersHeard) error
	// TakePack takes a pack over whose signature was found good.
	TakePack(ctx context.Context, p wire.Pack) error

	RaiseFault(code kiosk.FaultCode, hint string)
	ClearFault(code kiosk.FaultCode)
}

// Pages opens what is kept of dossiers.
type Pages interface {
	// Open returns the bytes of a page. kiosk.ErrGone: they are not there any more, or damaged for
	// good; after any other error they are asked for again.
	Open(ctx context.Context, dossier kiosk.DossierID, hash kiosk.Hash) (io.ReadSeekCloser, error)
	wire.Subjects
}

// Config is what an Uplink is made of.
type Config struct {
	Enrolment Enrolment
	Office    Office
	Outbox    kiosk.Outbox
	Pages     Pages
	// Health tells how the box does, for the hub.
	Health func() wire.Health
	// Window says when pages may go, and how many bytes a day. Facts always go.
	Window Window
	// Shelf keeps what the line has to remember over restarts: the bytes of the day, and what the
	// hub has lost and gets once more. nil: in memory alone.
	Shelf kiosk.Shelf
	// Keys is told by which keys the hub's word is checked and to which files for it are sealed,
	// on every connection; may be nil.
	Keys func(of wire.GatewayID, keys wire.Keys)
	// Clock is told what the hub's clock said, in whole seconds, at some moment of the time that
	// ended now and lasted within: the TLS of the connection has shown that it is the hub's. It is
	// called from several goroutines and must not wait; may be nil.
	Clock func(hub time.Time, within time.Duration)
	// Dial opens the connection beneath TLS; nil: the network's own.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	Log  *slog.Logger
}

// The keys under which the line logs.
const (
	LogHub   = "hub"
	LogError = "err"
	LogAt    = "at"
)

// The times of the line.
const (
	healthSoon  = 10 * time.Second
	healthEvery = time.Minute
	// lookEvery is how often the outbox is looked at without a call: a wake-up that was missed
	// must not cost a day.
	lookEvery = 30 * time.Second
	// settleAfter is how long what the hub holds may be unknown on our own disk: after a power cut
	// as much is said again, and is a replay.
	settleAfter  = 2 * time.Second
	settleQuiet  = 200 * time.Millisecond // after which it is kept because nothing more comes
	dialTimeout  = 20 * time.Second
	smallTimeout = 30 * time.Second // of a request without much of a body
	// slowestLine is what a line carries at least that is called one, in bytes a second.
	slowestLine = 500
	// pingAfter and pingTimeout find a line that swallows: well above what is under way at once.
	pingAfter   = 15 * time.Second
	pingTimeout = 15 * time.Second
	// patienceMost is the longest that a hub which is busy is waited for on an open connection.
	patienceMost = 2 * time.Minute
	// downAfter is how long the line may be down before that is a fault: lines break all the time.
	downAfter = 3 * time.Minute
	// distrustFor is how long it stands at least that the hub cannot be believed.
	distrustFor = time.Hour
)

// The pauses between two attempts, half to one and a half times as long by chance.
const (
	pauseFirst   = time.Second
	pauseMost    = 5 * time.Minute
	pauseLie     = 5 * time.Minute
	pauseRefused = 10 * time.Minute // revoked, or not known: a person has to act
	// goodAfter is how long a connection has to last to count as one, if nothing was acknowledged.
	goodAfter = 20 * time.Second
)
