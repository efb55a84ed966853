package hub

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/wire"
)

// readEvent makes of an event what is kept, and writes its JSON behind what stands in b already. It
// never refuses: what it does not understand is Odd.
func readEvent(b []byte, e wire.Event, p kiosk.Position, site kiosk.SiteCode) ([]byte, Event) {
	rec, subject, err := wire.Decode(e)
	// Its texts are pieces of the whole batch, which must not wait for its commit in memory twice.
	out := Event{Seq: p.Seq, Type: strings.Clone(e.Type), Day: rec.Day, At: rec.At}
	if _, bad := kiosk.ParseHash(e.Chain); bad == nil { // any other tells nobody apart
		out.Chain = strings.Clone(e.Chain)
	}
	if err == nil && rec.Site != site {
		err = fmt.Errorf("of the site %.64q, not its gateway's", string(rec.Site))
	}
	if err != nil {
		out.Odd = short(err.Error())
		b, out.JSON = mustAppend(b, e)
		return b, out
	}
	if mayName(e.Data) {
		e, _ = wire.CutSubject(e)
	}
	b, out.JSON = mustAppend(b, e)
	out.project(rec, subject, site)
	return b, out
}

// mayName reports whether data can have a field "subject", in any spelling that JSON readers take
// for it; only then it is taken apart. Most facts have none.
func mayName(data []byte) bool {
	const rest = "ubject"
	for i, c := range data {
		switch {
		case c == '\\' || c >= utf8.RuneSelf: // escapes, and the ſ that folds to s
			return true
		case (c == 'u' || c == 'U') && len(data)-i >= len(rest) && bytes.EqualFold(data[i:i+len(rest)], []byte(rest)):
			return true
		}
	}
	return false
}

// mustAppend writes an event that was read a moment ago.
func mustAppend(b []byte, e wire.Event) (after, written []byte) {
	after, err := wire.AppendEvent(b, &e)
	if err != nil {
		panic(fmt.Sprintf("write an event that was read: %v", err))
	}
	return after, after[len(b):len(after):len(after)]
}

// maxOdd bounds what is said of a fact in quarantine, in bytes.
const maxOdd = 200

func short(s string) string {
	return strings.ToValidUTF8(s[:min(len(s), maxOdd)], "") // PostgreSQL takes no half of a letter
}

// project fills in what the hub keeps beside the event itself.
func (e *Event) project(rec kiosk.Record, subject *wire.Subject, site kiosk.SiteCode) {
	count := func(service kiosk.ServiceCode, what TallyKind, n int) {
		if rec.Day != 0 && what != "" {
			e.Tally = &Tally{Day: rec.Day, Service: service, What: what, N: n}
		}
	}
	switch f := rec.Fact.(type) {
	case kiosk.TicketIssued:
		if f.Ticket.Day != 0 && f.Ticket.Seq != 0 {
			e.Number = &Number{Day: f.Ticket.Day, Service: f.Ticket.Service, Seq: f.Ticket.Seq}
		}
		count(f.Ticket.Service, TallyIssued, 1)
	case kiosk.NumbersConfirmed:
		if rec.Day != 0 && f.Last != 0 {
			e.Number = &Number{Day: rec.Day, Service: f.Service, Seq: f.Last}
		}
	case kiosk.TicketMoved:
		count(f.Service, tallied(f.Verb), 1)
	case kiosk.StepUndone:
		count(f.Service, tallied(f.Verb), -1)
	case kiosk.DossierReceived:
		e.About = f.Dossier.ID
		e.Dossier = &Dossier{Header: f.Dossier, Site: site, Day: rec.Day, At: rec.At, Subject: subject}
		count("", TallyDossiers, 1)
	case kiosk.DossierSettled:
		e.About = f.ID
	case kiosk.BlobMoved:
		e.About = f.Dossier
	case kiosk.LogSealed:
		e.Seal = &Seal{Day: f.Day, At: f.At, Hash: f.Hash}
	}
}

// tallied is what a verb counts as; empty: as nothing.
func tallied(v kiosk.Verb) TallyKind {
	switch v {
	case kiosk.VerbCall, kiosk.VerbRecall:
		return TallyCalled
	case kiosk.VerbFinish:
		return TallyServed
	case kiosk.VerbNoShow:
		return TallyNoShow
	case kiosk.VerbCancel:
		return TallyCancelled
	case kiosk.VerbLapse:
		return TallyLapsed
	}
	return ""
}
