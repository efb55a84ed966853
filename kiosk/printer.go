package kiosk

import (
	"context"
	"errors"
)

// Printer is a slip printer. Exactly one goroutine, that of Printing, calls Print.
type Printer interface {
	// Print puts slip on paper and says how sure that is. It returns
	//
	//	OutcomePrinted, nil         the printer said that the slip is out
	//	OutcomeSent, nil            every byte was taken, but this printer cannot confirm
	//	"", ErrSlipNotSent (wrapped) not one byte of the slip reached the printer
	//	"", ErrSlipUnconfirmed (wrapped) some or all of it did, and no confirmation came
	//
	// and ends within a bound of its own even if the printer never answers. When ctx ends
	// the error wraps one of the two as well.
	Print(ctx context.Context, slip Slip) (Outcome, error)
	// Status returns the newest known condition without touching the wire.
	Status() PrinterStatus
	// Changed is sent to, coalesced, whenever Status may have changed.
	Changed() <-chan struct{}
}

// Outcome is how sure a printer is that a slip is on paper.
type Outcome string

// The outcomes of a successful Print.
const (
	OutcomePrinted Outcome = "printed" // the printer confirmed it
	OutcomeSent    Outcome = "sent"    // handed over; this printer cannot confirm
)

// The two ways in which Print fails.
var (
	// ErrSlipNotSent means that nothing of the slip reached the printer: printing it later
	// needs no reprint mark.
	ErrSlipNotSent = errors.New("slip not sent")
	// ErrSlipUnconfirmed means that the slip may be on paper, whole, in part or not at all.
	ErrSlipUnconfirmed = errors.New("slip not confirmed")
)

// DeviceState is one of the three states of an attached device.
type DeviceState string

// The states of a device. Absent is quiet: a device that is not there is not a failure.
const (
	DeviceAbsent DeviceState = "absent"
	DeviceReady  DeviceState = "ready"
	DeviceFaulty DeviceState = "faulty"
)

// PaperState is what the printer's sensors say of its roll.
type PaperState string

// The states of the paper. Unknown is what printers without status bytes report for ever.
const (
	PaperUnknown PaperState = "unknown"
	PaperOK      PaperState = "ok"
	PaperLow     PaperState = "low"
	PaperOut     PaperState = "out"
)

// PrinterStatus is the condition of a slip printer at one moment.
type PrinterStatus struct {
	State DeviceState
	// Code names why State is not DeviceReady: one of the codes of faults; empty when ready.
	Code FaultCode
	// Hint is for the technician, in plain English: "no answer to DLE EOT on /dev/kiosk-printer".
	Hint  string
	Paper PaperState
	// RollChanges counts the times the paper came back after it was out, or the cover was
	// closed after it was open, since the driver started. A rise means that a hand has been
	// inside: the roll may be in upside down.
	RollChanges uint64
	// Confirms is false for a printer that can never say that a slip is out.
	Confirms bool
}

// Ready reports whether a slip can be sent now.
func (s PrinterStatus) Ready() bool { return s.State == DeviceReady }
