package kiosktest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// Dossier returns a made-up dossier with that many pages; the same seed gives the same one. Its
// pages have sizes that scans have, and hashes of nothing that exists.
func Dossier(pages int, seed uint64) kiosk.Dossier {
	d := kiosk.Dossier{
		ID: DossierID(Monday.At(8*60), seed), Procedure: "2.000815", Code: "H49.22-261123-0001", Ticket: "B1000", Counter: Counter3, Officer: "o7",
		Subject: []byte("\x01sealed"),
	}
	random := rand.New(rand.NewPCG(seed, math.MaxUint64))
	for i := range pages {
		d.Pages = append(d.Pages, kiosk.Page{
			Component: kiosk.ComponentCode(fmt.Sprintf("kq-%d", 1+i/2)),
			Hash:      kiosk.HashOf(fmt.Appendf(nil, "page %d of %d", i, seed)),
			Size:      30_000 + random.Int64N(60_000), Media: "image/jpeg",
		})
	}
	return d
}

// DossierID returns an ID made of a time and a number, and so the same one each time.
func DossierID(at time.Time, n uint64) kiosk.DossierID {
	const digits = "0123456789abcdefghjkmnpqrstvwxyz"
	id := []byte("00000000000000000000000000")
	ms := uint64(at.UnixMilli())
	// 130 bits in 26 digits: 48 of time, 80 of number, two that are zero.
	for i := 25; i >= 0; i-- {
		low := (25 - i) * 5 // of the digit's lowest bit, from the end
		var v uint64
		for bit := range 5 {
			switch at := low + bit - 2; {
			case at < 0:
			case at < 64:
				v |= n >> at & 1 << bit
			case at >= 80:
				v |= ms >> (at - 80) & 1 << bit
			}
		}
		id[i] = digits[v]
	}
	return kiosk.DossierID(id)
}
