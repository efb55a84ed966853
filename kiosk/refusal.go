package kiosk

import (
	"errors"
	"fmt"
)

// Code is the reason of a refusal, for programs. Codes are stable.
type Code string

// The reasons for which a verb is refused.
const (
	CodeUnknownService  Code = "unknown-service"
	CodeUnknownCounter  Code = "unknown-counter"
	CodeUnknownTicket   Code = "unknown-ticket"
	CodeUnknownLanguage Code = "unknown-language"
	CodeBadPriority     Code = "bad-priority"
	CodeBadKey          Code = "bad-key"
	CodeHallClosed      Code = "hall-closed"     // outside the hours
	CodeLastTicket      Code = "last-ticket"     // past the last-ticket time
	CodeNobodyWaiting   Code = "nobody-waiting"  // nothing to call for this counter
	CodeCounterBusy     Code = "counter-busy"    // it still has a ticket in hand
	CodeCounterPaused   Code = "counter-paused"  // resume it first
	CodeWrongState      Code = "wrong-state"     // the ticket's state does not allow the verb
	CodeRecallLimit     Code = "recall-limit"    // called again too often: no-show
	CodeCopyLimit       Code = "copy-limit"      // paper asked for too often: see an officer
	CodePressAndHold    Code = "press-and-hold"  // too many tickets in a minute: the press must be held
	CodeStoreFailed     Code = "store-failed"    // nothing can be kept, so nothing is given
	CodeNumbersUnknown  Code = "numbers-unknown" // the last number on paper must be confirmed first
	CodeBadNumber       Code = "bad-number"      // not a number that can be confirmed
	CodeNotAsked        Code = "not-asked"       // nothing is to be confirmed
	CodeClockDate       Code = "clock-date"      // not a date that can be confirmed
	CodeHallAlready     Code = "hall-already"    // it is open, or closed, already
	CodeBadTime         Code = "bad-time"        // "until" lies in the past or on another day
	CodeStopping        Code = "stopping"        // the gateway is shutting down

	// Of steps at a counter.
	CodeGoneOn        Code = "gone-on"         // the office has gone on since the step was decided: look and decide anew
	CodeNotServed     Code = "not-served"      // this counter does not serve the ticket's service
	CodeBadPlace      Code = "bad-place"       // not a place in a queue
	CodeNothingToUndo Code = "nothing-to-undo" // no step of this counter
	CodeTooLate       Code = "too-late"        // the step is too old, or the ticket has gone on
	CodeRatedAlready  Code = "rated-already"   // once a ticket
	CodeBadRating     Code = "bad-rating"      // not one of the levels and reasons

	// Of officers.
	CodeSignIn         Code = "sign-in"         // wrong name or PIN
	CodeLocked         Code = "locked"          // too many wrong ones; the hint holds the seconds to wait
	CodeCounterTaken   Code = "counter-taken"   // somebody is signed in there
	CodeNoSession      Code = "no-session"      // not signed in, or signed out since
	CodeOtherMachine   Code = "other-machine"   // the session was begun on another machine
	CodeNotAllowed     Code = "not-allowed"     // not with this role
	CodeBadName        Code = "bad-name"        // not a name that can be shown
	CodeBadLogin       Code = "bad-login"       // not a login name, or taken
	CodeBadSecret      Code = "bad-secret"      // a PIN or passphrase that is too short, too simple or taken
	CodeLastLead       Code = "last-lead"       // the office would be without a lead
	CodeUnknownOfficer Code = "unknown-officer" // no such officer

	// Of the office's network.
	CodeForged     Code = "forged"      // a form that this page did not send
	CodeTooMany    Code = "too-many"    // too many requests or streams from one machine
	CodeBadPairing Code = "bad-pairing" // no board shows these digits now
	CodeTooLarge   Code = "too-large"   // more bytes than the page takes
	CodeBadRequest Code = "bad-request" // not understood
	CodeKeyFaulty  Code = "key-faulty"  // the box's key, or what it opens, cannot be read
	CodeKeyLocked  Code = "key-locked"  // the box's key waits for a lead's passphrase; the subject is where it can be typed

	CodeWrongPassphrase Code = "wrong-passphrase" // not the box's passphrase
	CodeNoPassphrase    Code = "no-passphrase"    // none was ever set for this box

	// Of dossiers.
	CodeBadDossier         Code = "bad-dossier"         // a header that cannot be
	CodeUnknownDossier     Code = "unknown-dossier"     // not kept here
	CodeDossierDiffers     Code = "dossier-differs"     // another one has this ID, or these are not its pages
	CodeDossierUnconfirmed Code = "dossier-unconfirmed" // the province does not hold it yet: it is not forgotten
)

// Refusal is a verb that the rules forbid. The Code is for the program; ui/words has the
// sentence for the person.
type Refusal struct {
	Code Code
	// Subject is what the refusal is about: a service's, counter's or ticket's code as given.
	Subject string
	// Hint is for the technician: what would have been right. It may be empty.
	Hint string
	// Cause is the error beneath, if there is one.
	Cause error
}

// Error returns the refusal for a log, not for a person at the screen.
func (r *Refusal) Error() string {
	s := string(r.Code)
	if r.Subject != "" {
		s = fmt.Sprintf("%s: %q", s, r.Subject)
	}
	if r.Hint != "" {
		s += ": " + r.Hint
	}
	if r.Cause != nil {
		s += ": " + r.Cause.Error()
	}
	return s
}

// Unwrap returns the error beneath.
func (r *Refusal) Unwrap() error { return r.Cause }

// Permanent reports whether the same call would be refused again until something changes
// that the caller can see: false only for a store that failed.
func (r *Refusal) Permanent() bool { return r.Code != CodeStoreFailed && r.Code != CodeStopping }

// isRefused reports whether err is the refusal of a code.
func isRefused(err error, code Code) bool {
	r, ok := errors.AsType[*Refusal](err)
	return ok && r.Code == code
}

func refuse(code Code, subject, hint string) *Refusal {
	return &Refusal{Code: code, Subject: subject, Hint: hint}
}
