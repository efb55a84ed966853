package enrol

import (
	"strings"
	"testing"
)

// What the tests outside of the package need of its inside.
var (
	NewCode        = newCode
	ParseCertsOnly = parseCertsOnly
	CertsOnly      = certsOnly
)

// Fingerprint returns the authority that a written code names, as openssl writes it.
func Fingerprint(t testing.TB, text string) string {
	t.Helper()
	code, err := ParseCode(text)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ToUpper(hexDigits(code.authority[:]))
}
