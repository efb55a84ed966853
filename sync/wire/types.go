package wire

import "github.com/motcua/gateway/kiosk"

// The types of facts. A change that an older reader would misunderstand makes a new one beside
// it; what was written under an old one is read for ever.
const (
	TypeTicketIssued     = TypePrefix + "ticket-issued.v1"
	TypeTicketMoved      = TypePrefix + "ticket-moved.v1"
	TypeSlipMoved        = TypePrefix + "slip-moved.v1"
	TypeHallMoved        = TypePrefix + "hall-moved.v1"
	TypeCounterMoved     = TypePrefix + "counter-moved.v1"
	TypeClockConfirmed   = TypePrefix + "clock-confirmed.v1"
	TypeFaultMoved       = TypePrefix + "fault-moved.v1"
	TypePaperChecked     = TypePrefix + "paper-checked.v1"
	TypeNumbersConfirmed = TypePrefix + "numbers-confirmed.v1"
	TypeHelpMoved        = TypePrefix + "help-moved.v1"
	TypeTicketSent       = TypePrefix + "ticket-sent.v1"
	TypeStepUndone       = TypePrefix + "step-undone.v1"
	TypePriorityMoved    = TypePrefix + "priority-moved.v1"
	TypeTicketRated      = TypePrefix + "ticket-rated.v1"
	TypeOutageSeen       = TypePrefix + "outage-seen.v1"
	TypeStaffMoved       = TypePrefix + "staff-moved.v1"
	TypeLogSealed        = TypePrefix + "log-sealed.v1"
	TypeDossierReceived  = TypePrefix + "dossier-received.v1"
	TypeDossierSettled   = TypePrefix + "dossier-settled.v1"
	TypeBlobMoved        = TypePrefix + "blob-moved.v1"
	TypeEpochBegun       = TypePrefix + "epoch-begun.v1"
	TypeLineMoved        = TypePrefix + "line-moved.v1"
)

// Types lists the types of facts, Unsendable included.
func Types() []string {
	return []string{
		TypeTicketIssued, TypeTicketMoved, TypeSlipMoved, TypeHallMoved, TypeCounterMoved, TypeClockConfirmed,
		TypeFaultMoved, TypePaperChecked, TypeNumbersConfirmed, TypeHelpMoved, TypeTicketSent, TypeStepUndone,
		TypePriorityMoved, TypeTicketRated, TypeOutageSeen, TypeStaffMoved, TypeLogSealed, TypeDossierReceived,
		TypeDossierSettled, TypeBlobMoved, TypeEpochBegun, TypeLineMoved, TypeUnsendable,
	}
}

// Blank returns an empty value of the Go type whose JSON is the data of a type of facts; nil for an
// unknown one. A description of the wire is made of it.
func Blank(typ string) any {
	if typ == TypeUnsendable {
		return &unsendable{}
	}
	if d := empty(typ); d != nil {
		return d
	}
	return nil
}

// factData is the data of an event of one type.
type factData interface {
	// check brings the data into its one form and says what is wrong with it.
	check(c *checks)
	fact() kiosk.Fact
	// about returns the CloudEvents subject: a ticket's number, a dossier's ID, or nothing.
	about() string
}

// empty returns the data of a type, to be filled; nil for an unknown type.
func empty(typ string) factData {
	switch typ {
	case TypeTicketIssued:
		return &ticketIssued{}
	case TypeTicketMoved:
		return &ticketMoved{}
	case TypeSlipMoved:
		return &slipMoved{}
	case TypeHallMoved:
		return &hallMoved{}
	case TypeCounterMoved:
		return &counterMoved{}
	case TypeClockConfirmed:
		return &clockConfirmed{}
	case TypeFaultMoved:
		return &faultMoved{}
	case TypePaperChecked:
		return &paperChecked{}
	case TypeNumbersConfirmed:
		return &numbersConfirmed{}
	case TypeHelpMoved:
		return &helpMoved{}
	case TypeTicketSent:
		return &ticketSent{}
	case TypeStepUndone:
		return &stepUndone{}
	case TypePriorityMoved:
		return &priorityMoved{}
	case TypeTicketRated:
		return &ticketRated{}
	case TypeOutageSeen:
		return &outageSeen{}
	case TypeStaffMoved:
		return &staffMoved{}
	case TypeLogSealed:
		return &logSealed{}
	case TypeDossierReceived:
		return &dossierReceived{}
	case TypeDossierSettled:
		return &dossierSettled{}
	case TypeBlobMoved:
		return &blobMoved{}
	case TypeEpochBegun:
		return &epochBegun{}
	case TypeLineMoved:
		return &lineMoved{}
	}
	return nil
}

// onWire returns a fact's type and data; nil for one that has none. Where the two structs have the
// same fields they are converted, not copied: a field that a fact gets one day does not compile
// here until the wire has it.
func onWire(f kiosk.Fact) (string, factData) {
	switch f := f.(type) {
	case kiosk.TicketIssued:
		return TypeTicketIssued, &ticketIssued{Ticket: ticketOf(&f.Ticket)}
	case kiosk.TicketMoved:
		return TypeTicketMoved, (*ticketMoved)(&f)
	case kiosk.SlipMoved:
		return TypeSlipMoved, (*slipMoved)(&f)
	case kiosk.HallMoved:
		return TypeHallMoved, (*hallMoved)(&f)
	case kiosk.CounterMoved:
		f.Reason = tidy(f.Reason, maxText)
		return TypeCounterMoved, (*counterMoved)(&f)
	case kiosk.ClockConfirmed:
		return TypeClockConfirmed, &clockConfirmed{Day: day(f.Day), Was: day(f.Was)}
	case kiosk.FaultMoved:
		f.Hint = tidy(f.Hint, maxHint)
		return TypeFaultMoved, (*faultMoved)(&f)
	case kiosk.PaperChecked:
		return TypePaperChecked, (*paperChecked)(&f)
	case kiosk.NumbersConfirmed:
		return TypeNumbersConfirmed, (*numbersConfirmed)(&f)
	case kiosk.HelpMoved:
		return TypeHelpMoved, (*helpMoved)(&f)
	case kiosk.TicketSent:
		return TypeTicketSent, (*ticketSent)(&f)
	case kiosk.StepUndone:
		return TypeStepUndone, &stepUndone{f.Service, f.Number, f.Counter, f.Verb, ticketOf(&f.Ticket)}
	case kiosk.PriorityMoved:
		return TypePriorityMoved, (*priorityMoved)(&f)
	case kiosk.TicketRated:
		return TypeTicketRated, (*ticketRated)(&f)
	case kiosk.OutageSeen:
		return TypeOutageSeen, (*outageSeen)(&f)
	case kiosk.StaffMoved:
		f.Detail = tidy(f.Detail, maxText)
		return TypeStaffMoved, (*staffMoved)(&f)
	case kiosk.LogSealed:
		return TypeLogSealed, &logSealed{day(f.Day), position(f.At), f.Hash}
	case kiosk.DossierReceived:
		return TypeDossierReceived, dossierOf(&f.Dossier)
	case kiosk.DossierSettled:
		return TypeDossierSettled, (*dossierSettled)(&f)
	case kiosk.BlobMoved:
		f.Why = tidy(f.Why, maxText)
		return TypeBlobMoved, (*blobMoved)(&f)
	case kiosk.EpochBegun:
		return TypeEpochBegun, &epochBegun{position(f.After), position(f.Mark), f.Why}
	case kiosk.LineMoved:
		f.Detail = tidy(f.Detail, maxText)
		return TypeLineMoved, (*lineMoved)(&f)
	}
	return "", nil
}
