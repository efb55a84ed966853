package staff

import (
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// Officer is an account (tài khoản cán bộ). Its name is personal data: printed or logged, an
// Officer shows its code.
type Officer struct {
	// Code is given by the book and never used again: "o1", "o2".
	Code kiosk.OfficerCode
	// Login is what is typed: 2 to 32 of a–z, 0–9, dot and dash, the first a letter or digit.
	Login string
	// Name is shown on the officers' pages: at most 60 characters, NFC.
	Name string
	Role kiosk.Role
	// Counters are those at which the officer may sit, at most 40; none: any.
	Counters []kiosk.CounterCode
	Disabled bool
	// LockedUntil is when the account takes a PIN again, after wrong ones; zero: now.
	LockedUntil time.Time
}

// String returns the code.
func (o Officer) String() string { return string(o.Code) }

// GoString returns the code.
func (o Officer) GoString() string { return "staff.Officer(" + string(o.Code) + ")" }

// LogValue is the code.
func (o Officer) LogValue() slog.Value { return slog.StringValue(string(o.Code)) }

// MaySit reports whether the officer may serve at a counter. A technician sees no citizen's
// ticket and sits at none.
func (o Officer) MaySit(c kiosk.CounterCode) bool {
	return o.Role != kiosk.RoleTechnician && (len(o.Counters) == 0 || slices.Contains(o.Counters, c))
}

// By is how what the officer does is signed in facts: "staff/o7".
func (o Officer) By() string { return "staff/" + string(o.Code) }

// byGateway signs what the book does by itself.
const byGateway = "gateway"

// account is an officer with what proves it.
type account struct {
	Officer
	hash string
	// pin is the PIN's place in the index, noPIN for a passphrase.
	pin int
}

// officer returns a copy that can be handed out.
func (a account) officer(r row) Officer {
	o := a.Officer
	o.Counters = slices.Clone(o.Counters)
	o.LockedUntil = r.until()
	return o
}

// maxCode is the last code that is given.
const maxCode = 1_000_000

func officerCode(n int) kiosk.OfficerCode { return kiosk.OfficerCode("o" + strconv.Itoa(n)) }

// codeNumber returns the number in a code; false for what officerCode has never written.
func codeNumber(code string) (int, bool) {
	digits, ok := strings.CutPrefix(code, "o")
	n, err := strconv.Atoi(digits)
	if !ok || err != nil || n < 1 || n > maxCode || string(officerCode(n)) != code {
		return 0, false
	}
	return n, true
}
