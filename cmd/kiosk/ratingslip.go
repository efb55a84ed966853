package main

import (
	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/secret"
	"github.com/motcua/gateway/ui/rating"
	"github.com/motcua/gateway/ui/words"
)

// rateCodes makes and reads the codes of this hall's slips.
func rateCodes(key *secret.Key, setup *kiosk.Setup) (*rating.Codes, error) {
	derived := key.Derive(purposeRates)
	return rating.NewCodes(derived[:], setup.Site.Code)
}

// slipper composes slips. Where the office says how a telephone reaches it, their code leads to
// the page on which the visit is rated; slips that print while the box's key is locked have none.
func slipper(v *vault, address string) func(kiosk.Ticket, *kiosk.Snapshot, bool) kiosk.Slip {
	if address == "" {
		return words.Slip
	}
	return func(t kiosk.Ticket, s *kiosk.Snapshot, reprint bool) kiosk.Slip {
		slip := words.Slip(t, s, reprint)
		if k := v.open.Load(); k != nil {
			slip = words.AddRating(slip, t.Language, address, k.codes.Token(t))
		}
		return slip
	}
}
