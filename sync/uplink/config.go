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
	Last() kiosk.Position
	Time() time.Time

	ConfirmDossier(ctx context.Context, id kiosk.DossierID, manifest kiosk.Hash, statement string) error
	// ForgetDossier destroys the box's copy, pages and key included. One that is not kept is no
	// error.
	ForgetDossier(ctx context.Context, id kiosk.DossierID, why kiosk.ForgetReason) error
	ParkBlob(ctx context.Context, place kiosk.BlobPlace, why string) error

	// BeginEpoch says that the hub knows more of this box than it does itself.
	BeginEpoch(ctx context.Context, mark kiosk.Position) error
	// ConfirmNumber is the hub's word for the highest number given today.
	ConfirmNumber(ctx context.Context, service kiosk.ServiceCode, highest uint32) error
	// TakePack takes a pack over whose signature was found good.
	TakePack(ctx context.Context, p wire.Pack) error

	RaiseFault(code kiosk.FaultCode, hint string)
	ClearFault(code kiosk.FaultCode)
}

// Pages opens what is kept of dossiers.
type Pages interface {
	// Open returns the bytes of a page. kiosk.ErrGone: they are not there any more, or damaged for good.
	Open(ctx context.Context, dossier kiosk.DossierID, hash kiosk.Hash) (io.ReadSeekCloser, error)
	// Subject opens what a dossier's header says of the applicant. kiosk.ErrGone: it was forgotten.
	Subject(ctx context.Context, dossier kiosk.DossierID, sealed []byte) (*wire.Subject, error)
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
	// Spent keeps how many bytes of pages have gone on a day; nil: they are counted in memory.
	Spent kiosk.Shelf
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
	healthEvery = time.Minute
	// lookEvery is how often the outbox is looked at without a call: a wake-up that was missed
	// must not cost a day.
	lookEvery = 30 * time.Second
	// settleAfter is how long what the hub holds may be unknown on our own disk: after a power cut
	// as much is said again, and is a replay.
	settleAfter  = 2 * time.Second
	dialTimeout  = 20 * time.Second
	smallTimeout = 30 * time.Second // of a request without much of a body
	// pingAfter and pingTimeout find a line that swallows: well above what is under way at once.
	pingAfter   = 20 * time.Second
	pingTimeout = 20 * time.Second
)

// The pauses between two attempts.
const (
	pauseFirst   = time.Second
	pauseMost    = 5 * time.Minute
	pauseRefused = 10 * time.Minute // revoked, or not known: a person has to act
	// goodAfter is how long a connection has to last to count as one.
	goodAfter = 20 * time.Second
)
