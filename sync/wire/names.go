package wire

import (
	"crypto/rand"
	"encoding/base32"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// Version of the messages. It stands in the paths and in the types of events; a change that an
// older reader would misunderstand raises it.
const Version = 1

// The paths.
const (
	PathEvents  = "/v1/events"
	PathMarks   = "/v1/marks"
	PathNumbers = "/v1/numbers"
	PathBlobs   = "/v1/blobs"
	PathFeed    = "/v1/feed"
	PathHealth  = "/v1/health"
	PathKeys    = "/v1/keys"
	PathOpenAPI = "/openapi.json"
)

// The media types.
const (
	TypeBatch   = "application/cloudevents-batch+json"
	TypeJSON    = "application/json"
	TypeProblem = "application/problem+json"
	TypeTus     = "application/offset+octet-stream"
)

// The bounds of the messages.
const (
	MaxEvents     = 2000      // of one batch
	MaxBatchBytes = 1 << 20   // of one batch, unpacked
	MaxEventBytes = 512 << 10 // of one event: a dossier of 2,000 pages
	MaxFeedItems  = 200
	MaxFeedBytes  = 1 << 20
	MaxHealth     = 16 << 10
	// FeedWait is how long the hub holds a question for the feed.
	FeedWait = 25 * time.Second
)

// GatewayID names a gateway at its hub: "gw-" and 16 characters of Crockford's base32. It says
// nothing about the office, and a replaced box gets a new one.
type GatewayID string

var crockford = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// NewGatewayID returns an ID that nobody else has: 80 random bits.
func NewGatewayID() GatewayID {
	var b [10]byte
	_, _ = rand.Read(b[:]) // never fails: it ends the program instead
	return GatewayID("gw-" + crockford.EncodeToString(b[:]))
}

// Valid reports whether the ID is well formed.
func (id GatewayID) Valid() bool {
	rest, ok := strings.CutPrefix(string(id), "gw-")
	if !ok || len(rest) != 16 {
		return false
	}
	_, err := crockford.DecodeString(rest)
	return err == nil
}

// Source returns the CloudEvents source of a gateway's facts.
func (id GatewayID) Source() string { return sourcePrefix + string(id) }

const sourcePrefix = "/gateways/"

// SourceHub is the CloudEvents source of the feed's items.
const SourceHub = "/hub"

// EventID returns the CloudEvents id of a fact: "epoch-seq".
func EventID(p kiosk.Position) string { return string(appendEventID(make([]byte, 0, 32), p)) }

func appendEventID(b []byte, p kiosk.Position) []byte {
	b = append(strconv.AppendUint(b, uint64(p.Epoch), 10), '-')
	return strconv.AppendUint(b, uint64(p.Seq), 10)
}

// ParseEventID reads what EventID writes, and nothing else.
func ParseEventID(s string) (kiosk.Position, error) {
	e, q, _ := strings.Cut(s, "-")
	epoch, err1 := strconv.ParseUint(e, 10, 32)
	seq, err2 := strconv.ParseUint(q, 10, 63)
	p := kiosk.Position{Epoch: kiosk.Epoch(epoch), Seq: kiosk.Seq(seq)}
	if err1 != nil || err2 != nil || seq == 0 || string(appendEventID(make([]byte, 0, 32), p)) != s {
		return kiosk.Position{}, errors.New(`event id: want "epoch-seq"`)
	}
	return p, nil
}
