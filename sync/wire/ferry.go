package wire

import (
	"time"

	"github.com/motcua/gateway/kiosk"
)

// FerryWord is what the hub signs for a gateway whose facts and pages came on a stick: the hash of
// the list beside it, which is longer than a signature may be.
type FerryWord struct {
	Gateway GatewayID  `json:"gateway"`
	At      time.Time  `json:"at"`
	List    kiosk.Hash `json:"list_sha256"`
}
