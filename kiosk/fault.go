package kiosk

import "time"

// FaultCode names a declared bad condition. Codes are stable: they stand in facts, in
// metrics and in other people's scripts.
type FaultCode string

// The faults of the office's own machine.
const (
	FaultClockUnsure    FaultCode = "clock-unsure"         // the date cannot be trusted
	FaultStore          FaultCode = "store-failed"         // the database refused a write
	FaultStoreReplaced  FaultCode = "store-replaced"       // a damaged database was set aside
	FaultNumbersUnknown FaultCode = "numbers-unknown"      // the last numbers on paper are to be confirmed
	FaultNumbersFile    FaultCode = "numbers-file"         // the second file of last numbers failed
	FaultPrinterAbsent  FaultCode = "printer-absent"       // nothing answers at the printer's place
	FaultPrinterOffline FaultCode = "printer-offline"      // it is there but does not take slips
	FaultPaperLow       FaultCode = "paper-low"            // the roll ends soon
	FaultPaperOut       FaultCode = "paper-out"            // no paper
	FaultCoverOpen      FaultCode = "cover-open"           // the printer's cover is open
	FaultCutterJam      FaultCode = "cutter-jam"           // the cutter is stuck
	FaultPrinterNoise   FaultCode = "printer-noise"        // bytes on the line that no printer sends
	FaultPrinterMute    FaultCode = "printer-unconfirming" // lasting hint: this printer cannot confirm
	FaultPaperCheck     FaultCode = "paper-check"          // a new roll waits for "can you read this?"
	FaultSlipsUnprinted FaultCode = "slips-unprinted"      // slips wait under "not printed"
	FaultBoardAbsent    FaultCode = "board-absent"         // a paired board was not seen for 15 s
	FaultVoiceAbsent    FaultCode = "voice-absent"         // no sound card, no player or no voice: numbers are not heard
	FaultVoiceFaulty    FaultCode = "voice-faulty"         // playing failed
	FaultLAN            FaultCode = "lan-failed"           // the office's network cannot be served
	FaultCertificate    FaultCode = "certificate"          // the province's certificate cannot be used
	FaultKeyLocked      FaultCode = "key-locked"           // the box's key waits for a lead's passphrase
	FaultKeyFaulty      FaultCode = "key-faulty"           // the box's key, or what it opens, cannot be read
	FaultWeakKey        FaultCode = "weak-key"             // lasting hint: whoever carries the box away has its key

	// Of the line to the province.
	FaultLineDown       FaultCode = "line-down"       // nothing was heard of the hub for longer than the office allows
	FaultBlobsParked    FaultCode = "blobs-parked"    // the hub refused pages for good; a person decides
	FaultFactsWait      FaultCode = "facts-wait"      // a fact cannot be sent just now, and those behind it wait
	FaultKeysKept       FaultCode = "keys-kept"       // keys that open copies of what was forgotten could not be destroyed yet
	FaultHubDistrusted  FaultCode = "hub-distrusted"  // what the hub says cannot be true
	FaultGatewayRevoked FaultCode = "gateway-revoked" // the hub does not take this box any more
	FaultNotEnrolled    FaultCode = "not-enrolled"    // lasting hint: the box belongs to no province yet
)

// Severity orders faults.
type Severity string

// The severities. A hint is for the technician only and never shown to citizens.
const (
	SeverityStop Severity = "stop" // the office's main job does not work
	SeverityWarn Severity = "warn" // it works, worse
	SeverityHint Severity = "hint" // lasting advice
)

// Fault (sự cố) is a declared bad condition that stands now.
type Fault struct {
	Code     FaultCode
	Severity Severity
	Since    time.Time
	Hint     string // for the technician
}

// FaultSpec declares how a fault behaves.
type FaultSpec struct {
	Severity Severity
	// DependsOn hides the fault while one of these stands: "paper low" says nothing about a
	// printer that is not there.
	DependsOn []FaultCode
	// TimeToVisible is how long it has to stand before anybody hears of it, against flapping.
	TimeToVisible time.Duration
}
