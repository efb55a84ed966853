package main

import (
	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/secret"
	"github.com/motcua/gateway/ui/rating"
	"github.com/motcua/gateway/ui/words"
)

// rateCodes makes and reads the codes of this hall's slips; none while the box's key is locked.
func rateCodes(key *secret.Key, setup *kiosk.Setup) (*rating.Codes, error) {
	if key == nil {
		return nil, nil
	}
	derived := key.Derive(purposeRates)
	return rating.NewCodes(derived[:], setup.Site.Code)
}

// slipper composes slips. Where the office says how a telephone reaches it, their code leads to
// the page on which the visit is rated.
func slipper(codes *rating.Codes, address string) func(kiosk.Ticket, *kiosk.Snapshot, bool) kiosk.Slip {
	if address == "" || codes == nil {
		return words.Slip
	}
	return func(t kiosk.Ticket, s *kiosk.Snapshot, reprint bool) kiosk.Slip {
		return words.AddRating(words.Slip(t, s, reprint), t.Language, address, codes.Token(t))
	}
}
