package province

import (
	"regexp"
	"strings"
	"unicode"
)

// shortestNumber is that of the oldest identity cards, in digits. Today's have twelve.
const shortestNumber = 9

// official is what people write into a purpose that has as many digits as a person: the code of a
// dossier (H49.22-261126-0001), of a procedure (1.001193.000.00.00.H61), and a date.
var official = regexp.MustCompile(`\b(?:(?:[0-9A-Z]{1,3}\.)*[A-Z][0-9]{2}(?:\.[0-9A-Z]{1,3})*-(?:[0-9]{8}|[0-9]{6})-[0-9]{3,8}` +
	`|[0-9]\.[0-9]{6}(?:\.[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Z][0-9]{2})?` +
	`|[0-9]{1,2}[.-][0-9]{1,2}[.-](?:19|20)[0-9]{2}|(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2})\b`)

// NamesPerson reports whether a text holds what may be a person's number, also one with blanks,
// dots or hyphens between its digits. Such a text must not come into the log, which keeps it for
// ever: neither from a page nor from a verb of the hub.
func NamesPerson(s string) bool {
	digits := 0
	for _, r := range official.ReplaceAllLiteralString(s, "/") {
		switch {
		case unicode.IsDigit(r):
			if digits++; digits >= shortestNumber {
				return true
			}
		case !unicode.IsSpace(r) && !unicode.Is(unicode.Pd, r) && r != '.':
			digits = 0
		}
	}
	return false
}

// personOf reads a person's number: of a card, or of another paper.
func (p *Pages) personOf(typed string) (string, error) {
	s := strings.Map(func(r rune) rune {
		if r == ' ' || r == '.' || r == '-' {
			return -1
		}
		return r
	}, strings.ToUpper(p.o.NFC(typed)))
	if len(s) < 6 || len(s) > 20 || strings.Trim(s, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return "", wrong(p.w.Search.WantPerson)
	}
	return s, nil
}
