package secret

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/motcua/gateway/kiosk"
)

// The bounds of a secret, in characters (runes after normalisation).
const (
	minPIN        = 6
	maxPIN        = 12
	minPassphrase = 10
	maxSecret     = 128
	// fewest is how many different ones a secret must have.
	fewestDigits = 3
	fewestRunes  = 5
)

// The hints of a refused secret.
const (
	hintLength = "6 to 12 digits, or at least 10 characters"
	hintText   = "at most 128 characters that can be seen"
	// hintSimple also stands where somebody else has the PIN already: who sets one must not learn
	// that it opens another door.
	hintSimple = "easy to guess: take another one"
)

// Check judges a new secret of the officer who signs in as login, and tells whether it is a PIN:
// six to twelve digits and nothing else. A refusal is a *kiosk.Refusal with kiosk.CodeBadSecret.
// The rules follow NIST SP 800-63B (5.1.1): length before variety, and no well-known ones.
func (h *Hasher) Check(secret, login string) (pin bool, err error) {
	clean, ok := tidy(secret)
	if !ok || strings.ContainsFunc(clean, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return false, refuse(hintText)
	}
	n := length(secret, clean)
	pin = isDigits(clean)
	if pin && (n < minPIN || n > maxPIN) || !pin && n < minPassphrase {
		return pin, refuse(hintLength)
	}
	if simple(clean, pin) || likeLogin(clean, login, pin) {
		return pin, refuse(hintSimple)
	}
	return pin, nil
}

func refuse(hint string) *kiosk.Refusal {
	return &kiosk.Refusal{Code: kiosk.CodeBadSecret, Hint: hint}
}

// tidy writes a secret in one way however it was typed: Vietnamese input methods give letters
// whole or in parts (NFC or NFD), Chinese ones digits of double width. Only NFKC makes both the
// same. It returns false, and nothing, for what is too long or not text.
func tidy(secret string) (string, bool) {
	// Four bytes a rune, and up to three runes of one letter in parts.
	if len(secret) > 12*maxSecret || !utf8.ValidString(secret) {
		return "", false
	}
	clean := norm.NFKC.String(secret)
	if utf8.RuneCountInString(clean) > maxSecret {
		return "", false
	}
	return clean, true
}

// length is how many characters a secret counts for. What tidy makes longer has not become harder
// to guess: U+FDFA is one press and 18 letters.
func length(typed, clean string) int {
	return min(utf8.RuneCountInString(typed), utf8.RuneCountInString(clean))
}

func isDigits(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
}

// simple reports whether a secret is one of those that are tried first: 000000, 123456, 987654,
// 890123, 112211, 121212, 123123, "abcdefghijk", "matkhau matkhau".
func simple(s string, pin bool) bool {
	runes := []rune(s)
	few := fewestRunes
	if pin {
		few = fewestDigits
	}
	return different(runes) < few || stairs(runes, pin) || repeats(runes)
}

func different(runes []rune) int {
	seen := map[rune]bool{}
	for _, r := range runes {
		seen[r] = true
	}
	return len(seen)
}

// stairs reports whether each character is the one after, or the one before, its neighbour.
// Digits go on from 9 to 0.
func stairs(runes []rune, pin bool) bool {
	up, down := true, true
	for i := 1; i < len(runes); i++ {
		d := runes[i] - runes[i-1]
		up = up && (d == 1 || pin && d == -9)
		down = down && (d == -1 || pin && d == 9)
	}
	return up || down
}

// repeats reports whether the secret is something short said again and again.
func repeats(runes []rune) bool {
	for period := 1; period <= len(runes)/2; period++ {
		same := true
		for i := period; i < len(runes) && same; i++ {
			same = runes[i] == runes[i-period]
		}
		if same {
			return true
		}
	}
	return false
}

// likeLogin reports whether a PIN is the login, or a passphrase little more than it.
func likeLogin(s, login string, pin bool) bool {
	login = strings.ToLower(login)
	if login == "" {
		return false
	}
	if pin {
		return s == login
	}
	rest := strings.ReplaceAll(strings.ToLower(s), login, "")
	return utf8.RuneCountInString(rest) < minPassphrase/2
}
