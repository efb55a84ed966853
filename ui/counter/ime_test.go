package counter

import (
	"strings"
	"testing"

	"github.com/motcua/gateway/kiosk"
)

// What Unikey makes of numbers that are typed, key by key, and what programs make that stop after
// their first mark.
func TestWhatAnInputMethodMakesOfANumber(t *testing.T) {
	t.Parallel()
	for text, numbers := range map[string]string{
		"A112": "A112", "a112": "A112", "112": "A112 B112 ABC112", "12": "A012", "012": "A012", "0012": "A012", "A1000": "A1000",
		// VNI: the same tone twice is the digit; another tone or shape takes the place of the one
		// before; 0 takes a tone away.
		"A12": "A012 A112", "Á": "A321 A231", "Ả": "A123 A213", "A34": "A334", "A": "A120", "Ầ": "A612", "Ấ": "A816", "A61": "A661",
		"Đ12": "D912", "O77": "O777", "Ờ": "O712", "ú": "U321", "A0": "A100", "HÁ": "HA121", "B112": "B112",
		// A program that stops after its first mark.
		"Á12": "A112", "Á00": "A100", "Â12": "A612",
		// Telex
		"Â012": "AA012", "Đ112": "DD112", "á012": "AS012", "Ă012": "AW012", "Ô007": "OO007", "AA012": "AA012 AAA012",
		"AS012": "AS012 ASS012", "HÔ123": "HOO123", "A012": "A012 ASZ012",
	} {
		w, ok := wordOf(text)
		for n := range strings.FieldsSeq(numbers) {
			if !ok || !w.may(kiosk.Number(n)) {
				t.Errorf("%q cannot be %s", text, n)
			}
		}
	}
	for text, n := range map[string]kiosk.Number{
		"A112": "A113", "Â12": "A212", "À": "A012", "Á12": "B112", "Á": "A112", "Â012": "A012", "12": "A112", "A12": "B012", "A": "A001", "Đ12": "D812",
	} {
		if w, ok := wordOf(text); ok && w.may(n) {
			t.Errorf("%q is taken for %s", text, n)
		}
	}
	for _, text := range []string{"", " ", "A 12", "A-012", "12A", "ÁÀ1", "A012\u202e", "<b>"} {
		if _, ok := wordOf(text); ok {
			t.Errorf("%q is a word", text)
		}
	}
}

// inField writes a word as it stands in a field, its tone on the first vowel.
func (w word) inField() string {
	letters := []rune(w.letters)
	for i, r := range letters {
		if at := strings.IndexRune(vowels, r); at >= 0 && w.tone != 0 {
			letters[i] = []rune(vowels[at:])[w.tone]
			break
		}
	}
	return string(letters) + w.digits
}

// Whatever a number's prefix and digits, what any method makes of it is read as that number.
func TestEveryNumberIsReadAgain(t *testing.T) {
	t.Parallel()
	check := func(prefix string, seq uint32) {
		n := kiosk.FormatNumber(prefix, seq)
		for _, m := range methods() {
			text := m.types(n).inField()
			if w, ok := wordOf(text); !ok || !w.may(n) {
				t.Errorf("%s became %q, and is not found by it", n, text)
			}
		}
	}
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	for _, a := range letters {
		for seq := range uint32(1200) {
			check(string(a), seq)
		}
		for _, b := range letters {
			for _, seq := range []uint32{7, 112, 236, 667, 789, 901, 1116} {
				check(string([]rune{a, b}), seq)
			}
			for _, c := range letters {
				check(string([]rune{a, b, c}), 196)
			}
		}
	}
}

// FuzzWord reads any text against any number.
func FuzzWord(f *testing.F) {
	f.Add("Á12", "A", uint32(112))
	f.Add("Ậ", "AA", uint32(5))
	f.Add("\xff", "", uint32(0))
	f.Add("", "À", uint32(39))
	f.Fuzz(func(t *testing.T, text, prefix string, seq uint32) {
		n := kiosk.FormatNumber(prefix, seq)
		w, ok := wordOf(text)
		if ok && w.may(n) && len(w.digits) > len(n) && strings.TrimLeft(w.digits, "0") == w.digits {
			t.Errorf("%q has more digits than %s", text, n)
		}
		if full, ok := wordOf(string(n)); ok && !full.may(n) {
			t.Errorf("%s is not itself", n)
		}
		for _, m := range methods() {
			m.types(n)
		}
	})
}
