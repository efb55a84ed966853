package kiosk

// LineRole says what a line of a slip is for; the printer decides how that looks.
// The values are stable: a slip may be kept.
type LineRole string

// The roles of a slip's lines.
const (
	LineOffice LineRole = "office" // the office's name, centred
	LineTitle  LineRole = "title"  // the service, centred, bold
	LineNumber LineRole = "number" // the ticket's number: the biggest thing on the paper
	LineBody   LineRole = "body"   // a sentence for the citizen, centred
	LineSmall  LineRole = "small"  // time of issue, terminal: small print
	LineMark   LineRole = "mark"   // the reprint mark, not to be overlooked
	LineRule   LineRole = "rule"   // a horizontal rule; Text is empty
	LineQR     LineRole = "qr"     // a QR code of Text, centred
)

// SlipLine is one finished line: text in NFC, already in the citizen's language.
type SlipLine struct {
	Role LineRole
	Text string
}

// Slip (phiếu số) is the paper of a ticket as finished lines, top to bottom. Drivers get a
// Slip and never a language or a ticket. A line longer than the paper is wide is wrapped by
// the driver at spaces, but not at no-break spaces (U+00A0) if that can be helped.
type Slip struct {
	// Name identifies the slip in logs; it holds nothing personal ("A012").
	Name  string
	Lines []SlipLine
}
