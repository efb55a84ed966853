package staff

import (
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/motcua/gateway/kiosk"
)

// The bounds of names.
const (
	minLogin = 2 // bytes
	maxLogin = 32
	maxName  = 60 // runes
	// maxMarks is how many marks one letter may carry beyond its own: ê̆ and the like are written in
	// the alphabets of the highlands, a tower of twenty is written for mischief.
	maxMarks = 2
)

func refuse(code kiosk.Code, subject, hint string) *kiosk.Refusal {
	return &kiosk.Refusal{Code: code, Subject: subject, Hint: hint}
}

// checkLogin refuses what is no login name.
func checkLogin(s string) error {
	ok := len(s) >= minLogin && len(s) <= maxLogin && s[0] != '.' && s[0] != '-'
	for _, r := range s {
		ok = ok && (r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '.' || r == '-')
	}
	if !ok {
		return refuse(kiosk.CodeBadLogin, "", "2 to 32 of a to z, 0 to 9, dot and dash, the first a letter or digit")
	}
	return nil
}

// typedLogin is a login as somebody typed it: a keyboard that begins with a capital is no
// mistake.
func typedLogin(s string) string {
	if len(s) > 2*maxLogin {
		return ""
	}
	return strings.ToLower(strings.TrimSpace(s))
}

// cleanName returns a name with its blanks put in order, or refuses it. What may stand in it is
// listed, not what may not: text that runs backwards, that cannot be seen, or that looks like
// another officer's name in Greek letters is not on the list. Identity papers of Vietnam write
// every name in Latin letters.
func cleanName(s string) (string, error) {
	if len(s) > 8*maxName || !utf8.ValidString(s) {
		return "", refuse(kiosk.CodeBadName, "", "at most 60 characters of valid text")
	}
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' }), " ")
	if n := utf8.RuneCountInString(s); n < 1 || n > maxName {
		return "", refuse(kiosk.CodeBadName, "", "1 to 60 characters")
	}
	letters, marks := 0, maxMarks // no mark before the first letter
	for _, r := range s {
		switch {
		case isLetter(r):
			letters++
			marks = 0
			continue
		case isMark(r) && marks < maxMarks:
			marks++
			continue
		case r >= '0' && r <= '9', strings.ContainsRune(" .,-'’()", r):
		default:
			return "", refuse(kiosk.CodeBadName, "", "Latin letters with their marks, digits, blanks and .,-'()")
		}
		marks = maxMarks
	}
	if letters == 0 {
		return "", refuse(kiosk.CodeBadName, "", "a name has letters")
	}
	return s, nil
}

// isLetter takes Latin letters, but not the copies of them of double width.
func isLetter(r rune) bool {
	return unicode.IsLetter(r) && unicode.Is(unicode.Latin, r) && r < 0xff00
}

// isMark takes the marks that sit on letters of any script; those that only choose a letter's
// variant cannot be seen.
func isMark(r rune) bool {
	return unicode.Is(unicode.Mn, r) && unicode.Is(unicode.Inherited, r) &&
		!unicode.Is(unicode.Variation_Selector, r) && !unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r)
}

// maxMachine bounds the address of a machine, in bytes.
const maxMachine = 64

// machine returns the address of a machine without its port, which is another one with every
// connection. What is no network address ("touch/main") names a machine as it stands.
func machine(from string) string {
	from = strings.ToLower(from)
	if rest, ok := strings.CutPrefix(from, "["); ok { // [::1]:443
		from, _, _ = strings.Cut(rest, "]")
	} else if strings.Count(from, ":") == 1 { // 192.168.1.7:50000
		from, _, _ = strings.Cut(from, ":")
	}
	from = strings.TrimPrefix(from, "::ffff:") // an old address on a new socket
	from = strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' {
			return '?'
		}
		return r
	}, from)
	return from[:min(len(from), maxMachine)]
}

// told is what a fact says of a machine: the name of one of the office's screens, and nothing of
// one on its network. Facts go up to the province and stay for ever, and an address is a person's
// PC; the log of the box itself names it.
func told(machine string) string {
	if _, err := netip.ParseAddr(machine); err == nil {
		return ""
	}
	return machine
}
